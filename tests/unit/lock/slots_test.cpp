// Goal: a passphrase opens its own and nothing else; the duress passphrase destroys the ordinary
// slot and can be told from it by nobody.
// Method: one file through openings, changes and destructions; what a slot holds compared with what
// it holds in an installation that never had a duress passphrase.

#include "lock/slots.hpp"

#include <catch2/catch.hpp>

#include "lock/slot_code.hpp"
#include "support.hpp"

namespace setu::lock {

constexpr std::string_view kDuress = "market paper green boat seat";

namespace {

// A file whose duress passphrase opens `decoy`.
Made with_duress(crypto::Random& random, const crypto::Secret& decoy) {
  Made made = some_file(random);
  REQUIRE(set_duress(made.file, made.unlocked, kDuress, decoy.clone(), random));
  return made;
}

}  // namespace

TEST_CASE("slots: the passphrase opens what was sealed, however it is typed") {
  crypto::SeededRandom random(1);
  Made made = some_file(random);
  const std::string_view typed =
      GENERATE(as<std::string_view>(), kPhrase, "River Lamp Onion Seven Chair ",
               "river-lamp-onion-seven-chair", "RIVER  LAMP, ONION. SEVEN\tCHAIR");
  const Unlocked unlocked = open_it(made.file, typed, random);
  CHECK(same_key(unlocked.contents.replica_key, made.unlocked.contents.replica_key));
  CHECK(unlocked.contents.replica == 1);
  CHECK(unlocked.contents.fast_aes);
}

TEST_CASE("slots: another passphrase opens nothing and is counted") {
  crypto::SeededRandom random(2);
  Made made = some_file(random);
  const Attempt tried = try_it(made.file, "river lamp onion seven chairs", random);
  CHECK(tried.answer == Answer::kWrong);
  CHECK_FALSE(tried.unlocked);
  CHECK(made.file.tries.failed == 1);
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kOpened);
  CHECK(made.file.tries == Tries{});
}

TEST_CASE("slots: either place is drawn for the passphrase, and every opening changes both") {
  crypto::SeededRandom random(3);
  int second = 0;
  for (int i = 0; i < 12; ++i) second += some_file(random).unlocked.contents.slot;
  CHECK(second > 0);
  CHECK(second < 12);
  Made made = some_file(random);
  const KeyFile before = made.file;
  open_it(made.file, kPhrase, random);
  for (std::size_t i = 0; i < 2; ++i) CHECK(made.file.slots[i] != before.slots[i]);
  CHECK(made.file.recovery != before.recovery);
  CHECK(made.file.boxes != before.boxes);
  CHECK(made.file.salt == before.salt);
}

TEST_CASE("slots: a changed passphrase opens, the old one does not") {
  crypto::SeededRandom random(4);
  Made made = some_file(random);
  REQUIRE(change_passphrase(made.file, made.unlocked, "window stone apple", random));
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kWrong);
  const Unlocked unlocked = open_it(made.file, "window stone apple", random);
  CHECK(same_key(unlocked.contents.replica_key, made.unlocked.contents.replica_key));
}

TEST_CASE("slots: the duress passphrase opens the decoy and destroys the ordinary slot") {
  crypto::SeededRandom random(5);
  const crypto::Secret decoy = crypto::random_key(random);
  Made made = with_duress(random, decoy);
  open_it(made.file, kPhrase, random);  // ordinary use keeps it
  const Unlocked opened = open_it(made.file, kDuress, random);
  CHECK(same_key(opened.contents.replica_key, decoy));
  CHECK(opened.contents.replica == 0);  // the other file
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kWrong);
  CHECK(same_key(open_it(made.file, kDuress, random).contents.replica_key, decoy));
}

