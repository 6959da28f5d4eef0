#include "lock/key_file_v1.hpp"

#include "setu/base/codec.hpp"

namespace setu::lock {
namespace {

constexpr std::string_view kMagic = "SETUKEY1";
constexpr crypto::Domain kSlotContext{"setu/key-slot/1"};

}  // namespace

bool is_version_1(ByteView bytes) { return as_text(bytes).starts_with(kMagic); }

Result<KeyFileV1> decode_v1(ByteView bytes) {
  Reader reader(bytes);
  const std::string_view magic = as_text(reader.raw(kMagic.size()));
  KeyFileV1 file;
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

Result<crypto::Secret> open_v1(const KeyFileV1& file, std::string_view passphrase) {
  SETU_TAKE(const crypto::Secret wrapping,
            crypto::stretch_passphrase(passphrase, file.salt, file.cost));
  std::optional<crypto::Secret> found;
  for (const auto& slot : file.slots) {
    crypto::Nonce nonce;
    std::memcpy(nonce.data(), slot.data(), nonce.size());
    auto plain = crypto::aead_open(wrapping, nonce, as_bytes(kSlotContext.name),
                                   ByteView(slot).subspan(nonce.size()));
    if (!plain) continue;
    found = crypto::Secret::copy_of(*plain, crypto::SecretMemory::kLocked);
    crypto::wipe(std::span(*plain));
  }
  if (!found) {
    return fail(Code::kWrongPassphrase, "open home: the passphrase does not fit",
                "type it again; nothing was changed");
  }
  return std::move(*found);
}

}  // namespace setu::lock
