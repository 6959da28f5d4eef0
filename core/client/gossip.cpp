#include "client/gossip.hpp"

#include <algorithm>

#include "client/keyring.hpp"
#include "client/log_memory.hpp"
#include "client/rollback.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

// Numbers are on disk: never renumber.
enum class Difference : std::uint8_t {
  kOther = 1,    // another roster, or other batches, at the same place
  kMissing = 2,  // a batch that this device was not shown
};

// The batch itself is the one side of the proof: its author signed it, and it is kept. The other is
// the digest that came out here, and the last seal of the server at that time.
struct Rumour {
  Difference difference{};
  CircleId circle;
  DeviceId author;
  std::uint64_t seq = 0;    // of the batch
  wire::Tip missing;        // kMissing: what its author was shown
  wire::HeadDigest here{};  // kOther: what was computed here
  wire::LogPoint sealed;    // the last seal that was kept, as the server signed it
  Hash request, answer;
  wire::HeadDigest sealed_digest{};
  wire::LogTag sealed_tag{};
  crypto::Signature signature;
};

void write(Writer& writer, const Rumour& rumour) {
  writer.u8(static_cast<std::uint8_t>(rumour.difference));
  writer.id(rumour.circle);
  writer.id(rumour.author);
  writer.u64(rumour.seq);
  writer.id(rumour.missing.device);
  writer.u64(rumour.missing.seq);
  writer.raw(rumour.here);
  writer.u32(rumour.sealed.generation);
  writer.u64(rumour.sealed.position);
  writer.id(rumour.request);
  writer.id(rumour.answer);
  writer.raw(rumour.sealed_digest);
  writer.raw(rumour.sealed_tag);
  writer.id(rumour.signature);
}

template <std::size_t kSize>
void read_fixed(Reader& reader, std::array<std::byte, kSize>& out) {
  const ByteView bytes = reader.raw(kSize);
  if (bytes.size() == kSize) std::memcpy(out.data(), bytes.data(), kSize);
}

Rumour read(Reader& reader) {
  Rumour rumour;
  rumour.difference = static_cast<Difference>(reader.u8());
  rumour.circle = reader.id<CircleId>();
  rumour.author = reader.id<DeviceId>();
  rumour.seq = reader.u64();
  rumour.missing.device = reader.id<DeviceId>();
  rumour.missing.seq = reader.u64();
  read_fixed(reader, rumour.here);
  rumour.sealed.generation = reader.u32();
  rumour.sealed.position = reader.u64();
  rumour.request = reader.id<Hash>();
  rumour.answer = reader.id<Hash>();
  read_fixed(reader, rumour.sealed_digest);
  read_fixed(reader, rumour.sealed_tag);
  rumour.signature = reader.id<crypto::Signature>();
  return rumour;
}

Result<std::vector<Rumour>> load(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kRumours));
  std::vector<Rumour> rumours;
  if (!note) return rumours;
  Reader reader(*note);
  while (reader.ok() && !reader.at_end()) rumours.push_back(read(reader));
  if (!reader.ok()) return fail(Code::kCorrupt, "read what devices told: damaged note");
  return rumours;
}

Status keep(Context& context, Rumour rumour) {
  SETU_TAKE(std::vector<Rumour> known, load(context));
  const auto same = [&](const Rumour& other) {
    return other.circle == rumour.circle && other.author == rumour.author &&
           other.seq == rumour.seq;
  };
  if (known.size() >= kMostRumours || std::ranges::any_of(known, same)) return {};
  SETU_TAKE(const std::optional<wire::LogProof> seal, load_log_proof(context));
  if (seal) {
    rumour.sealed = seal->seal.point;
    rumour.request = seal->request;
    rumour.answer = seal->answer;
    rumour.sealed_digest = seal->seal.digest;
    rumour.sealed_tag = seal->seal.tag;
    rumour.signature = seal->seal.signature;
  }
  known.push_back(rumour);
  Writer writer;
  for (const Rumour& each : known) write(writer, each);
  return context.store.put_note(notes::kRumours, writer.view());
}

