// The laws of merging (docs/merge.md), each as a property over random histories: devices that write
// and hear from each other in any order, with clocks that show anything, seeing what they had
// received.

#include <rapidcheck/catch.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "history.hpp"

using namespace setu;
using namespace setu::merge;
using namespace setu::merge::testing;

namespace {

rc::Gen<Step> any_step() {
  const auto sights = rc::gen::element(Sight::kScreen, Sight::kEverything, Sight::kOldScreen,
                                       Sight::kAnySubset, Sight::kNothing);
  // Hours from 1970 to a century ahead, many of them equal.
  const auto hours = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 3),
                                    rc::gen::inRange<std::uint32_t>(498'000, 498'003),
                                    rc::gen::inRange<std::uint32_t>(0, 1'400'000));
  return rc::gen::build<Step>(rc::gen::set(&Step::device, rc::gen::inRange(0, 5)),
                              rc::gen::set(&Step::what, rc::gen::inRange(0, 6)),
                              rc::gen::set(&Step::from, rc::gen::inRange(0, 5)),
                              rc::gen::set(&Step::slot, rc::gen::inRange(0, 15)),
                              rc::gen::set(&Step::ops, rc::gen::inRange(1, 4)),
                              rc::gen::set(&Step::stride, rc::gen::inRange(0, 4)),
                              rc::gen::set(&Step::value, rc::gen::inRange(0, 12)),
                              rc::gen::set(&Step::sight, sights),
                              rc::gen::set(&Step::subset, rc::gen::arbitrary<std::uint32_t>()),
                              rc::gen::set(&Step::hour, hours));
}

// Few slots, so that writes meet.
rc::Gen<Step> crowded_step() {
  return rc::gen::map(rc::gen::pair(any_step(), rc::gen::inRange(0, 3)),
                      [](std::pair<Step, int> pair) {
                        static constexpr int kCrowded[] = {0, 1, 7};
                        pair.first.slot = kCrowded[pair.second];
                        pair.first.stride = 0;
                        return pair.first;
                      });
}

std::vector<Step> some_steps(std::size_t count) {
  const auto step = *rc::gen::arbitrary<bool>() ? any_step() : crowded_step();
  return *rc::gen::resize(rc::kNominalSize, rc::gen::container<std::vector<Step>>(count, step));
}

// A delivery order: which chain gives its next change. Random, every chain to its end.
std::vector<std::size_t> some_order(const History& history) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < history.size(); ++i) order.insert(order.end(), history[i].size(), i);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  return order;
}

template <class Visit>
void deliver(const History& history, const std::vector<std::size_t>& order, Visit visit) {
  Progress progress(history.size());
  for (const std::size_t chain : order) visit(history[chain][progress[chain]++]);
}

Progress all_of(const History& history) {
  Progress progress;
  for (const Chain& chain : history) progress.push_back(chain.size());
  return progress;
}

// Walks every order of delivery that keeps each chain's own, and compares the state after every
// step.
class EveryOrder {
 public:
  explicit EveryOrder(const History& history) : history_(history) {}

  void check() { walk(Replica{}, Progress(history_.size())); }
  [[nodiscard]] std::size_t orders() const { return orders_; }

 private:
  void walk(const Replica& replica, const Progress& progress) {
    RC_ASSERT(replica.pruned().slots() == expected(progress));
    bool last = true;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (progress[i] == history_[i].size()) continue;
      last = false;
      Replica next = replica;
      if ((progress[0] + i) % 2 == 0) next.part.prune(next.tips);  // pruning never shows
      Progress further = progress;
      next.receive(history_[i][further[i]++]);
      walk(next, further);
    }
    if (last) ++orders_;
  }

  const std::map<SlotId, Slot>& expected(const Progress& progress) {
    const auto [at, added] = expected_.try_emplace(progress);
    if (added) at->second = expected_state(applied(history_, progress));
    return at->second;
  }

  const History& history_;
  std::map<Progress, std::map<SlotId, Slot>> expected_;
  std::size_t orders_ = 0;
};

