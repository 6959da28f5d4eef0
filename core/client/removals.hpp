#pragma once
// Taking devices out: the removal and where it cuts the device's chains, what of those chains
// stands then, and what happens on the removed device itself.

#include "client/context.hpp"

namespace setu::client {

// Signs that this device is no member any more. Where two must sign it takes effect with the
// second. kNotFound, kAmbiguous, kNotAllowed. One's own device: leaves.
Status remove_member(Context& context, std::string_view device, bool wipe);

// The log held more of the chain than this device had read: the removal is said again when it has.
Status note_cut_behind(Context& context, const wire::Remove& removal);
// Says again what note_cut_behind() kept. Call inside a transaction.
Status queue_removals(Context& context);

// After an entry that ends chains: what was applied from beyond goes to quarantine, and the circles
// concerned are rebuilt. Call inside a transaction.
Status enforce_cuts(Context& context, const wire::EntryContent& content);

}  // namespace setu::client
