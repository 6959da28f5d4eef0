#include "client/names_again.hpp"

#include <algorithm>

#include "client/entries.hpp"
#include "client/keyring.hpp"
#include "roster/allowed.hpp"

namespace setu::client {
namespace {

// Circles that can read the name only with a key from before their history was cut.
std::set<CircleId> circles_in_need(const roster::Roster& roster, wire::Subject subject,
                                   ByteView id) {
  std::set<CircleId> needing, served;
  for (const wire::SealedName& name : roster.names(subject, id)) {
    if (name.circle.is_nil()) continue;
    const bool is_old = name.epoch < roster.last_cut(name.circle);
    (is_old ? needing : served).insert(name.circle);
  }
  for (const CircleId& circle : served) needing.erase(circle);
  return needing;
}

Status name_again(Context& context, wire::Subject subject, ByteView id) {
  const std::set<CircleId> needing = circles_in_need(context.roster, subject, id);
  if (needing.empty()) return {};
  const std::string name = name_of(context, subject, id);
  if (name.empty()) return {};  // it cannot be read here either
  wire::Label label{subject, to_bytes(id), {}};
  for (const CircleId& circle : needing) {
    const std::uint32_t newest = context.roster.circle(circle)->newest().number;
    SETU_TAKE(const crypto::Secret* key, find_key(context, circle, newest));
    if (key == nullptr || !context.roster.is_member(context.self.id, circle)) continue;
    label.names.push_back(
        wire::seal_name(circle, newest, *key, subject, label.id, name, context.random()));
  }
  if (label.names.empty()) return {};
  SETU_TRY(queue_entry(context, label));
  return {};
}

}  // namespace

Status queue_names_again(Context& context) {
  const roster::Member& me = *context.me();
  SETU_TRY(name_again(context, wire::Subject::kPerson, me.device.view()));
  if (me.role == roster::Role::kWorker) return {};
  for (const auto& [id, circle] : context.roster.circles()) {
    if (circle.type == roster::CircleType::kCaseload && roster::leads(me, circle.org))
      SETU_TRY(name_again(context, wire::Subject::kCaseload, id.view()));
  }
  for (const auto& [id, org] : context.roster.orgs()) {
    if (roster::coordinates(me) || roster::leads(me, id))
      SETU_TRY(name_again(context, wire::Subject::kOrg, id.view()));
  }
  return roster::coordinates(me) ? name_again(context, wire::Subject::kProgramme, {}) : Status{};
}

}  // namespace setu::client
