// Goal: a lead with the phone in hand helps who forgot her passphrase; nobody else gets anything
// from the boxes, and a duress opening leaves nothing to recover.
// Method: phones and leads' devices with keys of their own, passing bytes.

#include "lock/recovery.hpp"

#include <catch2/catch.hpp>

#include "support.hpp"

namespace setu::lock {
namespace {

crypto::BoxKeyPair device(crypto::Random& random) {
  return crypto::box_key_from_seed(crypto::random_key(random));
}

struct Phone {
  crypto::SeededRandom random;
  Made made;
  crypto::BoxKeyPair lead, second_lead, once;

  explicit Phone(std::uint64_t seed)
      : random(seed),
        made(some_file(random)),
        lead(device(random)),
        second_lead(device(random)),
        once(device(random)) {
    const std::array leads{lead.public_key, second_lead.public_key};
    REQUIRE(set_recovery(made.file, made.unlocked, leads, random));
  }
  Bytes request() { return ask_for_recovery(made.file, once.public_key); }
};

constexpr std::string_view kNewPhrase = "window stone apple";

}  // namespace

TEST_CASE("recovery: either lead helps to a new passphrase, and the old one opens no more") {
  Phone phone(1);
  const crypto::BoxKeyPair& lead = GENERATE(true, false) ? phone.lead : phone.second_lead;
  const auto answer = answer_recovery(phone.request(), lead, phone.random);
  REQUIRE(answer);
  const auto unlocked = recover(phone.made.file, phone.once, *answer, kNewPhrase, phone.random);
  REQUIRE(unlocked);
  const crypto::Secret& key = phone.made.unlocked.contents.replica_key;
  CHECK(same_key(unlocked->contents.replica_key, key));
  CHECK(try_it(phone.made.file, kPhrase, phone.random).answer == Answer::kWrong);
  CHECK(same_key(open_it(phone.made.file, kNewPhrase, phone.random).contents.replica_key, key));
}

TEST_CASE("recovery: the slot survives openings and a change of the passphrase") {
  Phone phone(2);
  open_it(phone.made.file, kPhrase, phone.random);
  Unlocked unlocked = open_it(phone.made.file, kPhrase, phone.random);
  REQUIRE(change_passphrase(phone.made.file, unlocked, "other words entirely", phone.random));
  const auto answer = answer_recovery(phone.request(), phone.lead, phone.random);
  REQUIRE(answer);
  CHECK(recover(phone.made.file, phone.once, *answer, kNewPhrase, phone.random));
}

TEST_CASE("recovery: another device, another phone's key and another file get nothing") {
  Phone phone(3);
  const auto stranger = answer_recovery(phone.request(), device(phone.random), phone.random);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().code == Code::kForged);
  const auto answer = answer_recovery(phone.request(), phone.lead, phone.random);
  REQUIRE(answer);
  CHECK_FALSE(recover(phone.made.file, device(phone.random), *answer, kNewPhrase, phone.random));
  Phone other(4);
  CHECK_FALSE(recover(other.made.file, phone.once, *answer, kNewPhrase, phone.random));
  CHECK(try_it(phone.made.file, kPhrase, phone.random).answer == Answer::kOpened);
}

TEST_CASE("recovery: an answer helps once") {
  Phone phone(5);
  const auto answer = answer_recovery(phone.request(), phone.lead, phone.random);
  REQUIRE(answer);
  REQUIRE(recover(phone.made.file, phone.once, *answer, kNewPhrase, phone.random));
  CHECK_FALSE(recover(phone.made.file, phone.once, *answer, kPhrase, phone.random));
  CHECK_FALSE(answer_recovery(phone.request(), phone.lead, phone.random));
}

TEST_CASE("recovery: opening with the duress passphrase destroys it") {
  Phone phone(6);
  REQUIRE(set_duress(phone.made.file, phone.made.unlocked, "market paper green",
                     crypto::random_key(phone.random), phone.random));
  const Bytes before = phone.request();
  const auto answer = answer_recovery(before, phone.lead, phone.random);
  REQUIRE(answer);
  open_it(phone.made.file, "market paper green", phone.random);
  CHECK_FALSE(answer_recovery(phone.request(), phone.lead, phone.random));
  CHECK_FALSE(recover(phone.made.file, phone.once, *answer, kNewPhrase, phone.random));
}

TEST_CASE("recovery: without leads there is none; nine are too many") {
  Phone phone(7);
  REQUIRE(set_recovery(phone.made.file, phone.made.unlocked, {}, phone.random));
  CHECK_FALSE(answer_recovery(phone.request(), phone.lead, phone.random));
  const std::vector<crypto::BoxPublicKey> nine(9, phone.lead.public_key);
  const auto refused = set_recovery(phone.made.file, phone.made.unlocked, nine, phone.random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kTooLarge);
}

TEST_CASE("recovery: what is not a request is said not to be one") {
  Phone phone(8);
  const Bytes request = phone.request();
  CHECK(request.size() == 696);
  for (const Bytes& bad : {Bytes{}, to_bytes(ByteView(request).first(695)), Bytes(696)}) {
    const auto refused = answer_recovery(bad, phone.lead, phone.random);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kMalformed);
  }
}

}  // namespace setu::lock