bool is_in(const std::vector<Stamp>& stamps, const Stamp& one) {
  return std::find(stamps.begin(), stamps.end(), one) != stamps.end();
}

// Whether people find this write somewhere: shown, in an open conflict, hidden below a higher rung,
// counted, or listed.
bool is_kept(const Part& part, const Stamp& at, const Op& op) {
  switch (rule_of(op.field).rule) {
    case Rule::kSetAddWins:
    case Rule::kSetRemoveWins: return is_in(element_seen(part, op.field, op.key), at);
    case Rule::kCounter:
    case Rule::kKeyedCounter: {
      const CounterView view = view_counter(part, op.field, op.key);
      bool kept = is_in(view.seen, at);
      for (const Sibling& other : view.others)
        kept = kept || (other.value == op.value && is_in(other.stamps, at));
      return kept;
    }
    case Rule::kLog: {
      const auto log = view_log(part, op.field);
      return std::any_of(log.begin(), log.end(), [&](const LogEntry& entry) {
        return entry.stamp == at && Value{entry.text} == op.value;
      });
    }
    default: break;
  }
  if (op.field == kDeletedField) return is_in(view_deleted(part).seen, at);
  if (!op.key.empty()) {  // of an unknown field: no view, but kept
    const Slot* slot = part.find(op.field, op.key);
    return slot != nullptr && std::any_of(slot->entries.begin(), slot->entries.end(),
                                          [&](const Entry& entry) { return entry.stamp == at; });
  }
  const RegisterView view = view_register(part, op.field, rule_of(op.field));
  bool kept = is_in(view.seen, at);
  for (const Sibling& other : view.others)
    kept = kept || (other.value == op.value && is_in(other.stamps, at));
  return kept;
}

}  // namespace

TEST_CASE("merge law: every order of delivery gives the same state, all orders tried") {
  rc::prop("two or three chains of up to three changes", [] {
    const History history = play(some_steps(24), *rc::gen::inRange(2, 4), 3);
    EveryOrder every(history);
    every.check();
    RC_ASSERT(every.orders() >= 1u);
  });
}

TEST_CASE("merge law: long histories converge in state and in view, pruned at any time") {
  rc::prop("five chains", [] {
    const History history = play(some_steps(120), 5, 30);
    const auto expected = expected_state(applied(history, all_of(history)));
    Replica one;
    deliver(history, some_order(history), [&](const Change& next) { one.receive(next); });
    Replica other;
    const auto order = some_order(history);
    const auto prunes =
        *rc::gen::container<std::vector<bool>>(order.size(), rc::gen::arbitrary<bool>());
    std::size_t step = 0;
    deliver(history, order, [&](const Change& next) {
      other.receive(next);
      if (prunes[step++]) other.part.prune(other.tips);
    });
    RC_ASSERT(one.pruned().slots() == expected);
    RC_ASSERT(other.pruned().slots() == expected);
    RC_ASSERT(look(one.part) == look(other.part));
  });
}

TEST_CASE("merge law: repeating a change whose chain has not been passed is no change") {
  rc::prop("any earlier change, any time", [] {
    const History history = play(some_steps(60), 4, 20);
    const ChainTips nothing_passed;
    Part plain;
    Part repeated;
    std::vector<Change> before;
    deliver(history, some_order(history), [&](const Change& next) {
      plain.apply(next, nothing_passed);
      repeated.apply(next, nothing_passed);
      before.push_back(next);
      repeated.apply(before[*rc::gen::inRange<std::size_t>(0, before.size())], nothing_passed);
      RC_ASSERT(plain == repeated);
    });
  });
}

