#pragma once
// What a replica keeps of records that were handed over, beside the rows that show them. Values
// only.

#include "setu/base/bytes.hpp"
#include "setu/base/ids.hpp"
#include "setu/base/value.hpp"

namespace setu::store {

// One part of a record in one home.
struct KeptPart {
  RecordId record;
  KindTag kind = 0;
  CircleId home;
  std::uint8_t part = 0;
  // The merge state, packed without columns, while the record's row is of another home; empty: the
  // row has it.
  Bytes state{};
  Bytes origins{};       // merge::pack_origins; empty: it never moved
  bool gone = false;     // given up: `state` says where to, and nothing else
  bool changed = false;  // not yet compared with what the record's home has
};

}  // namespace setu::store
