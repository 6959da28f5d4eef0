#pragma once
// Key material: memory that is locked, wiped when it dies, and cannot be printed, copied or
// compared by accident.

#include <cstddef>
#include <span>

#include "setu/base/bytes.hpp"

namespace setu::crypto {

// Move-only owner of `size` secret bytes. An empty one holds nothing. Aborts when the system has no
// memory to lock.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size);  // zeroed
  [[nodiscard]] static Secret copy_of(ByteView bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // For the calls that use the key. Do not keep, log or copy what these give.
  [[nodiscard]] ByteView reveal() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> writable() { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Constant-time comparison; false for different sizes.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b);

// Wipes memory that held something secret but is not a Secret (a typed passphrase, a decrypted
// batch).
void wipe(std::span<std::byte> bytes);
void wipe(std::string& text);

}  // namespace setu::crypto
