#include "writers.hpp"

namespace setu::server {

bool may_write(const roster::Roster& roster, const DeviceId& author, const CircleId& circle,
               std::uint8_t flags, std::uint64_t seq) {
  if (roster.is_member(author, circle)) return true;
  const bool to_inbox = (flags & wire::BatchHeader::kInbox) != 0;
  if (to_inbox && roster.may_write_to_inbox(author, circle)) return true;
  const auto end = roster.end_of(author, circle);
  return end && seq <= end->seq + kMostLateBatches;
}

}  // namespace setu::server
