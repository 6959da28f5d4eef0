#pragma once
// The lease of a home, where its owner or a lead set one: after so many days without a server its
// caseloads are shown only after the next sync. What it is worth: lock/lease.hpp.

#include "setu/client.hpp"

namespace setu::cli {

inline constexpr unsigned kLongestLeaseDays = 365;

// 0: none. kInvalidArgument: over a year.
[[nodiscard]] Status set_lease(Client& client, unsigned days);

// Before anything of a caseload is shown. kLocked: not now.
[[nodiscard]] Status may_show_caseloads(Client& client);
// The same where a record is of a caseload.
[[nodiscard]] Status may_show(Client& client, const RecordView& record);
[[nodiscard]] Status may_show(Client& client, const std::vector<RecordView>& records);

}  // namespace setu::cli
