// Parts that move between circles. Two circles with chains of their own, devices that write to
// both, states that are carried from one to the other at any time by anybody, in any order of
// arrival: every replica of a circle that heard the same shows the same, who saw a value beats it,
// nothing is lost, nothing counts twice.

#include "merge/moved.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <set>

#include "../vectors.hpp"
#include "history.hpp"

namespace setu::merge {
namespace {

using namespace testing;

const CircleId kOld = [] {
  CircleId id;
  id.bytes.fill(std::byte{0xA1});
  return id;
}();
const CircleId kNew = [] {
  CircleId id;
  id.bytes.fill(std::byte{0xB2});
  return id;
}();

// One device's copy of the part in one circle, once it may be moved.
struct Copy {
  CircleId circle;
  Part part;
  Origins origins;
  ChainTips tips;

  void receive(const Change& change) {
    apply_moved(part, origins, change, {circle, tips});
    tips.advance(change.stamp);
  }
  [[nodiscard]] MovedPart out() const { return move_out(part, &origins, {circle, tips}); }
  void bring(const MovedPart& moved) { move_in(part, origins, moved, {circle, tips}); }
};

Change carrying(const Stamp& at, MovedPart moved, std::vector<Op> ops = {}) {
  Change carried = change(at, std::move(ops));
  carried.moved = true;
  carried.moved_in = std::move(moved);
  return carried;
}

const Stamp kA = stamp(100, 1), kB = stamp(101, 2), kC = stamp(102, 3), kD = stamp(103, 4);

// --- by example

TEST_CASE("merge: a part that moved is the part it was") {
  Copy old{kOld, {}, {}, {}};
  old.receive(change(kA, {write(kName, text("Mina")), increment(kVisits, 3)}));
  old.receive(change(kB, {write(kName, text("Meena")), increment(kVisits, 4)}));
  old.receive(change(kC, {write(kName, text("Mena"), {kA})}));
  Copy fresh{kNew, {}, {}, {}};
  fresh.bring(old.out());
  CHECK(fresh.part == old.part);
  CHECK(look(fresh.part) == look(old.part));
  fresh.bring(old.out());  // by another lead, or once more
  CHECK(fresh.part == old.part);
}

TEST_CASE("merge: a late edit that follows is judged by what it saw, not by when it came") {
  Copy old{kOld, {}, {}, {}};
  old.receive(change(kA, {write(kName, text("Mina"))}));
  Copy fresh{kNew, {}, {}, {}};
  fresh.bring(old.out());
  fresh.receive(change(kB, {write(kName, text("Meena"), {kA})}));
  old.receive(change(kC, {write(kName, text("Mena"), {kA})}));  // had not heard
  fresh.bring(old.out());
  const RegisterView view = view_register(fresh.part, kName, {});
  CHECK(view.shown == text("Mena"));
  REQUIRE(view.others.size() == 1);
  CHECK(view.others.front().value == text("Meena"));
}

TEST_CASE("merge: an edit of what moved in stands, whichever of the two arrives first") {
  Copy old{kOld, {}, {}, {}};
  old.receive(change(kA, {write(kName, text("Mina"))}));
  Change edit = change(stamp(50, 2), {write(kName, text("Meena"), {kA})});
  edit.moved = true;
  for (const bool edit_first : {true, false}) {
    Copy fresh{kNew, {}, {}, {}};
    fresh.tips.advance(stamp(200, 1));  // the first author's chain here has long passed that stamp
    if (edit_first) fresh.receive(edit);
    fresh.receive(carrying(kD, old.out()));
    if (!edit_first) fresh.receive(edit);
    const RegisterView view = view_register(fresh.part, kName, {});
    CHECK(view.shown == text("Meena"));
    CHECK_FALSE(view.in_conflict());
  }
}

TEST_CASE("merge: a device's write in one home is not taken for one in the other") {
  // The same device wrote to the record in both: in the new home at 90, in the old one at 100.
  Copy fresh{kNew, {}, {}, {}};
  fresh.receive(change(stamp(90, 1), {write(kName, text("Meena"))}));
  Copy old{kOld, {}, {}, {}};
  old.receive(change(stamp(100, 1), {increment(kVisits, 1)}));
  fresh.bring(old.out());  // whose cover of that device is 100
  CHECK(view_register(fresh.part, kName, {}).shown == text("Meena"));
}

TEST_CASE("merge: a record that moves there and back counts nothing twice") {
  Copy old{kOld, {}, {}, {}};
  old.receive(change(kA, {increment(kVisits, 5)}));
  Copy fresh{kNew, {}, {}, {}};
  fresh.bring(old.out());
  fresh.receive(change(kB, {increment(kVisits, 7)}));
  old.receive(change(kC, {increment(kVisits, 11)}));
  fresh.bring(old.out());
  old.bring(fresh.out());
  CHECK(view_counter(old.part, kVisits).value == 23);
  old.receive(change(kD, {base(kVisits, 20, view_counter(old.part, kVisits).seen)}));
  fresh.bring(old.out());
  fresh.bring(old.out());
  CHECK(view_counter(fresh.part, kVisits).value == 20);
}

TEST_CASE("merge: what was superseded before the move stays superseded when it arrives after it") {
  Copy sender{kOld, {}, {}, {}};
  sender.receive(change(kA, {write(kName, text("Mina"))}));
  sender.receive(change(kB, {write(kName, text("Meena"), {kA})}));
  // Moved to the new home and back: the one who receives it there has not heard of the first write.
  Copy fresh{kNew, {}, {}, {}};
  fresh.bring(sender.out());
  Copy receiver{kOld, {}, {}, {}};
  receiver.bring(fresh.out());
  receiver.receive(change(kA, {write(kName, text("Mina"))}));
  const RegisterView view = view_register(receiver.part, kName, {});
  CHECK(view.shown == text("Meena"));
  CHECK_FALSE(view.in_conflict());
}

TEST_CASE("merge: origins come back from their bytes") {
  Origins origins;
  origins.covers[kOld].advance(kA);
  origins.covers[kOld].advance(kB);
  origins.written_in[kC] = kNew;
  origins.written_in[kA] = kOld;
  const Bytes packed = pack_origins(origins);
  REQUIRE(unpack_origins(packed));
  CHECK(*unpack_origins(packed) == origins);
  const Vectors vectors("moved.txt");
  CHECK(to_hex(packed) == vectors.hex("origins"));
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK_FALSE(unpack_origins(ByteView(packed).first(size)));
}

// --- by property

// What happens between two circles: writes by devices that look at their copy in one of them, and
// carrying of a copy's state into the other.
struct Happening {
  int device = 0;
  bool in_new = false;
  int what = 0;  // 0, 1: hears; 2: carries to the other circle; else: writes
  int from = 0;
  int slot = 0;
  int value = 0;
  std::uint32_t hour = 0;
};
std::ostream& operator<<(std::ostream& out, const Happening& h) {
  return out << "{" << h.device << (h.in_new ? " new " : " old ") << h.what << " from " << h.from
             << " slot " << h.slot << " value " << h.value << " hour " << h.hour << "}";
}

constexpr int kDevices = 3;

rc::Gen<Happening> happenings() {
  return rc::gen::build<Happening>(
      rc::gen::set(&Happening::device, rc::gen::inRange(0, kDevices)),
      rc::gen::set(&Happening::in_new), rc::gen::set(&Happening::what, rc::gen::inRange(0, 6)),
      rc::gen::set(&Happening::from, rc::gen::inRange(0, kDevices)),
      rc::gen::set(&Happening::slot, rc::gen::inRange(0, 4)),
      rc::gen::set(&Happening::value, rc::gen::inRange(0, 4)),
      rc::gen::set(&Happening::hour, rc::gen::inRange<std::uint32_t>(1, 9)));
}

struct Circles {
  // Chains of each device in each circle, and how far each device has heard each.
  std::vector<Change> chains[2][kDevices];
  std::size_t heard[2][kDevices][kDevices] = {};
  Copy copies[2][kDevices];
  StampClock clocks[kDevices];
  // What saw what, and what was written: an oracle beside the code.
  std::map<Stamp, std::set<Stamp>> saw;
  std::map<Stamp, std::pair<int, int>> increments;

