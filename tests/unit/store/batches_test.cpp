// Batches and chains: kept as received, visited in order of arrival, counted by state.

#include <array>

#include "scratch.hpp"

namespace setu::store {
namespace {

StoredBatch batch(std::uint32_t circle_number, std::uint32_t device_number, std::uint64_t seq,
                  BatchState state = BatchState::kApplied, std::size_t size = 10) {
  return {.circle = circle(circle_number),
          .device = device(device_number),
          .seq = seq,
          .position = 0,
          .state = state,
          .reason = {},
          .hash = hash(static_cast<std::uint32_t>(seq)),
          .bytes = Bytes(size, std::byte{7})};
}

using Seen = std::vector<std::uint64_t>;
template <std::size_t kCount>
Seen visited(Store& store, const CircleId& only, const std::array<BatchState, kCount>& states) {
  Seen seen;
  ok(store.each_batch(only, states, [&](const StoredBatch& b) -> Result<bool> {
    seen.push_back(b.seq);
    return true;
  }));
  return seen;
}

TEST_CASE("store: a batch comes back byte for byte, once per place in its chain") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  StoredBatch given = batch(1, 2, 3, BatchState::kParked, 30'000);
  given.reason = "waits for a key";
  given.position = 44;
  ok(store.add_batch(given));
  CHECK(error_of(store.add_batch(given)) == Code::kInvalidArgument);
  const auto found = take(store.batch(circle(1), device(2), 3));
  REQUIRE(found);
  CHECK(found->circle == circle(1));
  CHECK(found->device == device(2));
  CHECK(found->seq == 3);
  CHECK(found->position == 44);
  CHECK(found->state == BatchState::kParked);
  CHECK(found->reason == given.reason);
  CHECK(found->hash == given.hash);
  CHECK(found->bytes == given.bytes);
  CHECK_FALSE(take(store.batch(circle(1), device(2), 4)));
  CHECK_FALSE(take(store.batch(circle(9), device(2), 3)));
}

TEST_CASE("store: a number beyond 63 bits is refused, not wrapped") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  CHECK(error_of(store.add_batch(batch(1, 1, UINT64_MAX))) == Code::kInvalidArgument);
  CHECK(take(store.batch_count(BatchState::kApplied)) == 0);
}

TEST_CASE("store: state and position of a batch change, and counts follow") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.add_batch(batch(1, 1, 1, BatchState::kOwnUnsent)));
  CHECK(take(store.batch_count(BatchState::kOwnUnsent)) == 1);
  ok(store.set_batch_state(circle(1), device(1), 1, BatchState::kOwnAcked, ""));
  ok(store.set_batch_position(circle(1), device(1), 1, 12));
  CHECK(take(store.batch_count(BatchState::kOwnUnsent)) == 0);
  CHECK(take(store.batch_count(BatchState::kOwnAcked)) == 1);
  CHECK(take(store.batch(circle(1), device(1), 1))->position == 12);
  CHECK(error_of(store.set_batch_state(circle(1), device(1), 2, BatchState::kApplied, "")) ==
        Code::kNotFound);
  CHECK(error_of(store.set_batch_position(circle(1), device(8), 1, 1)) == Code::kNotFound);
}

TEST_CASE("store: batches are visited in order of arrival, by circle and state") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.add_batch(batch(1, 1, 12)));
  ok(store.add_batch(batch(2, 1, 11, BatchState::kParked)));
  ok(store.add_batch(batch(1, 2, 13, BatchState::kQuarantined)));
  ok(store.add_batch(batch(1, 2, 10, BatchState::kParked)));
  ok(store.add_batch(batch(1, 3, 14, BatchState::kOwnUnsent)));
  using enum BatchState;
  CHECK(visited(store, CircleId{}, std::array{kApplied, kParked, kQuarantined, kOwnUnsent}) ==
        Seen{12, 11, 13, 10, 14});
  CHECK(visited(store, CircleId{}, std::array{kParked}) == Seen{11, 10});
  CHECK(visited(store, circle(1), std::array{kParked, kQuarantined}) == Seen{13, 10});
  CHECK(visited(store, circle(1), std::array{kApplied}) == Seen{12});
  CHECK(visited(store, circle(9), std::array{kApplied}).empty());
}

TEST_CASE("store: a visit may write, stop and fail; what it adds is not visited") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  for (std::uint64_t seq = 1; seq <= 4; ++seq)
    ok(store.add_batch(batch(1, 1, seq, BatchState::kParked)));
  const std::array parked{BatchState::kParked};
  int visits = 0;
  ok(store.each_batch(CircleId{}, parked, [&](const StoredBatch& b) -> Result<bool> {
    ++visits;
    auto transaction = take(store.begin());
    ok(store.set_batch_state(b.circle, b.device, b.seq, BatchState::kApplied, ""));
    if (b.seq == 1) ok(store.set_batch_state(b.circle, b.device, 2, BatchState::kApplied, ""));
    ok(store.add_batch(batch(1, 2, b.seq, BatchState::kParked)));
    ok(transaction.commit());
    return b.seq < 3;
  }));
  CHECK(visits == 2);  // 1 and 3: 2 was no longer parked when its turn came
  CHECK(take(store.batch_count(BatchState::kParked)) == 3);
  const Status failed = store.each_batch(
      CircleId{}, parked,
      [](const StoredBatch&) -> Result<bool> { return fail(Code::kForged, "as found"); });
  CHECK(error_of(failed) == Code::kForged);
}

