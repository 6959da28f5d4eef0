#include "world.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "generations.hpp"
#include "responder.hpp"
#include "sync/exchange.hpp"
#include "token.hpp"

namespace setu::testing {
namespace {

constexpr int kMaxRounds = 8;
constexpr std::size_t kPiece = 32 * 1024;  // of an answer, as a link might deliver it

std::string print(const FieldValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string joined;
  if (const auto* elements = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& element : *elements) joined += (joined.empty() ? "" : ",") + element;
  }
  if (const auto* counts = std::get_if<std::vector<std::pair<std::string, std::int64_t>>>(&value)) {
    for (const auto& [key, count] : *counts)
      joined += (joined.empty() ? "" : ",") + key + "=" + std::to_string(count);
  }
  if (const auto* lines = std::get_if<std::vector<LogLine>>(&value)) {
    for (const LogLine& line : *lines) joined += (joined.empty() ? "" : " | ") + line.text;
  }
  return joined;
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "setu-client-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}
ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void must(Status status) {
  if (!status)
    FAIL(code_name(status.error().code)
         << ": " << status.error().message << " / " << status.error().hint);
}

World::World(std::vector<forms::Form> forms, std::uint64_t seed)
    : added_forms(std::move(forms)),
      random(seed),
      server_key(crypto::sign_key_from_seed(crypto::random_key(random))),
      log(must(server::SqliteLogStore::open(directory.path("")))),
      store(*log),
      service(std::in_place, store, server_key, server::RateLimit::Rate{1'000'000, 1'000'000}) {
  must(crypto::init());
}

std::unique_ptr<Device> World::device(const std::string& name) {
  return std::make_unique<Device>(*this, name + std::to_string(++devices_made_), added_forms);
}

std::unique_ptr<Device> World::found() {
  auto coordinator = device("coordinator");
  const std::string token = must(server::make_token(store, server_key.public_key, random));
  must((*coordinator)
           ->begin_programme({"Network", "Umbrella", "Coordinator", "https://test:1", token}));
  coordinator->sync();
  return coordinator;
}

std::unique_ptr<Device> World::lead(Device& coordinator, const std::string& org) {
  must(coordinator->add_org(org));
  coordinator.sync();
  const std::string link = must(coordinator->invite({org, "lead", ""})).link;
  coordinator.sync();
  auto lead = device("lead");
  must((*lead)->begin_join(link, "Lead of " + org));
  lead->sync();
  coordinator.sync();
  approve(coordinator, *lead);
  coordinator.sync();
  lead->sync();
  coordinator.sync();
  return lead;
}

void World::approve(Device& approver, Device& joiner) {
  joiner.sync();
  must(approver->approve(joiner->me().device, joiner->me().digits));
}

std::unique_ptr<Device> World::worker(Device& lead, const std::string& caseload) {
  const std::string link = must(lead->invite({"", "worker", caseload})).link;
  lead.sync();
  auto worker = device("worker");
  must((*worker)->begin_join(link, "Worker of " + caseload));
  worker->sync();
  lead.sync();
  const bool has_it = !must((*worker)->caseloads()).empty();
  if (!has_it) {  // an existing caseload: its key follows when the inviter has seen who came
    must(lead->approve((*worker)->me().device));
    lead.sync();
    worker->sync();
  }
  return worker;
}

crypto::Secret replica_key() {
  return crypto::Secret::copy_of(as_bytes("0123456789abcdef0123456789abcdef"));
}

std::string Device::path() const { return world_->directory.path(name_); }

Device::Device(World& world, std::string name, std::vector<forms::Form> added_forms)
    : world_(&world), name_(std::move(name)), added_forms_(std::move(added_forms)) {
  client_ = std::make_unique<Client>(must(Client::create(
      world_->directory.path(name_), replica_key(), true,
      {[this] { return Instant{world_->now_ms + clock_error_hours * kHourMs}; }, &world_->random},
      added_forms_)));
}

void Device::reopen() { reopen_with(added_forms_); }

void Device::reopen_with(std::vector<forms::Form> added_forms) {
  added_forms_ = std::move(added_forms);
  client_.reset();
  client_ = std::make_unique<Client>(must(Client::open(
      world_->directory.path(name_), replica_key(), true,
      {[this] { return Instant{world_->now_ms + clock_error_hours * kHourMs}; }, &world_->random},
      added_forms_)));
}

void Device::save(const std::string& copy) {
  client_.reset();  // closed, so that it is one file
  std::filesystem::copy_file(world_->directory.path(name_), world_->directory.path(copy));
  reopen();
}

void Device::put_back(const std::string& copy) {
  client_.reset();
  std::filesystem::copy_file(world_->directory.path(copy), world_->directory.path(name_),
                             std::filesystem::copy_options::overwrite_existing);
  reopen();
}

std::string World::save_log() {
  const std::string copy = directory.path("log-copy-" + std::to_string(++copies_made_));
  must(log->copy_to(copy));
  return copy;
}

void World::put_back_log(const std::string& copy, By by) {
  service.reset();
  log.reset();
  std::filesystem::copy_file(copy, directory.path("log.db"),
                             std::filesystem::copy_options::overwrite_existing);
  log = must(server::SqliteLogStore::open(directory.path("")));
  store.now_over(*log);
  if (by == By::kCommand) must(server::begin_everywhere(*log, nullptr));
  service.emplace(store, server_key, server::RateLimit::Rate{1'000'000, 1'000'000});
}

wire::LogPoint World::log_end() {
  return must(log->end_of(must(log->programmes()).front())).value();
}

Bytes World::answer(server::Service& by, const Bytes& request) const {
  server::Responder responder(by);
  responder.feed(request, {now_ms});
  responder.finish({now_ms});
  Bytes whole;
  Bytes piece;
  while (must(responder.next_piece(piece))) append(whole, piece);
  return whole;
}

Status Device::try_sync() {
  for (int round = 0; round < kMaxRounds; ++round) {
    SETU_TRY(client_->prepare_sync());
    sync::Exchange exchange(client_->replica(), {}, world_->random);
    while (exchange.wants_request()) {
      SETU_TAKE(const Bytes request, exchange.make_request());
      const Bytes answer =
          answered_by ? answered_by(request) : world_->answer(*world_->service, request);
      ++requests;
      if (lose_answer_of > 0 && --lose_answer_of == 0) {
        exchange.link_cut();
        return fail(Code::kNoLink, "sync: the answer was lost");
      }
      for (ByteView rest = answer; !rest.empty();) {
        const ByteView piece = rest.first(std::min(rest.size(), kPiece));
        SETU_TRY(exchange.feed(piece));
        rest = rest.subspan(piece.size());
      }
      SETU_TRY(exchange.end_of_answer());
    }
    SETU_TRY(client_->tend());
    SETU_TAKE(const bool settled, client_->settled());
    if (settled) break;
  }
  client_->note_sync_done();
  return {};
}

void Device::sync() { must(try_sync()); }

std::string field(const RecordView& record, std::string_view name) {
  const auto found = std::ranges::find(record.fields, name, &NamedValue::field);
  return found == record.fields.end() ? "" : print(found->value);
}

std::vector<std::string> picture(Device& device, std::string_view kind) {
  std::vector<std::string> lines;
  for (const RecordView& record : must(device->list(kind))) {
    std::string line = record.id + " " + record.caseload_id;
    for (const NamedValue& named : record.fields)
      line += " " + named.field + "=" + print(named.value);
    for (const ConflictView& conflict : record.conflicts) line += " !" + conflict.id;
    lines.push_back(line + (record.partial ? " partial" : ""));
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace setu::testing
