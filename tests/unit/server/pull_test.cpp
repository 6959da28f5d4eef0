#include <algorithm>
#include <catch2/catch.hpp>

#include "office.hpp"

namespace setu::server::testing {
namespace {

wire::LogPoint end_of(Office& office) { return office.store->end_of(office.programme)->value(); }

Request hello_at(Office& office, const Device& device, const wire::LogPoint& cursor) {
  Request request = office.hello(device);
  request.hello.cursor = cursor;
  return request;
}

}  // namespace

TEST_CASE("pull: members get a circle's batches, the author gets marks, others get neither") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.org_circle);
  const Answer to_lead = office.ask(office.hello(office.lead));
  const Answer to_author = office.ask(office.hello(office.worker));
  const Answer to_coordinator = office.ask(office.hello(office.coordinator));
  REQUIRE(to_lead.batches.size() == 1);
  CHECK(to_lead.batches[0].device == office.worker.id);
  CHECK(to_author.batches.empty());
  REQUIRE(to_author.own.size() == 1);
  CHECK(to_author.own[0].seq == 1);
  CHECK(to_coordinator.batches.empty());
  CHECK(to_coordinator.own.empty());
}

TEST_CASE("pull: a served batch rebuilds to the very bytes its author sealed") {
  Office office;
  office.found();
  const Bytes sealed = office.seal(office.worker, office.commons);
  (void)office.ask(office.hello(office.worker).batch(sealed));
  const Answer answer = office.ask(office.hello(office.lead));
  REQUIRE(answer.batches.size() == 1);
  const auto compact = wire::parse_compact(answer.batches[0].bytes);
  REQUIRE(compact);
  CHECK(wire::expand_batch(*compact, office.programme, office.commons, office.worker.id, {}) ==
        sealed);
}

TEST_CASE("pull: entries and batches come in one order of positions, after the cursor only") {
  Office office;
  office.found();
  for (int round = 0; round < 5; ++round) {
    office.push_batch(office.worker, office.commons);
    office.push_batch(office.lead, office.org_circle);
    office.push_entry(
        office.coordinator,
        office.entry(office.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(office.random)}));
  }
  const Answer all = office.ask(office.hello(office.worker));
  CHECK(std::is_sorted(all.positions.begin(), all.positions.end()));
  CHECK(all.positions.size() == end_of(office).position);  // the worker is in both circles
  CHECK(all.last().point == end_of(office));

  const wire::LogPoint middle{1, end_of(office).position - 7};
  const Answer rest = office.ask(hello_at(office, office.worker, middle));
  CHECK(rest.positions.size() == 7);
  CHECK(rest.positions.front() == middle.position + 1);
}

TEST_CASE("pull: nothing new is one small seal") {
  Office office;
  office.found();
  office.push_batch(office.lead, office.commons);
  const Answer answer = office.ask(hello_at(office, office.worker, end_of(office)));
  CHECK(answer.positions.empty());
  CHECK(answer.seals.size() == 1);
  CHECK_FALSE(answer.last().more);
  CHECK(answer.last().digest ==
        office.digest_at(end_of(office).position, {office.commons, office.org_circle}));
  CHECK(answer.bytes.size() <= 150 - 40);  // 40: the shortest HTTP head with a length
}

TEST_CASE("pull: every seal's digest is that of the heads at its point") {
  Office office;
  office.found();
  for (int batch = 0; batch < 12; ++batch) {
    office.push_batch(office.worker, office.commons, 16 * 1024);
    office.push_batch(office.coordinator, office.commons);
  }
  const Answer answer = office.ask(office.hello(office.lead));
  CHECK(answer.seals.size() >= 3);
  for (const wire::Seal& seal : answer.seals) {
    CHECK(seal.digest ==
          office.digest_at(seal.point.position, {office.commons, office.org_circle}));
  }
  CHECK(answer.biggest_piece <= 2 * kPieceBytes);
}

