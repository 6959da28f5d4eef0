#include "sync/refusal.hpp"

namespace setu::sync {

Error error_of_refusal(wire::RefusalCode code) {
  using wire::RefusalCode;
  switch (code) {
    case RefusalCode::kBusy:
      return {Code::kBusy, "sync: the server is at its limits; everything recorded is kept",
              "Sync again in a few minutes."};
    case RefusalCode::kQuota:
      return {Code::kBusy,
              "sync: this device or programme has used up its share for now; everything recorded "
              "is kept",
              "Sync again later; if it stays, tell whoever runs the server."};
    case RefusalCode::kUnknownProgramme:
      return {Code::kRefused,
              "sync: the server does not serve this programme; everything recorded is kept",
              "Check the server's address with a lead, or ask whoever runs the server."};
    case RefusalCode::kUnknownDevice:
    case RefusalCode::kNotMember:
      return {Code::kNotAllowed,
              "sync: the server does not know this device as a member; everything recorded is kept",
              "Ask a lead whether this device was removed, or whether the invite has run out."};
    case RefusalCode::kBadToken:
      return {Code::kNotAllowed,
              "sync: the server did not accept the token or invite (each works once, for a limited "
              "time)",
              "Ask for a new one."};
    case RefusalCode::kNewerFormat:
      return {Code::kNewerFormat,
              "sync: the server needs a newer Setu than this one; everything recorded is kept",
              "Update Setu on this device, then sync again."};
    case RefusalCode::kMalformed:
    case RefusalCode::kTooLarge:
    case RefusalCode::kForged:
    case RefusalCode::kGap:
    case RefusalCode::kConflictingSeq:
    case RefusalCode::kRule:
    case RefusalCode::kProveLog:
    case RefusalCode::kCutBehind: break;
  }
  return {Code::kRefused,
          "sync: the server refused the request (code " + std::to_string(static_cast<int>(code)) +
              "); everything recorded is kept",
          "Sync again; if it is refused again, update Setu on this device or tell whoever runs the "
          "server."};
}

}  // namespace setu::sync
