#include "client/log_memory.hpp"

#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

Status save(Context& context, const wire::LogProof& proof) {
  Writer writer;
  writer.id(proof.request);
  writer.id(proof.answer);
  writer.u32(proof.seal.point.generation);
  writer.u64(proof.seal.point.position);
  writer.u8(proof.seal.more ? 1 : 0);
  writer.u8(proof.seal.last ? 1 : 0);
  writer.raw(proof.seal.digest);
  writer.raw(proof.seal.tag);
  writer.id(proof.seal.signature);
  for (const wire::TagAt& known : proof.earlier) {
    writer.u64(known.position);
    writer.raw(known.tag);
  }
  return context.store.put_note(notes::kLogProof, writer.view());
}

template <std::size_t kSize>
void read_fixed(Reader& reader, std::array<std::byte, kSize>& out) {
  const ByteView bytes = reader.raw(kSize);
  if (bytes.size() == kSize) std::memcpy(out.data(), bytes.data(), kSize);
}

}  // namespace

Result<std::optional<wire::LogProof>> load_log_proof(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kLogProof));
  if (!note || note->empty()) return std::nullopt;
  Reader reader(*note);
  wire::LogProof proof;
  proof.request = reader.id<Hash>();
  proof.answer = reader.id<Hash>();
  proof.seal.point.generation = reader.u32();
  proof.seal.point.position = reader.u64();
  proof.seal.more = reader.u8() != 0;
  proof.seal.last = reader.u8() != 0;
  read_fixed(reader, proof.seal.digest);
  read_fixed(reader, proof.seal.tag);
  proof.seal.signature = reader.id<crypto::Signature>();
  while (reader.ok() && !reader.at_end()) {
    wire::TagAt& known = proof.earlier.emplace_back();
    known.position = reader.u64();
    read_fixed(reader, known.tag);
  }
  if (!reader.ok()) return fail(Code::kCorrupt, "read what is known of the log: damaged note");
  return std::optional(std::move(proof));
}

Status keep_seal(Context& context, const wire::Seal& seal, const sync::Covered& covered) {
  SETU_TAKE(std::optional<wire::LogProof> known, load_log_proof(context));
  wire::LogProof proof{covered.request, covered.answer, seal, {}};
  if (known) proof.earlier = std::move(known->earlier);
  if (seal.point.position > 0) add_thinning(proof.earlier, {seal.point.position, seal.tag});
  return save(context, proof);
}

Status forget_tags_beyond(Context& context, std::uint64_t kept) {
  SETU_TAKE(std::optional<wire::LogProof> known, load_log_proof(context));
  if (!known) return {};
  std::erase_if(known->earlier, [&](const wire::TagAt& tag) { return tag.position > kept; });
  return save(context, *known);
}

void add_thinning(std::vector<wire::TagAt>& tags, const wire::TagAt& newest) {
  while (!tags.empty() && tags.back().position >= newest.position) tags.pop_back();
  tags.push_back(newest);
  if (tags.size() <= wire::kMostTagsKept) return;
  const auto distance = [&](std::size_t i) {
    return static_cast<double>(newest.position - tags[i].position) + 1;
  };
  std::size_t closest = 1;
  double closest_ratio = 0;
  for (std::size_t i = 1; i + 1 < tags.size(); ++i) {
    const double ratio = distance(i + 1) / distance(i - 1);  // 1: as if they were one place
    if (ratio < closest_ratio) continue;
    closest = i;
    closest_ratio = ratio;
  }
  tags.erase(tags.begin() + static_cast<std::ptrdiff_t>(closest));
}

}  // namespace setu::client
