#pragma once
// What leads and coordinators do to the roster: orgs, caseloads, invites, approvals. Each queues
// signed entries.

#include "client/context.hpp"

namespace setu::client {

Result<std::string> add_org(Context& context, const std::string& name);
Result<std::string> add_caseload(Context& context, const std::string& name, std::string_view org);
Result<Client::InviteResult> invite(Context& context, const Client::InviteRequest& request);
Status approve(Context& context, std::string_view device, std::string_view digits);

// An open invite: its link, and what its entry says, without keys for who will use it.
struct NewInvite {
  wire::InviteLink link;
  wire::InviteKeys keys;
  wire::Invite content;
};
// `author_seed`: of the key that will sign it.
[[nodiscard]] Result<NewInvite> draw_invite(Context& context, const OrgId& org, wire::Role role,
                                            const crypto::Secret& author_seed);
[[nodiscard]] Client::InviteResult told(const NewInvite& invite);

// By name or id; `otherwise` where nothing was named. kNotFound, kAmbiguous.
[[nodiscard]] Result<OrgId> find_org(Context& context, std::string_view wanted,
                                     const OrgId& otherwise);
// By at least 4 digits of its id. kNotFound, kAmbiguous.
[[nodiscard]] Result<const roster::Member*> find_member(const Context& context,
                                                        std::string_view device);
[[nodiscard]] std::string_view state_name(roster::MemberState state);
[[nodiscard]] Result<std::vector<OrgView>> orgs(Context& context);
[[nodiscard]] Result<std::vector<CaseloadView>> caseloads(Context& context);
[[nodiscard]] Result<std::vector<MemberView>> members(Context& context);

}  // namespace setu::client