TEST_CASE("merge law: repeating a change while it is live is no change, passed or not") {
  rc::prop("every live change of a merged part", [] {
    const History history = play(some_steps(60), 4, 20);
    Replica replica;
    deliver(history, some_order(history), [&](const Change& next) {
      replica.receive(next);
      const Part before = replica.pruned();
      replica.receive(next);
      RC_ASSERT(replica.pruned() == before);
    });
    const Part merged = replica.pruned();
    for (const Change& old : applied(history, all_of(history))) {
      for (const Op& op : old.ops) {
        const Slot* slot = merged.find(op.field, op.key);
        const bool live = slot != nullptr &&
                          std::any_of(slot->entries.begin(), slot->entries.end(),
                                      [&](const Entry& entry) { return entry.stamp == old.stamp; });
        if (live) replica.part.apply(old.stamp, op, replica.tips);
      }
    }
    RC_ASSERT(replica.pruned() == merged);
  });
}

TEST_CASE("merge law: nothing is lost: a write is found until one that saw it supersedes it") {
  rc::prop("every write of a history", [] {
    const History history = play(some_steps(100), 4, 30);
    Replica replica;
    deliver(history, some_order(history), [&](const Change& next) { replica.receive(next); });
    const auto all = applied(history, all_of(history));
    for (const Change& one : all) {
      for (const Op& op : one.ops) {
        if (is_empty(op.value) && op.seen.empty() &&
            (op.type == OpType::kWrite || op.type == OpType::kBase))
          continue;
        const bool superseded = std::any_of(all.begin(), all.end(), [&](const Change& by) {
          return by.stamp != one.stamp &&
                 std::any_of(by.ops.begin(), by.ops.end(), [&](const Op& other) {
                   return other.field == op.field && other.key == op.key &&
                          is_in(other.seen, one.stamp);
                 });
        });
        RC_ASSERT(is_kept(replica.part, one.stamp, op) == !superseded);
      }
    }
  });
}

TEST_CASE("merge law: a write that saw a value beats it, whatever the clocks say") {
  rc::prop("in every slot of a history", [] {
    const History history = play(some_steps(100), 4, 30);
    Replica replica;
    deliver(history, some_order(history), [&](const Change& next) { replica.receive(next); });
    for (const Change& one : applied(history, all_of(history))) {
      for (const Op& op : one.ops) {
        const Slot* slot = replica.part.find(op.field, op.key);
        for (const Stamp& seen : op.seen) {
          if (slot == nullptr || seen == one.stamp) continue;
          for (const Entry& entry : slot->entries) RC_ASSERT(entry.stamp != seen);
        }
      }
    }
  });
  rc::prop("two clocks, either order of arrival",
           [](std::uint32_t first_hour, std::uint32_t second_hour) {
             const Stamp first = stamp(first_hour, 1);
             const Stamp second = stamp(second_hour, 2);
             std::vector<Change> changes = {change(first, {write(kName, text("old"))}),
                                            change(second, {write(kName, text("new"), {first})})};
             if (*rc::gen::arbitrary<bool>()) std::swap(changes[0], changes[1]);
             Replica replica;
             for (const Change& one : changes) replica.receive(one);
             const RegisterView view = view_register(replica.part, kName, rule_of(kName));
             RC_ASSERT(view.shown == text("new"));
             RC_ASSERT(!view.in_conflict());
           });
}

