#include "client/epochs.hpp"

#include <algorithm>

#include "client/entries.hpp"
#include "client/keyring.hpp"
#include "roster/allowed.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

using roster::CircleType;

// So that an entry stays below limits::kEntryBytes beside a full list of cuts.
constexpr std::size_t kRecipientsPerEntry = 64;
constexpr std::int64_t kLazyEveryMs = 24 * 3'600'000;

// A removal of anybody concerns these, and what they hold concerns many: they are not worth a new
// key for each.
bool is_lazy(CircleType type) {
  return type == CircleType::kCommons || type == CircleType::kAlerts || roster::is_facts(type);
}

bool may_begin(const Context& context, const roster::Circle& circle) {
  const roster::Member& me = *context.me();
  return me.state == roster::MemberState::kActive &&
         roster::may_begin_epochs(roster::place_of(me), circle);
}

// --- what a person asked for: circles, and the epoch that is to be left behind

using Epochs = std::map<CircleId, std::uint32_t>;

Result<Epochs> load_asked(Context& context, std::string_view name) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(name));
  Epochs asked;
  if (!note) return asked;
  Reader reader(*note);
  while (reader.ok() && !reader.at_end()) {
    const auto circle = reader.id<CircleId>();
    asked[circle] = reader.u32();
  }
  if (!reader.ok()) return fail(Code::kCorrupt, "read rotations: damaged note");
  return asked;
}

Status save_asked(Context& context, std::string_view name, const Epochs& asked) {
  Writer writer;
  for (const auto& [circle, epoch] : asked) {
    writer.id(circle);
    writer.u32(epoch);
  }
  return context.store.put_note(name, writer.view());
}

// Without what is done. An epoch that another began meanwhile, and that hands the key on, is no
// cut.
struct Asked {
  Epochs rotations, cuts;
  [[nodiscard]] bool contains(const CircleId& circle) const {
    return rotations.contains(circle) || cuts.contains(circle);
  }
};

Result<Asked> load_wishes(Context& context) {
  Asked asked;
  SETU_TAKE(asked.rotations, load_asked(context, notes::kRotations));
  SETU_TAKE(asked.cuts, load_asked(context, notes::kCuts));
  std::erase_if(asked.rotations, [&](const auto& one) {
    const roster::Circle* circle = context.roster.circle(one.first);
    return circle == nullptr || circle->newest().number > one.second;
  });
  std::erase_if(asked.cuts, [&](const auto& one) {
    return context.roster.circle(one.first) == nullptr ||
           context.roster.last_cut(one.first) > one.second;
  });
  return asked;
}

Status save_wishes(Context& context, const Asked& asked) {
  SETU_TRY(save_asked(context, notes::kRotations, asked.rotations));
  return save_asked(context, notes::kCuts, asked.cuts);
}

// --- which circles want an epoch now

// A clock that went back does not make anybody wait.
Result<bool> lazy_ones_are_due(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kLazyEpochs));
  if (!note || note->empty()) return true;
  Reader reader(*note);
  const auto last = static_cast<std::int64_t>(reader.u64());
  return context.now().ms < last || context.now().ms - last >= kLazyEveryMs;
}

Status note_lazy_epochs(Context& context) {
  Writer writer;
  writer.u64(static_cast<std::uint64_t>(context.now().ms));
  return context.store.put_note(notes::kLazyEpochs, writer.view());
}

struct WantedEpochs {
  std::vector<const roster::Circle*> now;
  std::vector<const roster::Circle*> lazy;
};

WantedEpochs wanted_epochs(const Context& context, const Asked& asked) {
  WantedEpochs wanted;
  const auto is_wanted = [&](const CircleId& circle) {
    return asked.contains(circle) || context.roster.is_exposed(circle);
  };
  for (const auto& [id, circle] : context.roster.circles()) {
    if (!may_begin(context, circle) || !is_wanted(id)) continue;
    const bool is_member = context.roster.is_member(context.self.id, id);
    if (!is_member && !context.roster.members_of(id).empty()) continue;
    // Sealed to an inbox that the removed device can open, it would be exposed again.
    const std::vector<CircleId> receivers = context.roster.receivers_of(id);
    if (std::ranges::any_of(receivers, is_wanted)) continue;
    (is_lazy(circle.type) && !asked.contains(id) ? wanted.lazy : wanted.now).push_back(&circle);
  }
  return wanted;
}

// --- one epoch

struct NextEpoch {
  std::uint32_t number = 0;
  crypto::Secret key;
};

