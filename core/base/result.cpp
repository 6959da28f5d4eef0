#include "setu/base/result.hpp"

namespace setu {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument: return "invalid_argument";
    case Code::kNotFound: return "not_found";
    case Code::kMissingRequired: return "missing_required";
    case Code::kNotAllowed: return "not_allowed";
    case Code::kTooLarge: return "too_large";
    case Code::kStale: return "stale";
    case Code::kAmbiguous: return "ambiguous";
    case Code::kLocked: return "locked";
    case Code::kWrongPassphrase: return "wrong_passphrase";
    case Code::kNoLink: return "no_link";
    case Code::kBusy: return "busy";
    case Code::kDiskFull: return "disk_full";
    case Code::kNotYet: return "not_yet";
    case Code::kMalformed: return "malformed";
    case Code::kForged: return "forged";
    case Code::kRefused: return "refused";
    case Code::kDiverged: return "diverged";
    case Code::kNewerFormat: return "newer_format";
    case Code::kCorrupt: return "corrupt";
    case Code::kInternal: return "internal";
  }
  return "internal";
}

Remedy remedy_of(Code code) {
  const auto number = static_cast<std::uint16_t>(code);
  if (number < 40) return Remedy::kUserCanFix;
  if (number < 60) return Remedy::kRetry;
  return code == Code::kNewerFormat ? Remedy::kUserCanFix : Remedy::kFatal;
}

}  // namespace setu
