#pragma once
// What leads and coordinators do to the roster: orgs, caseloads, invites, approvals. Each queues
// signed entries.

#include "client/context.hpp"

namespace setu::client {

Result<std::string> add_org(Context& context, const std::string& name);
Result<std::string> add_caseload(Context& context, const std::string& name, std::string_view org);
Result<Client::InviteResult> invite(Context& context, const Client::InviteRequest& request);
Status approve(Context& context, std::string_view device);

[[nodiscard]] Result<std::vector<OrgView>> orgs(Context& context);
[[nodiscard]] Result<std::vector<CaseloadView>> caseloads(Context& context);
[[nodiscard]] Result<std::vector<MemberView>> members(Context& context);

}  // namespace setu::client
