#pragma once
// Reads one HTTP/1.1 answer, without I/O: bytes in, status and pieces of the body out (RFC 9112,
// the part that a client of our own server behind common proxies needs: Content-Length, chunked,
// interim 1xx answers, body until close).
//
// Hostile input: a head of at most kHeadBytes, strict numbers, no folding of header lines; chunk
// extensions and trailers are skipped within the same limit. kMalformed for anything else. Not
// thread-safe. Memory: the head, or one line of chunk framing.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "setu/base/bytes.hpp"

namespace setu::transport {

class HttpAnswer {
 public:
  static constexpr std::size_t kHeadBytes = 16 * 1024;
  using OnBody = std::function<Status(ByteView piece)>;

  // Gives pieces of the body to `on_body` (only when the status is 200); passes its error on. Bytes
  // after the end of the answer are kMalformed: nobody asked for them.
  [[nodiscard]] Status feed(ByteView bytes, const OnBody& on_body);
  // The other side closed. kNoLink: in the middle of the answer.
  [[nodiscard]] Status end_of_stream();

  [[nodiscard]] bool head_complete() const { return part_ > Part::kHead; }
  [[nodiscard]] bool complete() const { return part_ == Part::kDone; }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool keeps_alive() const {
    return keeps_alive_;
  }  // the connection takes another request
  [[nodiscard]] std::optional<std::uint32_t> retry_after_s() const { return retry_after_s_; }

 private:
  enum class Part { kHead, kBody, kBodyUntilClose, kChunkSize, kChunk, kChunkEnd, kTrailer, kDone };

  [[nodiscard]] Status take_byte_of_line(char byte, bool& line_complete);
  [[nodiscard]] Status take_line();
  [[nodiscard]] Status take_head_line();
  [[nodiscard]] Status take_status_line();
  [[nodiscard]] Status take_header(std::string_view name, std::string_view value);
  [[nodiscard]] Status end_head();
  [[nodiscard]] Status take_chunk_size();

  Part part_ = Part::kHead;
  std::string line_;
  std::size_t framing_bytes_ = 0;  // of the head, or of chunk lines since the last body byte
  bool status_line_seen_ = false;
  int status_ = 0;
  bool keeps_alive_ = true;
  bool chunked_ = false;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  // of the body or of this chunk
  std::optional<std::uint32_t> retry_after_s_;
};

}  // namespace setu::transport