TEST_CASE("pull: an answer stops at its budget, and the next one goes on where it stopped") {
  Office office;
  office.found();
  for (int batch = 0; batch < 10; ++batch)
    office.push_batch(office.worker, office.commons, 8 * 1024);
  wire::LogPoint cursor;
  std::vector<std::uint64_t> seen;
  int requests = 0;
  for (bool more = true; more; ++requests) {
    REQUIRE(requests < 50);
    Request request = hello_at(office, office.lead, cursor);
    request.hello.budget = 20 * 1024;
    const Answer answer = office.ask(request);
    CHECK(answer.bytes.size() < 24 * 1024);
    seen.insert(seen.end(), answer.positions.begin(), answer.positions.end());
    cursor = answer.last().point;
    more = answer.last().more;
  }
  CHECK(requests >= 4);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(seen.size() == office.ask(office.hello(office.lead)).positions.size());
  CHECK(cursor == end_of(office));
}

TEST_CASE("pull: a budget smaller than one item still brings one item") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.commons, 8 * 1024);
  Request request = hello_at(office, office.lead, {1, end_of(office).position - 1});
  request.hello.budget = 1;
  const Answer answer = office.ask(request);
  CHECK(answer.batches.size() == 1);
  CHECK_FALSE(answer.last().more);
}

TEST_CASE("pull: membership is judged after the push, so a grant in the request counts at once") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.org_circle);
  Device second = office.join(office.lead, wire::Role::kWorker, office.org, {office.commons});
  CHECK(office.ask(office.hello(second)).batches.empty());
  office.push_entry(office.lead,
                    office.entry(office.lead, office.grant(office.org_circle, second.id)));
  CHECK(office.ask(office.hello(second)).batches.size() == 1);
}

TEST_CASE(
    "pull: a back-fill brings older batches of a circle first, and leaves the cursor where it "
    "was") {
  Office office;
  office.found();
  for (int batch = 0; batch < 3; ++batch) office.push_batch(office.worker, office.org_circle);
  const wire::LogPoint cursor = end_of(office);
  office.push_batch(office.worker, office.org_circle);
  Request request = hello_at(office, office.lead, cursor);
  request.hello.backfills.push_back(
      {to_bytes(office.org_circle.view().first(4)), 0, 1'000'000'000});
  const Answer answer = office.ask(request);
  CHECK(answer.batches.size() == 4);
  CHECK(answer.positions.front() < cursor.position);
  CHECK(std::is_sorted(answer.positions.begin(), answer.positions.end()));
  CHECK(answer.last().point == end_of(office));

  // Cut short by its budget, the cursor has not moved.
  request.hello.budget = 500;
  const Answer part = office.ask(request);
  CHECK(part.batches.size() == 1);
  CHECK(part.last().more);
  CHECK(part.last().point == cursor);
}

TEST_CASE("pull: a back-fill of a circle that is not the caller's brings nothing") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.org_circle);
  Request request = hello_at(office, office.coordinator, end_of(office));
  request.hello.backfills.push_back(
      {to_bytes(office.org_circle.view()), 0, end_of(office).position});
  CHECK(office.ask(request).positions.empty());
}

TEST_CASE("pull: what is appended while an answer is being read waits for the next one") {
  Office office;
  office.found();
  for (int batch = 0; batch < 6; ++batch)
    office.push_batch(office.worker, office.commons, 16 * 1024);
  const wire::LogPoint end = end_of(office);
  Responder slow(*office.service);
  slow.feed(office.hello(office.lead).bytes(), office.now);
  slow.finish(office.now);
  Bytes piece;
  REQUIRE(slow.next_piece(piece).value());
  office.push_batch(office.worker, office.commons);
  wire::FrameReader<wire::AnswerFrame> reader;
  reader.feed(piece);
  while (slow.next_piece(piece).value()) reader.feed(piece);
  std::optional<wire::Seal> last;
  for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
    if (const auto* seal = std::get_if<wire::Seal>(&**frame)) last = *seal;
  }
  REQUIRE(last);
  CHECK(last->point == end);
}

}  // namespace setu::server::testing
