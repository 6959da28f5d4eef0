// Epoch keys, names, invites and tokens: each opens for whom it was made, as what it was made for.
#include <catch2/catch.hpp>

#include "samples.hpp"
#include "wire/entry.hpp"

namespace setu::wire {
namespace {

const CircleId kCircle = samples::kHome;

crypto::BoxKeyPair box(int number) { return crypto::box_key_from_seed(samples::key(number)); }

TEST_CASE("keys: an epoch key opens for its recipient, circle and epoch") {
  crypto::SeededRandom random(31);
  const crypto::Secret key = samples::key(1);
  const Bytes sealed = seal_epoch_key(box(2).public_key, kCircle, 7, key, random).value();
  CHECK(crypto::equal_constant_time(open_epoch_key(box(2), kCircle, 7, sealed).value().reveal(),
                                    key.reveal()));
  CHECK_FALSE(open_epoch_key(box(3), kCircle, 7, sealed));
  CHECK_FALSE(open_epoch_key(box(2), samples::id<CircleId>(9), 7, sealed));
  CHECK_FALSE(open_epoch_key(box(2), kCircle, 8, sealed));
  const Bytes short_key = seal_epoch_key(box(2).public_key, kCircle, 7,
                                         crypto::Secret::copy_of(as_bytes("short")), random)
                              .value();
  CHECK_FALSE(open_epoch_key(box(2), kCircle, 7, short_key));
}

TEST_CASE("keys: what the roster publishes names one key of one epoch of one circle") {
  const crypto::Secret key = samples::key(1);
  const auto commitment = commit_epoch_key(kCircle, 1, key);
  CHECK(commit_epoch_key(kCircle, 2, key) != commitment);
  CHECK(commit_epoch_key(samples::id<CircleId>(9), 1, key) != commitment);
  CHECK(commit_epoch_key(kCircle, 1, samples::key(2)) != commitment);
  const auto inbox = inbox_of(kCircle, 1, key).public_key;
  CHECK(inbox_of(kCircle, 1, key).public_key == inbox);
  CHECK(inbox_of(kCircle, 2, key).public_key != inbox);
  CHECK(inbox_of(samples::id<CircleId>(9), 1, key).public_key != inbox);
}

TEST_CASE("keys: a name is read with its circle's key, for its subject only") {
  crypto::SeededRandom random(32);
  const crypto::Secret key = samples::key(1);
  const Bytes id(16, std::byte{4});
  const SealedName sealed = seal_name(kCircle, 3, key, Subject::kOrg, id, "আশা", random);
  CHECK(sealed.circle == kCircle);
  CHECK(sealed.epoch == 3);
  CHECK(open_name(sealed, key, Subject::kOrg, id).value() == "আশা");
  CHECK_FALSE(open_name(sealed, samples::key(2), Subject::kOrg, id));
  CHECK_FALSE(open_name(sealed, key, Subject::kCaseload, id));
  CHECK_FALSE(open_name(sealed, key, Subject::kOrg, Bytes(16)));
  SealedName other_epoch = sealed;
  other_epoch.epoch = 4;
  CHECK_FALSE(open_name(other_epoch, key, Subject::kOrg, id));
  SealedName cut = sealed;
  cut.sealed.resize(23);
  CHECK_FALSE(open_name(cut, key, Subject::kOrg, id));
}

TEST_CASE("keys: a name sealed to a device is read by that device") {
  crypto::SeededRandom random(33);
  const Bytes id(8, std::byte{5});
  const auto sealed =
      seal_name(samples::kAuthor, box(2).public_key, Subject::kPerson, id, "Mina", random).value();
  CHECK(sealed.circle.is_nil());
  CHECK(open_name(sealed, box(2), Subject::kPerson, id).value() == "Mina");
  CHECK_FALSE(open_name(sealed, box(3), Subject::kPerson, id));
  CHECK_FALSE(open_name(sealed, box(2), Subject::kOrg, id));
}

TEST_CASE("keys: a name's length shows to 32 bytes only, and the longest fits") {
  crypto::SeededRandom random(34);
  const auto size = [&](std::size_t length) {
    const auto sealed =
        seal_name(kCircle, 1, samples::key(1), Subject::kOrg, {}, std::string(length, 'n'), random);
    CHECK(open_name(sealed, samples::key(1), Subject::kOrg, {}).value().size() == length);
    return sealed.sealed.size();
  };
  CHECK(size(0) == size(0));
  CHECK(size(1) == 24 + 32 + 16);
  CHECK(size(31) == size(1));
  CHECK(size(32) == size(1) + 32);
  CHECK(size(limits::kNameBytes) == 24 + 224 + 16);
}

TEST_CASE("keys: an invite's link gives back server, programme and secret") {
  InviteLink link;
  link.server_url = "https://sync.example.org:8443";
  link.genesis = samples::id<Hash>(0x51);
  link.secret.fill(std::byte{0x52});
  const std::string text = format_invite_link(link);
  CHECK(text.rfind("https://sync.example.org:8443/join#", 0) == 0);
  const InviteLink read = parse_invite_link(text).value();
  CHECK(read.server_url == link.server_url);
  CHECK(read.genesis == link.genesis);
  CHECK(read.secret == link.secret);
}

TEST_CASE("keys: an invite's link that is cut, changed or of another kind says what to do") {
  InviteLink link;
  link.server_url = "http://127.0.0.1:8080";
  const std::string text = format_invite_link(link);
  REQUIRE(parse_invite_link(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = parse_invite_link(text.substr(0, size));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::kInvalidArgument);
    CHECK_FALSE(read.error().hint.empty());
  }
  CHECK_FALSE(parse_invite_link(text + "A"));
  CHECK_FALSE(parse_invite_link(text + " "));
  CHECK_FALSE(parse_invite_link("ftp" + text.substr(4)));
  CHECK_FALSE(parse_invite_link(text.substr(text.find("/join#"))));
  const auto newer =
      parse_invite_link(link.server_url + "/join#Ag" + text.substr(text.find('#') + 3));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == Code::kNewerFormat);
}

TEST_CASE("keys: an invite is used by one pair of keys in one programme") {
  InviteSecret secret{};
  secret[3] = std::byte{7};
  const InviteKeys invite = derive_invite_keys(secret);
  CHECK(derive_invite_keys(secret).public_keys() == invite.public_keys());
  CHECK_FALSE(derive_invite_keys({}).public_keys() == invite.public_keys());

  const DeviceKeys joiner{samples::signer(4).public_key, box(5).public_key};
  const DeviceKeys thief{samples::signer(6).public_key, box(5).public_key};
  const auto programme = samples::id<ProgrammeId>(1);
  const auto signature = sign_invite_use(invite, joiner, programme);
  const auto& key = invite.sign.public_key;
  CHECK(verify_invite_use(key, joiner, programme, signature));
  CHECK_FALSE(verify_invite_use(key, thief, programme, signature));
  CHECK_FALSE(verify_invite_use(key, joiner, samples::id<ProgrammeId>(2), signature));
  CHECK_FALSE(verify_invite_use(joiner.sign, joiner, programme, signature));
}

TEST_CASE("keys: a token gives back the server's key hash and its secret") {
  Token token;
  token.server_key_hash = hash_server_key(samples::signer(20).public_key);
  token.secret.fill(std::byte{0x61});
  const std::string text = format_token(token);
  CHECK(parse_token(text).value().server_key_hash == token.server_key_hash);
  CHECK(parse_token(text).value().secret == token.secret);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = parse_token(text.substr(0, size));
    REQUIRE_FALSE(read);
    CHECK_FALSE(read.error().hint.empty());
  }
  CHECK_FALSE(parse_token("Ag" + text.substr(2)));
  CHECK_FALSE(parse_token(text + "AA"));
}

}  // namespace
}  // namespace setu::wire
