#include "disk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "disk_file.hpp"

namespace setu::sim {
namespace {

// A crash draws one of these for everything that was not synced, so that "all lost" and "all there"
// happen as well as every mixture.
constexpr std::array kKeepProbabilities = {0.0, 0.5, 0.9, 1.0};

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV
  for (int byte = 0; byte < 8; ++byte) {
    hash = (hash ^ (word & 0xff)) * kPrime;
    word >>= 8;
  }
  return hash;
}

}  // namespace

Disk::Disk() = default;
Disk::Disk(const Disk& other) { copy_files(other); }
Disk& Disk::operator=(const Disk& other) {
  if (this == &other) return *this;
  SETU_ASSERT(open_files_ == 0);
  copy_files(other);
  restart();
  set_capacity_unlimited();
  return *this;
}
Disk::~Disk() { SETU_ASSERT(open_files_ == 0); }

void Disk::copy_files(const Disk& other) {
  // A file has one copy, whatever number of names lead to it.
  std::map<const DiskFile*, std::shared_ptr<DiskFile>> copies;
  const auto copy_of = [&](const std::shared_ptr<DiskFile>& file) -> std::shared_ptr<DiskFile> {
    if (file == nullptr) return nullptr;
    auto& copy = copies[file.get()];
    if (copy == nullptr) copy = std::make_shared<DiskFile>(*file);
    return copy;
  };
  names_.clear();
  synced_names_.clear();
  name_changes_.clear();
  for (const auto& [name, file] : other.names_) names_[name] = copy_of(file);
  for (const auto& [name, file] : other.synced_names_) synced_names_[name] = copy_of(file);
  for (const NameChange& change : other.name_changes_)
    name_changes_.push_back({change.name, copy_of(change.file)});
}

// --- faults

void Disk::fail_power_after(std::uint64_t operations) {
  if (operations == 0) return cut_power();
  operations_to_cut_ = operations;
}

void Disk::cut_power() {
  if (!powered_) return;
  powered_ = false;
  ++faults_.power_cuts;
}

void Disk::crash(Random& random) {
  SETU_ASSERT(open_files_ == 0);
  cut_power();
  const double keep = random.pick(kKeepProbabilities);
  for (const NameChange& change : name_changes_) {
    if (!random.chance(keep))
      ++faults_.lost_names;
    else if (change.file == nullptr)
      synced_names_.erase(change.name);
    else
      synced_names_[change.name] = change.file;
  }
  names_ = synced_names_;
  name_changes_.clear();
  for (const auto& [name, file] : names_) {
    const DiskFile::Losses losses = file->crash(random, keep);
    faults_.lost_writes += losses.lost;
    faults_.torn_writes += losses.torn;
  }
  restart();
}

void Disk::restart() {
  SETU_ASSERT(open_files_ == 0);
  powered_ = true;
  operations_to_cut_ = 0;
  full_writes_ = 0;
  syncs_to_failure_ = 0;
}

bool Disk::interrupts(Act act, std::string_view name, std::uint64_t place, std::uint64_t length) {
  ++operations_;
  history_hash_ = mix(history_hash_, static_cast<std::uint64_t>(act));
  for (const char c : name) history_hash_ = mix(history_hash_, static_cast<unsigned char>(c));
  history_hash_ = mix(mix(history_hash_, place), length);
  if (operations_to_cut_ == 0 || --operations_to_cut_ > 0) return false;
  cut_power();
  return true;
}

bool Disk::has_room_for(const DiskFile& file, std::uint64_t end) {
  if (full_writes_ > 0) {
    --full_writes_;
    return false;
  }
  if (end <= file.size() || capacity_ == kUnlimited) return true;
  return bytes() + (end - file.size()) <= capacity_;
}

// --- for checkers

std::uint64_t Disk::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [name, file] : names_) sum += file->size();
  return sum;
}

bool Disk::holds(std::string_view text) const {
  return std::ranges::any_of(names_, [&](const auto& entry) { return entry.second->holds(text); });
}

std::vector<std::string> Disk::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : names_) names.push_back(name);
  return names;
}

Bytes Disk::contents(std::string_view name) const {
  const DiskFile* file = find(name);
  return file == nullptr ? Bytes{} : file->content();
}

// --- files

const DiskFile* Disk::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second.get();
}

Disk::Opened Disk::open(std::string_view name, bool make_if_missing) {
  if (!powered_) return {Outcome::kNoPower, nullptr, false};
  const auto found = names_.find(name);
  if (found != names_.end()) {
    ++open_files_;
    return {Outcome::kDone, found->second, false};
  }
  if (!make_if_missing) return {Outcome::kNoFile, nullptr, false};
  auto file = std::make_shared<DiskFile>(std::string(name));
  names_[file->name()] = file;
  name_changes_.push_back({file->name(), file});
  if (interrupts(Act::kMake, name, 0, 0)) return {Outcome::kNoPower, nullptr, false};
  ++open_files_;
  return {Outcome::kDone, std::move(file), true};
}

void Disk::close() {
  SETU_ASSERT(open_files_ > 0);
  --open_files_;
}

Outcome Disk::read(const DiskFile& file, std::uint64_t offset, std::span<std::byte> into,
                   std::size_t& got) const {
  if (!powered_) return Outcome::kNoPower;
  got = file.read(offset, into);
  return Outcome::kDone;
}

Outcome Disk::write(DiskFile& file, std::uint64_t offset, ByteView bytes) {
  if (!powered_) return Outcome::kNoPower;
  if (!has_room_for(file, offset + bytes.size())) {
    ++faults_.full_writes;
    return Outcome::kFull;
  }
  file.write(offset, bytes);
  return interrupts(Act::kWrite, file.name(), offset, bytes.size()) ? Outcome::kNoPower
                                                                    : Outcome::kDone;
}

Outcome Disk::truncate(DiskFile& file, std::uint64_t size) {
  if (!powered_) return Outcome::kNoPower;
  file.truncate(size);
  return interrupts(Act::kTruncate, file.name(), size, 0) ? Outcome::kNoPower : Outcome::kDone;
}

Outcome Disk::sync(DiskFile& file, bool folder_too) {
  if (!powered_ || interrupts(Act::kSync, file.name(), folder_too ? 1 : 0, 0))
    return Outcome::kNoPower;
  if (syncs_to_failure_ > 0 && --syncs_to_failure_ == 0) {
    ++faults_.failed_syncs;
    return Outcome::kSyncFailed;
  }
  file.settle();
  if (folder_too) sync_names();
  return Outcome::kDone;
}

Outcome Disk::remove(std::string_view name, bool sync_folder) {
  if (!powered_) return Outcome::kNoPower;
  const auto found = names_.find(name);
  if (found == names_.end()) return Outcome::kNoFile;
  names_.erase(found);
  name_changes_.push_back({std::string(name), nullptr});
  if (interrupts(Act::kRemove, name, sync_folder ? 1 : 0, 0)) return Outcome::kNoPower;
  if (sync_folder) sync_names();
  return Outcome::kDone;
}

void Disk::sync_names() {
  synced_names_ = names_;
  name_changes_.clear();
}

}  // namespace setu::sim
