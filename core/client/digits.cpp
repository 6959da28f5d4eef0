#include "client/digits.hpp"

#include "client/entries.hpp"
#include "wire/digits.hpp"

namespace setu::client {
namespace {

bool wants_reveal(const Context& context, const roster::Member& joiner) {
  return joiner.inviter == context.self.id && joiner.state == roster::MemberState::kPending &&
         joiner.nonce.is_nil();
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

Status queue_reveals(Context& context) {
  for (const auto& [device, joiner] : context.roster.members()) {
    if (!wants_reveal(context, joiner)) continue;
    const std::string name = note_of(joiner.invite);
    SETU_TAKE(const std::optional<Bytes> revealed, context.store.note(name));
    // Another's was revealed: this log is another one than that which showed her.
    if (revealed && !equal(*revealed, joiner.entry.view())) continue;
    SETU_TRY(context.store.put_note(name, joiner.entry.view()));
    SETU_TRY(queue_entry(context,
                         wire::Reveal{device, joiner.entry,
                                      wire::digits_nonce(context.self.sign.seed, joiner.invite)}));
  }
  return {};
}

std::string own_digits(const Context& context) {
  const roster::Member* me = context.me();
  const bool waits = me != nullptr && me->state == roster::MemberState::kPending;
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
