// Sealed names and epoch keys. Whatever a member seals into a name, what comes out is a name; what
// nobody sealed does not open.
//
// Input: what is under the seal, and, as it is, the sealed bytes.

#include <cstdint>

#include "setu/base/codec.hpp"
#include "setu/base/limits.hpp"
#include "wire/domains.hpp"
#include "wire/entry.hpp"

namespace {

using namespace setu;
using namespace setu::wire;

constexpr Subject kSubject = Subject::kOrg;

// What is bound to the seal: subject and id, as wire/keys.cpp writes them.
Bytes context_of(ByteView id) {
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(kSubject));
  writer.sized(id);
  return writer.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crypto::Secret seed(crypto::kKeySize);
  static const crypto::BoxKeyPair key = crypto::box_key_from_seed(seed);
  static const OrgId org{};
  const ByteView bytes = std::as_bytes(std::span(data, size));
  crypto::SeededRandom random(1);

  SealedName strange;
  strange.sealed = to_bytes(bytes);
  SETU_ASSERT(!open_name(strange, key, kSubject, org.view()));
  SETU_ASSERT(!open_name(strange, seed, kSubject, org.view()));
  SETU_ASSERT(!open_epoch_key(key, CircleId{}, 1, bytes));

  SealedName sealed;
  sealed.sealed =
      crypto::box_seal(key.public_key, domains::kNameBox, context_of(org.view()), bytes, random)
          .value();
  const auto name = open_name(sealed, key, kSubject, org.view());
  if (!name) return 0;
  SETU_ASSERT(name->size() <= limits::kNameBytes && is_utf8_text(*name));
  const auto again = seal_name(DeviceId{}, key.public_key, kSubject, org.view(), *name, random);
  SETU_ASSERT(again && open_name(*again, key, kSubject, org.view()) == *name);
  const OrgId other{{std::byte{1}}};
  SETU_ASSERT(!open_name(*again, key, kSubject, other.view()));
  return 0;
}