TEST_CASE(
    "merge law: a resolution supersedes what was shown to the person, and nothing that arrived "
    "meanwhile") {
  rc::prop("siblings shown, siblings that arrive after", [] {
    const int shown = *rc::gen::inRange(1, 6);
    const int late = *rc::gen::inRange(0, 6);
    Replica person;
    std::vector<Change> all;
    std::vector<Stamp> late_stamps;
    for (int i = 0; i < shown + late; ++i) {
      const Stamp at = stamp(*rc::gen::inRange<std::uint32_t>(0, 4), i);
      all.push_back(change(at, {write(kName, text("v" + std::to_string(i)))}));
      if (i < shown) person.receive(all.back());
      if (i >= shown) late_stamps.push_back(at);
    }
    const RegisterView screen = view_register(person.part, kName, rule_of(kName));
    const Stamp decision = stamp(*rc::gen::inRange<std::uint32_t>(0, 4), 100);
    all.push_back(change(decision, {write(kName, text("decided"), resolution_seen(screen))}));
    std::sort(all.begin(), all.end(),
              [](const Change& a, const Change& b) { return a.stamp < b.stamp; });
    Replica replica;
    for (const Change& one : all) replica.receive(one);
    late_stamps.push_back(decision);
    std::sort(late_stamps.begin(), late_stamps.end());
    RC_ASSERT(resolution_seen(view_register(replica.part, kName, rule_of(kName))) == late_stamps);
  });
}

TEST_CASE(
    "merge law: writes of an equal value are no conflict, and a write that saw one saw all of "
    "them") {
  rc::prop("any number of authors", [] {
    const int authors = *rc::gen::inRange(1, 8);
    Replica replica;
    std::vector<Stamp> all;
    for (int i = 0; i < authors; ++i) {
      all.push_back(stamp(*rc::gen::arbitrary<std::uint32_t>(), i));
      replica.receive(all.back(), write(kName, text("Asha")));
    }
    std::sort(all.begin(), all.end());
    const RegisterView view = view_register(replica.part, kName, rule_of(kName));
    RC_ASSERT(!view.in_conflict());
    RC_ASSERT(view.seen == all);
    RC_ASSERT(view.stamp == all.back());
  });
}

TEST_CASE(
    "merge law: sets: an unseen add survives a remove, or a remove survives an unseen add, as the "
    "rule says") {
  rc::prop("any clocks, any order", [](std::uint32_t h1, std::uint32_t h2, std::uint32_t h3) {
    std::vector<std::pair<Stamp, bool>> writes = {
        {stamp(h1, 1), true}, {stamp(h2, 2), false}, {stamp(h3, 3), true}};
    const bool late_add_saw_remove = *rc::gen::arbitrary<bool>();
    const auto op = [&](FieldTag field, std::size_t i) {
      if (i == 0) return add(field, "x");
      if (i == 1) return remove(field, "x", {writes[0].first});
      return late_add_saw_remove ? add(field, "x", {writes[1].first}) : add(field, "x");
    };
    std::vector<std::size_t> order = {0, 1, 2};
    std::swap(order[0], order[*rc::gen::inRange<std::size_t>(0, 3)]);
    std::swap(order[1], order[*rc::gen::inRange<std::size_t>(1, 3)]);
    Replica replica;
    for (const std::size_t i : order) {
      replica.receive(change(writes[i].first, {op(kTopics, i), op(kConsent, i)}));
    }
    RC_ASSERT(view_set(replica.part, kTopics, rule_of(kTopics)).elements ==
              std::vector<std::string>{"x"});
    RC_ASSERT(view_set(replica.part, kConsent, rule_of(kConsent)).elements.empty() ==
              !late_add_saw_remove);
  });
}

TEST_CASE("merge law: a counter is its base and every increment that the base did not see") {
  rc::prop("any increments, any subset seen, any order", [] {
    const auto amounts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 1000));
    std::vector<Change> all;
    std::vector<Stamp> seen;
    std::int64_t expected = 500;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      const Stamp at = stamp(*rc::gen::inRange<std::uint32_t>(0, 9), static_cast<int>(i % 200),
                             static_cast<std::uint32_t>(i));
      all.push_back(change(at, {increment(kVisits, amounts[i])}));
      if (*rc::gen::arbitrary<bool>()) {
        seen.push_back(at);
      } else {
        expected += amounts[i];
      }
    }
    std::sort(seen.begin(), seen.end());
    all.push_back(change(stamp(4, 201), {base(kVisits, 500, seen)}));
    std::sort(all.begin(), all.end(),
              [](const Change& a, const Change& b) { return a.stamp < b.stamp; });
    Replica replica;
    for (const Change& one : all) replica.receive(one);
    RC_ASSERT(view_counter(replica.part, kVisits).value == expected);
    RC_ASSERT(view_counter(replica.part, kVisits).others.empty());
  });
}

