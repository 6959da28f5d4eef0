// A log that was put back to an old copy by hand: the server finds out from a caller, who has to
// show what it signed; nobody can make it begin a generation otherwise.

#include <catch2/catch.hpp>
#include <filesystem>

#include "office.hpp"

namespace setu::server::testing {
namespace {

Hash stream_hash(crypto::Domain domain, ByteView bytes) {
  crypto::StreamHash hash(domain);
  hash.update(bytes);
  return hash.digest();
}

// A caller as she stands after an answer: her cursor, and what she can show for it.
struct Caller {
  wire::LogPoint cursor;
  wire::LogProof proof;
};

Caller ask_and_keep(Office& office, const Request& request) {
  const Bytes body = request.bytes();
  const Answer answer = office.ask_bytes(body);
  const Bytes seal = wire::encode_frame(wire::AnswerFrame(answer.last()));
  const ByteView before = ByteView(answer.bytes).first(answer.bytes.size() - seal.size());
  return {answer.last().point,
          {stream_hash(wire::kRequestStream, body),
           stream_hash(wire::kAnswerStream, before),
           answer.last(),
           {}}};
}

Caller keep(Office& office, const Device& device) {
  return ask_and_keep(office, office.hello(device));
}

Request hello_of(const Office& office, const Device& device, const Caller& caller) {
  Request request = office.hello(device);
  request.hello.cursor = caller.cursor;
  request.hello.tag = caller.proof.seal.tag;
  return request;
}

wire::LogPoint end_of(Office& office) { return office.store->end_of(office.programme)->value(); }

wire::TagAt tag_at(Office& office, std::uint64_t position) {
  return {position, office.store->tag_at(office.programme, position).value()};
}

// Takes the log back to what it was when the copy was made.
struct Copy {
  explicit Copy(Office& office) : office_(office) {
    REQUIRE(office.store->copy_to(scratch_.path() + "/copy.db"));
  }
  void put_back() {
    office_.service.reset();
    office_.store.reset();
    std::filesystem::copy_file(scratch_.path() + "/copy.db", office_.scratch.path() + "/log.db",
                               std::filesystem::copy_options::overwrite_existing);
    office_.reopen();
  }
  Office& office_;
  Scratch scratch_;
};

}  // namespace

TEST_CASE("generations: every item changes the log's tag, and a seal carries it") {
  Office office;
  office.found();
  const Caller before = keep(office, office.worker);
  CHECK(before.proof.seal.tag == tag_at(office, before.cursor.position).tag);
  office.push_batch(office.lead, office.org_circle);
  const Caller after = keep(office, office.worker);
  CHECK(after.proof.seal.tag != before.proof.seal.tag);
  CHECK(office.ask(hello_of(office, office.worker, before)).last().point == after.cursor);
  CHECK(office.store->tag_at(office.programme, 9'999).error().code == Code::kNotFound);
}

TEST_CASE("generations: a log put back asks the first who knows more, and goes on from her proof") {
  const bool grown = GENERATE(false, true);
  Office office;
  office.found();
  Copy copy(office);
  const std::uint64_t kept = end_of(office).position;
  Caller lead = keep(office, office.lead);
  lead.proof.earlier = {tag_at(office, 3), tag_at(office, kept)};
  office.push_batch(office.worker, office.commons);
  const auto earlier = lead.proof.earlier;
  lead = keep(office, office.lead);
  lead.proof.earlier = earlier;
  lead.proof.earlier.push_back({lead.cursor.position, lead.proof.seal.tag});
  copy.put_back();
  if (grown) {
    office.push_batch(office.lead, office.commons);
    office.push_batch(office.lead, office.commons);
  }

  Request request = hello_of(office, office.lead, lead);
  CHECK(office.ask(request).refused_whole(wire::RefusalCode::kProveLog));
  CHECK(end_of(office).generation == 1);
  request.hello.proof = lead.proof;
  const Answer answer = office.ask(request);
  REQUIRE(answer.generation);
  CHECK(answer.generation->generation == 2);
  CHECK(answer.generation->kept == kept);
  CHECK(answer.last().point == wire::LogPoint{2, end_of(office).position});
  CHECK(answer.positions.size() == (grown ? 2 : 0));
  CHECK(office.store->generations(office.programme).value() ==
        std::vector<wire::GenerationStart>{{2, kept}});

  // Who comes next need not prove anything.
  const Answer again = office.ask(hello_of(office, office.lead, lead));
  REQUIRE(again.generation);
  CHECK(again.generation->kept == kept);
}

TEST_CASE("generations: no false proof begins one") {
  Office office;
  office.found();
  Copy copy(office);
  const Caller agreed = keep(office, office.lead);
  Request stale = hello_of(office, office.lead, agreed);
  stale.hello.nonce = {};
  stale.hello.cursor = {1, 1'000'000};  // a seal that serves nothing repeats what it was told
  stale.hello.tag = {};
  office.push_batch(office.worker, office.commons);
  const Caller good = keep(office, office.lead);
  copy.put_back();

  Request request = hello_of(office, office.lead, good);
  request.hello.proof = good.proof;
  wire::LogProof& proof = *request.hello.proof;
  SECTION("a seal that nobody signed") { proof.seal.point.position += 1; }
  SECTION("a tag that was not signed") { proof.seal.tag[0] ^= std::byte{1}; }
  SECTION("a seal that the log agrees with") { proof = agreed.proof; }
  SECTION("a seal of another answer") { proof.answer = agreed.proof.answer; }
  SECTION("a seal by another key") {
    const Hash covered = wire::seal_hash(office.programme, proof.request, proof.answer, proof.seal);
    proof.seal.signature = crypto::sign(office.lead.sign, wire::kSealSignature, covered.view());
  }
  SECTION("a seal for another programme") {
    const Hash covered = wire::seal_hash({}, proof.request, proof.answer, proof.seal);
    proof.seal.signature = crypto::sign(office.server_key, wire::kSealSignature, covered.view());
  }
  SECTION("a seal that served nothing") {
    const Caller told = ask_and_keep(office, stale);
    CHECK(told.proof.seal.tag == wire::LogTag{});
    proof = told.proof;
  }
  CHECK(office.ask(request).refused_whole(wire::RefusalCode::kProveLog));
  CHECK(end_of(office).generation == 1);
}

TEST_CASE("generations: the position kept is the newest that both agree on") {
  Office office;
  office.found();
  Copy copy(office);
  office.push_batch(office.worker, office.commons);
  Caller lead = keep(office, office.lead);
  const std::uint64_t agreed = 5;
  SECTION("of those that she names") {
    lead.proof.earlier = {
        tag_at(office, 2), tag_at(office, agreed), {agreed + 1, wire::LogTag{std::byte{9}}}};
    copy.put_back();
    Request request = hello_of(office, office.lead, lead);
    request.hello.proof = lead.proof;
    CHECK(office.ask(request).generation.value().kept == agreed);
  }
  SECTION("or the genesis, which all share") {
    copy.put_back();
    Request request = hello_of(office, office.lead, lead);
    request.hello.proof = lead.proof;
    CHECK(office.ask(request).generation.value().kept == 1);
  }
}

TEST_CASE("generations: an older cursor is served after what every later generation kept") {
  Office office;
  office.found();
  const Caller lead = keep(office, office.lead);
  const std::uint64_t end = end_of(office).position;
  for (const wire::GenerationStart& begun :
       {wire::GenerationStart{2, end - 2}, wire::GenerationStart{3, end - 1}}) {
    const auto appender = office.store->begin(office.programme).value();
    REQUIRE(appender->begin_generation(begun));
    REQUIRE(appender->commit());
  }
  const Bytes batch = office.seal(office.lead, office.org_circle);
  Request request = hello_of(office, office.lead, lead).batch(batch);
  const Answer answer = office.ask(request);
  REQUIRE(answer.generation);
  CHECK(answer.generation->generation == 3);
  CHECK(answer.generation->kept == end - 2);
  CHECK(answer.positions == std::vector<std::uint64_t>{end - 1, end});
  CHECK(answer.acks.empty());  // what was pushed to the old log was not looked at
  CHECK(answer.refusals.empty());

  request.hello.cursor = {2, end};
  CHECK(office.ask(request).generation->kept == end - 1);
  request.hello.cursor = {3, end};
  const Answer now = office.ask(request);
  CHECK_FALSE(now.generation);
  CHECK(now.acks.size() == 1);
}

TEST_CASE("generations: one that is not higher, or keeps more than there is, is not begun") {
  Office office;
  office.found();
  const auto appender = office.store->begin(office.programme).value();
  const std::uint64_t end = end_of(office).position;
  CHECK(appender->begin_generation({1, 1}).error().code == Code::kInvalidArgument);
  CHECK(appender->begin_generation({2, end + 1}).error().code == Code::kInvalidArgument);
}

TEST_CASE("giving back: any active member brings what others wrote, and its author is judged") {
  Office office;
  office.found();
  const Bytes first = office.seal(office.worker, office.commons);
  const Bytes second = office.seal(office.worker, office.commons);
  const auto carried = [&](const Device& carrier, const Device& author, const Bytes& batch) {
    Request request = office.hello(carrier);
    const auto view = wire::parse_batch(batch);
    REQUIRE(view);
    request.pushes.push_back(wire::encode_frame(
        wire::RequestFrame(wire::PushBatch{wire::compact_batch(*view, 4), author.id})));
    return request;
  };
  const Answer gap = office.ask(carried(office.lead, office.worker, second));
  REQUIRE(gap.refusals.size() == 1);
  CHECK(gap.refusals[0].code == wire::RefusalCode::kGap);
  CHECK(gap.refusals[0].author == office.worker.id);

  const Answer taken = office.ask(carried(office.lead, office.worker, first));
  REQUIRE(taken.acks.size() == 1);
  CHECK(taken.acks[0].author == office.worker.id);
  CHECK(taken.acks[0].seq == 1);
  CHECK(office.ask(carried(office.lead, office.worker, first)).acks.size() == 1);  // again
  CHECK(office.ask(carried(office.worker, office.worker, first)).acks[0].author.is_nil());

  SECTION("under another's name it is forged") {
    const Answer answer = office.ask(carried(office.coordinator, office.lead, first));
    REQUIRE(answer.refusals.size() == 1);
    CHECK(answer.refusals[0].code == wire::RefusalCode::kForged);
  }
  SECTION("an author who is no member of the circle stays out") {
    Bytes secret = office.seal(office.coordinator, office.org_circle);
    const Answer answer = office.ask(carried(office.lead, office.coordinator, secret));
    REQUIRE(answer.refusals.size() == 1);
    CHECK(answer.refusals[0].code == wire::RefusalCode::kNotMember);
  }
  SECTION("a carrier who waits for approval brings nothing of others") {
    const auto [invitation, content] = office.invite(wire::Role::kLead, office.org, {});
    office.push_entry(office.lead, office.entry(office.lead, content));
    Device pending = office.new_device();
    office.fetch_nonce(pending, &invitation);
    const Answer joined =
        office.ask(office.hello(pending, invitation)
                       .entry(office.entry(pending, office.use(invitation, pending))));
    REQUIRE(joined.entry_acks.size() == 1);
    const Answer answer = office.ask(carried(pending, office.worker, second));
    REQUIRE(answer.refusals.size() == 1);
    CHECK(answer.refusals[0].code == wire::RefusalCode::kNotMember);
  }
}

TEST_CASE(
    "giving back: an enrolment comes again after its invite's last hour, to a log put back only") {
  const bool was_put_back = GENERATE(true, false);
  Office office;
  office.found();
  const auto [invitation, content] =
      office.invite(wire::Role::kWorker, office.org, {office.commons});
  office.push_entry(office.lead, office.entry(office.lead, content));
  const Device joiner = office.new_device();
  const wire::Entry enrolment = office.entry(joiner, office.use(invitation, joiner));
  if (was_put_back) REQUIRE(begin_everywhere(*office.store, nullptr));
  office.now.ms += 200 * kHourMs;
  const Answer answer = office.ask(office.hello(office.lead).entry(enrolment));
  CHECK(answer.entry_acks.size() == (was_put_back ? 1 : 0));
  CHECK(answer.refusals.size() == (was_put_back ? 0 : 1));
}

}  // namespace setu::server::testing
