#include "client/verify.hpp"

#include "client/apply.hpp"
#include "client/rollback.hpp"
#include "client/served.hpp"

namespace setu::client {
namespace {

using Problems = std::vector<std::string>;

std::string name_of(const CircleId& circle) { return "circle " + circle.hex().substr(0, 8); }
std::string name_of(const DeviceId& device) { return "device " + device.hex().substr(0, 8); }

Status verify_roster(Context& context, Problems& problems) {
  roster::Roster replayed;
  SETU_TAKE(const std::vector<Bytes> entries, context.store.entries());
  for (const Bytes& bytes : entries) {
    const auto entry =
        wire::parse_entry(bytes, replayed.has_genesis() ? replayed.programme() : ProgrammeId{});
    if (!entry) {
      problems.push_back("roster: an entry does not parse");
      continue;
    }
    const roster::Judgement judgement = replayed.apply(*entry);
    if (judgement.verdict != roster::Verdict::kAccepted)
      problems.push_back("roster: an entry is refused: " + judgement.reason);
  }
  SETU_TAKE(const bool giving_back, is_giving_back(context));  // then it holds more than the log
  if (!giving_back && replayed.head() != context.roster.head())
    problems.push_back("roster: replaying it gives another state");
  return {};
}

Status verify_chains(Context& context, Problems& problems) {
  std::map<std::pair<CircleId, DeviceId>, std::pair<std::uint64_t, Hash>> tips;
  const store::BatchState all[] = {store::BatchState::kApplied,     store::BatchState::kParked,
                                   store::BatchState::kQuarantined, store::BatchState::kOwnUnsent,
                                   store::BatchState::kOwnAcked,    store::BatchState::kDropped,
                                   store::BatchState::kClosed};
  SETU_TRY(context.store.each_batch({}, all, [&](const store::StoredBatch& stored) -> Result<bool> {
    const std::string where = name_of(stored.circle) + ", " + name_of(stored.device) + ", batch " +
                              std::to_string(stored.seq);
    const auto batch = wire::parse_batch(stored.bytes);
    auto& [seq, hash] = tips[{stored.circle, stored.device}];
    if (!batch || batch->header.seq != seq + 1 || batch->header.previous != hash ||
        wire::batch_hash(stored.bytes) != stored.hash) {
      problems.push_back(where + ": the chain is broken here");
    }
    const roster::Member* author = context.roster.member(stored.device);
    if (batch && (author == nullptr || !wire::verify_batch(*batch, author->keys.sign))) {
      problems.push_back(where + ": its signature does not verify");
    }
    // Kept apart by a removal is where it belongs.
    const bool beyond_cut =
        author != nullptr && author->state == roster::MemberState::kRemoved &&
        stored.state == store::BatchState::kQuarantined &&
        !context.roster.counts(stored.device, stored.circle, stored.seq, stored.hash);
    if (!beyond_cut && stored.state != store::BatchState::kDropped &&
        (stored.state == store::BatchState::kQuarantined || !stored.reason.empty())) {
      problems.push_back(where + ": " + (stored.reason.empty() ? "quarantined" : stored.reason));
    }
    seq = stored.seq;
    hash = stored.hash;
    return true;
  }));
  for (const auto& [place, tip] : tips) {
    SETU_TAKE(const store::ChainState chain, context.store.chain(place.first, place.second));
    if (chain.seq != tip.first || chain.hash != tip.second) {
      problems.push_back(name_of(place.first) + ", " + name_of(place.second) +
                         ": the chain's end is not its last batch");
    }
  }
  return {};
}

Status verify_records(Context& context, Problems& problems) {
  constexpr std::size_t kPage = 500;
  for (const auto& [tag, kind] : context.kinds) {
    for (std::int64_t after = 0;;) {
      SETU_TAKE(const std::vector<store::Row> rows,
                context.store.list(tag, {}, kPage, true, after));
      if (rows.empty()) break;
      for (const store::Row& row : rows) {
        after = row.row_number;
        for (const auto& [number, blob] : row.parts) {
          const auto audience = static_cast<Audience>(number);
          const auto part = load_part(context, kind, row, audience);
          store::Row again = row;
          if (part) put_part(context, kind, again, audience, *part);
          if (!part || again.columns != row.columns || again.parts != row.parts) {
            problems.push_back(kind.form->name + " " + to_uuid(row.id) +
                               ": its merge state and its fields differ");
          }
        }
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> verify(Context& context) {
  SETU_TAKE(Problems problems, context.store.check());
  SETU_TRY(verify_roster(context, problems));
  SETU_TRY(verify_chains(context, problems));
  SETU_TRY(verify_records(context, problems));
  SETU_TAKE(const Problems about_server, warnings_about_server(context));
  problems.insert(problems.end(), about_server.begin(), about_server.end());
  return problems;
}

}  // namespace setu::client
