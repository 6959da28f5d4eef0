#pragma once
// One roster entry of each type, and one frame of each type: for round trips and golden vectors.

#include <string>
#include <utility>
#include <vector>

#include "samples.hpp"
#include "wire/entry.hpp"
#include "wire/frames.hpp"

namespace setu::wire::samples {

template <class T>
using Named = std::vector<std::pair<std::string, T>>;

[[nodiscard]] DeviceKeys device_keys(int number);

[[nodiscard]] Named<EntryContent> one_of_each_content();
[[nodiscard]] inline ProgrammeId programme() { return id<ProgrammeId>(0xAA); }
[[nodiscard]] Entry entry_of(const EntryContent& content);  // by signer(2), with two conditions

// Views borrow from constants.
[[nodiscard]] Named<RequestFrame> one_of_each_request();
[[nodiscard]] Named<AnswerFrame> one_of_each_answer();

}  // namespace setu::wire::samples
