// Origins as bytes: version, covers (circle, tips), the live entries written elsewhere (stamp,
// which cover).

#include <algorithm>
#include <limits>

#include "merge/moved.hpp"
#include "setu/base/codec.hpp"

namespace setu::merge {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMinStampBytes = 2 + DeviceId::size;
constexpr std::size_t kMinCoverBytes = CircleId::size + 1;

void write_stamp(Writer& writer, const Stamp& stamp) {
  writer.varint(stamp.hour);
  writer.varint(stamp.counter);
  writer.id(stamp.device);
}

Stamp read_stamp(Reader& reader) {
  const std::uint64_t hour = reader.varint();
  const std::uint64_t counter = reader.varint();
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (hour > kMax || counter > kMax) reader.set_failed();
  Stamp stamp{static_cast<std::uint32_t>(hour), static_cast<std::uint32_t>(counter), {}};
  stamp.device = reader.id<DeviceId>();
  return stamp;
}

}  // namespace

Bytes pack_origins(const Origins& origins) {
  std::map<CircleId, ChainTips> covers = origins.covers;
  for (const auto& [stamp, circle] : origins.written_in) covers.try_emplace(circle);
  Writer writer;
  writer.u8(kVersion);
  writer.varint(covers.size());
  for (const auto& [circle, tips] : covers) {
    writer.id(circle);
    writer.varint(tips.all().size());
    for (const Stamp& tip : tips.all()) write_stamp(writer, tip);
  }
  writer.varint(origins.written_in.size());
  for (const auto& [stamp, circle] : origins.written_in) {
    write_stamp(writer, stamp);
    writer.varint(static_cast<std::uint64_t>(std::distance(covers.begin(), covers.find(circle))));
  }
  return writer.take();
}

Result<Origins> unpack_origins(ByteView blob) {
  const auto corrupt = [] {
    return fail(Code::kCorrupt, "unpack origins: they do not parse; the record cannot be merged");
  };
  Reader reader(blob);
  Origins origins;
  if (reader.u8() != kVersion) return corrupt();
  std::vector<CircleId> circles(reader.count(blob.size(), kMinCoverBytes));
  for (CircleId& circle : circles) {
    circle = reader.id<CircleId>();
    ChainTips& tips = origins.covers[circle];
    const std::size_t count = reader.count(blob.size(), kMinStampBytes);
    for (std::size_t i = 0; i < count; ++i) tips.advance(read_stamp(reader));
  }
  const std::size_t entries = reader.count(blob.size(), kMinStampBytes + 1);
  for (std::size_t i = 0; i < entries; ++i) {
    const Stamp stamp = read_stamp(reader);
    const std::uint64_t at = reader.varint();
    if (!reader.ok() || at >= circles.size()) return corrupt();
    origins.written_in[stamp] = circles[static_cast<std::size_t>(at)];
  }
  const bool rises = std::ranges::is_sorted(circles);
  if (!reader.ok() || !reader.at_end() || !rises) return corrupt();
  std::erase_if(origins.covers, [](const auto& cover) { return cover.second.all().empty(); });
  return origins;
}

}  // namespace setu::merge
