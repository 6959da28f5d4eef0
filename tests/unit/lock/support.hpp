#pragma once
// What several tests of lock need: cheap files with a phrase, and openings of them.

#include "lock/slots.hpp"

namespace setu::lock {

inline constexpr std::string_view kPhrase = "river lamp onion seven chair";
inline constexpr Instant kNow{1'800'000'000'000};

inline Contents some_contents(crypto::Random& random, std::uint8_t replica = 1) {
  Contents contents;
  contents.replica_key = crypto::random_key(random);
  contents.replica = replica;
  contents.fast_aes = true;
  return contents;
}

inline Made some_file(crypto::Random& random, std::uint8_t replica = 1) {
  SETU_ASSERT(crypto::init());
  auto made =
      make_key_file(kPhrase, crypto::KdfCost::kSmall, some_contents(random, replica), random);
  SETU_ASSERT(made);
  return std::move(*made);
}

inline Attempt try_it(KeyFile& file, std::string_view passphrase, crypto::Random& random,
                      Instant now = kNow) {
  auto tried = attempt(file, passphrase, now, random);
  SETU_ASSERT(tried);
  return std::move(*tried);
}

inline Unlocked open_it(KeyFile& file, std::string_view passphrase, crypto::Random& random) {
  Attempt tried = try_it(file, passphrase, random);
  SETU_ASSERT(tried.answer == Answer::kOpened && tried.unlocked);
  return std::move(*tried.unlocked);
}

inline bool same_key(const crypto::Secret& a, const crypto::Secret& b) {
  return crypto::equal_constant_time(a.reveal(), b.reveal());
}

}  // namespace setu::lock
