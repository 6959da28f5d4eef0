#include "transport/http_answer.hpp"

#include <algorithm>
#include <charconv>

namespace setu::transport {
namespace {

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::kMalformed, "read HTTP answer: " + std::string(what) + "; dropped",
              "Check the server's address: something else may be answering there (a login page of "
              "the network?).");
}

template <class Number>
bool parse_number(std::string_view text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Status HttpAnswer::feed(ByteView bytes, const OnBody& on_body) {
  while (!bytes.empty()) {
    switch (part_) {
      case Part::kBody:
      case Part::kBodyUntilClose:
      case Part::kChunk: {
        const bool bounded = part_ != Part::kBodyUntilClose;
        const std::size_t size =
            bounded ? static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()))
                    : bytes.size();
        const ByteView piece = bytes.first(size);
        bytes = bytes.subspan(size);
        if (bounded) left_ -= size;
        framing_bytes_ = 0;
        if (bounded && left_ == 0) part_ = part_ == Part::kBody ? Part::kDone : Part::kChunkEnd;
        if (status_ == 200) SETU_TRY(on_body(piece));
        break;
      }
      case Part::kDone: return malformed("bytes after its end");
      case Part::kHead:
      case Part::kChunkSize:
      case Part::kChunkEnd:
      case Part::kTrailer: {
        bool line_complete = false;
        SETU_TRY(take_byte_of_line(static_cast<char>(bytes.front()), line_complete));
        bytes = bytes.subspan(1);
        if (!line_complete) break;
        SETU_TRY(take_line());
        line_.clear();
        break;
      }
    }
  }
  return {};
}

Status HttpAnswer::end_of_stream() {
  keeps_alive_ = false;
  if (part_ == Part::kBodyUntilClose) part_ = Part::kDone;
  if (part_ == Part::kDone) return {};
  return fail(Code::kNoLink, "read HTTP answer: the connection was closed in the middle of it");
}

Status HttpAnswer::take_byte_of_line(char byte, bool& line_complete) {
  if (++framing_bytes_ > kHeadBytes) return malformed("its head is too long");
  if (byte == '\0') return malformed("a NUL in its head");
  line_complete = byte == '\n';
  if (!line_complete) {
    line_.push_back(byte);
  } else if (!line_.empty() && line_.back() == '\r') {
    line_.pop_back();
  }
  return {};
}

Status HttpAnswer::take_line() {
  switch (part_) {
    case Part::kHead: return take_head_line();
    case Part::kChunkSize: return take_chunk_size();
    case Part::kChunkEnd:
      if (!line_.empty()) return malformed("a chunk longer than it said");
      part_ = Part::kChunkSize;
      return {};
    case Part::kTrailer:
      if (line_.empty()) part_ = Part::kDone;
      return {};
    case Part::kBody:
    case Part::kBodyUntilClose:
    case Part::kChunk:
    case Part::kDone: break;
  }
  SETU_ASSERT(false);
}

Status HttpAnswer::take_head_line() {
  if (!status_line_seen_) return take_status_line();
  if (line_.empty()) return end_head();
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos || colon == 0) return malformed("a header line without a name");
  const std::string_view line = line_;
  if (line.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
    return malformed("a header name with a blank");
  }
  return take_header(line.substr(0, colon), trimmed(line.substr(colon + 1)));
}

Status HttpAnswer::take_status_line() {
  const std::string_view line = line_;
  const bool http_1_1 = line.starts_with("HTTP/1.1 ");
  const bool shaped = (http_1_1 || line.starts_with("HTTP/1.0 ")) &&
                      (line.size() == 12 || (line.size() > 12 && line[12] == ' '));
  if (!shaped || !parse_number(line.substr(9, 3), status_) || status_ < 100 || status_ > 599) {
    return malformed("not HTTP/1.1");
  }
  keeps_alive_ = http_1_1;
  status_line_seen_ = true;
  return {};
}

Status HttpAnswer::take_header(std::string_view name, std::string_view value) {
  if (same_word(name, "content-length")) {
    std::uint64_t length = 0;
    if (!parse_number(value, length) || (length_ && *length_ != length))
      return malformed("a bad Content-Length");
    length_ = length;
  } else if (same_word(name, "transfer-encoding")) {
    if (!same_word(value, "chunked")) return malformed("a Transfer-Encoding other than chunked");
    chunked_ = true;
  } else if (same_word(name, "connection")) {
    if (same_word(value, "close")) keeps_alive_ = false;
  } else if (same_word(name, "retry-after")) {
    std::uint32_t seconds = 0;
    if (parse_number(value, seconds)) retry_after_s_ = seconds;
  }
  return {};
}

Status HttpAnswer::end_head() {
  if (status_ < 200) {  // an interim answer: the real one follows
    if (status_ == 101) return malformed("another protocol, which was not asked for");
    status_line_seen_ = false;
    length_.reset();
    chunked_ = false;
    return {};
  }
  if (chunked_ && length_) return malformed("both a length and chunks");
  framing_bytes_ = 0;
  if (status_ == 204 || status_ == 304) {
    part_ = Part::kDone;
  } else if (chunked_) {
    part_ = Part::kChunkSize;
  } else if (length_) {
    left_ = *length_;
    part_ = left_ == 0 ? Part::kDone : Part::kBody;
  } else {
    part_ = Part::kBodyUntilClose;
    keeps_alive_ = false;
  }
  return {};
}

Status HttpAnswer::take_chunk_size() {
  const std::string_view line = line_;
  if (!parse_number(trimmed(line.substr(0, line.find(';'))), left_, 16))
    return malformed("a bad chunk size");
  part_ = left_ == 0 ? Part::kTrailer : Part::kChunk;
  return {};
}

}  // namespace setu::transport
