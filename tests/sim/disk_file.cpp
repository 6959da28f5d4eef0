#include "disk_file.hpp"

#include <algorithm>

namespace setu::sim {
namespace {

// More room than this for unsettled changes is given back when they are settled.
constexpr std::size_t kRoomToKeep = std::size_t{64} << 10;

void copy_bytes(ByteView from, std::byte* to) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace

std::size_t DiskFile::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= content_.size()) return 0;
  const std::size_t got = std::min<std::size_t>(into.size(), content_.size() - offset);
  copy_bytes(ByteView(content_).subspan(offset, got), into.data());
  return got;
}

void DiskFile::write(std::uint64_t offset, ByteView bytes) {
  const std::uint64_t replaced_from = std::min<std::uint64_t>(offset, content_.size());
  const std::uint64_t replaced_until =
      std::min<std::uint64_t>(offset + bytes.size(), content_.size());
  const std::size_t replaced = replaced_until - replaced_from;
  changes_.push_back({.is_write = true,
                      .offset = offset,
                      .size_before = content_.size(),
                      .saved_at = saved_.size(),
                      .replaced = replaced,
                      .written = bytes.size()});
  append(saved_, ByteView(content_).subspan(replaced_from, replaced));
  append(saved_, bytes);
  place(offset, bytes);
}

void DiskFile::truncate(std::uint64_t size) {
  const std::size_t kept = std::min<std::size_t>(size, content_.size());
  changes_.push_back({.is_write = false,
                      .offset = size,
                      .size_before = content_.size(),
                      .saved_at = saved_.size(),
                      .replaced = content_.size() - kept,
                      .written = 0});
  append(saved_, ByteView(content_).subspan(kept));
  content_.resize(size);
}

void DiskFile::settle() {
  changes_.clear();
  saved_.clear();
  if (saved_.capacity() > kRoomToKeep) saved_.shrink_to_fit();
}

DiskFile::Losses DiskFile::crash(Random& random, double keep) {
  Losses losses;
  std::for_each(changes_.rbegin(), changes_.rend(), [this](const Change& change) { undo(change); });
  for (const Change& change : changes_) {
    const std::uint64_t end = change.offset + change.written;
    if (random.chance(keep)) {
      if (change.is_write)
        place(change.offset, written_by(change));
      else
        content_.resize(change.offset);
      continue;
    }
    std::size_t sectors = 0;
    const bool torn = change.is_write && random.chance(0.5);
    const std::size_t landed = torn ? tear(random, change, sectors) : 0;
    if (landed > 0 && landed < sectors) ++losses.torn;
    if (landed == 0) ++losses.lost;
    // Length and bytes are not written together.
    if (change.is_write && end > content_.size() && random.chance(0.5)) content_.resize(end);
  }
  settle();
  return losses;
}

bool DiskFile::holds(std::string_view text) const {
  return as_text(content_).find(text) != std::string_view::npos ||
         as_text(saved_).find(text) != std::string_view::npos;
}

ByteView DiskFile::replaced_by(const Change& change) const {
  return ByteView(saved_).subspan(change.saved_at, change.replaced);
}

ByteView DiskFile::written_by(const Change& change) const {
  return ByteView(saved_).subspan(change.saved_at + change.replaced, change.written);
}

void DiskFile::undo(const Change& change) {
  content_.resize(change.size_before);
  copy_bytes(replaced_by(change),
             content_.data() + std::min<std::uint64_t>(change.offset, change.size_before));
}

void DiskFile::place(std::uint64_t offset, ByteView bytes) {
  if (offset == content_.size()) return append(content_, bytes);
  if (offset + bytes.size() > content_.size()) content_.resize(offset + bytes.size());
  copy_bytes(bytes, content_.data() + offset);
}

std::size_t DiskFile::tear(Random& random, const Change& change, std::size_t& sectors) {
  const ByteView bytes = written_by(change);
  std::size_t landed = 0;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::uint64_t at = change.offset + done;
    const std::size_t room = kSectorBytes - at % kSectorBytes;
    const std::size_t length = std::min(bytes.size() - done, room);
    ++sectors;
    if (random.chance(0.5)) {
      place(at, bytes.subspan(done, length));
      ++landed;
    }
    done += length;
  }
  return landed;
}

}  // namespace setu::sim
