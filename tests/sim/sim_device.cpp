#include "sim_device.hpp"

namespace setu::sim {
namespace {

constexpr std::string_view kReplica = "replica.db";

crypto::Secret replica_key() {
  return crypto::Secret::copy_of(as_bytes("one key for all simulated homes!"));
}

}  // namespace

Instant DeviceClock::read(std::int64_t true_ms) const {
  if (stuck) return *stuck;
  return Instant{kEpochMs + true_ms + offset_ms +
                 static_cast<std::int64_t>(drift * static_cast<double>(true_ms))};
}

SimDevice::SimDevice(int number_given, std::string name_given, Person person_given,
                     const std::int64_t& true_ms, std::uint64_t seed)
    : number(number_given),
      name(std::move(name_given)),
      person(std::move(person_given)),
      random(seed),
      true_ms_(true_ms),
      mount_(disk_) {}

SimDevice::~SimDevice() { close(); }

Ports SimDevice::ports() {
  return {[this] { return clock.read(true_ms_); }, &random};
}

Status SimDevice::create() {
  SETU_TAKE(Client client, Client::create(mount_.directory() + std::string(kReplica), replica_key(),
                                          true, ports(), {probe_form()}));
  client_ = std::make_unique<Client>(std::move(client));
  return {};
}

Status SimDevice::reopen() {
  SETU_TAKE(Client client, Client::open(mount_.directory() + std::string(kReplica), replica_key(),
                                        true, ports(), {probe_form()}));
  client_ = std::make_unique<Client>(std::move(client));
  return {};
}

void SimDevice::crash(Random& dice) {
  disk_.cut_power();
  client_.reset();
  disk_.crash(dice);
  disk_.restart();
}

void SimDevice::wipe() {
  close();
  disk_ = Disk();
  copy_.reset();
  wiped = true;
}

store::Store SimDevice::open_store() {
  auto store = store::Store::open(mount_.directory() + std::string(kReplica), replica_key(),
                                  store::Cipher::kAegis);
  SETU_ASSERT(store.has_value());
  return std::move(*store);
}

bool SimDevice::holds_key(const CircleId& circle, std::uint32_t epoch) {
  store::Store store = open_store();
  const auto key = store.epoch_key(circle, epoch);
  SETU_ASSERT(key.has_value());
  return key->has_value();
}

std::uint64_t SimDevice::applied_beyond(const CircleId& circle, const DeviceId& author,
                                        std::uint64_t seq) {
  store::Store store = open_store();
  const store::BatchState applied[] = {store::BatchState::kApplied};
  std::uint64_t beyond = 0;
  const Status read =
      store.each_batch(circle, applied, [&](const store::StoredBatch& batch) -> Result<bool> {
        if (batch.device == author && batch.seq > seq) ++beyond;
        return true;
      });
  SETU_ASSERT(read.has_value());
  return beyond;
}

}  // namespace setu::sim
