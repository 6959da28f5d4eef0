#pragma once
// How a device comes to belong: founding a programme, joining by an invite, and what being a member
// asks of it.

#include "client/context.hpp"

namespace setu::client {

// kInvalidArgument: nothing that a link could be opened to.
Status check_server_url(std::string_view url);

Status begin_programme(Context& context, const Client::NewProgramme& request);
Status begin_join(Context& context, std::string_view link, const std::string& person);

// See Client::tend().
Status tend(Context& context);
[[nodiscard]] Result<bool> settled(Context& context);

}  // namespace setu::client
