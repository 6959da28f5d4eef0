#pragma once
// What the server did not take, in words, until people have seen it (Client::take_refusals). Kept
// in one note, about limits::kTextBytes at most. Errors: the store's.

#include "client/context.hpp"

namespace setu::client {

// Adds a line: `what`, then why.
Status note_refusal(Context& context, std::string_view what, wire::RefusalCode code);

}  // namespace setu::client
