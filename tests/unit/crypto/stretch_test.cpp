// Passphrases are stretched the same way each time, and every input counts. (The exact results at
// every cost: vectors_test.cpp. Only the floor is used here: it takes the least memory.)
#include <catch2/catch.hpp>
#include <set>

#include "support.hpp"

namespace setu::crypto {
namespace {

TEST_CASE("stretch: passphrase and salt both count, to the last bit") {
  KdfSalt salt{}, other_salt{};
  other_salt[15] = std::byte{1};
  const auto stretched = [](std::string_view passphrase, const KdfSalt& with) {
    return to_hex(stretch_passphrase(passphrase, with, KdfCost::kSmall).value().reveal());
  };
  const std::set<std::string> different{
      stretched("", salt),
      stretched("river lamp", salt),
      stretched("river lamp ", salt),
      stretched(std::string_view("river lamp\0x", 12), salt),  // what follows a NUL counts too
      stretched("river lamp", other_salt),
  };
  CHECK(different.size() == 5);
  CHECK(stretched("river lamp", salt) == stretched("river lamp", salt));
}

}  // namespace
}  // namespace setu::crypto
