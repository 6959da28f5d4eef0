#pragma once
// What a device that belongs to no programme yet is about to do: found one, or join one. Kept until
// the log has it.

#include "client/context.hpp"

namespace setu::client {

enum class PlanType : std::uint8_t { kFound = 1, kJoin = 2 };

struct Plan {
  PlanType type{};
  std::string server_url;
  Hash genesis;                 // kJoin: the one the link names; kFound: ours, nil until made
  wire::InviteSecret secret{};  // kJoin: of the invite; kFound: of the one-time token
  Hash server_key_hash;         // kFound: from the token
  std::string programme_name, org_name;  // kFound
};

[[nodiscard]] Result<std::optional<Plan>> load_plan(Context& context);
Status save_plan(Context& context, const Plan& plan);
Status forget_plan(Context& context);

}  // namespace setu::client
