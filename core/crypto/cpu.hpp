#pragma once

namespace setu::crypto {

// Does this processor have AES instructions? The store's page cipher is chosen by it when a replica
// is made.
[[nodiscard]] bool has_fast_aes();

}  // namespace setu::crypto
