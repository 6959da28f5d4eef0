#pragma once
// A part's merge state as one small blob beside the columns that hold its shown values.
//
// A freshly written part packs to one base stamp: every slot whose state is "one entry at the base
// stamp, and the column says which value" is left out; the exceptions follow. pack then unpack is
// the identity. Format version 1, kept on disk: never change the meaning of a version
// (docs/merge.md, vectors in proto/vectors/merge-blob.txt). The same part and device numbers give
// the same bytes. A fresh part of 12 fields takes 7 bytes, and about 1 us each way.
//
// Devices are small integers local to a replica, so a blob means nothing on another one.

#include <functional>

#include "merge/view.hpp"

namespace setu::merge {

// Gives each device a small integer that stays for the life of the replica.
class DeviceNumbers {
 public:
  virtual ~DeviceNumbers() = default;
  virtual std::uint32_t number_of(const DeviceId& device) = 0;  // makes one where there is none
  virtual Result<DeviceId> device_of(std::uint32_t number) const = 0;  // kCorrupt: unknown number
};

// The fields of a part in ascending order of their tags, with their rules. Slots of tags not listed
// are packed whole. Between pack and unpack fields may be added (with empty columns), never taken
// away.
struct PartField {
  FieldTag field = 0;
  FieldRule rule;
};
using PartFields = std::vector<PartField>;

[[nodiscard]] Bytes pack(const Part& part, const PartFields& fields, DeviceNumbers& devices);

// `column` gives what column_value() gave when the blob was packed; it is asked only during the
// call. kCorrupt: the blob does not parse, or does not fit its columns or device numbers. Any bytes
// are safe; memory is bounded by their number.
using ColumnReader = std::function<Value(FieldTag)>;
[[nodiscard]] Result<Part> unpack(ByteView blob, const PartFields& fields,
                                  const ColumnReader& column, const DeviceNumbers& devices);

}  // namespace setu::merge
