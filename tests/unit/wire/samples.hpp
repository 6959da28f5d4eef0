#pragma once
// What the wire tests seal and send: ids that can be told apart, and changes like those of a day's
// work.

#include <vector>

#include "wire/body.hpp"
#include "wire/envelope.hpp"

namespace setu::wire::samples {

// Filled with one byte.
template <class Id>
Id id(int number) {
  Id made;
  made.bytes.fill(static_cast<std::byte>(number));
  return made;
}

inline const DeviceId kAuthor = id<DeviceId>(0xD1);
inline const DeviceId kOther = id<DeviceId>(0xD2);
inline const CircleId kHome = id<CircleId>(0xC1);

// 0 as bytes, or as a key.
[[nodiscard]] crypto::Secret key(int number);
[[nodiscard]] crypto::SignKeyPair signer(int number);

[[nodiscard]] Bytes flipped(ByteView bytes, std::size_t bit);

// A record as field teams write them: 12 fields (two short texts, a date, four codes, five
// numbers), about 105 bits of entropy and a serial number in each.
[[nodiscard]] std::vector<SeededChange> many_records(std::size_t count);

// One field of one record, that saw one value of another device; knows one tip and the log's head.
[[nodiscard]] BatchBody one_edit();

// One of everything that a body can hold: both kinds of record id, all types of operation and
// value, other homes, several hours, seen lists that are shared and that are not.
[[nodiscard]] BatchBody one_of_everything();

}  // namespace setu::wire::samples