TEST_CASE(
    "store: unsent batches come chain by chain in order, within a budget, and always at least "
    "one") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.add_batch(batch(1, 1, 2, BatchState::kOwnUnsent, 400)));
  ok(store.add_batch(batch(2, 1, 1, BatchState::kOwnUnsent, 400)));
  ok(store.add_batch(batch(1, 1, 1, BatchState::kOwnUnsent, 400)));
  ok(store.add_batch(batch(1, 1, 3, BatchState::kOwnAcked, 400)));
  const auto all = take(store.unsent_batches(10'000));
  REQUIRE(all.size() == 3);
  CHECK(all[0].seq == 1);
  CHECK(all[0].circle == circle(1));
  CHECK(all[1].seq == 2);
  CHECK(all[2].circle == circle(2));
  CHECK(take(store.unsent_batches(800)).size() == 2);
  CHECK(take(store.unsent_batches(1)).size() == 1);
}

TEST_CASE("store: what a checkpoint covers goes, what still waits stays") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  using enum BatchState;
  ok(store.add_batch(batch(1, 1, 1, kApplied)));
  ok(store.add_batch(batch(1, 1, 2, kQuarantined)));
  ok(store.add_batch(batch(1, 1, 3, kOwnUnsent)));
  ok(store.add_batch(batch(1, 1, 4, kOwnAcked)));
  ok(store.add_batch(batch(1, 1, 5, kApplied)));
  ok(store.add_batch(batch(1, 2, 1, kApplied)));
  ok(store.remove_batches(circle(1), device(1), 4));
  CHECK(visited(store, CircleId{}, std::array{kApplied, kQuarantined, kOwnUnsent, kOwnAcked}) ==
        Seen{2, 3, 5, 1});
}

TEST_CASE("store: what a log put back to an old copy lost is listed until it is found again") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  using enum BatchState;
  const auto logged = [](StoredBatch b, std::uint64_t position) {
    b.position = position;
    return b;
  };
  ok(store.add_batch(logged(batch(1, 1, 1, kOwnAcked), 5)));
  ok(store.add_batch(logged(batch(1, 1, 2, kOwnAcked), 12)));
  ok(store.add_batch(batch(1, 1, 3, kOwnAcked)));  // acknowledged, and not come yet
  ok(store.add_batch(logged(batch(1, 2, 1, kApplied), 6)));
  ok(store.add_batch(logged(batch(1, 2, 3, kQuarantined), 14)));
  ok(store.add_batch(logged(batch(1, 2, 2, kApplied), 11)));
  ok(store.lose_batches(device(1), 10));

  CHECK(take(store.batch_count(kOwnAcked)) == 1);
  CHECK(take(store.batch_count(kOwnUnsent)) == 2);
  CHECK(take(store.lost_batch_count()) == 2);
  const auto lost = take(store.lost_batches(1'000));
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].seq == 2);
  CHECK(lost[1].state == kQuarantined);
  CHECK(lost[1].position == 0);
  CHECK(take(store.logged_batches(circle(1))) == std::vector<Hash>{hash(1), hash(1)});

  ok(store.remove_batches(circle(1), device(2), 9));
  CHECK(take(store.lost_batch_count()) == 2);  // no checkpoint takes what is to be given back
  ok(store.found_batches(circle(1), device(2), 1, 2));
  CHECK(take(store.lost_batches(1'000)).size() == 1);
  ok(store.remove_batch(circle(1), device(2), 3));
  CHECK(take(store.lost_batch_count()) == 0);
}

TEST_CASE("store: each chain remembers how far it was applied") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  CHECK(take(store.chain(circle(1), device(1))).seq == 0);
  const ChainState first{
      .seq = 4, .hash = hash(4), .tip = {.hour = 500, .counter = 6, .device = device(9)}};
  ok(store.set_chain(circle(1), device(2), first));
  ok(store.set_chain(circle(1), device(1), {.seq = 1, .hash = hash(1), .tip = {}}));
  ok(store.set_chain(circle(2), device(1), {.seq = 8, .hash = hash(8), .tip = {}}));
  ok(store.set_chain(circle(1), device(1), {.seq = 2, .hash = hash(2), .tip = {}}));
  const ChainState read = take(store.chain(circle(1), device(2)));
  CHECK(read.seq == 4);
  CHECK(read.hash == hash(4));
  CHECK(read.tip == first.tip);
  const auto chains = take(store.chains(circle(1)));
  REQUIRE(chains.size() == 2);
  CHECK(chains[0].first == device(1));
  CHECK(chains[0].second.seq == 2);
  CHECK(chains[1].first == device(2));
  ok(store.clear_chains(circle(1)));
  CHECK(take(store.chains(circle(1))).empty());
  CHECK(take(store.chain(circle(2), device(1))).seq == 8);
}

}  // namespace
}  // namespace setu::store