Result<std::uint32_t> generation(Context& context) {
  SETU_TAKE(const std::optional<Bytes> cursor, context.store.note(notes::kCursor));
  if (!cursor) return 0U;
  Reader reader(*cursor);
  return reader.u32();
}

// The roster's head after the last entry at or before a position.
Result<Hash> roster_head_at(Context& context, const wire::LogPoint& point) {
  RosterHeads& known = context.roster_heads;
  if (known.generation != point.generation || known.of != context.roster.head()) {
    known = {point.generation, context.roster.head(), {}};
    SETU_TAKE(const auto entries, context.store.entry_hashes());
    Hash head;
    for (const auto& [place, hash] : entries) {
      head = wire::chain_head(head, hash);
      known.at.emplace_back(place, head);
    }
  }
  const auto position_of = [](const auto& place) { return place.first; };
  const auto beyond = std::ranges::upper_bound(known.at, point.position, {}, position_of);
  return beyond == known.at.begin() ? Hash{} : std::prev(beyond)->second;
}

bool is_missing(const store::ChainState& chain, const wire::Tip& tip) {
  return chain.seq < tip.seq;
}

}  // namespace

Result<Telling> tell(Context& context, const CircleId& circle, std::vector<wire::Tip> tips) {
  Telling telling;
  SETU_TAKE(const bool giving_back, is_giving_back(context));
  if (giving_back) return telling;
  std::vector<Hash> shown;
  for (const wire::Tip& tip : tips) {
    SETU_TAKE(const auto batch, context.store.batch(circle, tip.device, tip.seq));
    if (!batch || batch->position == 0) continue;  // lost by the log, maybe: told when it is there
    telling.tips.push_back(tip);
    shown.push_back(batch->hash);
  }
  telling.digest = wire::shown_digest(context.roster.head(), shown);
  return telling;
}

Status hear(Context& context, const wire::BatchView& batch, const wire::BatchBody& body) {
  const wire::BatchHeader& header = batch.header;
  if (!body.head_digest || header.device == context.self.id) return {};
  SETU_TAKE(const bool giving_back, is_giving_back(context));
  SETU_TAKE(const std::uint32_t current, generation(context));
  if (giving_back || header.head_seen.generation != current) return {};

  Rumour rumour;
  rumour.circle = header.circle;
  rumour.author = header.device;
  rumour.seq = header.seq;
  std::vector<Hash> shown;
  for (const wire::Tip& tip : body.tips) {
    SETU_TAKE(const store::ChainState chain, context.store.chain(header.circle, tip.device));
    if (is_missing(chain, tip)) {
      rumour.difference = Difference::kMissing;
      rumour.missing = tip;
      return keep(context, rumour);
    }
    SETU_TAKE(const auto known, context.store.batch(header.circle, tip.device, tip.seq));
    if (!known) return {};  // not kept any more: nothing to compare with
    shown.push_back(known->hash);
  }
  SETU_TAKE(const Hash roster_head, roster_head_at(context, header.head_seen));
  rumour.here = wire::shown_digest(roster_head, shown);
  if (rumour.here == *body.head_digest) return {};
  rumour.difference = Difference::kOther;
  return keep(context, rumour);
}

Result<std::vector<std::string>> rumours(Context& context) {
  std::vector<std::string> lines;
  SETU_TAKE(const std::vector<Rumour> known, load(context));
  for (const Rumour& rumour : known) {
    const std::string who = person_name(context, rumour.author);
    std::string line;
    if (rumour.difference == Difference::kMissing) {
      SETU_TAKE(const store::ChainState chain,
                context.store.chain(rumour.circle, rumour.missing.device));
      if (!is_missing(chain, rumour.missing)) continue;  // it came
      line = "the server showed something to " + who +
             " that it keeps from this device: tell a coordinator";
    } else {
      line = "the server shows " + who +
             " another log than this device (or her device says so falsely); both heads are kept "
             "as proof: tell a coordinator";
    }
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace setu::client
