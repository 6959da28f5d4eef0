// Secrets: moved and never copied, wiped before their memory is given back, and cheap enough to
// have many of. To see the wiping, this program's operator delete looks at one block of memory just
// before it lets go of it.
#include "crypto/secret.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <type_traits>

#include "support.hpp"

namespace {

struct Watch {
  const void* block = nullptr;
  std::size_t size = 0;
  bool released = false;
  bool was_zero = false;
};
Watch watched;

void release(void* block) noexcept {
  if (block != nullptr && block == watched.block) {
    const auto* bytes = static_cast<const std::byte*>(block);
    watched.released = true;
    watched.was_zero = std::all_of(bytes, bytes + watched.size,
                                   [](std::byte byte) { return byte == std::byte{0}; });
    watched.block = nullptr;
  }
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }

namespace setu::crypto {
namespace {

void watch(const Secret& secret) {
  watched = {secret.reveal().data(), secret.size(), false, false};
}

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> &&
              std::is_nothrow_move_assignable_v<Secret>);

TEST_CASE("secret: a new one is zeroed, and an empty one holds nothing") {
  for (SecretMemory memory : {SecretMemory::kHeap, SecretMemory::kLocked}) {
    const Secret secret(40, memory);
    CHECK(secret.size() == 40);
    CHECK(equal(secret.reveal(), Bytes(40)));
    CHECK(Secret(0, memory).empty());
    CHECK(Secret(0, memory).clone().empty());
  }
  CHECK(Secret().empty());
  CHECK(Secret().reveal().empty());
}

TEST_CASE("secret: its memory is wiped before it is given back") {
  SECTION("when it dies") {
    {
      const Secret secret = counted_secret(48, 1);
      watch(secret);
    }
    CHECK(watched.released);
    CHECK(watched.was_zero);
  }
  SECTION("when another is moved over it") {
    Secret secret = counted_secret(48, 1);
    watch(secret);
    secret = counted_secret(48, 2);
    CHECK(watched.released);
    CHECK(watched.was_zero);
    CHECK(equal(secret.reveal(), counted(48, 2)));
  }
}

TEST_CASE("secret: what was moved from is empty, and the bytes are not copied about") {
  for (SecretMemory memory : {SecretMemory::kHeap, SecretMemory::kLocked}) {
    Secret from = Secret::copy_of(counted(32), memory);
    const std::byte* at = from.reveal().data();
    Secret to(std::move(from));
    CHECK(from.empty());
    CHECK(from.reveal().data() == nullptr);
    CHECK(to.reveal().data() == at);
    Secret last;
    last = std::move(to);
    CHECK(to.empty());
    CHECK(equal(last.reveal(), counted(32)));
  }
}

TEST_CASE("secret: moving it onto itself keeps it") {
  Secret secret = counted_secret(32);
  Secret& same = secret;
  secret = std::move(same);
  CHECK(equal(secret.reveal(), counted(32)));
}

TEST_CASE("secret: heap and locked ones can take each other's place") {
  Secret secret = counted_secret(32, 1);
  secret = counted_secret(32, 2).locked();
  CHECK(equal(secret.reveal(), counted(32, 2)));
  secret = counted_secret(32, 3);
  CHECK(equal(secret.reveal(), counted(32, 3)));
}

TEST_CASE("secret: a clone is its own, and so is a locked copy") {
  Secret secret = counted_secret(32);
  const Secret clone = secret.clone();
  const Secret locked = secret.locked();
  secret.writable()[0] = std::byte{0xFF};
  CHECK(equal(clone.reveal(), counted(32)));
  CHECK(equal(locked.reveal(), counted(32)));
  CHECK(equal(locked.clone().reveal(), counted(32)));
}

// As guarded allocations these ran into the system's limit of mappings at 16,000.
TEST_CASE("secret: a process can hold a hundred thousand") {
  std::vector<Secret> secrets;
  for (unsigned i = 0; i < 100'000; ++i) secrets.push_back(counted_secret(32, i));
  CHECK(equal(secrets.front().reveal(), counted(32)));
  CHECK(equal(secrets.back().reveal(), counted(32, 99'999)));
}

TEST_CASE("secret: comparison sees every byte and the size") {
  const Bytes bytes = counted(32);
  CHECK(equal_constant_time(bytes, counted(32)));
  CHECK(equal_constant_time({}, {}));
  CHECK_FALSE(equal_constant_time(bytes, ByteView(bytes).first(31)));
  CHECK_FALSE(equal_constant_time(bytes, {}));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    REQUIRE_FALSE(equal_constant_time(bytes, with_bit_flipped(bytes, bit)));
  }
}

TEST_CASE("secret: wiping clears bytes, and a text with all it has room for") {
  Bytes bytes = counted(32, 1);
  wipe(std::span(bytes));
  CHECK(bytes == Bytes(32));
  wipe(std::span<std::byte>());

  {
    std::string text = "five short words that were typed, then mostly deleted";
    watched = {text.data(), text.size(), false, false};
    text.resize(4);
    wipe(text);
    CHECK(text.empty());
  }
  CHECK(watched.released);
  CHECK(watched.was_zero);
}

}  // namespace
}  // namespace setu::crypto
