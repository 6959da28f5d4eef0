#include "client/digits.hpp"

#include <algorithm>

#include "wire/digits.hpp"

namespace setu::client {
namespace {

bool wants_reveal(const roster::Member& joiner, const DeviceId& inviter) {
  return joiner.inviter == inviter && joiner.state == roster::MemberState::kPending &&
         joiner.nonce.is_nil();
}

// What her role has the keys of and nobody's grant has brought yet. The leads' circle is no sign of
// it: who finds it empty begins it anew.
bool waits_for_keys(const Context& context, const roster::Member& me) {
  using roster::CircleType;
  if (me.role == roster::Role::kWorker) return false;
  return std::ranges::any_of(context.roster.circles(), [&](const auto& entry) {
    const auto& [id, circle] = entry;
    const bool is_hers = me.role == roster::Role::kLead
                             ? circle.org == me.org && circle.type != CircleType::kLeads
                             : circle.type == CircleType::kCommons ||
                                   circle.type == CircleType::kAlerts ||
                                   circle.type == CircleType::kProgramme;
    return is_hers && !context.roster.holds_newest(me.device, id);
  });
}

std::string note_of(const InviteId& invite) { return std::string(notes::kRevealed) + invite.hex(); }

std::string without_spaces(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ') digits += c;
  }
  return digits;
}

}  // namespace

Status queue_reveal(Context& context, const Signer& inviter, const roster::Member& joiner) {
  if (!wants_reveal(joiner, inviter.id)) return {};
  const std::string name = note_of(joiner.invite);
  SETU_TAKE(const std::optional<Bytes> revealed, context.store.note(name));
  // Another's was revealed: this log is another one than that which showed her.
  if (revealed && !equal(*revealed, joiner.entry.view())) return {};
  SETU_TRY(context.store.put_note(name, joiner.entry.view()));
  const wire::Reveal reveal{joiner.device, joiner.entry,
                            wire::digits_nonce(inviter.key.seed, joiner.invite)};
  const auto queued = inviter.id == context.self.id ? queue_entry(context, reveal)
                                                    : queue_entry_of(context, inviter, reveal);
  if (!queued) return fail(queued.error());
  return {};
}

Status queue_reveals(Context& context) {
  for (const auto& [device, joiner] : context.roster.members())
    SETU_TRY(queue_reveal(context, {context.self.sign, context.self.id}, joiner));
  return {};
}

std::string own_digits(const Context& context) {
  const roster::Member* me = context.me();
  const bool waits = me != nullptr &&
                     (me->state == roster::MemberState::kPending ||
                      (me->state == roster::MemberState::kActive && waits_for_keys(context, *me)));
  return waits ? context.roster.digits(me->device) : std::string();
}

Status check_digits(const Context& context, const roster::Member& joiner, std::string_view typed) {
  const std::string expected = context.roster.digits(joiner.device);
  if (expected.empty()) {
    return fail(
        Code::kNotYet,
        "approve: her six digits are not there yet; who invited her has to sync first",
        "run `setu sync` on the device that invited her, then on hers: it shows six digits");
  }
  const std::string digits = without_spaces(typed);
  if (digits.empty()) {
    return fail(Code::kMissingRequired,
                "approve: the six digits on her screen are missing; nothing was changed",
                "she runs `setu sync` and reads them to you, face to face or by a call in which "
                "you know her voice; type them with --digits");
  }
  if (digits == expected) return {};
  return fail(Code::kRefused,
              "approve: those are not the digits of this device; nothing was changed",
              "type them again; if they still differ, somebody else has used her invite: "
              "`setu revoke` that device and invite her again");
}

}  // namespace setu::client
