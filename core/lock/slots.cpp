#include "lock/slots.hpp"

#include "lock/fold.hpp"
#include "lock/recovery.hpp"
#include "lock/slot_code.hpp"

namespace setu::lock {
namespace {

Result<crypto::Secret> stretch(const KeyFile& file, std::string_view passphrase) {
  std::string folded = fold(passphrase);
  auto wrapping = crypto::stretch_passphrase(folded, file.salt, file.cost);
  crypto::wipe(folded);
  return wrapping;
}

bool same(const crypto::Secret& a, const crypto::Secret& b) {
  return crypto::equal_constant_time(a.reveal(), b.reveal());
}

// What the duress slot holds, as the ordinary one knows it: nothing of the slot that knows it.
Contents duress_contents(const Contents& own) {
  Contents duress;
  duress.replica_key = own.other_key.clone();
  duress.replica = own.replica ^ 1;
  duress.fast_aes = own.fast_aes;
  duress.slot = own.slot ^ 1;
  return duress;
}

}  // namespace

void seal_all(KeyFile& file, const Unlocked& unlocked, crypto::Random& random) {
  const Contents& own = unlocked.contents;
  SETU_ASSERT(!unlocked.wrapping.empty());
  file.slots[own.slot] = seal_slot(unlocked.wrapping, own, random);
  Slot& other = file.slots[own.slot ^ 1];
  // Both branches seal once, so that they take equally long.
  const crypto::Secret lost = crypto::random_key(random);
  other = seal_slot(own.keeps_other ? own.other_wrapping : lost, duress_contents(own), random);
  reseal_recovery(file, own, random);
}

Result<Made> make_key_file(std::string_view passphrase, crypto::KdfCost cost, Contents contents,
                           crypto::Random& random) {
  Made made;
  made.file.cost = cost;
  random.fill(made.file.salt);
  std::array<std::byte, 1> coin;
  random.fill(coin);
  contents.slot = std::to_integer<std::uint8_t>(coin[0]) & 1;
  contents.keeps_other = false;
  contents.keeps_recovery = false;
  SETU_TAKE(made.unlocked.wrapping, stretch(made.file, passphrase));
  made.unlocked.contents = std::move(contents);
  seal_all(made.file, made.unlocked, random);
  return made;
}

Result<Attempt> attempt(KeyFile& file, std::string_view passphrase, Instant now,
                        crypto::Random& random) {
  Attempt result;
  result.wait_ms = wait_ms(file.tries, now);
  if (result.wait_ms > 0) {
    result.answer = Answer::kWait;
    return result;
  }
  SETU_TAKE(crypto::Secret wrapping, stretch(file, passphrase));
  for (const Slot& slot : file.slots) {
    std::optional<Contents> contents = open_slot(wrapping, slot);
    if (contents) result.unlocked = Unlocked{std::move(*contents), wrapping.clone()};
  }
  if (result.unlocked) {
    result.answer = Answer::kOpened;
    note_opened(file.tries);
    seal_all(file, *result.unlocked, random);
    return result;
  }
  note_failed(file.tries, now);
  if (is_used_up(file.tries)) {
    result.answer = Answer::kUsedUp;
    destroy(file, random);
  }
  return result;
}

Status change_passphrase(KeyFile& file, Unlocked& unlocked, std::string_view passphrase,
                         crypto::Random& random) {
  // The salt stays: the duress slot is sealed under it, and its passphrase is not at hand.
  SETU_TAKE(crypto::Secret wrapping, stretch(file, passphrase));
  if (unlocked.contents.keeps_other && same(wrapping, unlocked.contents.other_wrapping)) {
    return fail(Code::kInvalidArgument,
                "set passphrase: it is the duress passphrase; nothing was changed",
                "choose another one");
  }
  unlocked.wrapping = std::move(wrapping);
  seal_all(file, unlocked, random);
  return {};
}

Status set_duress(KeyFile& file, Unlocked& unlocked, std::string_view passphrase,
                  crypto::Secret decoy_key, crypto::Random& random) {
  SETU_TAKE(crypto::Secret wrapping, stretch(file, passphrase));
  if (same(wrapping, unlocked.wrapping)) {
    return fail(Code::kInvalidArgument,
                "set duress passphrase: it is the passphrase itself; nothing was changed",
                "choose another one");
  }
  unlocked.contents.keeps_other = true;
  unlocked.contents.other_key = std::move(decoy_key);
  unlocked.contents.other_wrapping = std::move(wrapping);
  seal_all(file, unlocked, random);
  return {};
}

void clear_duress(KeyFile& file, Unlocked& unlocked, crypto::Random& random) {
  unlocked.contents.keeps_other = false;
  unlocked.contents.other_key = {};
  unlocked.contents.other_wrapping = {};
  seal_all(file, unlocked, random);
}

void destroy(KeyFile& file, crypto::Random& random) {
  random.fill(file.salt);
  for (Slot& slot : file.slots) random.fill(slot);
  reseal_recovery(file, {}, random);
}

}  // namespace setu::lock
