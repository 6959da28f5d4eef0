#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "office.hpp"

namespace setu::server::testing {
namespace {

using wire::RefusalCode;

// As long as it lives, no file of this process may grow beyond `bytes`: a full disk.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

std::uint64_t head_of(Office& office, const Device& device, const CircleId& circle) {
  return office.store->chain_head(office.programme, device.id, circle)->seq;
}

}  // namespace

TEST_CASE("push: one ack per circle, for the highest seq that is durable") {
  Office office;
  office.found();
  Request request = office.hello(office.worker);
  for (int batch = 0; batch < 3; ++batch) request.batch(office.seal(office.worker, office.commons));
  request.batch(office.seal(office.worker, office.org_circle));
  const Answer answer = office.ask(request);
  REQUIRE(answer.acks.size() == 2);
  std::map<Bytes, std::uint64_t> acked;
  for (const auto& ack : answer.acks) acked[ack.circle_ref] = ack.seq;
  CHECK(acked[to_bytes(office.commons.view().first(4))] == 3);
  CHECK(acked[to_bytes(office.org_circle.view().first(4))] == 1);
}

TEST_CASE("push: a request cut anywhere keeps every batch that arrived whole") {
  Office office;
  office.found();
  Request request = office.hello(office.worker);
  const std::size_t hello_size = request.bytes().size();
  for (int batch = 0; batch < 4; ++batch) request.batch(office.seal(office.worker, office.commons));
  const Bytes body = request.bytes();
  const std::size_t frame_size = (body.size() - hello_size) / 4;
  const std::size_t cut = GENERATE(as<std::size_t>{}, 1, 100, 230, 500, 900);
  const std::size_t kept =
      cut < hello_size ? 0 : std::min<std::size_t>((cut - hello_size) / frame_size, 4);

  Responder responder(*office.service);
  constexpr std::size_t kSegment = 37;
  for (std::size_t at = 0; at < cut; at += kSegment) {
    responder.feed(ByteView(body).subspan(at, std::min(kSegment, cut - at)), office.now);
  }
  office.reopen();  // the link is gone, and the server with it
  CHECK(head_of(office, office.worker, office.commons) == kept);

  // The phone sends everything again, and all of it is acknowledged.
  const Answer again = office.ask_bytes(body);
  REQUIRE(again.acks.size() == 1);
  CHECK(again.acks[0].seq == 4);
  CHECK(again.refusals.empty());
}

TEST_CASE("push: what was acknowledged is there after a crash, and is acknowledged again") {
  Office office;
  office.found();
  const Bytes batch = office.seal(office.worker, office.commons);
  CHECK(office.ask(office.hello(office.worker).batch(batch)).acks.size() == 1);
  office.reopen();
  const Answer again = office.ask(office.hello(office.worker).batch(batch));
  REQUIRE(again.acks.size() == 1);
  CHECK(again.acks[0].seq == 1);
  CHECK(again.own.size() == 1);
}

TEST_CASE("push: another batch under a seq that the log holds shows a copied phone") {
  Office office;
  office.found();
  Device copy = office.new_device();
  copy.sign = crypto::sign_key_from_seed(office.worker.sign.seed);
  copy.keys = office.worker.keys;
  copy.id = office.worker.id;
  copy.nonce = office.worker.nonce;
  office.push_batch(office.worker, office.commons);
  const Answer answer = office.ask(office.hello(copy)
                                       .batch(office.seal(copy, office.commons))
                                       .batch(office.seal(copy, office.commons)));
  REQUIRE(answer.refusals.size() == 1);
  CHECK(answer.refusals[0].code == RefusalCode::kConflictingSeq);
  CHECK(answer.refusals[0].seq == 1);
  CHECK(head_of(office, office.worker, office.commons) == 1);
}

TEST_CASE("push: after a gap the rest of that chain is passed over, other chains are taken") {
  Office office;
  office.found();
  (void)office.seal(office.worker, office.commons);  // lost on the way
  Request request = office.hello(office.worker);
  for (int batch = 0; batch < 3; ++batch) request.batch(office.seal(office.worker, office.commons));
  request.batch(office.seal(office.worker, office.org_circle));
  const Answer answer = office.ask(request);
  REQUIRE(answer.refusals.size() == 1);
  CHECK(answer.refusals[0].code == RefusalCode::kGap);
  CHECK(answer.refusals[0].seq == 2);
  REQUIRE(answer.acks.size() == 1);
  CHECK(answer.acks[0].circle_ref == to_bytes(office.org_circle.view().first(4)));
}

TEST_CASE("push: who is not a member, and a circle that does not exist, are refused alike") {
  Office office;
  office.found();
  const CircleId nowhere = crypto::random_id<CircleId>(office.random);
  const CircleId circle =
      GENERATE_REF(nowhere, office.org_circle);  // the coordinator is not in the org's
  const Answer answer =
      office.ask(office.hello(office.coordinator).batch(office.seal(office.coordinator, circle)));
  REQUIRE(answer.refusals.size() == 1);
  CHECK(answer.refusals[0].code == RefusalCode::kNotMember);
  CHECK(answer.acks.empty());
}

TEST_CASE(
    "push: to the leads' circle a worker writes by its inbox alone, and reads nothing there") {
  Office office;
  office.found();
  const wire::CircleEntry leads = office.circle(wire::CircleType::kLeads, office.org);
  office.push_entry(office.lead, office.entry(office.lead, leads));
  office.push_entry(office.lead, office.entry(office.lead, office.grant(leads.id, office.lead.id)));

  const Answer refused =
      office.ask(office.hello(office.worker).batch(office.seal(office.worker, leads.id)));
  REQUIRE(refused.refusals.size() == 1);
  CHECK(refused.refusals[0].code == RefusalCode::kNotMember);

  office.worker.chains.clear();
  const Bytes sealed = office.seal_to_inbox(office.worker, leads.id);
  const Answer taken = office.ask(office.hello(office.worker).batch(sealed));
  CHECK(taken.refusals.empty());
  REQUIRE(taken.acks.size() == 1);
  CHECK(taken.batches.empty());
  CHECK(taken.own.empty());
  CHECK(office.ask(office.hello(office.lead)).batches.size() == 1);

  office.push_entry(office.lead,
                    office.entry(office.lead, wire::Remove{office.worker.id, {}, false}));
  const Answer late =
      office.ask(office.hello(office.worker).batch(office.seal_to_inbox(office.worker, leads.id)));
  REQUIRE(late.refusals.size() == 1);
  CHECK(late.refusals[0].code == RefusalCode::kNotMember);
}

TEST_CASE("push: a batch signed by another key, or under an epoch nobody made, is refused") {
  Office office;
  office.found();
  Device impostor = office.new_device();
  impostor.id = office.worker.id;
  const Answer forged =
      office.ask(office.hello(office.worker).batch(office.seal(impostor, office.commons)));
  REQUIRE(forged.refusals.size() == 1);
  CHECK(forged.refusals[0].code == RefusalCode::kForged);

  const Bytes sealed = office.seal(office.worker, office.commons);
  const auto view = wire::parse_batch(sealed);
  const Bytes compact_bytes = wire::compact_batch(*view, 4);
  auto compact = wire::parse_compact(compact_bytes);
  compact->epoch = 2;
  const Bytes canonical =
      wire::expand_batch(*compact, office.programme, office.commons, office.worker.id, {});
  const Answer unknown = office.ask(office.hello(office.worker).batch(canonical));
  REQUIRE(unknown.refusals.size() == 1);
  CHECK(unknown.refusals[0].code == RefusalCode::kRule);
  CHECK(head_of(office, office.worker, office.commons) == 0);
}

TEST_CASE(
    "push: an entry against the rules is refused and never logged; a repeated one keeps its "
    "position") {
  Office office;
  office.found();
  const std::uint64_t end = office.store->end_of(office.programme)->value().position;
  const wire::Entry forbidden =
      office.entry(office.worker, wire::OrgEntry{crypto::random_id<OrgId>(office.random)});
  const Answer refused = office.ask(office.hello(office.worker).entry(forbidden));
  REQUIRE(refused.refusals.size() == 1);
  CHECK(refused.refusals[0].code == RefusalCode::kRule);
  CHECK(refused.refusals[0].entry_hash == to_bytes(forbidden.hash.view()));
  CHECK(office.store->end_of(office.programme)->value().position == end);

  const wire::Entry added =
      office.entry(office.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(office.random)});
  const Answer first = office.ask(office.hello(office.coordinator).entry(added));
  const Answer second = office.ask(office.hello(office.coordinator).entry(added));
  REQUIRE(first.entry_acks.size() == 1);
  REQUIRE(second.entry_acks.size() == 1);
  CHECK(first.entry_acks[0].position == end + 1);
  CHECK(second.entry_acks[0].position == end + 1);
}

