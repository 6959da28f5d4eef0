#include "lock/key_file.hpp"

#include "lock/key_file_v1.hpp"
#include "setu/base/codec.hpp"

namespace setu::lock {
namespace {

constexpr std::string_view kMagic = "SETUKEY2";
constexpr std::string_view kFamily = "SETUKEY";
constexpr crypto::Domain kFileDomain{"setu/key-file/2"};

template <std::size_t kSize>
void read_into(Reader& reader, std::array<std::byte, kSize>& out) {
  const ByteView view = reader.raw(kSize);
  if (reader.ok()) std::memcpy(out.data(), view.data(), kSize);
}

}  // namespace

Bytes encode(const KeyFile& file) {
  Writer writer;
  writer.raw(as_bytes(kMagic));
  writer.u8(static_cast<std::uint8_t>(file.cost));
  writer.u8(file.tries.wipe_after);
  writer.u16(file.tries.failed);
  writer.u64(static_cast<std::uint64_t>(file.tries.last.ms));
  writer.raw(file.salt);
  for (const Slot& slot : file.slots) writer.raw(slot);
  writer.raw(file.recovery);
  for (const Box& box : file.boxes) writer.raw(box);
  writer.raw(crypto::hash(kFileDomain, {writer.view()}).view());
  SETU_ASSERT(writer.size() == kKeyFileSize);
  return writer.take();
}

Result<KeyFile> decode(ByteView bytes) {
  const auto damaged = [] {
    return fail(Code::kCorrupt,
                "open key file: it is damaged; the records cannot be read without it",
                "put back a copy of the file `key`");
  };
  if (is_version_1(bytes))
    return fail(Code::kInvalidArgument, "open key file: it is of version 1", "decode_v1 reads it");
  Reader reader(bytes);
  const std::string_view magic = as_text(reader.raw(kMagic.size()));
  if (magic.starts_with(kFamily) && magic.back() > kMagic.back()) {
    return fail(Code::kNewerFormat, "open key file: written by a newer version",
                "update Setu on this device");
  }
  KeyFile file;
  const std::uint8_t cost = reader.u8();
  file.cost = static_cast<crypto::KdfCost>(cost);
  file.tries.wipe_after = reader.u8();
  file.tries.failed = reader.u16();
  file.tries.last.ms = static_cast<std::int64_t>(reader.u64());
  read_into(reader, file.salt);
  for (Slot& slot : file.slots) read_into(reader, slot);
  read_into(reader, file.recovery);
  for (Box& box : file.boxes) read_into(reader, box);
  const ByteView sum = reader.raw(Hash::size);
  const bool known_cost = cost >= 1 && cost <= static_cast<std::uint8_t>(crypto::KdfCost::kSmall);
  if (!reader.ok() || !reader.at_end() || magic != kMagic || !known_cost) return damaged();
  const ByteView covered = bytes.first(bytes.size() - Hash::size);
  if (!equal(sum, crypto::hash(kFileDomain, {covered}).view())) return damaged();
  return file;
}

}  // namespace setu::lock
