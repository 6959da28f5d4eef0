#include "entries.hpp"

namespace setu::wire::samples {
namespace {

Bytes filled(std::size_t size, int with) { return Bytes(size, static_cast<std::byte>(with)); }

}  // namespace

DeviceKeys device_keys(int number) {
  return {signer(number).public_key, crypto::box_key_from_seed(key(number + 1)).public_key};
}

Named<EntryContent> one_of_each_content() {
  Genesis genesis;
  genesis.salt.fill(std::byte{0x11});
  genesis.server_key = signer(20).public_key;
  genesis.umbrella = id<OrgId>(0x12);
  genesis.coordinator = device_keys(2);

  const CircleEntry circle{id<CircleId>(0x13),
                           CircleType::kCaseloadFacts,
                           id<OrgId>(0x12),
                           id<CircleId>(0x14),
                           commit_epoch_key(id<CircleId>(0x13), 1, key(3)),
                           inbox_of(id<CircleId>(0x13), 1, key(3)).public_key};

  const Grant grant{id<CircleId>(0x13),
                    2,
                    {{RecipientType::kDevice, id<DeviceId>(0x15), {}, 0, filled(80, 0x16)},
                     {RecipientType::kCircle, {}, id<CircleId>(0x17), 4, filled(80, 0x18)}}};

  const Invite invite{device_keys(5),
                      id<OrgId>(0x12),
                      Role::kLead,
                      id<CircleId>(0x14),
                      498'768,
                      true,
                      {{id<CircleId>(0x14), 1, filled(80, 0x19)}}};

  Invite compared = invite;
  compared.preapproved = false;
  compared.grants.clear();
  compared.digits = id<Hash>(0x46);

  const DeviceEntry device{device_keys(6), id<InviteId>(0x1A), id<crypto::Signature>(0x1B)};

  const Label label{Subject::kPerson,
                    to_bytes(id<DeviceId>(0x15).view()),
                    {{id<CircleId>(0x14), 1, {}, filled(72, 0x1C)},
                     {{}, 0, id<DeviceId>(0x15), filled(80, 0x1D)}}};

  const Remove remove{id<DeviceId>(0x15),
                      {{id<CircleId>(0x13), {7, id<Hash>(0x40)}}, {id<CircleId>(0x14), {}}},
                      true};

  const EpochEntry epoch{id<CircleId>(0x13),
                         2,
                         commit_epoch_key(id<CircleId>(0x13), 2, key(4)),
                         inbox_of(id<CircleId>(0x13), 2, key(4)).public_key,
                         filled(80, 0x41),
                         {{id<DeviceId>(0x15), {9, id<Hash>(0x42)}}, {id<DeviceId>(0x43), {}}},
                         {{RecipientType::kDevice, id<DeviceId>(0x44), {}, 0, filled(80, 0x45)}}};

  return {{"genesis", genesis},
          {"org", OrgEntry{id<OrgId>(0x1E)}},
          {"circle", circle},
          {"grant", grant},
          {"invite", invite},
          {"device", device},
          {"approve", Approve{id<DeviceId>(0x15)}},
          {"label", label},
          {"remove", remove},
          {"epoch", epoch},
          {"recovery", RecoveryEntry{id<OrgId>(0x1E), signer(46).public_key}},
          {"reveal", Reveal{id<DeviceId>(0x15), id<Hash>(0x47), id<DigitsNonce>(0x48)}},
          {"invite-digits", compared},
          {"withdrawal", Withdrawal{id<InviteId>(0x49)}},
          {"copy-notice", CopyNotice{}}};
}

Entry entry_of(const EntryContent& content) {
  return make_entry(content, signer(2), device_id(device_keys(2)), {id<Hash>(1), id<Hash>(2)},
                    programme());
}

namespace {

Seal signed_seal() {
  Seal seal;
  seal.point = {1, 40'007};
  seal.more = true;
  seal.last = true;
  seal.digest.fill(std::byte{0x32});
  seal.tag.fill(std::byte{0x39});
  seal.signature =
      crypto::sign(signer(20), kSealSignature,
                   seal_hash(programme(), id<Hash>(0x33), id<Hash>(0x34), seal).view());
  return seal;
}

}  // namespace

Named<RequestFrame> one_of_each_request() {
  Hello plain;
  plain.programme = programme();
  plain.device = kAuthor;
  plain.nonce.fill(std::byte{0x21});
  plain.random.fill(std::byte{0x22});
  plain.cursor = {1, 40'000};
  plain.tag.fill(std::byte{0x2a});
  plain.signature = crypto::sign(signer(2), kHelloSignature, hello_hash(plain).view());

  Hello joining = plain;
  joining.programme = {};
  joining.nonce = {};
  joining.cursor = {};
  joining.tag = {};
  joining.copied = true;
  joining.backfills = {{filled(4, 0x23), 0, 900}, {filled(16, 0x24), 12, 40'000}};
  joining.budget = 65'536;
  joining.probe = true;
  joining.sign_key = signer(2).public_key;
  joining.token_secret = filled(16, 0x25);
  joining.invite = id<InviteId>(0x26);
  joining.invite_signature = id<crypto::Signature>(0x27);
  joining.proof = LogProof{id<Hash>(0x2b),
                           id<Hash>(0x2c),
                           signed_seal(),
                           {{7, LogTag{std::byte{0x2d}}}, {40'007, LogTag{std::byte{0x2e}}}}};
  joining.signature = crypto::sign(signer(2), kHelloSignature, hello_hash(joining).view());

  static const Bytes entry = filled(5, 0x28);
  static const Bytes batch = filled(300, 0x29);
  return {{"hello-plain", plain},
          {"hello-joining", joining},
          {"push-entry", PushEntry{entry}},
          {"push-batch", PushBatch{batch, {}}},
          {"push-carried", PushBatch{batch, kOther}}};
}

Named<AnswerFrame> one_of_each_answer() {
  Challenge challenge;
  challenge.nonce.fill(std::byte{0x31});
  challenge.stale = true;
  challenge.server_key = signer(20).public_key;

  static const Bytes entry = filled(5, 0x35);
  static const Bytes batch = filled(300, 0x36);
  return {{"challenge", challenge},
          {"generation", Generation{2, 39'000}},
          {"ack", Ack{filled(4, 0x37), 300, {}}},
          {"ack-carried", Ack{filled(4, 0x37), 300, kOther}},
          {"entry-ack", EntryAck{id<Hash>(0x38), 40'001}},
          {"refusal-batch", Refusal{RefusalCode::kGap, filled(4, 0x37), 9, {}, {}}},
          {"refusal-carried", Refusal{RefusalCode::kGap, filled(4, 0x37), 9, {}, kOther}},
          {"refusal-entry", Refusal{RefusalCode::kRule, {}, 0, filled(32, 0x38), {}}},
          {"refusal-whole", Refusal{RefusalCode::kBusy, {}, 0, {}, {}}},
          {"entry", PulledEntry{40'002, entry}},
          {"batch", PulledBatch{40'003, kOther, batch}},
          {"own", OwnBatch{40'004, filled(4, 0x37), 300, own_check(id<Hash>(0x3a))}},
          {"seal", signed_seal()}};
}

}  // namespace setu::wire::samples
