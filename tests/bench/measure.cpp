#include "measure.hpp"

#include <algorithm>

#include "bench_record.hpp"
#include "must.hpp"
#include "plain_sqlite.hpp"
#include "stopwatch.hpp"

namespace setu::bench {
namespace {

double insert_batched(PlainSqlite& plain) {
  const Stopwatch watch;
  for (std::size_t i = 0; i < kRecords; i += kPerTransaction) {
    plain.begin();
    for (std::size_t j = i; j < i + kPerTransaction; ++j)
      plain.insert(bench_id(j), bench_record(j));
    plain.commit();
  }
  return watch.ms();
}

double insert_singles(PlainSqlite& plain) {
  const Stopwatch watch;
  for (std::size_t i = kRecords; i < kRecords + kSingles; ++i) {
    plain.begin();
    plain.insert(bench_id(i), bench_record(i));
    plain.commit();
  }
  return watch.ms();
}

// Gives the id of one of them.
std::string write_batched(Device& device, double& ms) {
  std::string some_id;
  const Stopwatch watch;
  for (std::size_t i = 0; i < kRecords; i += kPerTransaction) {
    std::vector<Client::Assignments> records;
    for (std::size_t j = i; j < i + kPerTransaction; ++j)
      records.push_back(as_assignments(bench_record(j)));
    some_id = must(device.client().add_many(kBenchKind, records)).front();
  }
  ms = watch.ms();
  return some_id;
}

double write_singles(Device& device) {
  const Stopwatch watch;
  for (std::size_t i = kRecords; i < kRecords + kSingles; ++i)
    must(device.client().add(kBenchKind, as_assignments(bench_record(i))));
  return watch.ms();
}

void check_equal(Device& a, Device& b, const std::string& id) {
  const auto count = [](Device& device) { return must(device.client().list(kBenchKind)).size(); };
  const auto same = [](const NamedValue& left, const NamedValue& right) {
    return left.field == right.field && left.value == right.value;
  };
  const RecordView at_a = must(a.client().show(id));
  const RecordView at_b = must(b.client().show(id));
  if (count(a) != kRecords || count(b) != kRecords ||
      !std::ranges::equal(at_a.fields, at_b.fields, same))
    throw std::runtime_error("measure: the two devices do not hold the same records");
}

}  // namespace

// Setu and its baselines take turns, so that a disk that is busy for a while is so for all of them.
Measurement measure(const std::filesystem::path& directory, const ServerProcess& server) {
  std::filesystem::create_directory(directory);
  World world(directory, server);
  PlainSqlite full(directory / "plain-full.db", "FULL");
  PlainSqlite normal(directory / "plain-normal.db", "NORMAL");
  Measurement m;
  m.plain_full_batched_ms = insert_batched(full);
  const std::string id = write_batched(world.a, m.batched_ms);
  m.plain_normal_batched_ms = insert_batched(normal);
  m.plain_disk = full.file_size();
  m.push = world.a.sync();
  m.pull = world.b.sync();
  check_equal(world.a, world.b, id);
  m.writer_disk = world.a.disk_bytes();
  m.reader_disk = world.b.disk_bytes();

  world.a.reopen();
  m.nothing_new = world.a.sync();
  must(world.a.client().edit(id, {"qty=7"}));
  world.a.reopen();
  m.edit_push = world.a.sync();
  m.edit_pull = world.b.sync();
  check_equal(world.a, world.b, id);

  m.plain_full_singles_ms = insert_singles(full);
  m.singles_ms = write_singles(world.a);
  m.plain_normal_singles_ms = insert_singles(normal);
  return m;
}

}  // namespace setu::bench
