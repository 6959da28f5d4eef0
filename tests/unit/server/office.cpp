#include "office.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "wire/digits.hpp"

namespace setu::server::testing {
namespace {

const wire::DigitsNonce kNonce = *wire::DigitsNonce::from(Bytes(32, std::byte{0x33}));

constexpr std::size_t kRefSize = 4;

// As long as a sealed epoch key, and as meaningless to whoever cannot open it.
Bytes stand_in_for_sealed_key() {
  return Bytes(crypto::kKeySize + crypto::kSealedBoxOverhead, std::byte{0x5e});
}

void take(Answer& answer, const wire::Challenge& frame) { answer.challenge = frame; }
void take(Answer& answer, const wire::Ack& frame) { answer.acks.push_back(frame); }
void take(Answer& answer, const wire::EntryAck& frame) { answer.entry_acks.push_back(frame); }
void take(Answer& answer, const wire::Refusal& frame) { answer.refusals.push_back(frame); }
void take(Answer& answer, const wire::PulledEntry& frame) {
  answer.entries.push_back({frame.position, to_bytes(frame.bytes), {}});
  answer.positions.push_back(frame.position);
}
void take(Answer& answer, const wire::PulledBatch& frame) {
  answer.batches.push_back({frame.position, to_bytes(frame.compact), frame.device});
  answer.positions.push_back(frame.position);
}
void take(Answer& answer, const wire::Generation& frame) { answer.generation = frame; }
void take(Answer& answer, const wire::OwnBatch& frame) {
  answer.own.push_back(frame);
  answer.positions.push_back(frame.position);
}
void take(Answer& answer, const wire::Seal& frame) { answer.seals.push_back(frame); }

// The programme that a request's hello names; nil when no hello can be read.
ProgrammeId programme_asked(ByteView request) {
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(request);
  const auto frame = reader.next();
  const auto* hello = frame && *frame ? std::get_if<wire::Hello>(&**frame) : nullptr;
  return hello == nullptr ? ProgrammeId{} : hello->programme;
}

Answer read_answer(ByteView request, Bytes bytes, const crypto::SignPublicKey& server_key) {
  const ProgrammeId programme = programme_asked(request);
  Answer answer;
  crypto::StreamHash request_hash(wire::kRequestStream);
  request_hash.update(request);
  crypto::StreamHash so_far(wire::kAnswerStream);
  wire::FrameReader<wire::AnswerFrame> reader;
  reader.feed(bytes);
  std::size_t hashed = 0;
  for (;;) {
    const auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) break;
    if (const auto* seal = std::get_if<wire::Seal>(&**frame)) {
      const Hash covered =
          wire::seal_hash(programme, request_hash.digest(), so_far.digest(), *seal);
      REQUIRE(crypto::verify(server_key, wire::kSealSignature, covered.view(), seal->signature));
    }
    std::visit([&](const auto& f) { take(answer, f); }, **frame);
    so_far.update(ByteView(bytes).subspan(hashed, reader.consumed() - hashed));
    hashed = reader.consumed();
  }
  REQUIRE(reader.at_boundary());
  REQUIRE_FALSE(answer.seals.empty());
  REQUIRE(answer.last().last);
  answer.bytes = std::move(bytes);
  return answer;
}

}  // namespace

Request& Request::entry(const wire::Entry& entry) {
  pushes.push_back(wire::encode_frame(wire::RequestFrame(wire::PushEntry{entry.bytes})));
  return *this;
}

Request& Request::batch(ByteView canonical) {
  const auto view = wire::parse_batch(canonical);
  REQUIRE(view);
  return raw_batch(wire::compact_batch(*view, kRefSize));
}

Request& Request::raw_batch(ByteView compact) {
  pushes.push_back(wire::encode_frame(wire::RequestFrame(wire::PushBatch{compact})));
  return *this;
}

Bytes Request::bytes() const {
  wire::Hello said = hello;
  const Hash hash = wire::hello_hash(said);
  if (invitation != nullptr)
    said.invite_signature = crypto::sign(invitation->keys.sign, wire::kHelloSignature, hash.view());
  said.signature = crypto::sign(device->sign, wire::kHelloSignature, hash.view());
  Bytes body = wire::encode_frame(wire::RequestFrame(said));
  for (const Bytes& push : pushes) append(body, push);
  return body;
}

Office::Office(RateLimit::Rate limit) : rate(limit) {
  REQUIRE(crypto::init());
  server_key = crypto::sign_key_from_seed(crypto::random_key(random));
  reopen();
}

void Office::reopen() {
  service.reset();
  store.reset();
  auto opened = SqliteLogStore::open(scratch.path());
  REQUIRE(opened);
  store = std::move(*opened);
  service = std::make_unique<Service>(*store, server_key, rate);
}