TEST_CASE("push: approving twice, by different entries, is refused the second time") {
  Office office;
  office.found();
  Device lead = office.join(office.coordinator, wire::Role::kLead, office.org, {});
  const Answer answer = office.ask(
      office.hello(office.lead).entry(office.entry(office.lead, wire::Approve{lead.id})));
  REQUIRE(answer.refusals.size() == 1);
  CHECK(answer.refusals[0].code == RefusalCode::kRule);
}

TEST_CASE("push: rubbish after good batches costs the rubbish only") {
  Office office;
  office.found();
  Request request = office.hello(office.worker);
  request.batch(office.seal(office.worker, office.commons));
  Bytes body = request.bytes();
  append(body, Bytes(50, std::byte{0xff}));
  const Answer answer = office.ask_bytes(body);
  REQUIRE(answer.acks.size() == 1);
  CHECK(answer.refusals.empty());
  CHECK(head_of(office, office.worker, office.commons) == 1);
  // Alone, it is refused as a whole.
  Bytes rubbish = office.hello(office.worker).bytes();
  append(rubbish, Bytes(50, std::byte{0xff}));
  CHECK(office.ask_bytes(rubbish).refused_whole(RefusalCode::kMalformed));
}

TEST_CASE("push: no hello, two hellos, or a hello cut short are refused") {
  Office office;
  office.found();
  const Bytes hello = office.hello(office.worker).bytes();
  CHECK(office.ask_bytes({}).refused_whole(RefusalCode::kMalformed));
  CHECK(office.ask_bytes(ByteView(hello).first(hello.size() - 1))
            .refused_whole(RefusalCode::kMalformed));
  Bytes twice = hello;
  append(twice, hello);
  CHECK(office.ask_bytes(twice).refused_whole(RefusalCode::kMalformed));
  const Bytes entry = wire::encode_frame(wire::RequestFrame(
      wire::PushEntry{office.entry(office.lead, wire::OrgEntry{office.org}).bytes}));
  CHECK(office.ask_bytes(entry).refused_whole(RefusalCode::kMalformed));
}

TEST_CASE(
    "push: a full disk refuses the push, forgets half-taken entries, and goes on when there is "
    "room") {
  Office office;
  office.found();
  const wire::Entry added =
      office.entry(office.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(office.random)});
  const Request request = office.hello(office.coordinator)
                              .entry(added)
                              .batch(office.seal(office.coordinator, office.commons));
  {
    const FullDisk full(std::filesystem::file_size(office.scratch.path() + "/log.db-wal"));
    CHECK(office.ask(request).refused_whole(RefusalCode::kBusy));
    // It still serves.
    CHECK_FALSE(office.ask(office.hello(office.worker)).entries.empty());
  }
  const Answer answer = office.ask(request);
  CHECK(answer.entry_acks.size() == 1);
  CHECK(answer.acks.size() == 1);
  office.reopen();
  CHECK(office.ask(request).entry_acks.size() == 1);
}

TEST_CASE("push: a probe is told the heads of its chains") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.commons);
  office.push_batch(office.worker, office.commons);
  Request probe = office.hello(office.worker);
  probe.hello.probe = true;
  const Answer answer = office.ask(probe);
  REQUIRE(answer.acks.size() == 1);
  CHECK(answer.acks[0].seq == 2);
}

}  // namespace setu::server::testing
