// SECURITY: "decompression bomb, deep nesting, huge counts", "crash on one bad batch", what a
// server can do with an answer as such: cut it, never end it, seal another one, hand out wrong
// nonces, and promise what it does not keep.

#include "team.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

// The request without what it pushes.
Bytes hello_of(const Bytes& request) {
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(request);
  const auto first = must(reader.next());
  REQUIRE(first);
  return to_bytes(ByteView(request).first(reader.consumed()));
}

// What an honest server acknowledges of a request, as acks of the batches and entries in it.
Tale acks_for(const Bytes& request) {
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(request);
  Tale acks;
  for (;;) {
    const auto frame = must(reader.next());
    if (!frame) return acks;
    if (const auto* batch = std::get_if<wire::PushBatch>(&*frame)) {
      const wire::CompactBatch compact = must(wire::parse_compact(batch->compact));
      acks.push_back(told(wire::Ack{compact.circle_ref, compact.seq, batch->author}));
    }
    if (const auto* entry = std::get_if<wire::PushEntry>(&*frame))
      acks.push_back(told(wire::EntryAck{wire::entry_hash(entry->bytes), 1}));
  }
}

bool is_stale(Tale& tale) { return !all<wire::Challenge>(tale).empty(); }

// The victim's recording, and what an honest server makes of it afterwards.
void check_nothing_lost(Team& team) {
  check_records(team, *team.worker);
  sync_all(team);
  check_same(team);
  CHECK(shows(*team.lead, "Recorded meanwhile"));
  for (Device* device : team.all()) check_clean(*device);
}

}  // namespace

TEST_CASE(
    "hostile server: cuts an answer anywhere: what was sealed is kept, the rest comes again") {
  Team team;
  team.add(*team.lead, "One");
  team.lead->sync();
  team.add(*team.worker, "Mine");
  const int eighth = GENERATE(range(0, 8));
  team.worker->answered_by = [&](const Bytes& request) {
    Bytes answer = team.world.answer(*team.world.service, request);
    answer.resize(answer.size() * static_cast<std::size_t>(eighth) / 8);
    return answer;
  };
  const Status cut = team.worker->try_sync();
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Code::kNoLink);
  CHECK(shows(*team.worker, "Mine"));
  check_nothing_lost(team);
  CHECK(shows(*team.worker, "One"));
}

TEST_CASE("hostile server: answers with the seal of another request, or of another device's") {
  Team team;
  team.add(*team.lead, "One");
  team.lead->sync();
  Bytes earlier;
  team.worker->answered_by = [&](const Bytes& request) {
    return earlier = team.world.answer(*team.world.service, request);
  };
  SECTION("an earlier one of its own") { team.worker->sync(); }
  SECTION("one of the second worker") {
    team.second->answered_by = team.worker->answered_by;
    team.second->sync();
  }
  team.worker->answered_by = [&](const Bytes&) { return earlier; };
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK((lied.error().code == Code::kForged || lied.error().code == Code::kMalformed));
  check_nothing_lost(team);
}

TEST_CASE("hostile server: never ends its answer: it is cut off") {
  Team team;
  lie_to(team.world, *team.worker, [&](Tale& tale) {
    const Told last = tale.back();
    std::uint64_t position = std::get<wire::Seal>(last.frame).point.position;
    tale.pop_back();
    for (std::size_t size = 0; size < limits::kAnswerBytes; size += limits::kEntryBytes) {
      const Bytes junk(limits::kEntryBytes, std::byte{1});
      tale.push_back(told(wire::PulledEntry{++position, {}}, junk));
    }
    tale.push_back(last);
  });
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK((lied.error().code == Code::kForged || lied.error().code == Code::kMalformed));
  check_nothing_lost(team);
}

TEST_CASE("hostile server: sends frames of absurd lengths, nesting or counts: refused, no crash") {
  Team team;
  Bytes answer;
  SECTION("a frame that is said to be a terabyte long") {
    answer = {std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0x7f}};
  }
  SECTION("an empty frame") { answer = {std::byte{0}}; }
  SECTION("groups within groups, as deep as a frame is long") {
    answer = {std::byte{0xd0}, std::byte{0x86}, std::byte{0x03}};  // a frame of 50,000 bytes
    answer.resize(3 + 50'000, std::byte{0x0b});                    // field 1, group begins
  }
  SECTION("messages within messages") {
    answer = {std::byte{0xd0}, std::byte{0x86}, std::byte{0x03}};
    answer.resize(3 + 50'000, std::byte{0x0a});
  }
  SECTION("nothing but ones") { answer.assign(70'000, std::byte{0xff}); }
  team.worker->answered_by = [&](const Bytes&) { return answer; };
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().code == Code::kMalformed);
  check_nothing_lost(team);
}

TEST_CASE(
    "hostile server: hands out nonces that it does not accept: given up on, nothing is lost") {
  Team team;
  wire::RequestNonce garbage;
  garbage.fill(std::byte{0x5a});
  SECTION("and says so every time") {
    lie_to(team.world, *team.worker, [&](Tale& tale) {
      wire::Seal seal = *tale.back().as<wire::Seal>();
      seal.last = true;
      seal.more = false;
      seal.tag = {};
      seal.point = must(team.world.log->end_of(must(team.world.log->programmes()).front())).value();
      tale = {told(wire::Challenge{garbage, true, {}}), told(seal)};
    });
    const Status lied = team.worker->try_sync();
    REQUIRE_FALSE(lied);
    CHECK(lied.error().code == Code::kRefused);
  }
  SECTION("in passing") {
    lie_to(team.world, *team.worker, [&](Tale& tale) {
      if (!is_stale(tale)) tale.insert(tale.begin(), told(wire::Challenge{garbage, false, {}}));
    });
    team.worker->sync();
  }
  check_nothing_lost(team);
}

TEST_CASE("hostile server: acknowledges what it did not store: it is noticed, and sent again") {
  Team team;
  team.add(*team.worker, "Mine");
  team.worker->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, hello_of(request)));
    const Tale acks = acks_for(request);
    tale.insert(is_stale(tale) ? tale.begin() + 1 : tale.begin(), acks.begin(), acks.end());
    return put_together(team.world.server_key, request, tale);
  };
  SECTION("a batch") {}
  SECTION("and again a later one") {
    static_cast<void>(team.worker->try_sync().has_value());
    team.add(*team.worker, "Mine too");
  }
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().message.find("acknowledged what its log does not show") != std::string::npos);
  CHECK(must((*team.worker)->status()).pending > 0);
  check_nothing_lost(team);
  CHECK(shows(*team.lead, "Mine"));
}