Device Office::new_device() {
  Device device;
  device.sign = crypto::sign_key_from_seed(crypto::random_key(random));
  const crypto::BoxKeyPair box = crypto::box_key_from_seed(crypto::random_key(random));
  device.keys = {device.sign.public_key, box.public_key};
  device.id = wire::device_id(device.keys);
  return device;
}

Bytes Office::new_token() {
  const auto text = make_token(*store, server_key.public_key, random);
  REQUIRE(text);
  const auto token = wire::parse_token(*text);
  REQUIRE(token);
  return to_bytes(token->secret);
}

wire::Genesis Office::genesis() {
  wire::Genesis genesis;
  random.fill(genesis.salt);
  genesis.server_key = server_key.public_key;
  genesis.umbrella = umbrella;
  genesis.coordinator = coordinator.keys;
  return genesis;
}

wire::Entry Office::entry(const Device& author, const wire::EntryContent& content) const {
  const bool first = std::holds_alternative<wire::Genesis>(content);
  return wire::make_entry(content, author.sign, author.id, {}, first ? ProgrammeId{} : programme);
}

wire::CircleEntry Office::circle(wire::CircleType type, const OrgId& of) {
  return {.id = crypto::random_id<CircleId>(random),
          .type = type,
          .org = of,
          .twin = {},
          .commitment = crypto::random_id<crypto::Commitment>(random),
          .inbox = crypto::random_id<crypto::BoxPublicKey>(random)};
}

wire::Grant Office::grant(const CircleId& circle, const DeviceId& device) const {
  wire::Recipient to{.type = wire::RecipientType::kDevice,
                     .device = device,
                     .circle = {},
                     .epoch = 0,
                     .sealed = stand_in_for_sealed_key()};
  return {.circle = circle, .epoch = 1, .recipients = {to}};
}

std::pair<Invitation, wire::Invite> Office::invite(wire::Role role, const OrgId& to,
                                                   std::vector<CircleId> grants) {
  wire::InviteSecret secret;
  random.fill(secret);
  Invitation invitation{wire::derive_invite_keys(secret), {}};
  wire::Invite content{
      .keys = invitation.keys.public_keys(),
      .org = to,
      .role = role,
      .caseload = {},
      .expires_hour = hour_of(now) + 72,
      .preapproved = role == wire::Role::kWorker,
      .grants = {},
      .digits = role == wire::Role::kWorker ? Hash{} : wire::commit_digits(kNonce)};
  for (const CircleId& granted : grants)
    content.grants.push_back({granted, 1, stand_in_for_sealed_key()});
  invitation.id = wire::invite_id(content.keys.sign);
  return {std::move(invitation), std::move(content)};
}

wire::DeviceEntry Office::use(const Invitation& invitation, const Device& joiner) const {
  return {.keys = joiner.keys,
          .invite = invitation.id,
          .invite_signature = wire::sign_invite_use(invitation.keys, joiner.keys, programme)};
}

wire::BatchHeader Office::next_header(const Device& device, const CircleId& circle) const {
  const auto chain = device.chains.find(circle);
  const ChainHead head = chain == device.chains.end() ? ChainHead{} : chain->second;
  wire::BatchHeader header;
  header.programme = programme;
  header.circle = circle;
  header.epoch = 1;
  header.device = device.id;
  header.seq = head.seq + 1;
  header.previous = head.hash;
  return header;
}

Bytes Office::seal(Device& device, const CircleId& circle, std::size_t payload) {
  const wire::BatchHeader header = next_header(device, circle);
  Bytes plain(payload);
  random.fill(plain);
  auto sealed = wire::seal_batch(header, crypto::random_key(random), device.sign, plain, random);
  REQUIRE(sealed);
  device.chains[circle] = {header.seq, wire::batch_hash(*sealed)};
  return std::move(*sealed);
}

Bytes Office::seal_to_inbox(Device& device, const CircleId& circle) {
  const wire::BatchHeader header = next_header(device, circle);
  const crypto::BoxKeyPair inbox = wire::inbox_of(circle, 1, crypto::random_key(random));
  auto sealed = wire::seal_to_inbox(header, inbox.public_key, device.sign, Bytes(192), random);
  REQUIRE(sealed);
  device.chains[circle] = {header.seq, wire::batch_hash(*sealed)};
  return std::move(*sealed);
}

Request Office::hello(const Device& device) const {
  Request request;
  request.device = &device;
  request.hello.programme = programme;
  request.hello.device = device.id;
  request.hello.nonce = device.nonce;
  return request;
}

