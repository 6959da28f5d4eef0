#include "lock/slot_code.hpp"

#include "setu/base/codec.hpp"

namespace setu::lock {
namespace {

constexpr crypto::Domain kSlotContext{"setu/key-slot/2"};
constexpr std::uint8_t kKnowsOther = 1;
constexpr std::uint8_t kKnowsRecovery = 2;
constexpr std::size_t kHeadSize = 4;

void put(std::span<std::byte>& out, const crypto::Secret& key) {
  if (!key.empty()) std::memcpy(out.data(), key.reveal().data(), crypto::kKeySize);
  out = out.subspan(crypto::kKeySize);
}

crypto::Secret take(ByteView& from) {
  crypto::Secret key =
      crypto::Secret::copy_of(from.first(crypto::kKeySize), crypto::SecretMemory::kLocked);
  from = from.subspan(crypto::kKeySize);
  return key;
}

}  // namespace

Slot seal_slot(const crypto::Secret& wrapping, const Contents& contents, crypto::Random& random) {
  crypto::Secret plain(kSlotContentSize);
  std::span<std::byte> rest = plain.writable();
  rest[0] = static_cast<std::byte>((contents.keeps_other ? kKnowsOther : 0) |
                                   (contents.keeps_recovery ? kKnowsRecovery : 0));
  rest[1] = static_cast<std::byte>(contents.replica);
  rest[2] = static_cast<std::byte>(contents.fast_aes ? 1 : 0);
  rest[3] = static_cast<std::byte>(contents.slot);
  rest = rest.subspan(kHeadSize);
  put(rest, contents.replica_key);
  put(rest, contents.other_key);
  put(rest, contents.other_wrapping);
  put(rest, contents.recovery_secret);
  SETU_ASSERT(rest.empty());

  crypto::Nonce nonce;
  random.fill(nonce);
  const Bytes sealed =
      crypto::aead_seal(wrapping, nonce, as_bytes(kSlotContext.name), plain.reveal());
  Slot slot;
  SETU_ASSERT(nonce.size() + sealed.size() == slot.size());
  std::memcpy(slot.data(), nonce.data(), nonce.size());
  std::memcpy(slot.data() + nonce.size(), sealed.data(), sealed.size());
  return slot;
}

std::optional<Contents> open_slot(const crypto::Secret& wrapping, const Slot& slot) {
  crypto::Nonce nonce;
  std::memcpy(nonce.data(), slot.data(), nonce.size());
  auto opened = crypto::aead_open(wrapping, nonce, as_bytes(kSlotContext.name),
                                  ByteView(slot).subspan(nonce.size()));
  if (!opened) return std::nullopt;
  ByteView rest = *opened;
  const auto flags = std::to_integer<std::uint8_t>(rest[0]);
  Contents contents;
  contents.keeps_other = (flags & kKnowsOther) != 0;
  contents.keeps_recovery = (flags & kKnowsRecovery) != 0;
  contents.replica = std::to_integer<std::uint8_t>(rest[1]) & 1;
  contents.fast_aes = rest[2] == std::byte{1};
  contents.slot = std::to_integer<std::uint8_t>(rest[3]) & 1;
  rest = rest.subspan(kHeadSize);
  contents.replica_key = take(rest);
  contents.other_key = take(rest);
  contents.other_wrapping = take(rest);
  contents.recovery_secret = take(rest);
  crypto::wipe(std::span(*opened));
  return contents;
}

}  // namespace setu::lock
