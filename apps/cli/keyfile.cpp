#include "cli/keyfile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "setu/base/codec.hpp"

namespace setu::cli {
namespace {

constexpr std::string_view kMagic = "SETUKEY1";
constexpr crypto::Domain kSlotContext{"setu/key-slot/1"};
constexpr std::size_t kSlotSize = sizeof(crypto::Nonce) + crypto::kKeySize + crypto::kTagSize;
constexpr int kSlots = 2;

struct KeyFile {
  crypto::KdfCost cost{};
  bool fast_aes = false;
  crypto::KdfSalt salt{};
  std::array<std::array<std::byte, kSlotSize>, kSlots> slots{};
};

Bytes encode(const KeyFile& file) {
  Writer writer;
  writer.raw(as_bytes(kMagic));
  writer.u8(static_cast<std::uint8_t>(file.cost));
  writer.u8(file.fast_aes ? 1 : 0);
  writer.raw(file.salt);
  for (const auto& slot : file.slots) writer.raw(slot);
  return writer.take();
}

Result<KeyFile> decode(ByteView bytes) {
  Reader reader(bytes);
  const std::string_view magic = as_text(reader.raw(kMagic.size()));
  if (magic.starts_with("SETUKEY") && magic != kMagic) {
    return fail(Code::kNewerFormat, "open key file: written by a newer version",
                "update Setu on this device");
  }
  KeyFile file;
  const std::uint8_t cost = reader.u8();
  file.cost = static_cast<crypto::KdfCost>(cost);
  file.fast_aes = reader.u8() == 1;
  const ByteView salt = reader.raw(file.salt.size());
  if (reader.ok()) std::memcpy(file.salt.data(), salt.data(), salt.size());
  for (auto& slot : file.slots) {
    const ByteView view = reader.raw(slot.size());
    if (reader.ok()) std::memcpy(slot.data(), view.data(), view.size());
  }
  const bool known_cost = cost >= 1 && cost <= static_cast<std::uint8_t>(crypto::KdfCost::kSmall);
  if (!reader.ok() || !reader.at_end() || magic != kMagic || !known_cost) {
    return fail(Code::kCorrupt,
                "open key file: it is damaged; the records cannot be read without it",
                "put back a copy of the file `key`");
  }
  return file;
}

void fill_slot(std::array<std::byte, kSlotSize>& slot, const crypto::Secret& wrapping,
               const crypto::Secret& key, crypto::Random& random) {
  crypto::Nonce nonce;
  random.fill(nonce);
  const Bytes sealed =
      crypto::aead_seal(wrapping, nonce, as_bytes(kSlotContext.name), key.reveal());
  std::memcpy(slot.data(), nonce.data(), nonce.size());
  std::memcpy(slot.data() + nonce.size(), sealed.data(), sealed.size());
}

std::optional<crypto::Secret> open_slot(const std::array<std::byte, kSlotSize>& slot,
                                        const crypto::Secret& wrapping) {
  crypto::Nonce nonce;
  std::memcpy(nonce.data(), slot.data(), nonce.size());
  auto plain = crypto::aead_open(wrapping, nonce, as_bytes(kSlotContext.name),
                                 ByteView(slot).subspan(nonce.size()));
  if (!plain) return std::nullopt;
  crypto::Secret key = crypto::Secret::copy_of(*plain);
  crypto::wipe(std::span(*plain));
  return key;
}

tl::unexpected<Error> cannot_write(int error) {
  if (error == ENOSPC || error == EDQUOT)
    return fail(Code::kDiskFull, "write key file: the disk is full; nothing was changed",
                "free some space and try again");
  return fail(Code::kInternal, "write key file: " + std::string(std::strerror(error)),
              "check that the home directory can be written to");
}

// A temporary file, synced, then renamed: a crash leaves the old state or the new one.
Status write_durably(const std::string& path, ByteView bytes) {
  const std::string temporary = path + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot_write(errno);
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int cause = written ? errno : error;
    ::unlink(temporary.c_str());
    return cannot_write(cause);
  }
  sync_directory(path.substr(0, path.rfind('/')));
  return {};
}

}  // namespace

void sync_directory(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

Result<OpenedKey> create_key_file(const std::string& path, std::string_view passphrase,
                                  crypto::KdfCost cost, bool fast_aes, crypto::Random& random) {
  if (::access(path.c_str(), F_OK) == 0) {
    return fail(Code::kInvalidArgument, "make key file: this home has one already",
                "choose another --home");
  }
  KeyFile file;
  file.cost = cost;
  file.fast_aes = fast_aes;
  random.fill(file.salt);
  SETU_TAKE(const crypto::Secret wrapping, crypto::stretch_passphrase(passphrase, file.salt, cost));
  OpenedKey opened{crypto::random_key(random).locked(), fast_aes};
  for (auto& slot : file.slots) random.fill(slot);
  std::array<std::byte, 1> coin;
  random.fill(coin);
  fill_slot(file.slots[std::to_integer<unsigned>(coin[0]) % kSlots], wrapping, opened.replica_key,
            random);
  SETU_TRY(write_durably(path, encode(file)));
  return opened;
}

Result<OpenedKey> open_key_file(const std::string& path, std::string_view passphrase) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return fail(Code::kNotFound, "open home: there is no Setu home here",
                "use --home DIR or SETU_HOME; `setu join LINK` makes one");
  }
  const std::string content((std::istreambuf_iterator<char>(stream)), {});
  SETU_TAKE(const KeyFile file, decode(as_bytes(content)));
  SETU_TAKE(const crypto::Secret wrapping,
            crypto::stretch_passphrase(passphrase, file.salt, file.cost));
  std::optional<crypto::Secret> found;
  for (const auto& slot : file.slots) {
    std::optional<crypto::Secret> key = open_slot(slot, wrapping);
    if (key) found = std::move(key);
  }
  if (!found)
    return fail(Code::kWrongPassphrase, "open home: the passphrase does not fit",
                "type it again; nothing was changed");
  return OpenedKey{found->locked(), file.fast_aes};
}

}  // namespace setu::cli
