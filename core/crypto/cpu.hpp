#pragma once

namespace setu::crypto {

// Does this processor have AES instructions? The store's page cipher is chosen by it when a replica
// is made. libsodium before 1.0.19 knows those of x86 only: on ARM the answer is then no, which
// costs speed and nothing else.
[[nodiscard]] bool has_fast_aes();

}  // namespace setu::crypto
