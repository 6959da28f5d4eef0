#pragma once
// Making roster entries: signed here, queued in the store, sent with the next sync, judged by
// everybody. Call inside a transaction.

#include "client/context.hpp"
#include "client/keyring.hpp"

namespace setu::client {

// Signs with this device's key. An active member names as condition the entry that made her one.
Result<wire::Entry> queue_entry(Context& context, const wire::EntryContent& content,
                                const ProgrammeId& programme, std::vector<Hash> conditions);
Result<wire::Entry> queue_entry(Context& context, const wire::EntryContent& content);
// Signed by somebody else who is here: who brought a printed recovery key.
struct Signer {
  const crypto::SignKeyPair& key;
  DeviceId id;
};
Result<wire::Entry> queue_entry_of(Context& context, const Signer& signer,
                                   const wire::EntryContent& content,
                                   std::vector<Hash> conditions = {});

// A circle that this device makes: its key is kept here, its entry queued.
struct NewCircle {
  CircleId id;
  crypto::Secret key;
  crypto::BoxPublicKey inbox;
};
// How entries are queued before this device is on the roster: under a programme and conditions
// given.
struct Footing {
  ProgrammeId programme;
  std::vector<Hash> conditions;
};
[[nodiscard]] Footing own_footing(const Context& context);
Result<NewCircle> queue_circle(Context& context, const Footing& footing, roster::CircleType type,
                               const OrgId& org, const CircleId& twin);

[[nodiscard]] Result<wire::Recipient> for_device(Context& context, const DeviceId& device,
                                                 const crypto::BoxPublicKey& box,
                                                 const CircleId& circle, std::uint32_t epoch,
                                                 const crypto::Secret& key);
[[nodiscard]] Result<wire::Recipient> for_circle(Context& context, const CircleId& to,
                                                 std::uint32_t to_epoch,
                                                 const crypto::BoxPublicKey& inbox,
                                                 const CircleId& circle, std::uint32_t epoch,
                                                 const crypto::Secret& key);
Status queue_grant(Context& context, const Footing& footing, const CircleId& circle,
                   std::uint32_t epoch, std::vector<wire::Recipient> recipients);

// kInvalidArgument: empty, too long, control characters.
Status check_name(std::string_view what, std::string_view name);

}  // namespace setu::client
