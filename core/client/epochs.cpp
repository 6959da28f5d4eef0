#include "client/epochs.hpp"

#include <algorithm>

#include "client/entries.hpp"
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
  return roster::is_programme_wide(circle.type) ? roster::coordinates(me)
                                                : roster::leads(me, circle.org);
}

// --- what a person asked for: circles, and the epoch that is to be left behind

using Rotations = std::map<CircleId, std::uint32_t>;

Result<Rotations> load_rotations(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kRotations));
  Rotations asked;
  if (!note) return asked;
  Reader reader(*note);
  while (reader.ok() && !reader.at_end()) {
    const auto circle = reader.id<CircleId>();
    asked[circle] = reader.u32();
  }
  if (!reader.ok()) return fail(Code::kCorrupt, "read rotations: damaged note");
  std::erase_if(asked, [&](const auto& one) {
    const roster::Circle* circle = context.roster.circle(one.first);
    return circle == nullptr || circle->newest().number > one.second;
  });
  return asked;
}

Status save_rotations(Context& context, const Rotations& asked) {
  Writer writer;
  for (const auto& [circle, epoch] : asked) {
    writer.id(circle);
    writer.u32(epoch);
  }
  return context.store.put_note(notes::kRotations, writer.view());
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

WantedEpochs wanted_epochs(const Context& context, const Rotations& asked) {
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

Status queue_epoch(Context& context, const roster::Circle& circle) {
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
  if (held != nullptr) {
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

bool is_sealed_to(const roster::Roster& roster, const roster::Circle& circle,
                  const CircleId& receiver) {
  const auto copies = roster.sealed_keys(circle.id);
  return std::ranges::any_of(copies, [&](const roster::SealedKey* copy) {
    return copy->epoch == circle.newest().number && copy->recipient.circle == receiver &&
           copy->recipient.type == wire::RecipientType::kCircle;
  });
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
  SETU_TAKE(const Rotations asked, load_rotations(context));
  const WantedEpochs wanted = wanted_epochs(context, asked);
  for (const roster::Circle* circle : wanted.now) SETU_TRY(queue_epoch(context, *circle));
  SETU_TRY(save_rotations(context, asked));
  if (!wanted.now.empty() || wanted.lazy.empty()) return {};
  SETU_TAKE(const bool due, lazy_ones_are_due(context));
  if (!due) return {};
  for (const roster::Circle* circle : wanted.lazy) SETU_TRY(queue_epoch(context, *circle));
  return note_lazy_epochs(context);
}

Status queue_missing_grants(Context& context) {
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle != nullptr && may_begin(context, *circle))
      SETU_TRY(queue_grants_of(context, *circle));
  }
  return {};
}

Result<std::size_t> rotate_all(Context& context) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive ||
      me->role == roster::Role::kWorker) {
    return fail(Code::kNotAllowed, "rotate: only leads and coordinators begin new keys",
                "ask a lead of your organisation");
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  Rotations asked;
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle != nullptr && may_begin(context, *circle)) asked[id] = circle->newest().number;
  }
  SETU_TRY(save_rotations(context, asked));
  SETU_TRY(transaction.commit());
  return asked.size();
}

}  // namespace setu::client
