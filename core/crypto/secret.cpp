#include "crypto/secret.hpp"

#include <sodium.h>

#include <new>
#include <utility>

namespace setu::crypto {

Secret::Secret(std::size_t size, SecretMemory memory) : size_(size), memory_(memory) {
  if (size_ == 0) return;
  allocate();
  sodium_memzero(data_, size_);
}

Secret Secret::copy_of(ByteView bytes, SecretMemory memory) {
  Secret secret(bytes.size(), memory);
  if (!bytes.empty()) std::memcpy(secret.data_, bytes.data(), bytes.size());
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      memory_(other.memory_) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    memory_ = other.memory_;
  }
  return *this;
}

Secret::~Secret() { release(); }

Secret Secret::clone() const { return copy_of(reveal(), memory_); }

Secret Secret::locked() const { return copy_of(reveal(), SecretMemory::kLocked); }

void Secret::allocate() {
  if (memory_ == SecretMemory::kLocked) {
    SETU_ASSERT(sodium_init() >= 0);
    data_ = static_cast<std::byte*>(sodium_malloc(size_));
    if (data_ != nullptr) return;
    memory_ = SecretMemory::kHeap;  // a phone short of memory must still be able to record
  }
  data_ = static_cast<std::byte*>(::operator new(size_, std::nothrow));
  SETU_ASSERT(data_ != nullptr);
}

void Secret::release() {
  if (data_ == nullptr) return;
  if (memory_ == SecretMemory::kLocked) {
    sodium_free(data_);  // wipes
  } else {
    sodium_memzero(data_, size_);
    ::operator delete(data_);
  }
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

void wipe(std::span<std::byte> bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
  text.resize(text.capacity());  // a longer text may have stood here before
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace setu::crypto
