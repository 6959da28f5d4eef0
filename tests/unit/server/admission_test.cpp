#include <catch2/catch.hpp>

#include "office.hpp"

namespace setu::server::testing {
namespace {

using wire::RefusalCode;

Request creation(Office& office, const Bytes& token) {
  Request request = office.hello(office.coordinator);
  request.hello.sign_key = office.coordinator.keys.sign;
  request.hello.token_secret = token;
  return request;
}

// An office with a founder, and nothing founded.
struct Beginning {
  Beginning() {
    office.coordinator = office.new_device();
    office.umbrella = crypto::random_id<OrgId>(office.random);
    genesis = office.entry(office.coordinator, office.genesis());
    office.programme = wire::programme_of(genesis.hash);
  }
  Office office;
  wire::Entry genesis;
};

}  // namespace

TEST_CASE("admission: anybody may ask for the server's key, and gets nothing else") {
  Office office;
  office.found();
  const Device anybody = office.new_device();
  Request request = office.hello(anybody);
  request.hello.programme = {};
  const Answer answer = office.ask(request);
  REQUIRE(answer.challenge);
  CHECK(answer.challenge->server_key == office.server_key.public_key);
  CHECK(answer.positions.empty());
  CHECK(answer.last().point == wire::LogPoint{});
  CHECK(answer.last().digest == wire::HeadDigest{});
}

TEST_CASE("admission: a token creates one programme, once") {
  Beginning b;
  const Bytes token = b.office.new_token();
  CHECK(b.office.ask(creation(b.office, token).entry(b.genesis)).entry_acks.size() == 1);

  const wire::Entry second = b.office.entry(b.office.coordinator, b.office.genesis());
  b.office.programme = wire::programme_of(second.hash);
  CHECK(
      b.office.ask(creation(b.office, token).entry(second)).refused_whole(RefusalCode::kBadToken));
  CHECK(b.office.store->programmes()->size() == 1);
}

TEST_CASE("admission: a creation whose answer was lost is acknowledged again") {
  Beginning b;
  const Bytes token = b.office.new_token();
  const Answer first = b.office.ask(creation(b.office, token).entry(b.genesis));
  b.office.reopen();
  const Answer again = b.office.ask(creation(b.office, token).entry(b.genesis));
  REQUIRE(again.entry_acks.size() == 1);
  CHECK(again.entry_acks[0].position == first.entry_acks[0].position);
}

TEST_CASE("admission: two founders race with one token, and one of them founds") {
  Beginning b;
  const Bytes token = b.office.new_token();
  const Bytes first_hello = creation(b.office, token).bytes();
  const Bytes first = creation(b.office, token).entry(b.genesis).bytes();
  Responder slow(*b.office.service);
  slow.feed(ByteView(first).first(first_hello.size()),
            b.office.now);  // admitted, the token still unspent

  const ProgrammeId slow_programme = b.office.programme;
  const wire::Entry quick_genesis = b.office.entry(b.office.coordinator, b.office.genesis());
  b.office.programme = wire::programme_of(quick_genesis.hash);
  CHECK(b.office.ask(creation(b.office, token).entry(quick_genesis)).entry_acks.size() == 1);

  slow.feed(ByteView(first).subspan(first_hello.size()), b.office.now);
  slow.finish(b.office.now);
  CHECK(b.office.store->programmes()->size() == 1);
  CHECK_FALSE(b.office.store->end_of(slow_programme)->has_value());
}

TEST_CASE("admission: a wrong token gets the same answer whether the programme exists or not") {
  Office office;
  office.found();
  const Device stranger = office.new_device();
  Request known = office.hello(stranger);
  known.hello.sign_key = stranger.keys.sign;
  known.hello.token_secret = Bytes(16, std::byte{1});
  Request unknown = known;
  unknown.hello.programme = crypto::random_id<ProgrammeId>(office.random);
  const Answer to_known = office.ask(known);
  const Answer to_unknown = office.ask(unknown);
  CHECK(to_known.refused_whole(RefusalCode::kBadToken));
  CHECK(to_unknown.refused_whole(RefusalCode::kBadToken));
  CHECK(to_known.bytes.size() == to_unknown.bytes.size());
}

TEST_CASE("admission: a genesis that names another server is refused and the token stays unspent") {
  Beginning b;
  const Bytes token = b.office.new_token();
  wire::Genesis foreign = b.office.genesis();
  foreign.server_key = b.office.new_device().keys.sign;
  const wire::Entry entry = b.office.entry(b.office.coordinator, foreign);
  b.office.programme = wire::programme_of(entry.hash);
  const Answer answer = b.office.ask(creation(b.office, token).entry(entry));
  REQUIRE(answer.refusals.size() == 1);
  CHECK(answer.refusals[0].code == RefusalCode::kRule);
  CHECK(*b.office.store->is_unspent(hash_token(token)));
  CHECK(b.office.store->programmes()->empty());
}

TEST_CASE(
    "admission: unknown programme, unknown device and a forged hello get one and the same answer") {
  Office office;
  office.found();
  const Device stranger = office.new_device();
  const Answer unknown_device = office.ask(office.hello(stranger));

  Request elsewhere = office.hello(stranger);
  elsewhere.hello.programme = crypto::random_id<ProgrammeId>(office.random);
  const Answer unknown_programme = office.ask(elsewhere);

  Request forged = office.hello(office.lead);
  forged.device = &stranger;  // signs in the lead's name
  forged.hello.nonce = {};
  const Answer forbidden = office.ask(forged);

  for (const Answer* answer : {&unknown_device, &unknown_programme, &forbidden}) {
    CHECK(answer->refused_whole(RefusalCode::kUnknownDevice));
    CHECK(answer->bytes.size() == unknown_device.bytes.size());
    CHECK(answer->last().digest == wire::HeadDigest{});
    CHECK_FALSE(answer->challenge);
  }
}

TEST_CASE("admission: an invite admits one device; who comes second is a stranger") {
  Office office;
  office.found();
  const auto [invitation, content] =
      office.invite(wire::Role::kWorker, office.org, {office.commons});
  office.push_entry(office.lead, office.entry(office.lead, content));
  Device first = office.new_device();
  Device second = office.new_device();
  office.fetch_nonce(first, &invitation);
  office.fetch_nonce(second, &invitation);  // both are admitted, neither has joined

  // They race: both hellos are judged before either device entry comes.
  const Bytes late_hello = office.hello(second, invitation).bytes();
  const Bytes late = office.hello(second, invitation)
                         .entry(office.entry(second, office.use(invitation, second)))
                         .bytes();
  Responder racing(*office.service);
  racing.feed(ByteView(late).first(late_hello.size()), office.now);
  CHECK(office
            .ask(office.hello(first, invitation)
                     .entry(office.entry(first, office.use(invitation, first))))
            .entry_acks.size() == 1);
  racing.feed(ByteView(late).subspan(late_hello.size()), office.now);
  racing.finish(office.now);

  CHECK(office.service->counters.pushes_refused == 1);
  CHECK(office.ask(office.hello(second, invitation)).refused_whole(RefusalCode::kUnknownDevice));
  CHECK(office.ask(office.hello(first)).refusals.empty());
}

TEST_CASE("admission: an expired invite, and one signed by another key, admit nobody") {
  Office office;
  office.found();
  const auto [invitation, content] =
      office.invite(wire::Role::kWorker, office.org, {office.commons});
  office.push_entry(office.lead, office.entry(office.lead, content));
  const auto [other, unused] = office.invite(wire::Role::kWorker, office.org, {});
  const Device joiner = office.new_device();

  Request wrong_key = office.hello(joiner, invitation);
  wrong_key.invitation = &other;
  CHECK(office.ask(wrong_key).refused_whole(RefusalCode::kUnknownDevice));
  office.now.ms += 73 * kHourMs;
  CHECK(office.ask(office.hello(joiner, invitation)).refused_whole(RefusalCode::kUnknownDevice));
}

TEST_CASE("admission: a joiner pulls the roster, and may push nothing but her own device entry") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.commons);
  const auto [invitation, content] = office.invite(wire::Role::kLead, office.org, {});
  office.push_entry(office.lead, office.entry(office.lead, content));
  Device joiner = office.new_device();
  office.fetch_nonce(joiner, &invitation);

  const wire::Entry foreign =
      office.entry(office.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(office.random)});
  const Answer before = office.ask(office.hello(joiner, invitation).entry(foreign));
  REQUIRE(before.refusals.size() == 1);
  CHECK(before.refusals[0].code == RefusalCode::kRule);
  CHECK_FALSE(before.entries.empty());
  CHECK(before.batches.empty());

  // Joined, but waiting for approval: still the roster only.
  CHECK(office
            .ask(office.hello(joiner, invitation)
                     .entry(office.entry(joiner, office.use(invitation, joiner))))
            .entry_acks.size() == 1);
  const Answer pending =
      office.ask(office.hello(joiner).batch(office.seal(joiner, office.commons)));
  CHECK_FALSE(pending.entries.empty());
  CHECK(pending.batches.empty());
  REQUIRE(pending.refusals.size() == 1);
  CHECK(pending.refusals[0].code == RefusalCode::kNotMember);
}

