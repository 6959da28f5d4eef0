#include "crypto/secret.hpp"

#include <sodium.h>

#include <utility>

namespace setu::crypto {
namespace {

// sodium_malloc: guard pages around, locked into memory where the system lets us, wiped by
// sodium_free.
std::byte* allocate(std::size_t size) {
  if (size == 0) return nullptr;
  SETU_ASSERT(sodium_init() >= 0);
  auto* data = static_cast<std::byte*>(sodium_malloc(size));
  SETU_ASSERT(data != nullptr);
  return data;
}

}  // namespace

Secret::Secret(std::size_t size) : data_(allocate(size)), size_(size) {
  if (size_ > 0) sodium_memzero(data_, size_);
}

Secret Secret::copy_of(ByteView bytes) {
  Secret secret(bytes.size());
  if (!bytes.empty()) std::memcpy(secret.data_, bytes.data(), bytes.size());
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    sodium_free(data_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { sodium_free(data_); }

Secret Secret::clone() const { return copy_of(reveal()); }

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

void wipe(std::span<std::byte> bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
  if (!text.empty()) sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace setu::crypto
