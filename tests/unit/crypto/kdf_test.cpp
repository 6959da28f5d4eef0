// Passphrases: one key for each passphrase, salt and cost, the same every time.
#include <catch2/catch.hpp>
#include <set>

#include "crypto/crypto.hpp"

namespace setu::crypto {
namespace {

std::string stretched(std::string_view passphrase, std::uint8_t salt, KdfCost cost) {
  KdfSalt bytes{};
  bytes[15] = static_cast<std::byte>(salt);
  return to_hex(stretch_passphrase(passphrase, bytes, cost).value().reveal());
}

TEST_CASE("crypto kdf: the same passphrase, salt and cost give the same key, all others another") {
  std::set<std::string> keys;
  const std::string key = stretched("river stone lamp", 1, KdfCost::kSmall);
  CHECK(key.size() == 2 * kKeySize);
  CHECK(stretched("river stone lamp", 1, KdfCost::kSmall) == key);
  keys.insert(key);
  keys.insert(stretched("river stone lamp", 1, KdfCost::kLowMemory));
  keys.insert(stretched("river stone lamp", 1, KdfCost::kStandard));
  keys.insert(stretched("river stone lamp", 2, KdfCost::kSmall));
  keys.insert(stretched("river stone lamps", 1, KdfCost::kSmall));
  keys.insert(stretched("", 1, KdfCost::kSmall));
  keys.insert(stretched(std::string_view(), 1, KdfCost::kSmall));  // the same as ""
  keys.insert(stretched(std::string_view("river stone lamp\0s", 18), 1, KdfCost::kSmall));
  CHECK(keys.size() == 7);  // what follows a NUL counts too
}

}  // namespace
}  // namespace setu::crypto
