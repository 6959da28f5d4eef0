#pragma once
// Key material: wiped when it dies, and never printed, copied or compared by accident.
//
// A secret lives in one of two kinds of memory. Ordinary heap is the default: keys are derived for
// every batch, and 30 ns each go unnoticed. Locked memory has guard pages around it and, where the
// system allows, stays out of swap and core dumps; but each costs about 25 us and four memory
// mappings, of which Linux gives a process 65,530. So lock the few that live as long as the program
// and open everything else (a passphrase's key, a replica's, a device's own), never one per batch,
// epoch or record.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "setu/base/bytes.hpp"

namespace setu::crypto {

enum class SecretMemory : std::uint8_t { kHeap, kLocked };

// Move-only owner of `size` secret bytes; what it was moved from is empty. An empty one holds
// nothing. Where the system has no memory to lock, heap takes its place; where it has none at all,
// the program ends.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size, SecretMemory memory = SecretMemory::kHeap);  // zeroed
  [[nodiscard]] static Secret copy_of(ByteView bytes, SecretMemory memory = SecretMemory::kHeap);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const;   // in the same kind of memory
  [[nodiscard]] Secret locked() const;  // a copy in locked memory
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // For the calls that use the key. Do not keep, log or copy what these give.
  [[nodiscard]] ByteView reveal() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> writable() { return {data_, size_}; }

 private:
  void allocate();
  void release();

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  SecretMemory memory_ = SecretMemory::kHeap;
};

// Constant-time comparison; false for different sizes.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b);

// Wipes memory that held something secret but is not a Secret (a decrypted batch, a typed
// passphrase: with all that the string has room for, and leaves it empty).
void wipe(std::span<std::byte> bytes);
void wipe(std::string& text);

}  // namespace setu::crypto
