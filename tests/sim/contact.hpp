#pragma once
// One device talking to the server over a link that may do anything to it, on virtual time: the
// real sync engine on one side, the real request handling on the other, bytes between.

#include <functional>
#include <memory>
#include <optional>

#include "responder.hpp"
#include "sim_device.hpp"
#include "sim_server.hpp"
#include "sync/exchange.hpp"

namespace setu::sim {

// What the link does to each request of a contact.
struct LinkFaults {
  double lost = 0;             // nothing arrives
  double cut_up = 0;           // the request ends after any byte
  double cut_down = 0;         // the answer does
  double repeated = 0;         // the same request arrives again, later
  bool slow = false;           // carried in small pieces, with other things happening between them
  std::int64_t window_ms = 0;  // then the device is out of reach; 0: stays
  // Exactly there, where the request or answer is so long.
  std::optional<std::size_t> cut_up_at = std::nullopt, cut_down_at = std::nullopt;
};

struct ContactCounts {
  std::uint64_t requests = 0, bytes_up = 0, bytes_down = 0;
  std::uint64_t lost = 0, cut_up = 0, cut_down = 0, repeated = 0, closed_windows = 0;
};

class Contact {
 public:
  // Borrows all of them; must go before the device's client or the server does.
  Contact(SimDevice& device, SimServer& server, const LinkFaults& faults, Random random,
          ContactCounts& counts);

  // Carries on. Returns after how many milliseconds to call again, or nothing when it is over.
  std::optional<std::int64_t> step(std::int64_t now_ms);
  // The server stopped. Over with the next step.
  void server_gone() { responder_.reset(); }
  // From now on each answer lacks a part of what it would serve (withheld.hpp).
  void withhold(double share) { withheld_share_ = share; }

  [[nodiscard]] const SimServer& server() const { return server_; }
  // How much was left out of the answers so far.
  [[nodiscard]] std::uint64_t withheld() const { return withheld_; }

  // How it ended; kNoLink for everything that a link does.
  [[nodiscard]] const Status& ending() const { return ending_; }
  // Plaintext went over the link.
  [[nodiscard]] bool leaked() const { return leaked_; }
  // A request that is to arrive once more; empty: none.
  Bytes take_repeat() { return std::move(repeat_); }
  [[nodiscard]] const sync::Report& report() const { return report_; }

 private:
  enum class Stage { kBegin, kUp, kDown, kOver };
  std::optional<std::int64_t> begin(std::int64_t now_ms);
  std::optional<std::int64_t> carry_up(std::int64_t now_ms);
  std::optional<std::int64_t> carry_down();
  Result<bool> next_piece();
  std::optional<std::int64_t> end_of_answer();
  std::optional<std::int64_t> next_request();
  std::optional<std::int64_t> cut(std::uint64_t& count);
  std::optional<std::int64_t> over(Status ending);
  [[nodiscard]] std::int64_t pause_for(std::size_t bytes) const;
  void listen_in(ByteView bytes);
  void add_report();

  SimDevice& device_;
  SimServer& server_;
  const LinkFaults faults_;
  Random random_;
  ContactCounts& counts_;

  Stage stage_ = Stage::kBegin;
  std::int64_t began_ms_ = -1;
  int rounds_ = 0;
  std::unique_ptr<sync::Exchange> exchange_;
  std::unique_ptr<server::Responder> responder_;
  Bytes request_, piece_, repeat_;
  std::size_t sent_ = 0, received_ = 0, piece_at_ = 0;
  std::size_t up_end_ = 0;  // the link is cut there
  std::optional<std::size_t> down_end_;
  double withheld_share_ = 0;
  std::uint64_t withheld_ = 0;
  bool tampered_ = false;  // with the answer that is being carried
  Status ending_;
  bool leaked_ = false;
  sync::Report report_;
};

// A request that comes a second time: whoever sent it is not there any more.
void deliver_again(SimServer& server, const Bytes& request, std::int64_t now_ms);

}  // namespace setu::sim
