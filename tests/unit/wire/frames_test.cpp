// Frames: what was written is read, however the bytes arrive, and nothing beyond limits is.
#include "wire/frames.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "entries.hpp"

namespace setu::wire {
namespace {

// Every frame that comes out, encoded again; ends with "refused" when the reader refuses.
template <class Frame>
std::vector<std::string> read_in_pieces(ByteView bytes, const std::vector<std::size_t>& sizes) {
  FrameReader<Frame> reader;
  std::vector<std::string> frames;
  std::size_t at = 0;
  for (std::size_t i = 0; at < bytes.size(); ++i) {
    const std::size_t wanted = sizes.empty() ? bytes.size() : sizes[i % sizes.size()];
    const std::size_t size = std::min(std::max<std::size_t>(wanted, 1), bytes.size() - at);
    reader.feed(bytes.subspan(at, size));
    at += size;
    while (true) {
      const auto frame = reader.next();
      if (!frame) {
        CHECK(frame.error().code == Code::kMalformed);
        CHECK_FALSE(reader.at_boundary());
        frames.emplace_back("refused");
        return frames;
      }
      if (!frame->has_value()) break;
      frames.push_back(to_hex(encode_frame(**frame)));
    }
  }
  if (!reader.at_boundary()) frames.emplace_back("half");
  return frames;
}

template <class Frame>
void check_whole_and_in_pieces(const samples::Named<Frame>& all) {
  Bytes stream;
  std::vector<std::string> expected;
  for (const auto& [name, frame] : all) {
    const Bytes bytes = encode_frame(frame);
    expected.push_back(to_hex(bytes));
    append(stream, bytes);
  }
  CHECK(read_in_pieces<Frame>(stream, {}) == expected);
  CHECK(read_in_pieces<Frame>(stream, {1}) == expected);
  rc::prop("however it is cut", [&](const std::vector<std::uint8_t>& cuts) {
    RC_ASSERT(read_in_pieces<Frame>(stream, {cuts.begin(), cuts.end()}) == expected);
  });
}

TEST_CASE("frames: each is read as it was written, whole, byte by byte and however cut") {
  check_whole_and_in_pieces(samples::one_of_each_request());
  check_whole_and_in_pieces(samples::one_of_each_answer());
  CHECK(samples::one_of_each_answer().size() >= std::variant_size_v<AnswerFrame>);
}

TEST_CASE("frames: a hello keeps every field") {
  for (const auto& [name, frame] : samples::one_of_each_request()) {
    const auto* sent = std::get_if<Hello>(&frame);
    if (sent == nullptr) continue;
    CAPTURE(name);
    FrameReader<RequestFrame> reader;
    reader.feed(encode_frame(frame));
    const Hello read = std::get<Hello>(**reader.next());
    CHECK(hello_hash(read) == hello_hash(*sent));
    CHECK(read.programme == sent->programme);
    CHECK(read.cursor == sent->cursor);
    CHECK(read.backfills == sent->backfills);
    CHECK(read.tag == sent->tag);
    CHECK(read.copied == sent->copied);
    CHECK(read.proof.has_value() == sent->proof.has_value());
    CHECK(read.invite_signature == sent->invite_signature);
    CHECK(read.signature == sent->signature);
    CHECK(crypto::verify(samples::signer(2).public_key, kHelloSignature, hello_hash(read).view(),
                         read.signature));
  }
}

TEST_CASE("frames: a hello's hash covers every field but the signatures") {
  const auto requests = samples::one_of_each_request();
  const Hello hello = std::get<Hello>(requests[1].second);
  REQUIRE(hello.proof);
  std::vector<Hello> others(20, hello);
  others[0].programme = samples::id<ProgrammeId>(1);
  others[1].device = samples::kOther;
  others[2].nonce[0] = std::byte{1};
  others[3].random[0] = std::byte{1};
  others[4].cursor.generation = 9;
  others[5].cursor.position = 9;
  others[6].backfills[0].until = 901;
  others[7].backfills.pop_back();
  others[8].budget = 1;
  others[9].probe = false;
  others[10].sign_key.reset();
  others[11].token_secret.clear();
  others[12].invite.reset();
  others[13].tag[0] = std::byte{1};
  others[14].copied = false;
  others[15].proof.reset();
  others[16].proof->request = samples::id<Hash>(1);
  others[17].proof->seal.signature = {};
  others[18].proof->earlier.pop_back();
  others[19].proof->earlier[0].tag[0] = std::byte{1};
  for (const Hello& other : others) CHECK(hello_hash(other) != hello_hash(hello));
  Hello signatures = hello;
  signatures.signature = {};
  signatures.invite_signature.reset();
  CHECK(hello_hash(signatures) == hello_hash(hello));
}

TEST_CASE("frames: a seal's hash covers both streams and every field but the signature") {
  const Seal seal = std::get<Seal>(samples::one_of_each_answer().back().second);
  const Hash request = samples::id<Hash>(1);
  const Hash answer = samples::id<Hash>(2);
  const ProgrammeId programme = samples::programme();
  const Hash expected = seal_hash(programme, request, answer, seal);
  CHECK(seal_hash({}, request, answer, seal) != expected);
  CHECK(seal_hash(programme, answer, answer, seal) != expected);
  CHECK(seal_hash(programme, request, request, seal) != expected);
  std::vector<Seal> others(6, seal);
  others[0].point.generation = 2;
  others[1].point.position = 1;
  others[2].more = false;
  others[3].last = false;
  others[4].digest[15] = std::byte{0};
  others[5].tag[7] = std::byte{0};
  for (const Seal& other : others) CHECK(seal_hash(programme, request, answer, other) != expected);
}

TEST_CASE("frames: asking for news costs little") {
  const auto size_of = [](const auto& frame) { return encode_frame(frame).size(); };
  RequestFrame hello = samples::one_of_each_request()[0].second;
  std::get<Hello>(hello).cursor = {3, 10'000'000};
  CHECK(size_of(hello) <= 150);
  AnswerFrame seal = samples::one_of_each_answer().back().second;
  std::get<Seal>(seal).point = {3, 10'000'000};
  CHECK(size_of(seal) <= 110);
}

TEST_CASE("frames: no flipped bit crashes a reader, and what is read can be written") {
  const auto flip_all = []<class Frame>(const samples::Named<Frame>& all) {
    for (const auto& [name, frame] : all) {
      const Bytes bytes = encode_frame(frame);
      for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 2) {
        FrameReader<Frame> reader;
        reader.feed(samples::flipped(bytes, bit));
        const auto read = reader.next();
        if (read && *read) CHECK_FALSE(encode_frame(**read).empty());
      }
    }
  };
  flip_all(samples::one_of_each_request());
  flip_all(samples::one_of_each_answer());
}

TEST_CASE("frames: an empty, unknown, too long or broken one is refused for ever") {
  Bytes too_long;
  for (int byte : {0x81, 0x80, 0x04}) too_long.push_back(static_cast<std::byte>(byte));  // 65,537
  const Bytes bad[] = {
      from_hex("00").value(),          // of no bytes
      from_hex("032a017a").value(),    // field 5 of a request: none
      from_hex("020a05").value(),      // a hello longer than its frame
      from_hex("020a00").value(),      // a hello without anything
      from_hex("8080808001").value(),  // a length in more bytes than it may have
      too_long,
  };
  for (const Bytes& bytes : bad) {
    CAPTURE(to_hex(bytes));
    FrameReader<RequestFrame> reader;
    reader.feed(bytes);
    CHECK_FALSE(reader.next());
    reader.feed(encode_frame(samples::one_of_each_request()[2].second));
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.at_boundary());
    CHECK(reader.consumed() == 0);
  }
}

