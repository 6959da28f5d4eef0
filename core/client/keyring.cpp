#include "client/keyring.hpp"

#include <algorithm>

namespace setu::client {
namespace {

const roster::Epoch* find_epoch(const roster::Roster& roster, const CircleId& circle,
                                std::uint32_t epoch) {
  const roster::Circle* found = roster.circle(circle);
  if (found == nullptr) return nullptr;
  const auto place = std::ranges::find(found->epochs, epoch, &roster::Epoch::number);
  return place == found->epochs.end() ? nullptr : &*place;
}

// The copy sealed to us, opened; nothing when it is for somebody else or does not open: a grant
// that does not open is its author's fault and stops nobody.
std::optional<crypto::Secret> try_open(Context& context, const roster::SealedKey& sealed) {
  const wire::Recipient& to = sealed.recipient;
  const auto open_with = [&](const crypto::BoxKeyPair& box) -> std::optional<crypto::Secret> {
    auto opened = wire::open_epoch_key(box, sealed.circle, sealed.epoch, to.sealed);
    if (!opened) return std::nullopt;
    return std::move(*opened);
  };
  if (to.type == wire::RecipientType::kDevice) {
    if (to.device != context.self.id) return std::nullopt;
    return open_with(context.self.box);
  }
  const auto through = find_key(context, to.circle, to.epoch);
  if (!through || *through == nullptr) return std::nullopt;
  return open_with(wire::inbox_of(to.circle, to.epoch, **through));
}

}  // namespace

Result<const crypto::Secret*> find_key(Context& context, const CircleId& circle,
                                       std::uint32_t epoch) {
  const auto cached = context.key_cache.find({circle, epoch});
  if (cached != context.key_cache.end()) return &cached->second;
  SETU_TAKE(std::optional<crypto::Secret> stored, context.store.epoch_key(circle, epoch));
  if (!stored) return nullptr;
  return &context.key_cache.emplace(std::pair{circle, epoch}, std::move(*stored)).first->second;
}

Result<HeldKey> newest_key(Context& context, const CircleId& circle) {
  const roster::Circle* found = context.roster.circle(circle);
  if (found != nullptr) {
    for (auto epoch = found->epochs.rbegin(); epoch != found->epochs.rend(); ++epoch) {
      SETU_TAKE(const crypto::Secret* key, find_key(context, circle, epoch->number));
      if (key != nullptr) return HeldKey{epoch->number, key};
    }
  }
  return fail(Code::kNotYet, "find key: this device has no key of that circle yet",
              "sync; if it stays so, ask a lead to run `setu approve` for this device");
}

Status keep_key(Context& context, const CircleId& circle, std::uint32_t epoch,
                const crypto::Secret& key) {
  const roster::Epoch* published = find_epoch(context.roster, circle, epoch);
  if (published == nullptr || wire::commit_epoch_key(circle, epoch, key) != published->commitment) {
    return fail(Code::kForged,
                "keep key: it does not fit the commitment in the roster; it was thrown away");
  }
  SETU_TRY(context.store.put_epoch_key(circle, epoch, key));
  context.key_cache.insert_or_assign(std::pair{circle, epoch}, key.clone());
  return {};
}

Result<std::vector<CircleId>> collect_keys(Context& context) {
  std::vector<CircleId> gained;
  const std::vector<CircleId> mine = context.roster.circles_of(context.self.id);
  for (bool progress = true; progress;) {
    progress = false;
    for (const CircleId& circle : mine) {
      for (const roster::SealedKey* sealed : context.roster.sealed_keys(circle)) {
        SETU_TAKE(const crypto::Secret* held, find_key(context, circle, sealed->epoch));
        if (held != nullptr) continue;
        const std::optional<crypto::Secret> key = try_open(context, *sealed);
        if (!key || !keep_key(context, circle, sealed->epoch, *key)) continue;
        gained.push_back(circle);
        progress = true;
      }
    }
  }
  return gained;
}

std::string name_of(Context& context, wire::Subject subject, ByteView id) {
  const std::vector<wire::SealedName> names = context.roster.names(subject, id);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    Result<std::string> opened = fail(Code::kNotYet, "");
    if (!name->circle.is_nil()) {
      const auto key = find_key(context, name->circle, name->epoch);
      if (!key || *key == nullptr) continue;
      opened = wire::open_name(*name, **key, subject, id);
    } else if (name->device == context.self.id) {
      opened = wire::open_name(*name, context.self.box, subject, id);
    }
    if (opened) return *opened;
  }
  return {};
}

std::string org_name(Context& context, const OrgId& org) {
  return name_of(context, wire::Subject::kOrg, org.view());
}

std::string caseload_name(Context& context, const CircleId& caseload) {
  return name_of(context, wire::Subject::kCaseload, caseload.view());
}

std::string person_name(Context& context, const DeviceId& device) {
  std::string name = name_of(context, wire::Subject::kPerson, device.view());
  if (!name.empty()) return name;
  if (const roster::RecoveryKey* printed = context.roster.printed_key(device))
    return "the printed recovery key of " + org_name(context, printed->org);
  const roster::Member* member = context.roster.member(device);
  const std::string role =
      member != nullptr ? std::string(wire::role_name(member->role)) : "device";
  return role + " " + device.hex().substr(0, 8);
}

}  // namespace setu::client
