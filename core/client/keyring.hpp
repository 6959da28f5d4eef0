#pragma once
// The epoch keys that this device holds, how it comes by them, and the names that they open.

#include "client/context.hpp"

namespace setu::client {

// The key of a circle's epoch, if this device has it. Borrowed until the context's key cache
// changes.
[[nodiscard]] Result<const crypto::Secret*> find_key(Context& context, const CircleId& circle,
                                                     std::uint32_t epoch);

// The newest epoch whose key this device holds. kNotYet: none.
struct HeldKey {
  std::uint32_t epoch = 0;
  const crypto::Secret* key = nullptr;
};
[[nodiscard]] Result<HeldKey> newest_key(Context& context, const CircleId& circle);

// Keeps a key after comparing it with the commitment that the roster published. kForged: it does
// not fit.
Status keep_key(Context& context, const CircleId& circle, std::uint32_t epoch,
                const crypto::Secret& key);

// Opens every sealed copy that is meant for this device, directly or through a circle whose key it
// holds, until there is nothing more to open. Gives the circles that gained a key. Call inside a
// transaction.
[[nodiscard]] Result<std::vector<CircleId>> collect_keys(Context& context);

// The newest name that this device can open; empty when it can open none.
[[nodiscard]] std::string name_of(Context& context, wire::Subject subject, ByteView id);
[[nodiscard]] std::string org_name(Context& context, const OrgId& org);
[[nodiscard]] std::string caseload_name(Context& context, const CircleId& caseload);
// A person's name, or role and short device id where it cannot be read. Of a printed recovery key:
// whose it is.
[[nodiscard]] std::string person_name(Context& context, const DeviceId& device);

}  // namespace setu::client