TEST_CASE("merge law: a log only grows") {
  rc::prop("at every step of a history", [] {
    const History history = play(some_steps(80), 4, 30);
    Replica replica;
    std::set<std::pair<Stamp, std::string>> before;
    deliver(history, some_order(history), [&](const Change& next) {
      replica.receive(next);
      std::set<std::pair<Stamp, std::string>> now;
      for (const LogEntry& entry : view_log(replica.part, kNotes))
        now.emplace(entry.stamp, entry.text);
      RC_ASSERT(std::includes(now.begin(), now.end(), before.begin(), before.end()));
      for (const Op& op : next.ops) {
        if (op.field == kNotes)
          RC_ASSERT(now.contains({next.stamp, std::get<std::string>(op.value)}));
      }
      before = now;
    });
  });
}

TEST_CASE("merge law: a deleted record shows exactly the edits that the deleter had not seen") {
  rc::prop("any subset seen, any order", [] {
    const std::size_t edits = *rc::gen::inRange<std::size_t>(0, 8);
    std::vector<Change> all;
    std::vector<Stamp> seen;
    std::vector<Stamp> unseen;
    for (std::size_t i = 0; i < edits; ++i) {
      const Stamp at = stamp(*rc::gen::inRange<std::uint32_t>(0, 4), static_cast<int>(i));
      all.push_back(
          change(at, {i % 2 == 0 ? append(kNotes, "n") : add(kTopics, "t" + std::to_string(i))}));
      (*rc::gen::arbitrary<bool>() ? seen : unseen).push_back(at);
    }
    std::sort(seen.begin(), seen.end());
    std::sort(unseen.begin(), unseen.end());
    all.push_back(change(stamp(*rc::gen::inRange<std::uint32_t>(0, 4), 100),
                         {write(kDeletedField, number(1), seen)}));
    const std::size_t first = *rc::gen::inRange<std::size_t>(0, all.size());
    std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
    Replica replica;
    for (const Change& one : all) replica.receive(one);
    const DeleteView view = view_deleted(replica.part);
    RC_ASSERT(view.deleted);
    RC_ASSERT(view.unseen_edits == unseen);
    replica.receive(stamp(0, 101),
                    write(kDeletedField, number(0), view.seen));  // a clock reset to 1970 restores
    RC_ASSERT(!view_deleted(replica.part).deleted);
    RC_ASSERT(view_deleted(replica.part).unseen_edits.empty());
  });
}

TEST_CASE("merge law: on a ladder an old phone pulls nobody back, and who saw the rung can") {
  rc::prop("any clocks, any order", [](std::uint32_t h1, std::uint32_t h2, std::uint32_t h3) {
    const Stamp arrived = stamp(h1, 1);
    const Stamp old_phone = stamp(h2, 2);
    const Stamp correction = stamp(h3, 3);
    std::vector<Change> all = {change(arrived, {write(kStatus, text("arrived"))}),
                               change(old_phone, {write(kStatus, text("made"))})};
    if (*rc::gen::arbitrary<bool>()) std::swap(all[0], all[1]);
    Replica replica;
    for (const Change& one : all) replica.receive(one);
    const RegisterView view = view_register(replica.part, kStatus, rule_of(kStatus));
    RC_ASSERT(view.shown == text("arrived"));
    RC_ASSERT(!view.in_conflict());
    replica.receive(correction, write(kStatus, text("made"), view.seen));
    const RegisterView corrected = view_register(replica.part, kStatus, rule_of(kStatus));
    RC_ASSERT(corrected.shown == text("made"));
    RC_ASSERT(corrected.seen == std::vector<Stamp>{correction});
  });
}
