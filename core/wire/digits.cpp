#include "wire/digits.hpp"

#include "setu/base/codec.hpp"
#include "wire/domains.hpp"

namespace setu::wire {
namespace {

constexpr std::uint64_t kDifferentDigits = 1'000'000;
constexpr std::size_t kDigits = 6;

}  // namespace

DigitsNonce digits_nonce(const crypto::Secret& author_seed, const InviteId& invite) {
  const Hash derived = crypto::derive_public(author_seed, domains::kDigitsNonce, {invite.view()});
  return *DigitsNonce::from(derived.view());
}

Hash commit_digits(const DigitsNonce& nonce) {
  return crypto::hash(domains::kDigitsCommitment, {nonce.view()});
}

std::string six_digits(const Hash& invite, const Hash& joined, const DigitsNonce& nonce) {
  const Hash hash = crypto::hash(domains::kDigits, {invite.view(), joined.view(), nonce.view()});
  Reader reader(hash.view());
  const std::string digits = std::to_string(reader.u64() % kDifferentDigits);
  return std::string(kDigits - digits.size(), '0') + digits;
}

}  // namespace setu::wire
