// The two key files: a server's identity and a replica's wrapped key, as a damaged disk or somebody
// who found the device leaves them. A file that is read says what it holds in one way only; one
// that nobody made opens with no passphrase, and looks as long and as random after a try as before.
//
// The sum at the end of a version 2 file keeps chance from getting past it: every input is read
// once more with the sum that it should have. A whole file costs an Argon2id to open, so only one
// in 512 of those is opened.

#include <algorithm>
#include <cstdint>
#include <fstream>

#include "cli/keyfile.hpp"
#include "data_dir.hpp"
#include "temp_dir.hpp"

namespace {

using namespace setu;

constexpr std::size_t kVersion1Bytes = 170;  // lock/key_file_v1.hpp
constexpr std::size_t kOpenOneIn = 512;
constexpr Instant kNow{1'800'000'000'000};

void write(const std::string& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << as_text(bytes);
  SETU_ASSERT(file.good());
}

void server_key(const fuzz::TempDir& dir, ByteView bytes) {
  write(dir.file("server.key"), bytes);
  const auto identity = server::load_identity(dir.path(), crypto::system_random());
  if (!identity) {
    SETU_ASSERT(identity.error().code == Code::kCorrupt);
    return;
  }
  std::string text(as_text(bytes));
  for (char& c : text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  SETU_ASSERT(text.find(to_hex(identity->seed.reveal()) + "\n") != std::string::npos);
}

bool is_to_be_opened(ByteView bytes) {
  std::size_t sum = 0;
  for (const std::byte byte : bytes) sum = sum * 31 + std::to_integer<std::size_t>(byte);
  return sum % kOpenOneIn == 0;
}

// Reading it does not open it: encode() of what was read is the very file.
void replica_key_bytes(ByteView bytes) {
  const auto file = lock::decode(bytes);
  if (!file) return;
  SETU_ASSERT(bytes.size() == lock::kKeyFileSize);
  const Bytes again = lock::encode(*file);
  SETU_ASSERT(std::ranges::equal(again, bytes));
}

void replica_key(const fuzz::TempDir& dir, ByteView bytes) {
  replica_key_bytes(bytes);
  const bool whole = bytes.size() == kVersion1Bytes || bytes.size() == lock::kKeyFileSize;
  if (whole && !is_to_be_opened(bytes)) return;
  write(dir.file("key"), bytes);
  const auto tried =
      cli::try_key_file(dir.file("key"), "a passphrase", kNow, crypto::system_random());
  if (!tried) {
    const Code code = tried.error().code;
    SETU_ASSERT(code == Code::kCorrupt || code == Code::kNewerFormat);
    return;
  }
  SETU_ASSERT(whole && !tried->opened && tried->answer != lock::Answer::kOpened);
  SETU_ASSERT(tried->wait_ms >= 0 && tried->wait_ms <= lock::kLongestWaitMs);
}

// With the sum that these bytes should end with.
Bytes mended(ByteView bytes) {
  constexpr crypto::Domain kFileDomain{"setu/key-file/2"};
  Bytes whole = to_bytes(bytes);
  whole.resize(lock::kKeyFileSize);
  const ByteView covered = ByteView(whole).first(whole.size() - Hash::size);
  const Hash sum = crypto::hash(kFileDomain, {covered});
  std::ranges::copy(sum.view(), whole.end() - Hash::size);
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::TempDir dir;
  static const bool ready = crypto::init().has_value();
  SETU_ASSERT(ready);
  const ByteView bytes = std::as_bytes(std::span(data, size));
  server_key(dir, bytes);
  replica_key(dir, bytes);
  replica_key(dir, mended(bytes));
  return 0;
}
