// Outbox, roster entries, keys, notes, seeds and heads.

#include "scratch.hpp"

namespace setu::store {
namespace {

TEST_CASE("store: the outbox keeps changes per circle in order of writing until they are removed") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.outbox_add(circle(2), record(1), as_bytes("a")));
  ok(store.outbox_add(circle(1), record(1), as_bytes("b")));
  ok(store.outbox_add(circle(2), record(2), as_bytes("c")));
  ok(store.outbox_add(circle(2), record(1), as_bytes("d")));
  CHECK(take(store.outbox_count()) == 4);
  CHECK(take(store.outbox_circles()) == std::vector{circle(1), circle(2)});
  const auto two = take(store.outbox(circle(2), 2));
  REQUIRE(two.size() == 2);
  CHECK(two[0].change == bytes("a"));
  CHECK(two[1].change == bytes("c"));
  CHECK(two[1].record == record(2));
  CHECK(two[1].circle == circle(2));
  CHECK(take(store.outbox_of(record(1))).size() == 3);
  ok(store.outbox_remove(circle(2), two[1].number));
  const auto left = take(store.outbox(circle(2), 10));
  REQUIRE(left.size() == 1);
  CHECK(left[0].change == bytes("d"));
  CHECK(take(store.outbox(circle(1), 10)).size() == 1);
  CHECK(take(store.outbox(circle(9), 10)).empty());
}

TEST_CASE("store: a number of the outbox is never given twice") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.outbox_add(circle(1), record(1), as_bytes("a")));
  const std::int64_t first = take(store.outbox(circle(1), 1)).at(0).number;
  ok(store.outbox_remove(circle(1), first));
  ok(store.outbox_add(circle(1), record(2), as_bytes("written after the first was looked up")));
  ok(store.outbox_remove(circle(1), first));
  CHECK(take(store.outbox_count()) == 1);
}

TEST_CASE("store: roster entries come back by position, own ones in order of adding") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.add_entry(30, hash(3), as_bytes("third")));
  ok(store.add_entry(1, hash(1), as_bytes("first")));
  CHECK(error_of(store.add_entry(2, hash(1), as_bytes("first"))) == Code::kInvalidArgument);
  CHECK(error_of(store.add_entry(30, hash(4), as_bytes("x"))) == Code::kInvalidArgument);
  CHECK(take(store.entries()) == std::vector<Bytes>{bytes("first"), bytes("third")});
  ok(store.add_pending_entry(hash(9), as_bytes("mine")));
  ok(store.add_pending_entry(hash(8), as_bytes("mine too")));
  const auto pending = take(store.pending_entries());
  REQUIRE(pending.size() == 2);
  CHECK(pending[0].first == hash(9));
  CHECK(pending[1].second == bytes("mine too"));
  ok(store.remove_pending_entry(hash(9)));
  CHECK(take(store.pending_entries()).size() == 1);
}

TEST_CASE("store: entries that the log lost are pending again, in its order, before others") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.add_pending_entry(hash(9), as_bytes("mine")));
  ok(store.add_entry(1, hash(1), as_bytes("first")));
  ok(store.add_entry(3, hash(3), as_bytes("third")));
  ok(store.add_entry(2, hash(2), as_bytes("second")));
  ok(store.add_pending_entry(hash(8), as_bytes("acknowledged")));
  ok(store.set_pending_position(hash(8), 4));
  CHECK(take(store.pending_entries()).size() == 1);
  CHECK(take(store.pending_entries(true)).size() == 2);

  ok(store.lose_entries(1));
  CHECK(take(store.entries()) == std::vector<Bytes>{bytes("first")});
  std::vector<Hash> pending;
  for (const auto& [pending_hash, entry] : take(store.pending_entries()))
    pending.push_back(pending_hash);
  CHECK(pending == std::vector<Hash>{hash(2), hash(3), hash(9), hash(8)});
}

TEST_CASE("store: keys, secrets and notes are kept under their names") {
  const Scratch scratch;
  {
    Store store = new_store(scratch.file());
    ok(store.put_epoch_key(circle(1), 2, key('e')));
    ok(store.put_secret("sign", key('s')));
    ok(store.put_note("cursor", as_bytes("17")));
    ok(store.put_note("cursor", as_bytes("18")));
    ok(store.put_note("empty", {}));
  }
  Store store = open_store(scratch.file());
  const auto same = [](const std::optional<crypto::Secret>& secret, char fill) {
    return secret && equal(secret->reveal(), key(fill).reveal());
  };
  CHECK(same(take(store.epoch_key(circle(1), 2)), 'e'));
  CHECK_FALSE(take(store.epoch_key(circle(1), 3)));
  CHECK_FALSE(take(store.epoch_key(circle(2), 2)));
  CHECK(same(take(store.secret("sign")), 's'));
  CHECK_FALSE(take(store.secret("box")));
  CHECK(*take(store.note("cursor")) == bytes("18"));
  CHECK(take(store.note("empty"))->empty());
  CHECK_FALSE(take(store.note("none")));
  ok(store.put_secret("sign", crypto::Secret()));
  CHECK_FALSE(take(store.secret("sign")));
}

TEST_CASE("store: a seed gives each number once, per home and month, also after opening again") {
  const Scratch scratch;
  int made = 0;
  const auto fresh = [&] {
    wire::Seed seed{};
    seed[0] = static_cast<std::byte>(++made);
    return seed;
  };
  {
    Store store = new_store(scratch.file());
    const auto first = take(store.take_seed(circle(1), 680, 3, fresh));
    CHECK(first.number == 0);
    CHECK(first.month == 680);
    const auto second = take(store.take_seed(circle(1), 680, 1, fresh));
    CHECK(second.number == 3);
    CHECK(second.seed == first.seed);
    CHECK(take(store.take_seed(circle(2), 680, 1, fresh)).seed != first.seed);
    CHECK(take(store.take_seed(circle(1), 681, 1, fresh)).number == 0);
    {
      auto transaction = take(store.begin());
      CHECK(take(store.take_seed(circle(1), 680, 1, fresh)).number == 4);
    }
  }
  Store store = open_store(scratch.file());
  CHECK(take(store.take_seed(circle(1), 680, 1, fresh)).number == 4);
  CHECK(made == 3);
}

TEST_CASE("store: a seed that is used up is followed by another") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  int made = 0;
  const auto fresh = [&] {
    wire::Seed seed{};
    seed[0] = static_cast<std::byte>(++made);
    return seed;
  };
  CHECK(take(store.take_seed(circle(1), 1, UINT32_MAX - 1, fresh)).number == 0);
  const auto next = take(store.take_seed(circle(1), 1, 2, fresh));
  CHECK(next.number == 0);
  CHECK(made == 2);
}

TEST_CASE("store: heads are listed by circle, of circles that have one") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.outbox_add(circle(3), record(1), as_bytes("a circle without a head")));
  ok(store.put_circle_head(circle(2), hash(1)));
  ok(store.put_circle_head(circle(1), hash(5)));
  ok(store.put_circle_head(circle(2), hash(2)));
  const auto heads = take(store.circle_heads());
  REQUIRE(heads.size() == 2);
  CHECK(heads[0].circle == circle(1));
  CHECK(heads[1].circle == circle(2));
  CHECK(heads[1].head == hash(2));
}

}  // namespace
}  // namespace setu::store
