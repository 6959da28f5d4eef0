#include "generations.hpp"

#include <algorithm>

namespace setu::server {
namespace {

// The genesis names the programme, so every log of it begins alike.
constexpr std::uint64_t kLeastKept = 1;
constexpr std::uint32_t kFirstGeneration = 1;

Result<bool> agrees(LogStore& store, const ProgrammeId& programme, const wire::TagAt& known) {
  SETU_TAKE(const wire::LogTag tag, store.tag_at(programme, known.position));
  return tag == known.tag;
}

// The newest place where both logs are the same.
Result<std::uint64_t> last_in_common(LogStore& store, const ProgrammeId& programme,
                                     std::uint64_t end, const std::vector<wire::TagAt>& known) {
  std::uint64_t kept = std::min(kLeastKept, end);
  for (const wire::TagAt& pair : known) {
    if (pair.position <= kept || pair.position > end) continue;
    SETU_TAKE(const bool same, agrees(store, programme, pair));
    if (same) kept = pair.position;
  }
  return kept;
}

}  // namespace

Result<Placed> place_cursor(LogStore& store, const ProgrammeId& programme,
                            const wire::LogPoint& cursor, const wire::LogTag& tag) {
  const Placed contradicts{CursorFit::kContradicts, 0};
  SETU_TAKE(const auto end, store.end_of(programme));
  if (!end || cursor.generation == 0) return Placed{};
  if (cursor.generation > end->generation) return contradicts;

  Placed placed{CursorFit::kFits, cursor.position};
  bool is_known = cursor.generation == kFirstGeneration;
  if (cursor.generation < end->generation) {
    placed.fit = CursorFit::kOlder;
    SETU_TAKE(const auto generations, store.generations(programme));
    for (const wire::GenerationStart& begun : generations) {
      is_known = is_known || begun.generation == cursor.generation;
      if (begun.generation > cursor.generation) placed.after = std::min(placed.after, begun.kept);
    }
    if (!is_known) return contradicts;
  }
  if (placed.after > end->position) return contradicts;
  // What was cut off cannot be compared: its tag is of a place that this log does not share.
  if (placed.after < cursor.position || tag == wire::LogTag{}) return placed;
  SETU_TAKE(const bool same, agrees(store, programme, {cursor.position, tag}));
  return same ? placed : contradicts;
}

Result<bool> begin_on_proof(LogStore& store, const ProgrammeId& programme,
                            const crypto::SignPublicKey& server_key, const wire::LogProof& proof) {
  // A seal that served nothing repeats what its caller claimed; it carries no tag.
  if (proof.seal.tag == wire::LogTag{}) return false;
  const Hash covered = wire::seal_hash(programme, proof.request, proof.answer, proof.seal);
  if (!crypto::verify(server_key, wire::kSealSignature, covered.view(), proof.seal.signature))
    return false;

  SETU_TAKE(const auto appender, store.begin(programme));  // judged and begun under one lock
  SETU_TAKE(const Placed placed, place_cursor(store, programme, proof.seal.point, proof.seal.tag));
  if (placed.fit != CursorFit::kContradicts) return false;
  const wire::LogPoint end = appender->end();
  SETU_TAKE(const std::uint64_t kept,
            last_in_common(store, programme, end.position, proof.earlier));
  const std::uint32_t theirs = proof.seal.point.generation;
  if (theirs > kFirstGeneration) SETU_TRY(appender->remember_generation({theirs, kept}));
  SETU_TRY(appender->begin_generation({std::max(end.generation, theirs) + 1, kept}));
  SETU_TRY(appender->commit());
  return true;
}

Status begin_everywhere(LogStore& store, LogStore* known) {
  SETU_TAKE(const auto programmes, store.programmes());
  for (const ProgrammeId& programme : programmes) {
    SETU_TAKE(const auto appender, store.begin(programme));
    std::uint32_t newest = appender->end().generation;
    if (known != nullptr) {
      const auto replaced = known->end_of(programme);  // damaged, maybe: that is why it is replaced
      if (replaced && *replaced) newest = std::max(newest, (*replaced)->generation);
    }
    SETU_TRY(appender->begin_generation({newest + 1, appender->end().position}));
    SETU_TRY(appender->commit());
  }
  return {};
}

}  // namespace setu::server