TEST_CASE("frames: the longest frame passes") {
  const Bytes entry(limits::kFrameBytes - 4);
  const Bytes bytes = encode_frame(RequestFrame{PushEntry{entry}});
  FrameReader<RequestFrame> reader;
  reader.feed(bytes);
  CHECK(std::get<PushEntry>(**reader.next()).bytes.size() == entry.size());
  CHECK(reader.consumed() == bytes.size());
  const Bytes longer(limits::kFrameBytes - 3);
  reader.feed(encode_frame(RequestFrame{PushEntry{longer}}));
  CHECK_FALSE(reader.next());
}

TEST_CASE("frames: a reader counts what it gave and knows when the stream may end") {
  const Bytes one = encode_frame(samples::one_of_each_request()[2].second);
  FrameReader<RequestFrame> reader;
  CHECK(reader.at_boundary());
  reader.feed(ByteView(one).first(one.size() - 1));
  CHECK_FALSE(reader.next().value().has_value());
  CHECK_FALSE(reader.at_boundary());
  reader.feed(ByteView(one).last(1));
  CHECK(reader.next().value().has_value());
  CHECK(reader.at_boundary());
  CHECK(reader.consumed() == one.size());
}

TEST_CASE("frames: the digest tells another roster, circle, head and order") {
  const CircleHead a{samples::id<CircleId>(1), samples::id<Hash>(1)};
  const CircleHead b{samples::id<CircleId>(2), samples::id<Hash>(2)};
  const Hash roster = samples::id<Hash>(3);
  const auto digest = [](const Hash& head, std::vector<CircleHead> circles) {
    return heads_digest(head, circles);
  };
  const HeadDigest expected = digest(roster, {a, b});
  CHECK(digest(samples::id<Hash>(4), {a, b}) != expected);
  CHECK(digest(roster, {a}) != expected);
  CHECK(digest(roster, {b, a}) != expected);
  CHECK(digest(roster, {a, {b.circle, a.head}}) != expected);
  CHECK(chain_head(a.head, b.head) != chain_head(b.head, a.head));
}

}  // namespace
}  // namespace setu::wire
