#include "client/refusals.hpp"

namespace setu::client {
namespace {

std::string_view refusal_words(wire::RefusalCode code) {
  switch (code) {
    case wire::RefusalCode::kMalformed: return "it could not be read";
    case wire::RefusalCode::kForged: return "its signature did not verify";
    case wire::RefusalCode::kNotMember: return "this device is not a member of that circle";
    case wire::RefusalCode::kGap: return "an earlier one is missing there";
    case wire::RefusalCode::kConflictingSeq:
      return "another one with its number is there: this installation may be a copy";
    case wire::RefusalCode::kRule:
      return "the roster's rules do not allow it (an invite may be used up, withdrawn or expired)";
    case wire::RefusalCode::kTooLarge: return "it is too large";
    case wire::RefusalCode::kQuota: return "a quota is used up";
    case wire::RefusalCode::kNewerFormat: return "the server needs a newer version";
    default: return "the server did not take it";
  }
}

}  // namespace

Status note_refusal(Context& context, std::string_view what, wire::RefusalCode code) {
  SETU_TAKE(std::optional<Bytes> note, context.store.note(notes::kRefusals));
  Bytes lines = note ? std::move(*note) : Bytes{};
  if (lines.size() < limits::kTextBytes) {
    append(lines, as_bytes(what));
    append(lines, as_bytes(refusal_words(code)));
    append(lines, as_bytes("\n"));
  }
  return context.store.put_note(notes::kRefusals, lines);
}

}  // namespace setu::client