  Circles() {
    for (int c = 0; c < 2; ++c) {
      for (Copy& copy : copies[c]) copy.circle = c == 0 ? kOld : kNew;
    }
    for (int d = 0; d < kDevices; ++d) clocks[d].device = device(d + 1);
  }

  void hear(int circle, int device, int from) {
    std::size_t& at = heard[circle][device][from];
    if (at == chains[circle][from].size()) return;
    copies[circle][device].receive(chains[circle][from][at++]);
  }

  void write_change(int circle, int device, Change change) {
    chains[circle][device].push_back(change);
    hear(circle, device, device);
  }

  void happen(const Happening& h) {
    const int c = h.in_new ? 1 : 0;
    if (h.what <= 1) return hear(c, h.device, h.from);
    const Stamp at = clocks[h.device].next({std::int64_t{h.hour} * kHourMs});
    if (h.what == 2) return write_change(1 - c, h.device, carrying(at, copies[c][h.device].out()));
    const Part& part = copies[c][h.device].part;
    Change made = change(at, {op_of(h, part)});
    made.moved = true;
    for (const Stamp& seen : made.ops.front().seen) saw[at].insert(seen);
    write_change(c, h.device, made);
  }

  static Op op_of(const Happening& h, const Part& part) {
    switch (h.slot) {
      case 0: return write(kName, number(h.value), view_register(part, kName, {}).seen);
      case 1: return increment(kVisits, h.value + 1);
      case 2: return base(kVisits, h.value, view_counter(part, kVisits).seen);
      default: return add(kTopics, "legal", element_seen(part, kTopics, "legal"));
    }
  }
};

using Live = std::map<SlotId, std::set<Stamp>>;
Live live_of(const Part& part) {
  Live live;
  for (const auto& [id, slot] : part.slots()) {
    for (const Entry& entry : slot.entries) live[id].insert(entry.stamp);
  }
  return live;
}

// All replicas of a circle hear everything, each in an order of its own; then everybody carries
// everything, until nothing changes any more.
void heal(Circles& circles, bool backwards) {
  for (int round = 0; round < 3; ++round) {
    for (int c = 0; c < 2; ++c) {
      for (int d = 0; d < kDevices; ++d) {
        for (int i = 0; i < kDevices; ++i) {
          const int from = backwards ? kDevices - 1 - i : (d + i) % kDevices;
          while (circles.heard[c][d][from] < circles.chains[c][from].size())
            circles.hear(c, d, from);
        }
      }
    }
    for (int c = 0; c < 2; ++c)
      circles.write_change(1 - c, 0,
                           carrying(circles.clocks[0].next({}), circles.copies[c][0].out()));
  }
  for (int c = 0; c < 2; ++c) {
    for (int d = 0; d < kDevices; ++d) {
      while (circles.heard[c][d][0] < circles.chains[c][0].size()) circles.hear(c, d, 0);
    }
  }
}

TEST_CASE("merge: states carried between circles, in any order, end in the same part everywhere") {
  rc::check([] {
    const auto story = *rc::gen::container<std::vector<Happening>>(happenings());
    Circles circles;
    for (const Happening& happening : story) circles.happen(happening);
    heal(circles, *rc::gen::arbitrary<bool>());
    const Live expected = live_of(circles.copies[0][0].part);
    for (auto& copies : circles.copies) {
      for (const Copy& copy : copies) {
        RC_ASSERT(live_of(copy.part) == expected);
        RC_ASSERT(look(copy.part).columns == look(circles.copies[0][0].part).columns);
      }
    }
    // Law 1 and 2 over both circles: exactly what nobody saw is live.
    std::map<SlotId, std::set<Stamp>> unseen;
    std::set<std::pair<SlotId, Stamp>> seen;
    for (auto& chains : circles.chains) {
      for (const auto& chain : chains) {
        for (const Change& written : chain) {
          for (const Op& op : written.ops) {
            unseen[{op.field, op.key}].insert(written.stamp);
            for (const Stamp& stamp : op.seen) seen.insert({{op.field, op.key}, stamp});
          }
        }
      }
    }
    for (const auto& [slot, stamp] : seen) unseen[slot].erase(stamp);
    std::erase_if(unseen, [](const auto& slot) { return slot.second.empty(); });
    RC_ASSERT(expected == unseen);
  });
}

TEST_CASE("merge: joining moved states commutes, associates and repeats without effect") {
  rc::check([] {
    const auto story = *rc::gen::container<std::vector<Happening>>(happenings());
    Circles circles;
    for (const Happening& happening : story) circles.happen(happening);
    std::vector<MovedPart> states;
    for (const Copy& copy : circles.copies[0]) states.push_back(copy.out());
    const auto joined = [&](const std::vector<int>& order) {
      Copy copy{kNew, {}, {}, {}};
      for (const int i : order) copy.bring(states[static_cast<std::size_t>(i)]);
      return copy;
    };
    const Copy expected = joined({0, 1, 2});
    for (const auto& order : std::vector<std::vector<int>>{
             {2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 0, 1, 2, 1}, {2, 0, 1, 2}}) {
      const Copy other = joined(order);
      RC_ASSERT(live_of(other.part) == live_of(expected.part));
      RC_ASSERT(other.part == expected.part);
      RC_ASSERT(other.origins == expected.origins);
    }
    // Joining two and then the third, as a state of its own.
    Copy two = joined({1, 2});
    Copy three{kNew, {}, {}, {}};
    three.bring(states[0]);
    three.bring(two.out());
    RC_ASSERT(live_of(three.part) == live_of(expected.part));
  });
}

}  // namespace
}  // namespace setu::merge
