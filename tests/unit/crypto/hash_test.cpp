// Hashes and derived keys: the same bytes under another domain, key or cut are something else.
#include <rapidcheck/catch.h>
#include <bit>
#include <catch2/catch.hpp>
#include <set>

#include "support.hpp"

namespace setu::crypto {
namespace {

TEST_CASE("hash: the domain, the parts and where they are cut all count") {
  const std::set<Hash> different{
      hash(kDomain, {}),
      hash(kOtherDomain, {}),
      hash(kDomain, {as_bytes("")}),
      hash(kDomain, {as_bytes(""), as_bytes("")}),
      hash(kDomain, {as_bytes("abc")}),
      hash(kDomain, {as_bytes("ab"), as_bytes("c")}),
      hash(kDomain, {as_bytes("a"), as_bytes("bc")}),
      hash(kDomain, {as_bytes("c"), as_bytes("ab")}),
      hash(Domain{"setu/test/1abc"}, {}),  // bytes that moved from a part into the domain
  };
  CHECK(different.size() == 9);
  CHECK(hash(kDomain, {as_bytes("abc")}) == hash(kDomain, {as_bytes("abc")}));
}

TEST_CASE("hash: two parts are hashed alike only when both are equal") {
  rc::prop("for all parts", [] {
    const Bytes a = any_bytes(), b = any_bytes(), c = any_bytes(), d = any_bytes();
    const bool same = hash(kDomain, {a, b}) == hash(kDomain, {c, d});
    RC_ASSERT(same == (a == c && b == d));
  });
}

TEST_CASE("hash: one bit changes about half of all bits") {
  const Bytes message = counted(100);
  const Hash before = hash(kDomain, {message});
  for (std::size_t bit = 0; bit < message.size() * 8; bit += 37) {
    const Hash after = hash(kDomain, {with_bit_flipped(message, bit)});
    int differing = 0;
    for (std::size_t i = 0; i < Hash::size; ++i) {
      differing += std::popcount(std::to_integer<unsigned>(before.bytes[i] ^ after.bytes[i]));
    }
    CAPTURE(bit);
    CHECK(differing > 80);  // of 256; fewer has odds of one in a thousand million
    CHECK(differing < 176);
  }
}

TEST_CASE("derive: another key, domain, part or size gives an unrelated key") {
  const Secret key = counted_secret(32), other = counted_secret(32, 1);
  const auto derived = [&](const Secret& from, Domain domain, std::string_view part,
                           std::size_t size = kKeySize) {
    return to_hex(derive(from, domain, {as_bytes(part)}, size).reveal());
  };
  const std::set<std::string> different{
      derived(key, kDomain, "a").substr(0, 32),
      derived(other, kDomain, "a").substr(0, 32),
      derived(key, kOtherDomain, "a").substr(0, 32),
      derived(key, kDomain, "b").substr(0, 32),
      derived(key, kDomain, "a", 16),
      derived(key, kDomain, "a", 64).substr(0, 32),
      hash(kDomain, {as_bytes("a")}).hex().substr(0, 32),
  };
  CHECK(different.size() == 7);
  CHECK(derived(key, kDomain, "a") == derived(key, kDomain, "a"));
}

TEST_CASE("stream hash: how the bytes were cut does not matter") {
  rc::prop("for all cuts", [] {
    const Bytes bytes = any_bytes();
    StreamHash whole(kDomain), pieces(kDomain);
    whole.update(bytes);
    for (ByteView rest = bytes; !rest.empty();) {
      const auto size = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
      pieces.update(rest.first(size));
      rest = rest.subspan(size);
    }
    RC_ASSERT(whole.digest() == pieces.digest());
  });
}

TEST_CASE("stream hash: a digest on the way does not disturb what follows") {
  StreamHash asked(kDomain), silent(kDomain);
  asked.update(as_bytes("one"));
  const Hash after_one = asked.digest();
  CHECK(asked.digest() == after_one);
  asked.update(as_bytes("two"));
  silent.update(as_bytes("onetwo"));
  CHECK(asked.digest() == silent.digest());
  CHECK(asked.digest() != after_one);
}

TEST_CASE("stream hash: a copy goes its own way") {
  StreamHash first(kDomain);
  first.update(as_bytes("one"));
  StreamHash copy(first);
  copy.update(as_bytes("two"));
  CHECK(copy.digest() != first.digest());
  first = copy;
  CHECK(copy.digest() == first.digest());
  CHECK(StreamHash(kDomain).digest() != StreamHash(kOtherDomain).digest());
}

}  // namespace
}  // namespace setu::crypto
