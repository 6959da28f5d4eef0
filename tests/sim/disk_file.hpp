#pragma once
// One file of a Disk: what a reader sees, and what of it a power cut may take back.
//
// A sync costs nothing, a crash the bytes written since: every unsynced change keeps the bytes that
// it replaced beside its own.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "random.hpp"
#include "setu/base/bytes.hpp"

namespace setu::sim {

class DiskFile {
 public:
  static constexpr std::uint64_t kSectorBytes = 512;

  explicit DiskFile(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t size() const { return content_.size(); }
  [[nodiscard]] const Bytes& content() const { return content_; }

  // How many bytes there were, from `offset` on, to fill `into` with.
  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, ByteView bytes);
  void truncate(std::uint64_t size);  // or grow, with zeros
  void settle();                      // all that was changed is safe from now on

  struct Losses {
    std::uint64_t lost = 0;
    std::uint64_t torn = 0;
  };
  // Each unsettled change is kept with this probability, else it is lost or torn. What is left is
  // settled.
  Losses crash(Random& random, double keep);

  // Text that stands in the file, or stood there before changes that are not settled.
  [[nodiscard]] bool holds(std::string_view text) const;

 private:
  // A write, or a truncation (without bytes of its own). `saved_` holds what it replaced, then what
  // it wrote.
  struct Change {
    bool is_write = true;
    std::uint64_t offset = 0;  // of a truncation: the new size
    std::uint64_t size_before = 0;
    std::size_t saved_at = 0;
    std::size_t replaced = 0;
    std::size_t written = 0;
  };

  [[nodiscard]] ByteView replaced_by(const Change& change) const;
  [[nodiscard]] ByteView written_by(const Change& change) const;
  void undo(const Change& change);
  void place(std::uint64_t offset, ByteView bytes);
  // How many of the write's sectors reached the disk; `sectors` is how many there are.
  std::size_t tear(Random& random, const Change& change, std::size_t& sectors);

  std::string name_;
  Bytes content_;
  std::vector<Change> changes_;
  Bytes saved_;
};

}  // namespace setu::sim