Result<std::vector<wire::Recipient>> recipients_of(Context& context, const roster::Circle& circle,
                                                   const NextEpoch& next) {
  std::vector<wire::Recipient> recipients;
  for (const CircleId& id : context.roster.receivers_of(circle.id)) {
    const roster::Circle* receiver = context.roster.circle(id);
    const roster::Epoch& inbox = receiver->newest();
    SETU_TAKE(wire::Recipient to,
              for_circle(context, id, inbox.number, inbox.inbox, circle.id, next.number, next.key));
    recipients.push_back(std::move(to));
  }
  std::vector<DeviceId> devices = context.roster.members_of(circle.id);
  if (devices.empty()) devices.push_back(context.self.id);
  for (const DeviceId& device : devices) {
    const bool directly = context.roster.holds_directly(device, circle.id);
    if (!directly && device != context.self.id) continue;
    SETU_TAKE(wire::Recipient to,
              for_device(context, device, context.roster.member(device)->keys.box, circle.id,
                         next.number, next.key));
    recipients.push_back(std::move(to));
  }
  return recipients;
}

// Where the chains of removed devices end here, as far as this device has read; the log refuses an
// end that leaves out what it holds.
Result<std::vector<wire::DeviceCut>> missing_ends(Context& context, const CircleId& circle) {
  std::vector<wire::DeviceCut> ended;
  for (const auto& [device, member] : context.roster.members()) {
    if (member.state != roster::MemberState::kRemoved || ended.size() == limits::kCutsPerEntry ||
        context.roster.end_of(device, circle) || !context.roster.counts(device, circle, 0, Hash{}))
      continue;
    SETU_TAKE(const store::ChainState chain, context.store.chain(circle, device));
    const bool wrote = chain.seq > 0 || context.roster.was_member(device, circle);
    if (wrote) ended.push_back({device, {chain.seq, chain.hash}});
  }
  return ended;
}

enum class Before : std::uint8_t { kHandedOn, kCutOff };

Status queue_epoch(Context& context, const roster::Circle& circle, Before before) {
  const std::uint32_t newest = circle.newest().number;
  const bool is_member = context.roster.is_member(context.self.id, circle.id);
  SETU_TAKE(const crypto::Secret* held, find_key(context, circle.id, newest));
  if (is_member && held == nullptr) return {};  // its newest key comes first

  // Its key is kept when the log has the entry, from the copy sealed to this device: another's
  // epoch of this number may come before.
  const NextEpoch next{newest + 1, crypto::random_key(context.random())};
  wire::EpochEntry begun;
  begun.circle = circle.id;
  begun.number = next.number;
  begun.commitment = wire::commit_epoch_key(circle.id, next.number, next.key);
  begun.inbox = wire::inbox_of(circle.id, next.number, next.key).public_key;
  if (held != nullptr && before == Before::kHandedOn) {
    SETU_TAKE(begun.previous,
              wire::seal_epoch_key(begun.inbox, circle.id, newest, *held, context.random()));
  }
  if (is_member) {
    SETU_TAKE(begun.ended, missing_ends(context, circle.id));
  }
  SETU_TAKE(std::vector<wire::Recipient> recipients, recipients_of(context, circle, next));
  const auto first = std::min(recipients.size(), kRecipientsPerEntry);
  begun.recipients.assign(recipients.begin(),
                          recipients.begin() + static_cast<std::ptrdiff_t>(first));
  SETU_TRY(queue_entry(context, begun));
  for (std::size_t at = first; at < recipients.size(); at += kRecipientsPerEntry) {
    const auto begin = recipients.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(kRecipientsPerEntry, recipients.size() - at);
    SETU_TRY(queue_grant(context, own_footing(context), circle.id, next.number,
                         {begin, begin + static_cast<std::ptrdiff_t>(count)}));
  }
  return {};
}

// --- who lacks the newest key

// In a way that whoever has the receiver's newest key can open.
bool is_sealed_to(const roster::Roster& roster, const roster::Circle& circle,
                  const CircleId& receiver) {
  const std::uint32_t cut = roster.last_cut(receiver);
  const auto copies = roster.sealed_keys(circle.id);
  return std::ranges::any_of(copies, [&](const roster::SealedKey* copy) {
    return copy->epoch == circle.newest().number && copy->recipient.circle == receiver &&
           copy->recipient.type == wire::RecipientType::kCircle && copy->recipient.epoch >= cut;
  });
}

// Who cuts a receiver's history sees to it that those who join it then are reached, too: what was
// sealed to it before is closed to them.
Status queue_grants_over_cuts(Context& context, const roster::Circle& circle) {
  const std::uint32_t newest = circle.newest().number;
  std::vector<wire::Recipient> recipients;
  for (const CircleId& id : context.roster.receivers_of(circle.id)) {
    const roster::Circle& receiver = *context.roster.circle(id);
    if (context.roster.last_cut(id) == 0 || !may_begin(context, receiver) ||
        context.roster.is_exposed(id) || is_sealed_to(context.roster, circle, id))
      continue;
    SETU_TAKE(const crypto::Secret* key, find_key(context, circle.id, newest));
    if (key == nullptr) return {};
    const roster::Epoch& inbox = receiver.newest();
    SETU_TAKE(wire::Recipient to,
              for_circle(context, id, inbox.number, inbox.inbox, circle.id, newest, *key));
    recipients.push_back(std::move(to));
  }
  if (recipients.empty()) return {};
  return queue_grant(context, own_footing(context), circle.id, newest, std::move(recipients));
}

