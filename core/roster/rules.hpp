#pragma once
// The roster's rules (docs/roster-rules.md): for each type of entry, who may author it and what it
// needs. Pure: they read the roster as the log left it and change nothing. A new type of entry
// needs a row of kAuthor, a judge() here and a take_in() in Roster; it does not compile without
// them.
//
// Nothing fails; the answer is the Judgement. Reasons name rules, never people, ids or content.
// Safe from any thread while nobody applies entries to the roster.

#include <optional>

#include "roster/roster.hpp"

namespace setu::roster::rules {

// What an author must be before the entry's own rule is asked.
enum class Author : std::uint8_t {
  kNewcomer,  // not on the roster: the entry brings the keys, and is signed with them
  kKnown,     // on the roster, pending or active: the rule looks closer
  kActive,
  kAuthority,  // active, or an org's printed recovery key: see Case::authority
};
template <class Content>
inline constexpr Author kAuthor = Author::kActive;
template <>
inline constexpr Author kAuthor<wire::Genesis> = Author::kNewcomer;
template <>
inline constexpr Author kAuthor<wire::DeviceEntry> = Author::kNewcomer;
template <>
inline constexpr Author kAuthor<wire::Label> = Author::kKnown;
template <>
inline constexpr Author kAuthor<wire::Invite> = Author::kAuthority;
template <>
inline constexpr Author kAuthor<wire::Reveal> = Author::kAuthority;
template <>
inline constexpr Author kAuthor<wire::Approve> = Author::kAuthority;
template <>
inline constexpr Author kAuthor<wire::Remove> = Author::kKnown;  // a pending device may leave

struct Case {
  const Roster& roster;
  const wire::Entry& entry;
  const Member* author = nullptr;  // null for newcomers and recovery keys
  std::optional<Place> authority;  // of an active member or a recovery key
  Check check = Check::kAll;
  std::optional<std::uint32_t> now_hour;  // the server's
};

// Everything about one entry: repetition, author, conditions, its own rule, and last, because
// dearest, its signature.
[[nodiscard]] Judgement judge_entry(const Roster& roster, const wire::Entry& entry, Check check,
                                    std::optional<std::uint32_t> now_hour);

// Each type's own rule.
[[nodiscard]] Judgement judge(const Case& about, const wire::Genesis& genesis);
[[nodiscard]] Judgement judge(const Case& about, const wire::OrgEntry& added);
[[nodiscard]] Judgement judge(const Case& about, const wire::CircleEntry& added);
[[nodiscard]] Judgement judge(const Case& about, const wire::Grant& grant);
[[nodiscard]] Judgement judge(const Case& about, const wire::Invite& invite);
[[nodiscard]] Judgement judge(const Case& about, const wire::DeviceEntry& joiner);
[[nodiscard]] Judgement judge(const Case& about, const wire::Reveal& reveal);
[[nodiscard]] Judgement judge(const Case& about, const wire::Withdrawal& withdrawal);
[[nodiscard]] Judgement judge(const Case& about, const wire::CopyNotice& notice);
[[nodiscard]] Judgement judge(const Case& about, const wire::Approve& approve);
[[nodiscard]] Judgement judge(const Case& about, const wire::Label& label);
[[nodiscard]] Judgement judge(const Case& about, const wire::Remove& removal);
[[nodiscard]] Judgement judge(const Case& about, const wire::EpochEntry& begun);
[[nodiscard]] Judgement judge(const Case& about, const wire::RecoveryEntry& printed);

// Empty when this recipient may have the circle's key.
[[nodiscard]] std::string wrong_recipient(const Roster& roster, const Circle& circle,
                                          const wire::Recipient& to);

[[nodiscard]] inline Judgement accepted() { return {Verdict::kAccepted, {}}; }
[[nodiscard]] inline Judgement refused(std::string reason) {
  return {Verdict::kRefused, std::move(reason)};
}
[[nodiscard]] inline Judgement forged(std::string reason) {
  return {Verdict::kRefused, std::move(reason), true};
}
[[nodiscard]] inline Judgement repeated(std::string reason) {
  return {Verdict::kRepeated, std::move(reason)};
}

}  // namespace setu::roster::rules
