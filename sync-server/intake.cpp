#include "intake.hpp"

#include <algorithm>

#include "token.hpp"
#include "writers.hpp"

namespace setu::server {

using wire::RefusalCode;

Intake::Intake(Service& service, wire::Hello hello, Standing standing)
    : service_(service), hello_(std::move(hello)), standing_(standing) {}

void Intake::open_piece(Instant now) {
  now_ = now;
  open_ = {};
  appended_ = false;
}

void Intake::take(const wire::PushEntry& push) {
  run([&] { return take_entry(push.bytes); });
}
void Intake::take(const wire::PushBatch& push) {
  run([&] { return take_batch(push); });
}

void Intake::run(const std::function<Status()>& step) {
  if (halted_) return;
  Status done = ready();
  if (done && !halted_) done = step();
  if (!done) undo_piece(done.error().code);
}

// The lock, and the programme as the log has it under the lock.
Status Intake::ready() {
  if (appender_ != nullptr) return {};
  SETU_TAKE(appender_, service_.store.begin(hello_.programme));
  SETU_TAKE(programme_, service_.programmes.find(hello_.programme));
  if (programme_ == nullptr && standing_ != Standing::kCreator) halt(RefusalCode::kUnknownDevice);
  return {};
}

void Intake::close_piece() {
  if (appender_ == nullptr) return;
  if (appended_) {
    const Status kept = appender_->commit();
    if (!kept) return undo_piece(kept.error().code);
  }
  // What was appended is in the roster already: the next find() need not read it again.
  if (programme_ != nullptr && appended_) programme_->end = appender_->end();
  appender_.reset();
  newborn_.reset();
  programme_ = nullptr;
  service_.counters.entries_taken += open_.entries;
  service_.counters.batches_taken += open_.batches;
  for (const auto& [chain, seq] : open_.acks) done_.acks[chain] = std::max(done_.acks[chain], seq);
  std::move(open_.verdicts.begin(), open_.verdicts.end(), std::back_inserter(done_.verdicts));
  open_ = {};
}

void Intake::undo_piece(Code code) {
  appender_.reset();
  newborn_.reset();
  programme_ = nullptr;
  open_ = {};
  service_.programmes.forget(
      hello_.programme);  // its roster may hold entries that the log does not
  ++service_.counters.failed_appends;
  service_.counters.last_failure = code;
  halt(RefusalCode::kBusy);
}

void Intake::halt(RefusalCode code) {
  if (!halted_) halted_ = code;
}

void Intake::add_verdict(Verdict verdict) {
  if (std::holds_alternative<wire::Refusal>(verdict)) ++service_.counters.pushes_refused;
  open_.verdicts.push_back(std::move(verdict));
  if (done_.verdicts.size() + open_.verdicts.size() >= kMostVerdicts) halt(RefusalCode::kQuota);
}

void Intake::refuse_entry(const Hash& entry, RefusalCode code) {
  add_verdict(wire::Refusal{
      .code = code, .circle_ref = {}, .seq = 0, .entry_hash = to_bytes(entry.view())});
}

void Intake::refuse_chain(const wire::CompactBatch& compact, const DeviceId& author,
                          RefusalCode code) {
  add_verdict(wire::Refusal{.code = code,
                            .circle_ref = compact.circle_ref,
                            .seq = compact.seq,
                            .entry_hash = {},
                            .author = author == hello_.device ? DeviceId{} : author});
}

Status Intake::take_entry(ByteView bytes) {
  const auto entry = wire::parse_entry(bytes, hello_.programme);
  if (!entry) {
    halt(entry.error().code == Code::kNewerFormat ? RefusalCode::kNewerFormat
                                                  : RefusalCode::kMalformed);
    return {};
  }
  if (programme_ == nullptr) return take_first_entry(*entry);

  const auto judgement = programme_->roster.judge(*entry, hour_to_judge(*entry));
  if (judgement.verdict == roster::Verdict::kRepeated) {
    SETU_TAKE(const auto position, service_.store.entry_position(hello_.programme, entry->hash));
    if (position) {
      add_verdict(wire::EntryAck{entry->hash, *position});
    } else {  // another entry said the same before: this one will never be in the log
      refuse_entry(entry->hash, RefusalCode::kRule);
    }
    return {};
  }
  if (judgement.verdict == roster::Verdict::kRefused || !may_push(*entry)) {
    refuse_entry(entry->hash, judgement.forged ? RefusalCode::kForged : RefusalCode::kRule);
    return {};
  }
  SETU_TAKE(const bool behind, cuts_behind_log(*entry));
  if (behind) {
    refuse_entry(entry->hash, RefusalCode::kCutBehind);
    return {};
  }
  return append_entry(*entry);
}

// A removal that its author made before she had read all of a chain would cut off what was in time.
// One that is given back was compared with the log that was lost.
Result<bool> Intake::cuts_behind_log(const wire::Entry& entry) const {
  if (is_given_back(entry)) return false;
  std::vector<std::pair<Chain, wire::ChainEnd>> cuts;
  if (const auto* removal = std::get_if<wire::Remove>(&entry.content)) {
    for (const wire::CircleCut& cut : removal->cuts)
      cuts.push_back({{cut.circle, removal->device}, cut.end});
  }
  if (const auto* begun = std::get_if<wire::EpochEntry>(&entry.content)) {
    for (const wire::DeviceCut& cut : begun->ended)
      cuts.push_back({{begun->circle, cut.device}, cut.end});
  }
  for (const auto& [chain, end] : cuts) {
    SETU_TAKE(const ChainHead head,
              service_.store.chain_head(hello_.programme, chain.second, chain.first));
    if (head.seq > end.seq || (head.seq == end.seq && head.hash != end.hash)) return true;
  }
  return false;
}

// A programme begins with a genesis that names this server and the device that pushes it, and with
// an unspent token.
Status Intake::take_first_entry(const wire::Entry& entry) {
  const auto* genesis = std::get_if<wire::Genesis>(&entry.content);
  const bool fits = genesis != nullptr && wire::programme_of(entry.hash) == hello_.programme &&
                    genesis->server_key == service_.sign_key.public_key &&
                    entry.author == hello_.device && hello_.sign_key &&
                    genesis->coordinator.sign == *hello_.sign_key;
  auto newborn = std::make_unique<Programme>();
  newborn->id = hello_.programme;
  if (!fits || newborn->roster.judge(entry, hour_of(now_)).verdict != roster::Verdict::kAccepted) {
    refuse_entry(entry.hash, RefusalCode::kRule);
    return {};
  }
  const Status created = appender_->create_programme(hash_token(hello_.token_secret));
  if (!created && created.error().code == Code::kRefused) {
    halt(RefusalCode::kBadToken);  // somebody was quicker
    return {};
  }
  SETU_TRY(created);
  newborn_ = std::move(newborn);
  programme_ = newborn_.get();
  return append_entry(entry);
}

// A log that was put back to an old copy is given entries again whose hour has passed since. That
// they were in time was judged when they came first: the member who brings them has them from
// there.
std::optional<std::uint32_t> Intake::hour_to_judge(const wire::Entry& entry) const {
  return is_given_back(entry) ? std::nullopt : std::optional(hour_of(now_));
}

bool Intake::is_given_back(const wire::Entry& entry) const {
  const bool was_put_back = programme_->end.generation > 1;
  return was_put_back && entry.author != hello_.device && is_active(hello_.device);
}

bool Intake::is_active(const DeviceId& device) const {
  const roster::Member* member = programme_->roster.member(device);
  return member != nullptr && member->state == roster::MemberState::kActive;
}

// Until she is on the roster a joiner brings one thing: her own device entry, with the key that
// signed the hello. Who holds a printed recovery key brings what it signed. What others wrote is
// taken from active members.
bool Intake::may_push(const wire::Entry& entry) const {
  if (programme_->roster.member(hello_.device) != nullptr)
    return entry.author == hello_.device || is_active(hello_.device);
  if (programme_->roster.recovery_key(hello_.device) != nullptr)
    return entry.author == hello_.device;
  const auto* joiner = std::get_if<wire::DeviceEntry>(&entry.content);
  return joiner != nullptr && entry.author == hello_.device && hello_.sign_key &&
         joiner->keys.sign == *hello_.sign_key;
}

Status Intake::append_entry(const wire::Entry& entry) {
  programme_->take_in(entry);
  appended_ = true;
  SETU_TAKE(const std::uint64_t position,
            appender_->add_entry(entry.hash, programme_->roster.head(), entry.bytes));
  ++open_.entries;
  add_verdict(wire::EntryAck{entry.hash, position});
  return {};
}

Status Intake::take_batch(const wire::PushBatch& push) {
  const auto compact = wire::parse_compact(push.compact);
  if (!compact || compact->seq == 0) {
    halt(RefusalCode::kMalformed);
    return {};
  }
  if (programme_ == nullptr) {  // a creator who did not bring her genesis
    halt(RefusalCode::kUnknownDevice);
    return {};
  }
  const std::optional<CircleId> circle = resolve(compact->circle_ref);
  const DeviceId author = push.author.is_nil() ? hello_.device : push.author;
  const bool may_bring = author == hello_.device || is_active(hello_.device);
  const auto broken = std::pair(circle ? to_bytes(circle->view()) : compact->circle_ref, author);
  if (broken_chains_.contains(broken)) return {};
  const std::size_t verdicts_before = open_.verdicts.size();

  if (!circle || !may_bring ||
      !may_write(programme_->roster, author, *circle, compact->flags, compact->seq)) {
    refuse_chain(*compact, author, RefusalCode::kNotMember);
  } else {
    const Chain chain{*circle, author};
    SETU_TAKE(const ChainHead head, service_.store.chain_head(hello_.programme, author, *circle));
    if (compact->seq <= head.seq) {
      SETU_TRY(repeat_batch(*compact, chain));
    } else if (compact->seq > head.seq + 1) {
      refuse_chain(*compact, author, RefusalCode::kGap);
    } else {
      SETU_TRY(append_batch(*compact, chain, head));
    }
  }
  if (open_.verdicts.size() > verdicts_before)
    broken_chains_.insert(broken);  // batches are refused by verdict only
  return {};
}

Status Intake::append_batch(const wire::CompactBatch& compact, const Chain& chain,
                            const ChainHead& head) {
  const auto& [circle, author] = chain;
  const auto& epochs = programme_->roster.circle(circle)->epochs;
  const bool known_epoch =
      std::any_of(epochs.begin(), epochs.end(),
                  [&](const roster::Epoch& epoch) { return epoch.number == compact.epoch; });
  if (!known_epoch) {
    refuse_chain(compact, author, RefusalCode::kRule);
    return {};
  }
  const Bytes canonical = wire::expand_batch(compact, hello_.programme, circle, author, head.hash);
  const auto batch = wire::parse_batch(canonical);
  if (!batch) {
    refuse_chain(compact, author, RefusalCode::kMalformed);
    return {};
  }
  if (!wire::verify_batch(*batch, programme_->roster.member(author)->keys.sign)) {
    refuse_chain(compact, author, RefusalCode::kForged);
    return {};
  }
  const Hash hash = wire::batch_hash(canonical);
  SETU_TAKE(const CircleState before,
            service_.store.circle_state(hello_.programme, circle, appender_->end().position));
  appended_ = true;
  SETU_TRY(appender_->add_batch({.circle = circle,
                                 .device = author,
                                 .seq = compact.seq,
                                 .hash = hash,
                                 .circle_head = wire::chain_head(before.head, hash),
                                 .bytes = canonical}));
  ++open_.batches;
  open_.acks[chain] = compact.seq;
  return {};
}

// The log keeps the first: the same bytes are acknowledged again, others mean that a copy of this
// device exists.
Status Intake::repeat_batch(const wire::CompactBatch& compact, const Chain& chain) {
  const auto& [circle, author] = chain;
  SETU_TAKE(const auto position,
            service_.store.batch_position(hello_.programme, author, circle, compact.seq));
  if (!position) return fail(Code::kCorrupt, "push batch: its chain has a hole in the log");
  SETU_TAKE(const Bytes stored, service_.store.batch_bytes(hello_.programme, *position));
  const auto kept = wire::parse_batch(stored);
  if (!kept) return fail(Code::kCorrupt, "push batch: a stored batch does not parse");
  const Bytes again =
      wire::expand_batch(compact, hello_.programme, circle, author, kept->header.previous);
  if (!equal(again, stored)) {
    refuse_chain(compact, author, RefusalCode::kConflictingSeq);
    return {};
  }
  open_.acks[chain] = std::max(open_.acks[chain], compact.seq);
  return {};
}

// Among all circles of the programme; a reference that was unique among those the device knows may
// not be among all.
std::optional<CircleId> Intake::resolve(ByteView circle_ref) const {
  auto circle = wire::resolve_circle(circle_ref, programme_->circle_ids);
  if (!circle)
    circle = wire::resolve_circle(circle_ref, programme_->roster.circles_of(hello_.device));
  return circle ? std::optional(*circle) : std::nullopt;
}

}  // namespace setu::server
