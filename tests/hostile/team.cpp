#include "team.hpp"

#include <algorithm>

namespace setu::testing {
namespace {

bool any_contains(const std::vector<std::string>& lines, std::string_view words) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

}  // namespace

Team::Team(std::vector<forms::Form> added_forms) : world(std::move(added_forms)) {
  coordinator = world.found();
  lead = world.lead(*coordinator, "Alpha");
  worker = world.worker(*lead, "North");
  second = world.worker(*lead, "North");
  for (Device* device : all()) device->sync();
}

std::vector<Device*> Team::all() const {
  return {coordinator.get(), lead.get(), worker.get(), second.get()};
}

std::string Team::add(Device& device, const std::string& alias) {
  return must(device->add("client", {"alias=" + alias}, {.caseload = "North", .org = ""}));
}

bool shows(Device& device, const std::string& alias) {
  const auto records = must(device->list("client"));
  return std::ranges::any_of(
      records, [&](const RecordView& record) { return field(record, "alias") == alias; });
}

bool warns(Device& device, std::string_view words) {
  return any_contains(must(device->status()).warnings, words);
}

bool reports(Device& device, std::string_view words) {
  return any_contains(must(device->verify()), words);
}

void check_records(Team& team, Device& device) {
  const std::vector<std::string> before = picture(device, "client");
  team.add(device, "Recorded meanwhile");
  CHECK(shows(device, "Recorded meanwhile"));
  CHECK(picture(device, "client").size() == before.size() + 1);
}

void sync_all(Team& team) {
  for (Device* device : team.all()) be_honest_to(*device);
  for (int round = 0; round < 2; ++round) {
    for (Device* device : team.all()) device->sync();
  }
}

void check_same(Team& team) {
  const std::vector<std::string> expected = picture(*team.lead, "client");
  CHECK(picture(*team.worker, "client") == expected);
  CHECK(picture(*team.second, "client") == expected);
  for (Device* device : team.all()) CHECK(must((*device)->status()).pending == 0);
}

void check_clean(Device& device) {
  const std::vector<std::string> problems = must(device->verify());
  INFO((problems.empty() ? std::string() : problems.front()));
  CHECK(problems.empty());
  const StatusView status = must(device->status());
  CHECK(status.warnings.empty());
  CHECK(status.parked == 0);
}

}  // namespace setu::testing
