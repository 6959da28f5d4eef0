// What strangers and members send to a server that has a small programme: it never falls over, and
// whatever it was asked, its answer is frames that end with its seal, and its log proves itself.
//
// Input: a byte (size of the pieces), a byte (what the request is), then the request:
//   0  the body as it is
//   1  a member's signed hello, then the body's frames as they are
//   2  a member's signed hello with the next bytes as cursor, budget, probe and back-fill
//   3  a member's signed hello, then the rest as an entry or a batch to push
//   4  the same, with what the entry says signed by the member
//   5  a member's signed hello, then batches of her chain and entries as a story tells them, of
//      which is known what the server must take
// Each input meets the same log: when one changed it, the next starts from a copy.

#include <algorithm>
#include <cstdint>

#include "log_check.hpp"
#include "responder.hpp"
#include "setu/base/codec.hpp"
#include "sqlite_log_store.hpp"
#include "temp_dir.hpp"
#include "token.hpp"

namespace {

using namespace setu;
using namespace setu::server;

constexpr Instant kNow{500'000 * kHourMs};
constexpr std::size_t kRefBytes = 4;

struct Member {
  crypto::SignKeyPair sign;
  wire::DeviceKeys keys;
  DeviceId id;
};

class Office {
 public:
  Office() {
    SETU_ASSERT(crypto::init());
    server_key_ = crypto::sign_key_from_seed(crypto::random_key(random_));
    member_.sign = crypto::sign_key_from_seed(crypto::random_key(random_));
    member_.keys = {member_.sign.public_key,
                    crypto::box_key_from_seed(crypto::random_key(random_)).public_key};
    member_.id = wire::device_id(member_.keys);
    found();
    reset();
  }

  // Checks the whole answer, and the log.
  Counters ask(ByteView body, std::size_t piece) {
    const wire::LogPoint end_before = end_of_log();
    Service service(*store_, server_key_);
    Responder responder(service);
    for (std::size_t at = 0; at < body.size(); at += piece)
      responder.feed(body.subspan(at, std::min(piece, body.size() - at)), kNow);
    responder.finish(kNow);
    Bytes answer;
    Bytes next;
    for (;;) {
      const auto more = responder.next_piece(next);
      SETU_ASSERT(more);
      if (!*more) break;
      SETU_ASSERT(next.size() <= 4 * limits::kFrameBytes);
      append(answer, next);
    }
    check_answer(body, answer);
    changed_ = service.counters.entries_taken + service.counters.batches_taken > 0;
    if (founding_) SETU_ASSERT(changed_ && service.counters.pushes_refused == 0);
    if (changed_) {
      log_proves_itself();
    } else {
      SETU_ASSERT(end_of_log() == end_before);
    }
    return service.counters;
  }

  void reset_if_changed() {
    if (changed_) reset();
  }

  [[nodiscard]] wire::Hello hello() {
    wire::Hello hello;
    hello.programme = programme_;
    hello.device = member_.id;
    hello.nonce = Nonces(server_key_.seed).issue(member_.id, hour_of(kNow));
    return hello;
  }
  [[nodiscard]] Bytes signed_frame(wire::Hello hello) const {
    const Hash hash = wire::hello_hash(hello);
    hello.signature = crypto::sign(member_.sign, wire::kHelloSignature, hash.view());
    return wire::encode_frame(wire::RequestFrame(hello));
  }
  // Of the member's device, whoever signs it.
  [[nodiscard]] Bytes batch(std::uint64_t seq, const Hash& previous, const CircleId& circle,
                            std::uint32_t epoch, const crypto::SignKeyPair& author) const {
    wire::BatchHeader header;
    header.programme = programme_;
    header.circle = circle;
    header.epoch = epoch;
    header.device = member_.id;
    header.seq = seq;
    header.previous = previous;
    crypto::SeededRandom random(seq);
    return wire::seal_batch(header, crypto::Secret(crypto::kKeySize), author, Bytes(192), random)
        .value();
  }
  static Bytes compact_form(ByteView canonical) {
    return wire::compact_batch(wire::parse_batch(canonical).value(), kRefBytes);
  }
  [[nodiscard]] const CircleId& commons() const { return commons_; }
  [[nodiscard]] const Bytes& first_batch() const { return first_batch_; }
  [[nodiscard]] const crypto::SignKeyPair& member_key() const { return member_.sign; }
  [[nodiscard]] const crypto::SignKeyPair& stranger_key() const { return server_key_; }
  [[nodiscard]] Bytes entry(const wire::EntryContent& content,
                            const std::vector<Hash>& conditions) const {
    return wire::make_entry(content, member_.sign, member_.id, conditions, programme_).bytes;
  }
  // As if the member had written it; empty where the bytes are no entry.
  [[nodiscard]] Bytes entry_by_member(ByteView bytes) const {
    const auto entry = wire::parse_entry(bytes, programme_);
    if (!entry) return {};
    return wire::make_entry(entry->content, member_.sign, member_.id, entry->conditions, programme_)
        .bytes;
  }

 private:
  [[nodiscard]] wire::LogPoint end_of_log() const {
    const auto end = store_->end_of(programme_);
    SETU_ASSERT(end);
    return end->value_or(wire::LogPoint{});
  }
  // Whatever was pushed: what was kept is what the operator's check finds in order.
  void log_proves_itself() const {
    const auto report = check_log(*store_);
    SETU_ASSERT(report && report->programmes == 1 && report->problems.empty());
    SETU_ASSERT(report->entries + report->batches == end_of_log().position);
  }

  void reset() {
    store_.reset();
    const std::string work = dir_.file("work");
    std::filesystem::remove_all(work);
    std::filesystem::copy(dir_.file("founded"), work, std::filesystem::copy_options::recursive);
    open(work);
    changed_ = false;
  }

  void open(const std::string& directory) {
    auto opened = SqliteLogStore::open(directory);
    SETU_ASSERT(opened);
    store_ = std::move(*opened);
  }

  // A programme of one coordinator with a commons, an org, and one batch.
  void found() {
    const std::string directory = dir_.file("founded");
    std::filesystem::create_directory(directory);
    open(directory);
    const auto text = make_token(*store_, server_key_.public_key, random_);
    SETU_ASSERT(text);
    wire::Genesis genesis;
    genesis.server_key = server_key_.public_key;
    genesis.umbrella = crypto::random_id<OrgId>(random_);
    genesis.coordinator = member_.keys;
    const wire::Entry first = wire::make_entry(genesis, member_.sign, member_.id, {}, {});
    programme_ = wire::programme_of(first.hash);
    wire::Hello creation = hello();
    creation.sign_key = member_.keys.sign;
    const auto token = wire::parse_token(*text);
    creation.token_secret = to_bytes(token->secret);
    push(creation, wire::PushEntry{first.bytes});

    const wire::CircleEntry commons{.id = crypto::random_id<CircleId>(random_),
                                    .type = wire::CircleType::kCommons,
                                    .org = genesis.umbrella,
                                    .twin = {},
                                    .commitment = crypto::random_id<crypto::Commitment>(random_),
                                    .inbox = crypto::random_id<crypto::BoxPublicKey>(random_)};
    commons_ = commons.id;
    push_entry(commons);
    wire::Recipient to{.type = wire::RecipientType::kDevice,
                       .device = member_.id,
                       .circle = {},
                       .epoch = 0,
                       .sealed = Bytes(crypto::kKeySize + crypto::kSealedBoxOverhead)};
    push_entry(wire::Grant{.circle = commons_, .epoch = 1, .recipients = {to}});
    push_entry(wire::OrgEntry{crypto::random_id<OrgId>(random_)});
    push_batch();
    founding_ = false;
    store_.reset();
  }

  void push(const wire::Hello& by, const wire::RequestFrame& frame) {
    Bytes body = signed_frame(by);
    append(body, wire::encode_frame(frame));
    ask(body, body.size());
  }
  void push_entry(const wire::EntryContent& content) {
    const wire::Entry entry = wire::make_entry(content, member_.sign, member_.id, {}, programme_);
    push(hello(), wire::PushEntry{entry.bytes});
  }
  void push_batch() {
    first_batch_ = batch(1, {}, commons_, 1, member_.sign);
    const Bytes compact = compact_form(first_batch_);
    push(hello(), wire::PushBatch{compact});
  }

  static ProgrammeId programme_named_by(ByteView body) {
    wire::FrameReader<wire::RequestFrame> reader;
    reader.feed(body);
    const auto first = reader.next();
    const auto* hello = first && *first ? std::get_if<wire::Hello>(&**first) : nullptr;
    return hello != nullptr ? hello->programme : ProgrammeId{};
  }

  void check_answer(ByteView body, ByteView answer) const {
    const ProgrammeId programme = programme_named_by(body);
    crypto::StreamHash request(wire::kRequestStream);
    request.update(body);
    crypto::StreamHash so_far(wire::kAnswerStream);
    wire::FrameReader<wire::AnswerFrame> reader;
    reader.feed(answer);
    std::size_t hashed = 0;
    bool last = false;
    for (;;) {
      const auto frame = reader.next();
      SETU_ASSERT(frame);
      if (!*frame) break;
      SETU_ASSERT(!last);
      if (const auto* seal = std::get_if<wire::Seal>(&**frame)) {
        const Hash covered = wire::seal_hash(programme, request.digest(), so_far.digest(), *seal);
        SETU_ASSERT(crypto::verify(server_key_.public_key, wire::kSealSignature, covered.view(),
                                   seal->signature));
        last = seal->last;
      }
      so_far.update(answer.subspan(hashed, reader.consumed() - hashed));
      hashed = reader.consumed();
    }
    SETU_ASSERT(last && reader.at_boundary());
  }

  fuzz::TempDir dir_;
  crypto::SeededRandom random_{7};
  crypto::SignKeyPair server_key_;
  Member member_;
  ProgrammeId programme_;
  CircleId commons_;
  Bytes first_batch_;
  std::unique_ptr<SqliteLogStore> store_;
  bool founding_ = true;
  bool changed_ = false;
};

// What a member pushes as a story tells it, and how much of it the server has to take: her chain as
// far as it goes on without a gap or a lie, and each entry that the rules allow.
class Story {
 public:
  Story(const Office& office, ByteView bytes)
      : office_(office), rest_(bytes), head_(office.first_batch()) {
    for (int ops = 0; ops < 16 && !rest_.at_end() && !over_; ++ops) tell();
  }

  [[nodiscard]] const Bytes& pushes() const { return pushes_; }
  [[nodiscard]] std::uint64_t batches() const { return batches_; }
  [[nodiscard]] std::uint64_t entries() const { return entries_; }

 private:
  void tell() {
    const std::uint8_t what = rest_.u8();
    if (what < 100) return next_batch();
    switch (what % 9) {
      case 0: return broken(2, 1, office_.member_key());  // a gap
      case 1: return push_batch(head_);                   // once more
      case 2: return conflicting();
      case 3: return broken(1, 1, office_.stranger_key());
      case 4: return broken(1, 2, office_.member_key());  // an epoch that is not there
      case 5:                                             // not her circle; another chain
        return push_batch(office_.batch(1, {}, CircleId{}, 1, office_.member_key()));
      case 6:
      case 7: return org(what % 9 == 7);
      default: append(pushes_, rest_.rest()); over_ = true;
    }
  }

  void next_batch() {
    const Bytes next = office_.batch(seq_ + 1, wire::batch_hash(head_), office_.commons(), 1,
                                     office_.member_key());
    push_batch(next);
    if (broken_) return;
    head_ = next;
    ++seq_;
    ++batches_;
  }
  void broken(std::uint64_t step, std::uint32_t epoch, const crypto::SignKeyPair& author) {
    push_batch(
        office_.batch(seq_ + step, wire::batch_hash(head_), office_.commons(), epoch, author));
    broken_ = true;
  }
  // Another batch in place of the last: as if a copy of the device had written it.
  void conflicting() {
    Hash before;
    if (seq_ > 1) before.bytes.fill(std::byte{1});
    push_batch(office_.batch(seq_, before, office_.commons(), 1, office_.stranger_key()));
    broken_ = true;
  }
  void org(bool on_condition) {
    OrgId id;
    id.bytes.fill(static_cast<std::byte>(entries_ + 1));
    std::vector<Hash> conditions;
    if (on_condition) conditions.emplace_back();  // of an entry that is not there
    append(pushes_, wire::encode_frame(wire::RequestFrame(
                        wire::PushEntry{office_.entry(wire::OrgEntry{id}, conditions)})));
    if (!on_condition) ++entries_;
  }
  void push_batch(ByteView canonical) {
    const Bytes compact = Office::compact_form(canonical);
    append(pushes_, wire::encode_frame(wire::RequestFrame(wire::PushBatch{compact})));
  }

  const Office& office_;
  Reader rest_;
  Bytes head_;  // of her chain, as the server has it
  std::uint64_t seq_ = 1;
  bool broken_ = false;  // what follows in this chain is passed over
  bool over_ = false;
  Bytes pushes_;
  std::uint64_t batches_ = 0, entries_ = 0;
};

void tell(Office& office, ByteView bytes, std::size_t piece) {
  const Story story(office, bytes);
  Bytes body = office.signed_frame(office.hello());
  append(body, story.pushes());
  const Counters counted = office.ask(body, piece);
  SETU_ASSERT(counted.batches_taken == story.batches());
  SETU_ASSERT(counted.entries_taken == story.entries());
}

// A hello that asks for anything.
wire::Hello asking(wire::Hello hello, ByteView bytes) {
  Reader reader(bytes);
  const std::uint8_t what = reader.u8();
  hello.cursor.generation = reader.u8();
  hello.cursor.position = reader.varint();
  hello.budget = reader.u32();
  hello.probe = what % 2 != 0;
  if (what % 4 > 1) {
    wire::Backfill backfill;
    backfill.after = reader.varint();
    backfill.until = reader.varint();
    backfill.circle_ref =
        to_bytes(reader.rest().first(std::min<std::size_t>(reader.remaining(), 16)));
    hello.backfills.push_back(std::move(backfill));
  }
  return hello;
}

Bytes request(Office& office, std::uint8_t what, ByteView bytes) {
  if (what == 0) return to_bytes(bytes);
  if (what == 2) return office.signed_frame(asking(office.hello(), bytes));
  Bytes body = office.signed_frame(office.hello());
  if (what == 1) {
    append(body, bytes);
  } else if (bytes.size() <= limits::kBatchBytes) {
    const Bytes entry = what == 4 ? office.entry_by_member(bytes) : to_bytes(bytes);
    append(body, wire::encode_frame(wire::RequestFrame(wire::PushEntry{entry})));
    append(body, wire::encode_frame(wire::RequestFrame(wire::PushBatch{bytes})));
  }
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Office office;
  if (size < 2) return 0;
  const ByteView bytes = std::as_bytes(std::span(data, size)).subspan(2);
  const std::size_t piece = 1u + data[0];
  const std::uint8_t what = data[1] % 6;
  if (what == 5) {
    tell(office, bytes, piece);
  } else {
    office.ask(request(office, what, bytes), piece);
  }
  office.reset_if_changed();
  return 0;
}
