#include "lock/recovery.hpp"

#include "lock/slot_code.hpp"
#include "setu/base/codec.hpp"

namespace setu::lock {
namespace {

constexpr std::string_view kRequestMagic = "SETUREC1";
constexpr crypto::Domain kBoxDomain{"setu/recovery-box/1"};
constexpr crypto::Domain kAnswerDomain{"setu/recovery-answer/1"};

// As a box that is in use looks: a point of the curve, then bytes that nobody can tell from sealed
// ones.
void fill(Box& box, crypto::Random& random) {
  random.fill(box);
  const crypto::BoxKeyPair nobody = crypto::box_key_from_seed(crypto::random_key(random));
  std::memcpy(box.data(), nobody.public_key.bytes.data(), crypto::BoxPublicKey::size);
}

}  // namespace

void reseal_recovery(KeyFile& file, const Contents& known, crypto::Random& random) {
  const crypto::Secret lost = crypto::random_key(random);
  file.recovery = seal_slot(known.keeps_recovery ? known.recovery_secret : lost, known, random);
  if (known.keeps_recovery) return;
  for (Box& box : file.boxes) fill(box, random);
}

Status set_recovery(KeyFile& file, Unlocked& unlocked, std::span<const crypto::BoxPublicKey> leads,
                    crypto::Random& random) {
  if (leads.size() > kRecoveryBoxes) {
    return fail(Code::kTooLarge, "set recovery: more than 8 lead devices; nothing was changed",
                "name at most 8");
  }
  const crypto::Secret secret = crypto::random_key(random);
  std::array<Box, kRecoveryBoxes> boxes;
  for (Box& box : boxes) fill(box, random);
  for (std::size_t i = 0; i < leads.size(); ++i) {
    SETU_TAKE(const Bytes sealed,
              crypto::box_seal(leads[i], kBoxDomain, file.salt, secret.reveal(), random));
    SETU_ASSERT(sealed.size() == kBoxSize);
    std::memcpy(boxes[i].data(), sealed.data(), kBoxSize);
  }
  unlocked.contents.keeps_recovery = !leads.empty();
  unlocked.contents.recovery_secret = leads.empty() ? crypto::Secret() : secret.clone();
  file.boxes = boxes;
  seal_all(file, unlocked, random);
  return {};
}

Bytes ask_for_recovery(const KeyFile& file, const crypto::BoxPublicKey& phone) {
  Writer writer;
  writer.raw(as_bytes(kRequestMagic));
  writer.raw(file.salt);
  for (const Box& box : file.boxes) writer.raw(box);
  writer.id(phone);
  return writer.take();
}

Result<Bytes> answer_recovery(ByteView request, const crypto::BoxKeyPair& lead,
                              crypto::Random& random) {
  Reader reader(request);
  const bool is_request = as_text(reader.raw(kRequestMagic.size())) == kRequestMagic;
  const ByteView salt = reader.raw(sizeof(crypto::KdfSalt));
  const ByteView boxes = reader.raw(kRecoveryBoxes * kBoxSize);
  const auto phone = reader.id<crypto::BoxPublicKey>();
  if (!is_request || !reader.ok() || !reader.at_end()) {
    return fail(Code::kMalformed, "recover: this is not a request for recovery",
                "show again what the other phone shows");
  }
  for (std::size_t i = 0; i < kRecoveryBoxes; ++i) {
    auto secret = crypto::box_open(lead, kBoxDomain, salt, boxes.subspan(i * kBoxSize, kBoxSize));
    if (secret) return crypto::box_seal(phone, kAnswerDomain, salt, secret->reveal(), random);
  }
  return fail(Code::kForged, "recover: nothing in this request is sealed to this device",
              "ask another lead of her organisation");
}

Result<Unlocked> recover(KeyFile& file, const crypto::BoxKeyPair& phone, ByteView answer,
                         std::string_view new_passphrase, crypto::Random& random) {
  SETU_TAKE(const crypto::Secret secret, crypto::box_open(phone, kAnswerDomain, file.salt, answer));
  std::optional<Contents> contents =
      secret.size() == crypto::kKeySize ? open_slot(secret, file.recovery) : std::nullopt;
  if (!contents) {
    return fail(Code::kForged, "recover: this answer is for another key file",
                "show the lead's device what this phone shows now");
  }
  Unlocked unlocked{std::move(*contents), {}};
  note_opened(file.tries);
  // The lead's device has seen this secret: it opens nothing from now on.
  unlocked.contents.keeps_recovery = false;
  unlocked.contents.recovery_secret = {};
  SETU_TRY(change_passphrase(file, unlocked, new_passphrase, random));
  return unlocked;
}

}  // namespace setu::lock
