#pragma once
// Between protobuf's strings and our bytes. Internal to wire.

#include <google/protobuf/message_lite.h>

#include <string>

#include "setu/base/bytes.hpp"

namespace setu::wire {

inline void put(std::string& out, ByteView bytes) { out.assign(as_text(bytes)); }

inline Bytes serialized(const google::protobuf::MessageLite& message) {
  Bytes bytes(message.ByteSizeLong());
  message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

}  // namespace setu::wire