TEST_CASE("admission: a worker joins and pushes her first batch in one request") {
  Office office;
  office.found();
  const auto [invitation, content] =
      office.invite(wire::Role::kWorker, office.org, {office.commons});
  office.push_entry(office.lead, office.entry(office.lead, content));
  Device joiner = office.new_device();
  office.fetch_nonce(joiner, &invitation);
  const Answer answer = office.ask(office.hello(joiner, invitation)
                                       .entry(office.entry(joiner, office.use(invitation, joiner)))
                                       .batch(office.seal(joiner, office.commons)));
  CHECK(answer.entry_acks.size() == 1);
  REQUIRE(answer.acks.size() == 1);
  CHECK(answer.acks[0].seq == 1);
}

TEST_CASE(
    "admission: who shows a printed recovery key in force pulls the roster and pushes what it "
    "signed, nothing else") {
  Office office;
  office.found();
  Device bearer = office.new_device();
  bearer.id = wire::recovery_id(bearer.sign.public_key);
  const auto hello = [&] {
    Request request = office.hello(bearer);
    request.hello.sign_key = bearer.sign.public_key;
    return request;
  };
  bearer.nonce = office.worker.nonce;
  CHECK(office.ask(hello()).refused_whole(RefusalCode::kUnknownDevice));
  office.push_entry(
      office.lead,
      office.entry(office.lead, wire::RecoveryEntry{office.org, bearer.sign.public_key}));
  const Answer first = office.ask(hello());
  bearer.nonce = first.challenge ? first.challenge->nonce : bearer.nonce;
  const Answer read = office.ask(hello());
  CHECK_FALSE(read.entries.empty());
  CHECK(read.batches.empty());

  const Answer removed =
      office.ask(hello().entry(office.entry(bearer, wire::Remove{office.worker.id, {}, false})));
  CHECK(removed.entry_acks.size() == 1);
  // Another's statement, though it would be accepted from its author.
  const wire::Entry of_lead =
      office.entry(office.lead, office.invite(wire::Role::kWorker, office.org, {}).second);
  const Answer refused = office.ask(hello().entry(of_lead));
  CHECK(refused.entry_acks.empty());
  CHECK(refused.refusals.size() == 1);

  // Somebody else under the key's id, and the key once it was replaced.
  Request stolen = hello();
  stolen.hello.sign_key = office.worker.sign.public_key;
  CHECK(office.ask(stolen).refused_whole(RefusalCode::kUnknownDevice));
  const Device next = office.new_device();
  office.push_entry(office.lead, office.entry(office.lead, wire::RecoveryEntry{
                                                               office.org, next.sign.public_key}));
  CHECK(office.ask(hello()).refused_whole(RefusalCode::kUnknownDevice));
}

