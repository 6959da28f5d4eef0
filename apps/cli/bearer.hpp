#pragma once
// Whoever brought a printed recovery key, and what she uses it from: a home of the programme, or,
// where none is at hand, nothing but the sheet. Then a replica is made in a scratch directory under
// a key that is never stored, reads the roster in the sheet's own name, and is gone with this.

#include <functional>
#include <memory>

#include "cli/home.hpp"

namespace setu::cli {

struct BearerOptions {
  std::string key_file;  // empty: asked for
  bool without_home = false;
  std::string server;  // without a home, where the key does not name it
};

class Bearer {
 public:
  // Asks for the key. What Client::begin_recovery(), open_home() and a sync say.
  static Result<Bearer> open(const HomeOptions& home, const BearerOptions& options);
  Bearer(Bearer&&) noexcept;
  Bearer& operator=(Bearer&&) = delete;
  ~Bearer();

  // Does it, syncing before where what it needs has not arrived (kNotFound), and after until the
  // log has answered.
  Status use(const std::function<Status(Client&, const std::string& key)>& act);
  [[nodiscard]] Client& client();

 private:
  struct State;
  explicit Bearer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace setu::cli
