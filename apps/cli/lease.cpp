#include "cli/lease.hpp"

#include <algorithm>

#include "cli/home.hpp"
#include "lock/lease.hpp"

namespace setu::cli {
namespace {

constexpr std::string_view kLeaseDays = "lease_days";

Result<lock::Lease> lease_of(Client& client) {
  SETU_TAKE(const std::string days, client.setting(kLeaseDays));
  lock::Lease lease;
  for (const char digit : days) lease.days = lease.days * 10 + (digit - '0');
  return lease;
}

}  // namespace

Status set_lease(Client& client, unsigned days) {
  if (days > kLongestLeaseDays) {
    return fail(Code::kInvalidArgument, "set lease: it wants 1 to 365 days, or 0 for none",
                "14 is two weeks without a link");
  }
  return client.set_setting(kLeaseDays, days == 0 ? std::string() : std::to_string(days));
}

Status may_show_caseloads(Client& client) {
  SETU_TAKE(const lock::Lease lease, lease_of(client));
  if (lease.days == 0) return {};
  SETU_TAKE(const StatusView status, client.status());
  const bool may = !status.last_contact ||
                   lock::may_read(lease, *status.last_contact, clock_now()) == lock::MayRead::kYes;
  if (may) return {};
  return fail(Code::kLocked,
              "show records: no server was reached for longer than the lease of this home; "
              "recording goes on",
              "`setu sync` shows caseloads again");
}

Status may_show(Client& client, const RecordView& record) {
  return record.caseload_id.empty() ? Status{} : may_show_caseloads(client);
}

Status may_show(Client& client, const std::vector<RecordView>& records) {
  const bool of_caseloads = std::ranges::any_of(
      records, [](const RecordView& record) { return !record.caseload_id.empty(); });
  return of_caseloads ? may_show_caseloads(client) : Status{};
}

}  // namespace setu::cli
