#pragma once
// The operator's one-time tokens: who holds one may create one programme. The store keeps hashes of
// secrets only.

#include "log_store.hpp"
#include "wire/entry.hpp"

namespace setu::server {

// What the store knows a token by.
[[nodiscard]] Hash hash_token(ByteView secret);

// Makes a token, durable when it returns; its text form is handed to whoever creates the programme,
// once.
[[nodiscard]] Result<std::string> make_token(LogStore& store,
                                             const crypto::SignPublicKey& server_key,
                                             crypto::Random& random);

}  // namespace setu::server
