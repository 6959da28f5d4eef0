#include "log_check.hpp"

#include <set>

#include "roster/roster.hpp"
#include "writers.hpp"

namespace setu::server {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::size_t kPageKeys = 256;

// One programme, in the order of its log.
class Walk {
 public:
  Walk(LogStore& store, const ProgrammeId& id, LogReport& report)
      : store_(store), id_(id), report_(report) {}

  Status run(std::uint64_t end) {
    std::vector<StoredEntry> entries;
    std::vector<BatchKey> keys;
    std::size_t entry_at = 0;
    std::size_t key_at = 0;
    for (std::uint64_t position = 1; position <= end; ++position) {
      if (entry_at == entries.size()) {
        SETU_TAKE(entries, store_.entries(id_, {position - 1, end}, kPageBytes));
        entry_at = 0;
      }
      if (key_at == keys.size()) {
        SETU_TAKE(keys, store_.batch_keys(id_, std::nullopt, {position - 1, end}, kPageKeys));
        key_at = 0;
      }
      const bool is_entry = entry_at < entries.size() && entries[entry_at].position == position;
      const bool is_batch = key_at < keys.size() && keys[key_at].position == position;
      if (is_entry) check_tag(entries[entry_at].hash, entries[entry_at].tag);
      if (is_batch) check_tag(keys[key_at].hash, keys[key_at].tag);
      if (is_entry) check(entries[entry_at++]);
      if (is_batch) SETU_TRY(check(keys[key_at++]));
      if (!is_entry && !is_batch) problem("a position of the log is missing");
      if (is_entry && is_batch) problem("a position of the log was given twice");
    }
    return {};
  }

 private:
  void problem(const std::string& what) { ++report_.problems[what]; }

  void check_tag(const Hash& item, const wire::LogTag& stored) {
    if (wire::log_tag(tag_, item) != stored)
      problem("the log's tag does not follow from its items");
    tag_ = stored;
  }

  void check(const StoredEntry& stored) {
    ++report_.entries;
    const auto entry = wire::parse_entry(stored.bytes, id_);
    if (!entry) return problem("a roster entry does not parse");
    if (entry->hash != stored.hash) problem("a roster entry's hash is not that of its bytes");
    if (roster_.apply(*entry).verdict != roster::Verdict::kAccepted)
      problem("a roster entry is not accepted again");
    if (roster_.head() != stored.roster_head)
      problem("a roster head does not follow from the entries");
  }

  Status check(const BatchKey& key) {
    ++report_.batches;
    SETU_TAKE(const Bytes bytes, store_.batch_bytes(id_, key.position));
    const Hash hash = wire::batch_hash(bytes);
    if (hash != key.hash) problem("a batch's hash is not that of its bytes");
    Hash& head = heads_[key.circle];
    head = wire::chain_head(head, hash);
    if (head != key.circle_head) problem("a circle's head does not follow from its batches");

    const auto batch = wire::parse_batch(bytes);
    if (!batch) {
      problem("a batch does not parse");
      return {};
    }
    const wire::BatchHeader& header = batch->header;
    if (header.programme != id_ || header.circle != key.circle || header.device != key.device ||
        header.seq != key.seq) {
      problem("a batch's header is not that of its row");
    }
    ChainHead& chain = chains_[{key.device, key.circle}];
    if (header.seq != chain.seq + 1 || header.previous != chain.hash)
      problem("a batch does not continue its chain");
    chain = {header.seq, hash};
    const roster::Member* author = roster_.member(key.device);
    if (author == nullptr ||
        !may_write(roster_, key.device, key.circle, header.flags, header.seq)) {
      problem("a batch's author might not write to its circle");
    } else if (!wire::verify_batch(*batch, author->keys.sign)) {
      problem("a batch's signature does not verify");
    }
    return {};
  }

  LogStore& store_;
  ProgrammeId id_;
  LogReport& report_;
  roster::Roster roster_;
  wire::LogTag tag_{};
  std::map<CircleId, Hash> heads_;
  std::map<std::pair<DeviceId, CircleId>, ChainHead> chains_;
};

}  // namespace

Result<LogReport> check_log(LogStore& store) {
  LogReport report;
  SETU_TAKE(const auto programmes, store.programmes());
  for (const ProgrammeId& id : programmes) {
    ++report.programmes;
    SETU_TAKE(const auto end, store.end_of(id));
    if (end) SETU_TRY(Walk(store, id, report).run(end->position));
  }
  return report;
}

}  // namespace setu::server
