#pragma once
// What a printed recovery key signs, on any member's device of its programme: an invite for a lead
// or coordinator, an approval, a removal. It counts as one signature; everybody sees that it was
// this key and no person. It grants nothing: it holds no keys.
//
// `key` is the sheet's link or code. Errors of all: kInvalidArgument (a slip, or another
// programme's), kNotFound (a key that is not in force, maybe replaced), kNotAllowed (beyond what it
// may, or this device cannot bring it), and those named.

#include "client/context.hpp"

namespace setu::client {

// Where no member's device is at hand: a fresh replica asks the server in the key's own name, and
// holds the roster for as long as the client lives. The whole code or the link; `server_url` where
// the link does not name it.
Status begin_recovery(Context& context, std::string_view key, const std::string& server_url);

[[nodiscard]] Result<RecoveryView> read_recovery(Context& context, std::string_view key);
// The role may be empty: a coordinator for the umbrella's key, else a lead.
Result<Client::InviteResult> recover_invite(Context& context, std::string_view key,
                                            const Client::InviteRequest& request);
// Of a device that joined by the key's invite: lets her screen show its digits. Nothing where that
// is done, or another's to do.
Status recover_reveal(Context& context, std::string_view key, std::string_view device);
// And what check_digits() (client/digits.hpp) says.
Status recover_approve(Context& context, std::string_view key, std::string_view device,
                       std::string_view digits);
Status recover_revoke(Context& context, std::string_view key, std::string_view device, bool wipe);

}  // namespace setu::client
