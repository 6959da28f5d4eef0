#include "token.hpp"

namespace setu::server {

Hash hash_token(ByteView secret) { return crypto::hash({"setu/creation-token/1"}, {secret}); }

Result<std::string> make_token(LogStore& store, const crypto::SignPublicKey& server_key,
                               crypto::Random& random) {
  wire::Token token;
  token.server_key_hash = wire::hash_server_key(server_key);
  random.fill(token.secret);
  SETU_TRY(store.add_token(hash_token(token.secret)));
  return wire::format_token(token);
}

}  // namespace setu::server