TEST_CASE("hostile server: acknowledges a decision about members that it did not log") {
  Team team;
  must((*team.coordinator)->add_org("Beta"));
  team.coordinator->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, hello_of(request)));
    const Tale acks = acks_for(request);
    tale.insert(is_stale(tale) ? tale.begin() + 1 : tale.begin(), acks.begin(), acks.end());
    return put_together(team.world.server_key, request, tale);
  };
  REQUIRE_FALSE(team.coordinator->try_sync());
  CHECK(must((*team.coordinator)->status()).pending > 0);
  sync_all(team);
  CHECK(must((*team.lead)->orgs()).size() == 3);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE("hostile server: acknowledges, is cut off, and denies later: the chain is sent again") {
  Team team;
  team.add(*team.worker, "Mine");
  team.worker->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, hello_of(request)));
    const Tale acks = acks_for(request);
    const wire::Seal last = *tale.back().as<wire::Seal>();
    wire::Seal early = last;
    early.last = false;
    if (!acks.empty()) {
      tale = acks;
      tale.push_back(told(early));  // what came so far is kept, and then the link breaks
    }
    return put_together(team.world.server_key, request, tale);
  };
  REQUIRE_FALSE(team.worker->try_sync());
  CHECK(must((*team.worker)->status()).pending == 0);  // it had no reason to doubt
  team.worker->reopen();
  be_honest_to(*team.worker);
  check_nothing_lost(team);
  CHECK(shows(*team.lead, "Mine"));
}

TEST_CASE("hostile server: refuses whatever it is asked: all is kept, and words say what to do") {
  Team team;
  team.add(*team.worker, "Mine");
  using wire::RefusalCode;
  const auto code =
      GENERATE(RefusalCode::kMalformed, RefusalCode::kForged, RefusalCode::kNotMember,
               RefusalCode::kGap, RefusalCode::kRule, RefusalCode::kQuota,
               RefusalCode::kUnknownProgramme, RefusalCode::kUnknownDevice, RefusalCode::kBadToken,
               RefusalCode::kBusy, RefusalCode::kNewerFormat, RefusalCode::kProveLog);
  const bool whole = GENERATE(true, false);
  team.worker->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, hello_of(request)));
    if (whole) {
      tale = {told(wire::Refusal{code, {}, 0, {}}), tale.back()};
    } else {
      for (Told& ack : acks_for(request)) {
        const wire::Ack pushed = *ack.as<wire::Ack>();
        tale.insert(tale.begin(), told(wire::Refusal{code, pushed.circle_ref, pushed.seq, {}}));
      }
    }
    return put_together(team.world.server_key, request, tale);
  };
  const Status lied = team.worker->try_sync();
  CHECK((lied || !lied.error().hint.empty()));
  if (lied) CHECK_FALSE((*team.worker)->take_refusals().empty());
  CHECK(must((*team.worker)->status()).pending > 0);
  CHECK_FALSE(must((*team.worker)->status()).copied);
  check_nothing_lost(team);
}

// A server can stop a device from sending in any case. Here it does so for good, and says why.
TEST_CASE("hostile server: says that a device is a copy: it keeps everything and says what to do") {
  Team team;
  team.add(*team.worker, "Mine");
  team.worker->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, hello_of(request)));
    for (Told& ack : acks_for(request)) {
      const wire::Ack pushed = *ack.as<wire::Ack>();
      tale.insert(tale.begin(),
                  told(wire::Refusal{
                      wire::RefusalCode::kConflictingSeq, pushed.circle_ref, pushed.seq, {}}));
    }
    return put_together(team.world.server_key, request, tale);
  };
  static_cast<void>(team.worker->try_sync().has_value());
  CHECK(must((*team.worker)->status()).copied);
  CHECK(warns(*team.worker, "ask a lead for a new invite"));
  CHECK(shows(*team.worker, "Mine"));
  check_records(team, *team.worker);
  sync_all(team);
  CHECK(shows(*team.worker, "Mine"));
  CHECK(must((*team.worker)->verify()).empty());
  // She has nothing but the server's word, so she accuses nobody's phone.
  for (const MemberView& member : must((*team.lead)->members())) CHECK_FALSE(member.copied);
}
