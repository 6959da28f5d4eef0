#pragma once
// Invites that nobody is to use any more: withdrawn by a person, because the link went astray, or
// by the device that made them, once their last hour is over and nobody has come. The server judges
// expiry when somebody joins; the withdrawal keeps a server from being too late about it.

#include "client/context.hpp"

namespace setu::client {

// `which`: the invite's link, or at least 4 digits of its id. Keys that lie in it are renewed with
// the next syncs. kNotFound, kAmbiguous, kNotAllowed; kInvalidArgument: somebody joined by it, or
// it is withdrawn already.
Status withdraw_invite(Context& context, std::string_view which);

// Queues withdrawals of this device's own invites whose time is over. Call inside a transaction,
// with nothing queued.
Status queue_withdrawals(Context& context);

}  // namespace setu::client
