#pragma once
// Printed recovery keys (docs/recovery.md): drawing one, putting it in force, who has none, and
// what a used one means. What such a key signs is client/recovery_use.

#include "client/context.hpp"

namespace setu::client {

// A key for an organisation, of which nothing is stored. kNotAllowed: who may not sign for it.
// kNotFound, kAmbiguous: the organisation.
[[nodiscard]] Result<RecoveryPrint> draw_recovery(Context& context, std::string_view org);
// Queues this device's signature for a drawn key. Where two must sign it waits for the other.
Status sign_recovery(Context& context, const RecoveryPrint& drawn);
// The other's: for a key that somebody printed and signed for. kNotFound, kNotAllowed, kAmbiguous.
Status cosign_recovery(Context& context, std::string_view id);

// In force, replaced, or waiting for another signature; by organisation.
[[nodiscard]] Result<std::vector<RecoveryView>> recovery_keys(Context& context);

// Organisations that hang on one device and have no key in force, to who can do something about it.
[[nodiscard]] std::vector<std::string> advice_about_recovery(Context& context);
// Keys that were used and are still in force: who used one may have it still.
[[nodiscard]] std::vector<std::string> warnings_about_recovery(Context& context);

}  // namespace setu::client
