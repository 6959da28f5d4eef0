#pragma once
// A recovery sheet drawn as one A4 page in black and white.
//
// Text stays text, shaped by Pango, so that an organisation's name may be in any script that the
// machine has a font for. The document says when it was made to the month, and nothing of who or
// where. The same page gives the same bytes on one machine.
//
// Errors: kNotFound: a name is in a script that no font here has. kTooLarge: it does not fit one
// page. kInternal. The bytes are as secret as the key: wipe them. Not thread-safe.

#include "cli/recovery_page.hpp"
#include "setu/base/bytes.hpp"

namespace setu::cli {

[[nodiscard]] Result<Bytes> draw_recovery_pdf(const RecoveryPage& page, Instant now);

}  // namespace setu::cli