Status queue_grants_of(Context& context, const roster::Circle& circle) {
  const std::vector<DeviceId> lacking = context.roster.lacking_newest(circle.id);
  if (lacking.empty()) return {};
  const std::uint32_t newest = circle.newest().number;
  SETU_TAKE(const crypto::Secret* key, find_key(context, circle.id, newest));
  if (key == nullptr) return {};
  std::vector<wire::Recipient> recipients;
  for (const CircleId& id : context.roster.receivers_of(circle.id)) {
    if (context.roster.is_exposed(id) || is_sealed_to(context.roster, circle, id)) continue;
    const roster::Epoch& inbox = context.roster.circle(id)->newest();
    SETU_TAKE(wire::Recipient to,
              for_circle(context, id, inbox.number, inbox.inbox, circle.id, newest, *key));
    recipients.push_back(std::move(to));
  }
  for (const DeviceId& device : lacking) {
    if (recipients.size() >= kRecipientsPerEntry) break;  // the next sync goes on
    if (!context.roster.holds_directly(device, circle.id)) continue;
    SETU_TAKE(wire::Recipient to,
              for_device(context, device, context.roster.member(device)->keys.box, circle.id,
                         newest, *key));
    recipients.push_back(std::move(to));
  }
  if (recipients.empty()) return {};
  return queue_grant(context, own_footing(context), circle.id, newest, std::move(recipients));
}

}  // namespace

Status queue_epochs(Context& context) {
  SETU_TAKE(const Asked asked, load_wishes(context));
  const WantedEpochs wanted = wanted_epochs(context, asked);
  for (const roster::Circle* circle : wanted.now) {
    const bool cut = asked.cuts.contains(circle->id);
    SETU_TRY(queue_epoch(context, *circle, cut ? Before::kCutOff : Before::kHandedOn));
  }
  SETU_TRY(save_wishes(context, asked));
  if (!wanted.now.empty() || wanted.lazy.empty()) return {};
  SETU_TAKE(const bool due, lazy_ones_are_due(context));
  if (!due) return {};
  for (const roster::Circle* circle : wanted.lazy)
    SETU_TRY(queue_epoch(context, *circle, Before::kHandedOn));
  return note_lazy_epochs(context);
}

Status queue_missing_grants(Context& context) {
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle == nullptr) continue;
    SETU_TRY(queue_grants_over_cuts(context, *circle));
    if (may_begin(context, *circle)) SETU_TRY(queue_grants_of(context, *circle));
  }
  return {};
}

namespace {

Result<std::vector<CircleId>> circles_begun_here(Context& context) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive ||
      me->role == roster::Role::kWorker) {
    return fail(Code::kNotAllowed, "rotate: only leads and coordinators begin new keys",
                "ask a lead of your organisation");
  }
  std::vector<CircleId> circles;
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle != nullptr && may_begin(context, *circle)) circles.push_back(id);
  }
  return circles;
}

Result<CircleId> caseload_among(Context& context, const std::vector<CircleId>& circles,
                                std::string_view wanted) {
  std::vector<CircleId> found;
  for (const CircleId& id : circles) {
    const bool is_caseload = context.roster.circle(id)->type == roster::CircleType::kCaseload;
    if (is_caseload && (id.hex() == wanted || caseload_name(context, id) == wanted))
      found.push_back(id);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(Code::kNotFound, "cut history: no such caseload that this device leads",
                "`setu caseload list` shows them");
  }
  return fail(Code::kAmbiguous, "cut history: more than one caseload has that name",
              "use its id instead");
}

}  // namespace

Result<std::size_t> rotate_all(Context& context) {
  SETU_TAKE(const std::vector<CircleId> circles, circles_begun_here(context));
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(Asked asked, load_wishes(context));
  for (const CircleId& id : circles)
    asked.rotations[id] = context.roster.circle(id)->newest().number;
  SETU_TRY(save_wishes(context, asked));
  SETU_TRY(transaction.commit());
  return circles.size();
}

Result<std::size_t> cut_history(Context& context, std::string_view caseload) {
  SETU_TAKE(std::vector<CircleId> circles, circles_begun_here(context));
  if (!caseload.empty()) {
    SETU_TAKE(const CircleId home, caseload_among(context, circles, caseload));
    const CircleId facts = context.roster.circle(home)->twin;
    std::erase_if(circles, [&](const CircleId& id) { return id != home && id != facts; });
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(Asked asked, load_wishes(context));
  for (const CircleId& id : circles) asked.cuts[id] = context.roster.circle(id)->newest().number;
  SETU_TRY(save_wishes(context, asked));
  SETU_TRY(transaction.commit());
  return circles.size();
}

Result<std::size_t> cuts_to_begin(Context& context) {
  SETU_TAKE(const Asked asked, load_wishes(context));
  return asked.cuts.size();
}

}  // namespace setu::client
