#include "vfs.hpp"

#include <sqlite3.h>

#include <charconv>
#include <map>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "disk_file.hpp"
#include "file_sharing.hpp"

namespace setu::sim {
namespace {

constexpr std::string_view kRoot = "/sim/";
constexpr const char* kVfsName = "setu-sim";
constexpr int kLongestPath = 128;
constexpr int kSectorBytes = 4096;                        // what SQLite's unix VFS says
constexpr sqlite3_int64 kJulianMs1970 = 210866760000000;  // SQLite counts days from 4714 BC

// What SQLite has of one open file. SQLite gives the memory, and sees `base` only.
struct Handle {
  sqlite3_file base{};
  Disk* disk = nullptr;
  std::shared_ptr<DiskFile> file;
  std::shared_ptr<FileSharing> sharing;
  FileSharing::Holder holder;
  bool syncs_folder = false;  // with its next sync
};

// The machines of this process, as far as SQLite is concerned.
struct Machines {
  Machines();
  std::shared_ptr<FileSharing> sharing_of(const DiskFile* file);
  void forget_unused(const DiskFile* file);

  std::vector<Disk*> disks;  // by number; nullptr: free
  std::map<const DiskFile*, std::shared_ptr<FileSharing>> sharings;
  Random random{0};
  std::int64_t now_us = 0;
  std::uint64_t temporary_files = 0;
};
Machines& machines() {
  static Machines all;
  return all;
}

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

int code_of(Outcome outcome, int without_power) {
  switch (outcome) {
    case Outcome::kDone: return SQLITE_OK;
    case Outcome::kFull: return SQLITE_FULL;
    case Outcome::kSyncFailed: return SQLITE_IOERR_FSYNC;
    case Outcome::kNoFile: return SQLITE_IOERR_DELETE_NOENT;
    case Outcome::kNoPower: break;
  }
  return without_power;
}

struct Place {
  Disk* disk = nullptr;  // nullptr: the path leads nowhere
  std::string_view name;
};
Place place_of(std::string_view path) {
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  std::size_t number = 0;
  const auto [rest, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  if (error != std::errc{} || number >= machines().disks.size()) return {};
  path.remove_prefix(static_cast<std::size_t>(rest - path.data()));
  if (!path.starts_with('/')) return {};
  return {machines().disks[number], path.substr(path.find_first_not_of('/'))};
}

// --- an open file

int close_file(sqlite3_file* base) {
  Handle& handle = handle_of(base);
  handle.sharing->leave(handle.holder);
  machines().forget_unused(handle.file.get());
  handle.disk->close();
  handle.~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* out, int size, sqlite3_int64 offset) {
  const Handle& handle = handle_of(base);
  const std::span<std::byte> into(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
  std::size_t got = 0;
  const Outcome outcome =
      handle.disk->read(*handle.file, static_cast<std::uint64_t>(offset), into, got);
  if (outcome != Outcome::kDone) return SQLITE_IOERR_READ;
  if (got == into.size()) return SQLITE_OK;
  std::memset(into.data() + got, 0, into.size() - got);  // SQLite relies on it
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* base, const void* data, int size, sqlite3_int64 offset) {
  Handle& handle = handle_of(base);
  const ByteView bytes(static_cast<const std::byte*>(data), static_cast<std::size_t>(size));
  return code_of(handle.disk->write(*handle.file, static_cast<std::uint64_t>(offset), bytes),
                 SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
  Handle& handle = handle_of(base);
  return code_of(handle.disk->truncate(*handle.file, static_cast<std::uint64_t>(size)),
                 SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* base, int) {
  Handle& handle = handle_of(base);
  const int code =
      code_of(handle.disk->sync(*handle.file, handle.syncs_folder), SQLITE_IOERR_FSYNC);
  if (code == SQLITE_OK) handle.syncs_folder = false;
  return code;
}

int size_file(sqlite3_file* base, sqlite3_int64* size) {
  const Handle& handle = handle_of(base);
  if (!handle.disk->has_power()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle.file->size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* base, int level) {
  Handle& handle = handle_of(base);
  if (!handle.disk->has_power()) return SQLITE_IOERR_LOCK;
  return handle.sharing->lock(handle.holder, level);
}

int unlock_file(sqlite3_file* base, int level) {
  Handle& handle = handle_of(base);
  handle.sharing->unlock(handle.holder, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* base, int* reserved) {
  *reserved = handle_of(base).sharing->is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return kSectorBytes; }
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SUBPAGE_READ;
}

int map_memory(sqlite3_file* base, int region, int size, int make, void volatile** out) {
  Handle& handle = handle_of(base);
  *out = nullptr;
  if (!handle.disk->has_power()) return SQLITE_IOERR_SHMMAP;
  *out = handle.sharing->memory(handle.holder, static_cast<std::size_t>(region),
                                static_cast<std::size_t>(size), make != 0);
  return SQLITE_OK;
}

int lock_memory(sqlite3_file* base, int first, int count, int flags) {
  Handle& handle = handle_of(base);
  return handle.sharing->lock_memory(handle.holder, first, count, flags);
}

void memory_barrier(sqlite3_file*) {}

int unmap_memory(sqlite3_file* base, int) {
  Handle& handle = handle_of(base);
  handle.sharing->leave_memory(handle.holder);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kFileMethods = {
    .iVersion = 2,  // 3 would add memory-mapped files
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_memory,
    .xShmLock = lock_memory,
    .xShmBarrier = memory_barrier,
    .xShmUnmap = unmap_memory,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// --- files by name

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* base, int flags, int* out_flags) {
  base->pMethods = nullptr;  // SQLite must not close what was not opened
  if (path == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) {
    ++machines().temporary_files;
    return SQLITE_CANTOPEN;
  }
  const Place place = place_of(path);
  if (place.disk == nullptr) return SQLITE_CANTOPEN;
  Disk::Opened opened = place.disk->open(place.name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (opened.outcome == Outcome::kNoPower) return SQLITE_IOERR;
  if (opened.outcome != Outcome::kDone) return SQLITE_CANTOPEN;
  constexpr int kJournals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  auto& handle = *new (base) Handle;
  handle.base.pMethods = &kFileMethods;
  handle.disk = place.disk;
  handle.file = std::move(opened.file);
  handle.sharing = machines().sharing_of(handle.file.get());
  handle.sharing->join(handle.holder);
  handle.syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* path, int sync_folder) {
  const Place place = place_of(path);
  if (place.disk == nullptr) return SQLITE_IOERR_DELETE;
  return code_of(place.disk->remove(place.name, (sync_folder & 1) != 0), SQLITE_IOERR_DELETE);
}

int access_file(sqlite3_vfs*, const char* path, int flags, int* yes) {
  *yes = 0;
  const Place place = place_of(path);
  if (place.disk == nullptr) return SQLITE_OK;
  if (!place.disk->has_power()) return SQLITE_IOERR_ACCESS;
  const DiskFile* file = place.disk->find(place.name);
  *yes = file != nullptr && (flags != SQLITE_ACCESS_EXISTS || file->size() > 0) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

// --- chance and time

int randomness(sqlite3_vfs*, int size, char* out) {
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(machines().random.below(256));
  return size;
}

int sleep_virtually(sqlite3_vfs*, int microseconds) {
  machines().now_us += microseconds;
  return microseconds;
}

int current_ms(sqlite3_vfs*, sqlite3_int64* out) {
  *out = kJulianMs1970 + sqlite_now_ms();
  return SQLITE_OK;
}

int current_days(sqlite3_vfs* vfs, double* out) {
  constexpr double kMsPerDay = 86'400'000;
  sqlite3_int64 ms = 0;
  current_ms(vfs, &ms);
  *out = static_cast<double>(ms) / kMsPerDay;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;  // 3 would add replaceable system calls
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = kLongestPath;
  vfs.zName = kVfsName;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep_virtually;
  vfs.xCurrentTime = current_days;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_ms;
  return vfs;
}

// --- machines

Machines::Machines() {
  static sqlite3_vfs vfs = make_vfs();
  SETU_ASSERT(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  SETU_ASSERT(sqlite3mc_vfs_create(kVfsName, 1) == SQLITE_OK);
}

std::shared_ptr<FileSharing> Machines::sharing_of(const DiskFile* file) {
  auto& sharing = sharings[file];
  if (sharing == nullptr) sharing = std::make_shared<FileSharing>();
  return sharing;
}

void Machines::forget_unused(const DiskFile* file) {
  const auto found = sharings.find(file);
  if (found->second->is_unused()) sharings.erase(found);
}

}  // namespace

Mount::Mount(Disk& disk) {
  auto& disks = machines().disks;
  const auto free = std::ranges::find(disks, nullptr);
  number_ = static_cast<std::size_t>(free - disks.begin());
  if (free == disks.end())
    disks.push_back(&disk);
  else
    *free = &disk;
}

Mount::~Mount() { machines().disks[number_] = nullptr; }

std::string Mount::directory() const { return std::string(kRoot) + std::to_string(number_) + "/"; }

void seed_sqlite(std::uint64_t seed) {
  machines().random = Random(seed);
  sqlite3_randomness(
      0, nullptr);  // forgets its own generator, and seeds it from the VFS when next used
}

void set_sqlite_now(std::int64_t now_ms) { machines().now_us = now_ms * 1'000; }
std::int64_t sqlite_now_ms() { return machines().now_us / 1'000; }
std::uint64_t temporary_files_refused() { return machines().temporary_files; }

}  // namespace setu::sim