Request Office::hello(const Device& joiner, const Invitation& invitation) const {
  Request request = hello(joiner);
  request.invitation = &invitation;
  request.hello.invite = invitation.id;
  request.hello.sign_key = joiner.keys.sign;
  return request;
}

Answer Office::ask(const Request& request) { return ask_bytes(request.bytes()); }

Answer Office::ask_bytes(ByteView body) {
  Responder responder(*service);
  responder.feed(body, now);
  responder.finish(now);
  Bytes bytes;
  Bytes piece;
  std::size_t biggest = 0;
  for (;;) {
    const auto more = responder.next_piece(piece);
    REQUIRE(more);
    if (!*more) break;
    biggest = std::max(biggest, piece.size());
    append(bytes, piece);
  }
  Answer answer = read_answer(body, std::move(bytes), server_key.public_key);
  answer.biggest_piece = biggest;
  return answer;
}

void Office::fetch_nonce(Device& device, const Invitation* invitation) {
  const Answer answer = ask(invitation == nullptr ? hello(device) : hello(device, *invitation));
  REQUIRE(answer.challenge);
  device.nonce = answer.challenge->nonce;
}

void Office::push_entry(const Device& device, const wire::Entry& entry) {
  const Answer answer = ask(hello(device).entry(entry));
  REQUIRE(answer.entry_acks.size() == 1);
  REQUIRE(answer.entry_acks[0].hash == entry.hash);
}

void Office::push_batch(Device& device, const CircleId& circle, std::size_t payload) {
  const Answer answer = ask(hello(device).batch(seal(device, circle, payload)));
  REQUIRE(answer.acks.size() == 1);
  REQUIRE(answer.acks[0].seq == device.chains[circle].seq);
}

Device Office::join(const Device& inviter, wire::Role role, const OrgId& to,
                    std::vector<CircleId> grants) {
  const auto [invitation, content] = invite(role, to, std::move(grants));
  push_entry(inviter, entry(inviter, content));
  Device joiner = new_device();
  fetch_nonce(joiner, &invitation);
  const wire::Entry joining = entry(joiner, use(invitation, joiner));
  const Answer answer = ask(hello(joiner, invitation).entry(joining));
  REQUIRE(answer.entry_acks.size() == 1);
  if (role != wire::Role::kWorker) {
    push_entry(inviter, entry(inviter, wire::Reveal{joiner.id, joining.hash, kNonce}));
    push_entry(inviter, entry(inviter, wire::Approve{joiner.id}));
  }
  return joiner;
}

void Office::found() {
  umbrella = crypto::random_id<OrgId>(random);
  org = crypto::random_id<OrgId>(random);
  coordinator = new_device();
  const wire::Entry first = entry(coordinator, genesis());
  programme = wire::programme_of(first.hash);
  Request creation = hello(coordinator);
  creation.hello.sign_key = coordinator.keys.sign;
  creation.hello.token_secret = new_token();
  const Answer created = ask(creation.entry(first));
  REQUIRE(created.entry_acks.size() == 1);
  coordinator.nonce = created.challenge->nonce;

  const wire::CircleEntry all = circle(wire::CircleType::kCommons, umbrella);
  commons = all.id;
  push_entry(coordinator, entry(coordinator, all));
  push_entry(coordinator, entry(coordinator, grant(commons, coordinator.id)));
  push_entry(coordinator, entry(coordinator, wire::OrgEntry{org}));
  lead = join(coordinator, wire::Role::kLead, org, {});
  push_entry(coordinator, entry(coordinator, grant(commons, lead.id)));
  const wire::CircleEntry home = circle(wire::CircleType::kOrg, org);
  org_circle = home.id;
  push_entry(lead, entry(lead, home));
  push_entry(lead, entry(lead, grant(org_circle, lead.id)));
  worker = join(lead, wire::Role::kWorker, org, {commons, org_circle});
}

wire::HeadDigest Office::digest_at(std::uint64_t position, const std::vector<CircleId>& circles) {
  std::vector<CircleId> sorted = circles;
  std::sort(sorted.begin(), sorted.end());
  Hash roster_head;
  const auto entries = store->entries(programme, {0, position}, 1 << 30);
  REQUIRE(entries);
  for (const StoredEntry& stored : *entries)
    roster_head = wire::chain_head(roster_head, stored.hash);
  std::vector<wire::CircleHead> heads;
  for (const CircleId& circle : sorted) {
    const auto keys = store->batch_keys(programme, circle, {0, position}, 1'000'000);
    REQUIRE(keys);
    Hash head;
    for (const BatchKey& key : *keys) head = wire::chain_head(head, key.hash);
    if (!keys->empty()) heads.push_back({circle, head});
  }
  return wire::heads_digest(roster_head, heads);
}

}  // namespace setu::server::testing
