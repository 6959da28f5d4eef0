#include "cli/bearer.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "cli/ask.hpp"
#include "cli/roster_change.hpp"
#include "crypto/crypto.hpp"

namespace setu::cli {
namespace {

constexpr int kKeyLines = 2, kAllLines = 4;  // of the sheet's code

// Private from the start, and gone with everything in it.
class ScratchDirectory {
 public:
  static Result<ScratchDirectory> make() {
    const char* base = std::getenv("TMPDIR");
    std::string pattern = std::string(base == nullptr || *base == '\0' ? "/tmp" : base) + "/XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
      return fail(Code::kInternal, "recovery key: no room to work in; nothing was signed",
                  "set TMPDIR to a directory that you may write to");
    return ScratchDirectory(std::move(pattern));
  }
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace

struct Bearer::State {
  std::optional<ScratchDirectory> scratch;  // outlives the client that works in it
  std::string directory;
  std::string key;
  std::optional<Client> client;

  ~State() { crypto::wipe(key); }
  Status settle() { return settle_roster(directory, *client); }
};

Bearer::Bearer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Bearer::Bearer(Bearer&&) noexcept = default;
Bearer::~Bearer() = default;

Result<Bearer> Bearer::open(const HomeOptions& home, const BearerOptions& options) {
  auto state = std::make_unique<State>();
  if (!options.without_home) {
    SETU_TAKE(Client client, open_home(home));
    state->client.emplace(std::move(client));
    state->directory = home.directory;
    SETU_TAKE(state->key, ask_recovery_key(options.key_file, kKeyLines));
    return Bearer(std::move(state));
  }
  SETU_TAKE(state->key, ask_recovery_key(options.key_file, kAllLines));
  SETU_TRY(crypto::init());
  SETU_TAKE(ScratchDirectory scratch, ScratchDirectory::make());
  state->directory = scratch.path();
  state->scratch.emplace(std::move(scratch));
  const crypto::Secret once = crypto::random_key(crypto::system_random()).locked();
  SETU_TAKE(Client client,
            Client::create(state->directory + "/replica.db", once, false, {.now = clock_now}));
  SETU_TRY(client.begin_recovery(state->key, options.server));
  state->client.emplace(std::move(client));
  SETU_TRY(state->settle());  // it knows nothing before
  return Bearer(std::move(state));
}

Status Bearer::use(const std::function<Status(Client&, const std::string& key)>& act) {
  Status done = act(*state_->client, state_->key);
  if (!done && done.error().code == Code::kNotFound) {
    SETU_TRY(state_->settle());
    done = act(*state_->client, state_->key);
  }
  SETU_TRY(std::move(done));
  return state_->settle();
}

Client& Bearer::client() { return *state_->client; }

}  // namespace setu::cli