TEST_CASE("admission: with a stale nonce what is pushed is kept, and nothing is served") {
  Office office;
  office.found();
  office.worker.nonce = {};
  const Answer answer =
      office.ask(office.hello(office.worker).batch(office.seal(office.worker, office.commons)));
  REQUIRE(answer.challenge);
  CHECK(answer.challenge->stale);
  CHECK(answer.acks.size() == 1);
  CHECK(answer.positions.empty());
  CHECK(answer.last().digest == wire::HeadDigest{});

  office.worker.nonce = answer.challenge->nonce;
  const Answer next = office.ask(office.hello(office.worker));
  CHECK_FALSE(next.challenge);
  CHECK(next.own.size() == 1);
}

TEST_CASE("admission: an ageing nonce is renewed in passing") {
  Office office;
  office.found();
  office.now.ms += std::int64_t{kRenewAfterHours + 1} * kHourMs;
  const Answer answer = office.ask(office.hello(office.worker));
  REQUIRE(answer.challenge);
  CHECK_FALSE(answer.challenge->stale);
  CHECK_FALSE(answer.challenge->server_key);
  CHECK_FALSE(answer.entries.empty());
}

TEST_CASE("admission: a device that loops is told that the server is busy, the others are not") {
  Office office({.burst = 20, .per_second = 0.1});
  office.found();
  office.now.ms += 1'000'000;
  for (int request = 0; request < 20; ++request)
    REQUIRE(office.ask(office.hello(office.worker)).refusals.empty());
  CHECK(office.ask(office.hello(office.worker)).refused_whole(RefusalCode::kBusy));
  CHECK(office.ask(office.hello(office.lead)).refusals.empty());
  office.now.ms += 10'000;
  CHECK(office.ask(office.hello(office.worker)).refusals.empty());
}

}  // namespace setu::server::testing
