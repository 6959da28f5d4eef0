#pragma once
// A server that keeps from a device some of what its log holds for it: the honest answer, taken
// apart and sealed anew without those frames. It has its real key, so the seals are good; the heads
// that they name are those of the whole log.

#include "crypto/crypto.hpp"
#include "random.hpp"

namespace setu::sim {

struct Withheld {
  Bytes answer;             // as it came, where nothing was left out
  std::uint64_t items = 0;  // left out
};

// Each batch, and each mark that the caller's own is there, is left out with this probability.
[[nodiscard]] Withheld leave_out(const crypto::SignKeyPair& server, ByteView request, Bytes answer,
                                 double share, Random& random);

}  // namespace setu::sim
