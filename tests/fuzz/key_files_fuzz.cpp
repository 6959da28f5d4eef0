// The two key files: a server's identity and a replica's wrapped key, as a damaged disk or somebody
// who found the device leaves them. A file that is read says what it holds in one way only; one
// that nobody made opens with no passphrase.
//
// A whole replica key file costs an Argon2id to open, so only one in 512 of those is opened.

#include <cstdint>
#include <fstream>

#include "cli/keyfile.hpp"
#include "data_dir.hpp"
#include "temp_dir.hpp"

namespace {

using namespace setu;

constexpr std::size_t kReplicaKeyBytes = 170;  // cli/keyfile.hpp
constexpr std::size_t kOpenOneIn = 512;

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

void replica_key(const fuzz::TempDir& dir, ByteView bytes) {
  std::size_t sum = 0;
  for (const std::byte byte : bytes) sum = sum * 31 + std::to_integer<std::size_t>(byte);
  if (bytes.size() == kReplicaKeyBytes && sum % kOpenOneIn != 0) return;
  write(dir.file("key"), bytes);
  const auto opened = cli::open_key_file(dir.file("key"), "a passphrase");
  SETU_ASSERT(!opened);
  const Code code = opened.error().code;
  SETU_ASSERT(code == Code::kCorrupt || code == Code::kNewerFormat ||
              (code == Code::kWrongPassphrase && bytes.size() == kReplicaKeyBytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::TempDir dir;
  static const bool ready = crypto::init().has_value();
  SETU_ASSERT(ready);
  const ByteView bytes = std::as_bytes(std::span(data, size));
  server_key(dir, bytes);
  replica_key(dir, bytes);
  return 0;
}
