// The bytes that other clients, servers and old databases hold: once committed, they stay.
#include "../vectors.hpp"

#include "entries.hpp"
#include "wire/body_code.hpp"
#include "wire/digits.hpp"

namespace setu::wire {
namespace {

using samples::kAuthor;
using samples::kHome;

TEST_CASE("wire vectors: a body's columns and single changes") {
  const Vectors vectors("body.txt");
  const auto check = [&](const std::string& name, const BatchBody& body) {
    CAPTURE(name);
    const std::string raw = to_hex(encode_body(body, body.changes.size(), kAuthor, kHome));
    CHECK(raw == vectors.hex(name));
    CHECK(decode_body(vectors.bytes(name), kAuthor, kHome) == body);
  };
  check("raw-empty", {});
  check("raw-one-edit", samples::one_edit());
  check("raw-everything", samples::one_of_everything());
  BatchBody five;
  five.changes = samples::many_records(5);
  check("raw-five-records", five);

  CHECK(unpack_body(vectors.bytes("plain-one-edit"), kAuthor, kHome).value() ==
        samples::one_edit());
  CHECK(unpack_body(vectors.bytes("plain-five-records"), kAuthor, kHome).value() == five);
  const auto everything = samples::one_of_everything().changes;
  for (const auto& [name, index] : {std::pair{"change-create", 0}, std::pair{"change-edit", 4}}) {
    const SeededChange& change = everything[static_cast<std::size_t>(index)];
    CHECK(to_hex(encode_change(change)) == vectors.hex(name));
    CHECK(decode_change(vectors.bytes(name)).value() == change);
  }
}

TEST_CASE("wire vectors: an envelope, its compact form and its hash") {
  const Vectors vectors("envelope.txt");
  BatchHeader header;
  header.programme = samples::programme();
  header.circle = kHome;
  header.epoch = 2;
  header.device = kAuthor;
  header.seq = 300;
  header.previous = samples::id<Hash>(0x77);
  header.head_seen = {1, 40'000};
  crypto::SeededRandom random(7);
  const Bytes plain(192, std::byte{'p'});
  const Bytes sealed =
      seal_batch(header, samples::key(1), samples::signer(2), plain, random).value();
  CHECK(to_hex(sealed) == vectors.hex("batch"));
  const crypto::BoxKeyPair inbox = inbox_of(kHome, 2, samples::key(1));
  const Bytes to_inbox =
      seal_to_inbox(header, inbox.public_key, samples::signer(2), plain, random).value();
  CHECK(to_hex(to_inbox) == vectors.hex("inbox-batch"));
  CHECK(open_from_inbox(parse_batch(vectors.bytes("inbox-batch")).value(), inbox).value() == plain);
  CHECK(batch_hash(sealed).hex() == vectors.hex("batch-hash"));
  const BatchView batch = parse_batch(sealed).value();
  CHECK(to_hex(compact_batch(batch, 4)) == vectors.hex("compact"));
  CHECK(verify_batch(batch, samples::signer(2).public_key));
  CHECK(commit_epoch_key(kHome, 2, samples::key(1)).hex() == vectors.hex("epoch-commitment"));
  CHECK(inbox_of(kHome, 2, samples::key(1)).public_key.hex() == vectors.hex("epoch-inbox"));
  CHECK(to_uuid(record_id({Seed{}, 682, 5})) ==
        to_uuid(*RecordId::from(vectors.bytes("record-id"))));
}

TEST_CASE("wire vectors: every roster entry") {
  const Vectors vectors("entry.txt");
  for (const auto& [name, content] : samples::one_of_each_content()) {
    CAPTURE(name);
    const Entry entry = samples::entry_of(content);
    CHECK(to_hex(entry.bytes) == vectors.hex(name));
    CHECK(parse_entry(vectors.bytes(name), samples::programme()).value().content == content);
  }
  CHECK(samples::entry_of(OrgEntry{samples::id<OrgId>(0x1E)}).hash.hex() ==
        vectors.hex("org-hash"));
  CHECK(device_id(samples::device_keys(2)).hex() == vectors.hex("device-id"));
  CHECK(invite_id(samples::signer(2).public_key).hex() == vectors.hex("invite-id"));
  CHECK(recovery_id(samples::signer(2).public_key).hex() == vectors.hex("recovery-id"));
  InviteSecret secret;
  secret.fill(std::byte{0x52});
  const InviteKeys invite = derive_invite_keys(secret);
  CHECK(invite.sign.public_key.hex() == vectors.hex("invite-sign-key"));
  CHECK(invite.box.public_key.hex() == vectors.hex("invite-box-key"));
  CHECK(sign_invite_use(invite, samples::device_keys(2), samples::programme()).hex() ==
        vectors.hex("invite-use"));
  const DigitsNonce nonce = digits_nonce(samples::key(2), samples::id<InviteId>(0x49));
  CHECK(nonce.hex() == vectors.hex("digits-nonce"));
  CHECK(commit_digits(nonce).hex() == vectors.hex("digits-commitment"));
  CHECK(six_digits(samples::id<Hash>(0x4a), samples::id<Hash>(0x4b), nonce) ==
        vectors.hex("digits"));
  crypto::SeededRandom random(7);
  const SealedName name = seal_name(kHome, 2, samples::key(1), Subject::kOrg,
                                    samples::id<OrgId>(0x1E).view(), "Asha", random);
  CHECK(to_hex(name.sealed) == vectors.hex("sealed-name"));
  const Bytes key =
      seal_epoch_key(samples::device_keys(2).box, kHome, 2, samples::key(1), random).value();
  CHECK(to_hex(key) == vectors.hex("sealed-epoch-key"));
}

TEST_CASE("wire vectors: every frame, and what is signed of them") {
  const Vectors vectors("frames.txt");
  for (const auto& [name, frame] : samples::one_of_each_request()) {
    CAPTURE(name);
    CHECK(to_hex(encode_frame(frame)) == vectors.hex("request-" + name));
    if (const auto* hello = std::get_if<Hello>(&frame))
      CHECK(hello_hash(*hello).hex() == vectors.hex("hash-" + name));
  }
  for (const auto& [name, frame] : samples::one_of_each_answer()) {
    CAPTURE(name);
    CHECK(to_hex(encode_frame(frame)) == vectors.hex("answer-" + name));
  }
  const Hash head = chain_head({}, samples::id<Hash>(0x41));
  CHECK(head.hex() == vectors.hex("chain-head"));
  CHECK(to_hex(log_tag({}, samples::id<Hash>(0x41))) == vectors.hex("log-tag"));
  const CircleHead circles[] = {{kHome, head}};
  CHECK(to_hex(heads_digest(samples::id<Hash>(0x42), circles)) == vectors.hex("heads-digest"));
}

}  // namespace
}  // namespace setu::wire
