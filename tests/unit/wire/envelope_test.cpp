// Sealed batches: what a server, a courier or a thief holds cannot be changed, moved or read, and
// says little.
#include "wire/envelope.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "samples.hpp"
#include "wire/frames.hpp"

namespace setu::wire {
namespace {

constexpr std::size_t kHeaderSize = 118;
constexpr std::size_t kEnvelopeSize = kHeaderSize + 32 + 64 + 16;

struct Sealed {
  crypto::SeededRandom random{21};
  crypto::Secret key = samples::key(1);
  crypto::SignKeyPair author = samples::signer(2);
  BatchHeader header;
  Bytes plain = Bytes(192, std::byte{'p'});
  Bytes bytes;

  explicit Sealed(std::uint64_t seq = 3) {
    header.programme = samples::id<ProgrammeId>(0xAA);
    header.circle = samples::kHome;
    header.epoch = 2;
    header.device = samples::kAuthor;
    header.seq = seq;
    if (seq > 1) header.previous = samples::id<Hash>(0x77);
    header.head_seen = {1, 40'000};
    bytes = seal_batch(header, key, author, plain, random).value();
  }
  [[nodiscard]] BatchView view() const { return parse_batch(bytes).value(); }
  [[nodiscard]] Bytes compact(std::size_t ref = 4) const { return compact_batch(view(), ref); }
  [[nodiscard]] bool verifies(ByteView other) const {
    const auto batch = parse_batch(other);
    return batch && verify_batch(*batch, author.public_key);
  }
  [[nodiscard]] bool opens(ByteView other) const {
    const auto batch = parse_batch(other);
    return batch && open_batch(*batch, key);
  }
};

TEST_CASE("envelope: what was sealed is verified and opened") {
  const Sealed sealed;
  CHECK(sealed.bytes.size() == sealed.plain.size() + kEnvelopeSize);
  const BatchView batch = sealed.view();
  BatchHeader expected = sealed.header;
  expected.salt = batch.header.salt;
  expected.sealed_size = static_cast<std::uint32_t>(sealed.plain.size() + 16);
  CHECK(batch.header == expected);
  CHECK(batch.header.salt != Salt{});
  CHECK(verify_batch(batch, sealed.author.public_key));
  CHECK(open_batch(batch, sealed.key).value() == sealed.plain);
}

TEST_CASE("envelope: the same changes sealed twice look unlike") {
  Sealed sealed;
  const Bytes again =
      seal_batch(sealed.header, sealed.key, sealed.author, sealed.plain, sealed.random).value();
  const BatchView one = sealed.view();
  const BatchView two = parse_batch(again).value();
  CHECK(one.header.salt != two.header.salt);
  CHECK(one.commitment != two.commitment);
  CHECK_FALSE(equal(one.ciphertext, two.ciphertext));
}

TEST_CASE("envelope: no bit can be flipped") {
  const Sealed sealed;
  for (std::size_t bit = 0; bit < sealed.bytes.size() * 8; ++bit) {
    const Bytes flipped = samples::flipped(sealed.bytes, bit);
    CHECK_FALSE(sealed.verifies(flipped));
    const bool in_signature = bit / 8 >= kHeaderSize + 32 && bit / 8 < kHeaderSize + 32 + 64;
    if (!in_signature) CHECK_FALSE(sealed.opens(flipped));
    CHECK(batch_hash(flipped) != batch_hash(sealed.bytes));
  }
}

TEST_CASE("envelope: cut anywhere or with a byte more, it is refused") {
  const Sealed sealed;
  for (std::size_t size = 0; size < sealed.bytes.size(); ++size)
    CHECK_FALSE(parse_batch(ByteView(sealed.bytes).first(size)));
  Bytes longer = sealed.bytes;
  longer.push_back(std::byte{0});
  CHECK_FALSE(parse_batch(longer));
  CHECK_FALSE(parse_batch(Bytes(limits::kBatchBytes + 1)));
}

TEST_CASE("envelope: a batch moved to another circle, device, programme, place or key is refused") {
  const Sealed sealed;
  const CompactBatch compact = parse_compact(sealed.compact()).value();
  const BatchHeader& at = sealed.header;
  const auto expanded = [&](const ProgrammeId& programme, const CircleId& circle,
                            const DeviceId& device, const Hash& previous) {
    // `compact` borrows from bytes that are gone by now: take them again.
    const Bytes bytes = sealed.compact();
    return expand_batch(parse_compact(bytes).value(), programme, circle, device, previous);
  };
  CHECK(expanded(at.programme, at.circle, at.device, at.previous) == sealed.bytes);
  const Bytes moved[] = {
      expanded(samples::id<ProgrammeId>(1), at.circle, at.device, at.previous),
      expanded(at.programme, samples::id<CircleId>(1), at.device, at.previous),
      expanded(at.programme, at.circle, samples::id<DeviceId>(1), at.previous),
      expanded(at.programme, at.circle, at.device, samples::id<Hash>(1)),
  };
  for (const Bytes& bytes : moved) {
    CHECK_FALSE(sealed.verifies(bytes));
    CHECK_FALSE(sealed.opens(bytes));
  }
  CHECK(compact.seq == at.seq);
}

// The commitment is looked at before anything is decrypted: one ciphertext has one key.
TEST_CASE("envelope: another key is refused by the commitment") {
  const Sealed sealed;
  const auto opened = open_batch(sealed.view(), samples::key(9));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kForged);
  CHECK(opened.error().message.find("another key") != std::string::npos);
}

TEST_CASE("envelope: the first of a chain names no previous one, all others do") {
  Sealed first(1);
  CHECK(parse_batch(first.bytes));
  const auto with = [&](std::uint64_t seq, Hash previous) {
    first.header.seq = seq;
    first.header.previous = previous;
    return parse_batch(
               seal_batch(first.header, first.key, first.author, first.plain, first.random).value())
        .has_value();
  };
  CHECK_FALSE(with(1, samples::id<Hash>(1)));
  CHECK_FALSE(with(2, {}));
  CHECK_FALSE(with(0, {}));
}

TEST_CASE("envelope: a plaintext beyond 32 KiB is not sealed") {
  Sealed sealed;
  const Bytes fits(limits::kBatchBytes - kEnvelopeSize);
  const Bytes exceeds(limits::kBatchBytes - kEnvelopeSize + 1);
  const auto seal = [&](ByteView plain) {
    return seal_batch(sealed.header, sealed.key, sealed.author, plain, sealed.random);
  };
  CHECK(parse_batch(seal(fits).value()));
  REQUIRE_FALSE(seal(exceeds));
  CHECK(seal(exceeds).error().code == Code::kTooLarge);
}

TEST_CASE("envelope: what is sealed to an inbox opens for who holds its key, and for its author") {
  Sealed sealed;
  const crypto::BoxKeyPair inbox = inbox_of(samples::kHome, 2, sealed.key);
  const Bytes bytes =
      seal_to_inbox(sealed.header, inbox.public_key, sealed.author, sealed.plain, sealed.random)
          .value();
  CHECK(bytes.size() == sealed.plain.size() + kEnvelopeSize + kInboxBoxSize);
  const BatchView batch = parse_batch(bytes).value();
  CHECK(batch.header.flags == BatchHeader::kInbox);
  CHECK(verify_batch(batch, sealed.author.public_key));
  CHECK(open_from_inbox(batch, inbox).value() == sealed.plain);
  CHECK(open_own_from_inbox(batch, sealed.author).value() == sealed.plain);

  const auto forged = [](const Result<Bytes>& opened) {
    return !opened && opened.error().code == Code::kForged;
  };
  CHECK(forged(open_from_inbox(batch, inbox_of(samples::kHome, 3, sealed.key))));
  CHECK(forged(open_own_from_inbox(batch, samples::signer(3))));
  CHECK(forged(open_batch(batch, sealed.key)));
  CHECK(forged(open_from_inbox(sealed.view(), inbox)));
  CHECK(forged(open_own_from_inbox(sealed.view(), sealed.author)));
}

TEST_CASE("envelope: of what is sealed to an inbox no bit can be flipped") {
  Sealed sealed;
  const crypto::BoxKeyPair inbox = inbox_of(samples::kHome, 2, sealed.key);
  const Bytes bytes =
      seal_to_inbox(sealed.header, inbox.public_key, sealed.author, sealed.plain, sealed.random)
          .value();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const Bytes flipped = samples::flipped(bytes, bit);
    CHECK_FALSE(sealed.verifies(flipped));
    const bool in_signature = bit / 8 >= kHeaderSize + 32 && bit / 8 < kHeaderSize + 32 + 64;
    const auto batch = parse_batch(flipped);
    if (!in_signature && batch) CHECK_FALSE(open_from_inbox(*batch, inbox));
  }
}

TEST_CASE("envelope: to an inbox 80 bytes less fit") {
  Sealed sealed;
  const crypto::BoxKeyPair inbox = inbox_of(samples::kHome, 2, sealed.key);
  const auto seal = [&](std::size_t size) {
    return seal_to_inbox(sealed.header, inbox.public_key, sealed.author, Bytes(size),
                         sealed.random);
  };
  const std::size_t most = limits::kBatchBytes - kEnvelopeSize - kInboxBoxSize;
  CHECK(parse_batch(seal(most).value()));
  REQUIRE_FALSE(seal(most + 1));
  CHECK(seal(most + 1).error().code == Code::kTooLarge);
}

TEST_CASE("envelope: the compact form becomes the canonical bytes again") {
  rc::prop("for all headers", [](std::uint32_t epoch, std::uint64_t seq, std::uint32_t generation,
                                 std::uint64_t position, bool inbox) {
    Sealed sealed;
    sealed.header.flags = inbox ? BatchHeader::kInbox : 0;
    sealed.header.epoch = epoch == 0 ? 1 : epoch;
    sealed.header.seq = seq < 2 ? 2 : seq;
    sealed.header.head_seen = {generation, position};
    const Bytes bytes =
        seal_batch(sealed.header, sealed.key, sealed.author, sealed.plain, sealed.random).value();
    const auto ref_size = *rc::gen::inRange<std::size_t>(4, 17);
    const Bytes compact = compact_batch(parse_batch(bytes).value(), ref_size);
    const CompactBatch parsed = parse_compact(compact).value();
    RC_ASSERT(equal(parsed.circle_ref, sealed.header.circle.view().first(ref_size)));
    RC_ASSERT(expand_batch(parsed, sealed.header.programme, sealed.header.circle,
                           sealed.header.device, sealed.header.previous) == bytes);
  });
}

TEST_CASE("envelope: a compact form that is cut or beyond limits is refused") {
  const Sealed sealed;
  const Bytes compact = sealed.compact();
  const std::size_t fixed = compact.size() - sealed.plain.size() - 16;
  for (std::size_t size = 0; size <= fixed + 16; ++size)
    CHECK_FALSE(parse_compact(ByteView(compact).first(size)));
  // Cut later it parses, for its length is its end; but it no longer verifies.
  const CompactBatch cut = parse_compact(ByteView(compact).first(fixed + 17)).value();
  CHECK_FALSE(sealed.verifies(expand_batch(cut, sealed.header.programme, sealed.header.circle,
                                           sealed.header.device, sealed.header.previous)));
  CHECK_FALSE(parse_compact(compact_batch(sealed.view(), 3)));
  Bytes longest = compact;
  longest.resize(fixed + limits::kBatchBytes - kEnvelopeSize + 16);
  CHECK(parse_compact(longest));
  longest.push_back(std::byte{0});
  CHECK_FALSE(parse_compact(longest));
  Bytes flags = compact;
  flags[0] = std::byte{2};
  CHECK_FALSE(parse_compact(flags));
}

TEST_CASE("envelope: a batch costs at most 150 bytes more than what it holds") {
  Sealed sealed;
  sealed.header.seq = 2'000;
  sealed.header.head_seen = {3, 1'000'000};
  sealed.bytes =
      seal_batch(sealed.header, sealed.key, sealed.author, sealed.plain, sealed.random).value();
  const Bytes compact = sealed.compact();
  const std::size_t pushed = encode_frame(RequestFrame{PushBatch{compact}}).size();
  CHECK(pushed - sealed.plain.size() <= 150);
}

CircleId circle(std::initializer_list<int> first) {
  CircleId made = samples::id<CircleId>(0x55);
  std::size_t at = 0;
  for (int byte : first) made.bytes[at++] = static_cast<std::byte>(byte);
  return made;
}

TEST_CASE("envelope: a circle is named by as few bytes as tell it from the others") {
  const CircleId known[] = {circle({1, 2, 3, 4, 5}), circle({1, 2, 3, 4, 6}), circle({1}),
                            circle({9})};
  CHECK(circle_ref_size(known[0], known) == 5);
  CHECK(circle_ref_size(known[2], known) == 4);
  for (const CircleId& one : known) {
    const std::size_t size = circle_ref_size(one, known);
    CHECK(resolve_circle(one.view().first(size), known).value() == one);
    CHECK(resolve_circle(one.view(), known).value() == one);
  }
  const auto refused = [&](ByteView ref) {
    const auto found = resolve_circle(ref, known);
    return !found && found.error().code == Code::kMalformed;
  };
  CHECK(refused(known[0].view().first(4)));  // two fit
  CHECK(refused(known[2].view().first(3)));  // too short to be meant
  CHECK(refused({}));
  CHECK(refused(circle({1, 2, 3, 5}).view()));  // none fits
  CHECK(refused(Bytes(17)));
  CHECK_FALSE(resolve_circle(known[0].view(), {}));
}

}  // namespace
}  // namespace setu::wire
