// Merge blobs as a damaged disk, or somebody with the replica's key, may leave them: what unpacks
// packs again, and the pair of pack and unpack is then the identity.
//
// Input: one line of columns (a field's text per '\t'; a number where the rule wants one), then
// '\n' and the blob.

#include <algorithm>
#include <cstdint>

#include "forms/number.hpp"
#include "merge/pack.hpp"

namespace {

using namespace setu;
using namespace setu::merge;

const PartFields& fields() {
  static const PartFields all = {
      {1, {Rule::kRegister, {}}},
      {2, {Rule::kLadder, {{"made", 1}, {"done", 2}}}},
      {3, {Rule::kCautious, {{"yes", 1}, {"no", 2}}}},
      {4, {Rule::kSetAddWins, {}}},
      {5, {Rule::kSetRemoveWins, {}}},
      {6, {Rule::kCounter, {}}},
      {7, {Rule::kKeyedCounter, {}}},
      {8, {Rule::kLog, {}}},
  };
  return all;
}

class FourDevices final : public DeviceNumbers {
 public:
  std::uint32_t number_of(const DeviceId& device) override {
    return std::to_integer<std::uint32_t>(device.bytes[0]);
  }
  Result<DeviceId> device_of(std::uint32_t number) const override {
    if (number >= 4) return fail(Code::kCorrupt, "find device: unknown number");
    DeviceId device;
    device.bytes[0] = static_cast<std::byte>(number);
    return device;
  }
};

std::vector<Value> columns_from(std::string_view line) {
  std::vector<Value> columns(fields().size());
  for (Value& column : columns) {
    const std::string_view text = line.substr(0, line.find('\t'));
    line.remove_prefix(std::min(text.size() + 1, line.size()));
    if (const auto number = forms::read_integer(text)) {
      column = *number;
    } else if (!text.empty()) {
      column = std::string(text);
    }
  }
  return columns;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(std::as_bytes(std::span(data, size)));
  const std::size_t line_end = std::min(input.find('\n'), size);
  const std::vector<Value> columns = columns_from(input.substr(0, line_end));
  const ByteView blob = as_bytes(input.substr(std::min(line_end + 1, size)));
  FourDevices devices;
  const auto part = unpack(
      blob, fields(), [&](FieldTag field) { return columns.at(field - 1u); }, devices);
  if (!part) {
    SETU_ASSERT(part.error().code == Code::kCorrupt);
    return 0;
  }
  const Bytes packed = pack(*part, fields(), devices);
  const auto again = unpack(
      packed, fields(),
      [&](FieldTag field) { return column_value(*part, field, fields()[field - 1u].rule); },
      devices);
  SETU_ASSERT(again && *again == *part);
  SETU_ASSERT(pack(*again, fields(), devices) == packed);
  return 0;
}