TEST_CASE("slots: what the duress slot holds is what an installation without one holds") {
  crypto::SeededRandom random(6);
  Made plain = some_file(random);
  Made made = with_duress(random, crypto::random_key(random));
  // By trial decryption on a copy, without opening through the rules: what an examiner does.
  const auto by_hand = [](const KeyFile& file, std::string_view passphrase) {
    const auto wrapping = crypto::stretch_passphrase(passphrase, file.salt, file.cost);
    REQUIRE(wrapping);
    std::optional<Contents> found;
    for (const Slot& slot : file.slots) {
      if (auto contents = open_slot(*wrapping, slot)) found = std::move(contents);
    }
    REQUIRE(found);
    return std::move(*found);
  };
  const Contents in_plain = by_hand(plain.file, kPhrase);
  const Contents in_duress = by_hand(made.file, kDuress);
  for (const Contents* contents : {&in_plain, &in_duress}) {
    CHECK_FALSE(contents->keeps_other);
    CHECK_FALSE(contents->keeps_recovery);
    for (const crypto::Secret* key :
         {&contents->other_key, &contents->other_wrapping, &contents->recovery_secret})
      CHECK(same_key(*key, crypto::Secret(crypto::kKeySize)));
  }
  CHECK(by_hand(made.file, kPhrase).keeps_other);
}

TEST_CASE("slots: a changed passphrase keeps the duress passphrase, and may not be it") {
  crypto::SeededRandom random(7);
  const crypto::Secret decoy = crypto::random_key(random);
  Made made = with_duress(random, decoy);
  const Bytes before = encode(made.file);
  const auto refused = change_passphrase(made.file, made.unlocked, kDuress, random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalidArgument);
  CHECK(encode(made.file) == before);
  REQUIRE(change_passphrase(made.file, made.unlocked, "window stone apple", random));
  CHECK(same_key(open_it(made.file, kDuress, random).contents.replica_key, decoy));
}

TEST_CASE("slots: the duress passphrase may not be the passphrase") {
  crypto::SeededRandom random(8);
  Made made = some_file(random);
  const auto refused = set_duress(made.file, made.unlocked, "River lamp onion, seven chair",
                                  crypto::random_key(random), random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalidArgument);
  CHECK_FALSE(made.unlocked.contents.keeps_other);
}

TEST_CASE("slots: a duress passphrase that was taken away opens nothing") {
  crypto::SeededRandom random(9);
  Made made = with_duress(random, crypto::random_key(random));
  clear_duress(made.file, made.unlocked, random);
  CHECK(try_it(made.file, kDuress, random).answer == Answer::kWrong);
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kOpened);
}

TEST_CASE("slots: what was destroyed opens with no passphrase and looks as before") {
  crypto::SeededRandom random(10);
  Made made = with_duress(random, crypto::random_key(random));
  destroy(made.file, random);
  CHECK(encode(made.file).size() == kKeyFileSize);
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kWrong);
  CHECK(try_it(made.file, kDuress, random).answer == Answer::kWrong);
}

TEST_CASE("slots: the last of the allowed tries destroys, one that fits before it does not") {
  crypto::SeededRandom random(11);
  Made made = some_file(random);
  made.file.tries.wipe_after = 5;
  for (int i = 0; i < 4; ++i) CHECK(try_it(made.file, "wrong", random).answer == Answer::kWrong);
  CHECK(try_it(made.file, kPhrase, random).answer == Answer::kOpened);
  for (int i = 0; i < 4; ++i) CHECK(try_it(made.file, "wrong", random).answer == Answer::kWrong);
  CHECK(try_it(made.file, "wrong", random).answer == Answer::kUsedUp);
  const Instant later{kNow.ms + kLongestWaitMs};
  CHECK(try_it(made.file, kPhrase, random, later).answer != Answer::kOpened);
}

TEST_CASE("slots: within the wait not even the right passphrase is tried") {
  crypto::SeededRandom random(12);
  Made made = some_file(random);
  for (int i = 0; i < kFreeTries; ++i) try_it(made.file, "wrong", random);
  const Bytes before = encode(made.file);
  const Attempt early = try_it(made.file, kPhrase, random);
  CHECK(early.answer == Answer::kWait);
  CHECK(early.wait_ms == 30'000);
  CHECK(encode(made.file) == before);
  CHECK(try_it(made.file, kPhrase, random, {kNow.ms + 30'000}).answer == Answer::kOpened);
}

}  // namespace setu::lock
