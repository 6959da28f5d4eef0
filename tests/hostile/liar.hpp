#pragma once
// A server that lies. It has its real key, so it signs whatever it says; what it cannot do is sign
// for others, or read what it carries.
//
// Two ways of lying. lie_to(): the honest answer is taken apart, a test changes its frames, and it
// is sealed anew for this very request. OtherLog: a second log of the same programme under the same
// key; who is served from it is shown another history, consistent in itself.

#include "../unit/client/world.hpp"
#include "wire/frames.hpp"

namespace setu::testing {

// One frame of an answer, with the bytes that it borrows.
struct Told {
  wire::AnswerFrame frame;
  Bytes held;  // of an entry or a batch: change these

  template <class Frame>
  [[nodiscard]] Frame* as() {
    return std::get_if<Frame>(&frame);
  }
};
using Tale = std::vector<Told>;

// More than any log of these tests holds: items, positions, bytes.
inline constexpr std::size_t kMuch = 100'000'000;

[[nodiscard]] Tale take_apart(ByteView answer);
// The frames again, each seal signed by `key` for `request`.
[[nodiscard]] Bytes put_together(const crypto::SignKeyPair& key, const Bytes& request,
                                 const Tale& tale);

// From now on `device` is answered like this. `lie` sees each answer of the world's server.
void lie_to(World& world, Device& device, std::function<void(Tale&)> lie);
// And this ends it.
void be_honest_to(Device& device);

// Frames of one type, in order; pointers into the tale.
template <class Frame>
[[nodiscard]] std::vector<Told*> all(Tale& tale) {
  std::vector<Told*> found;
  for (Told& told : tale) {
    if (told.as<Frame>() != nullptr) found.push_back(&told);
  }
  return found;
}

[[nodiscard]] Told told(wire::AnswerFrame frame, Bytes held = {});

// Before the last seal: where what the log holds is served.
void add_to_log(Tale& tale, Told frame);

// A second history. It begins as a copy of the world's log.
class OtherLog {
 public:
  explicit OtherLog(World& world);
  // Answers `device` from here.
  void serve(Device& device);
  // Takes over what the world's log holds beyond what it took over before, without the batches and
  // entries of `hidden`: a history in which that device says nothing.
  void follow_without(const DeviceId& hidden);
  [[nodiscard]] server::LogStore& log() { return *log_; }

 private:
  World* world_;
  std::uint64_t followed_ = 0;
  std::unique_ptr<server::SqliteLogStore> log_;
  std::optional<server::Service> service_;
};

}  // namespace setu::testing
