// Roster entries: read as they were written, kept as they arrived, and nobody else's.
#include "wire/entry.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "entries.hpp"

namespace setu::wire {
namespace {

using samples::programme;

const crypto::SignPublicKey& author_key() {
  static const crypto::SignPublicKey key = samples::signer(2).public_key;
  return key;
}

TEST_CASE("entry: every type reads back and verifies") {
  const auto contents = samples::one_of_each_content();
  std::set<std::size_t> types;
  for (const auto& [name, content] : contents) types.insert(content.index());
  CHECK(types.size() == std::variant_size_v<EntryContent>);
  std::set<Hash> hashes;
  for (const auto& [name, content] : contents) {
    CAPTURE(name);
    const Entry made = samples::entry_of(content);
    const Entry read = parse_entry(made.bytes, programme()).value();
    CHECK(read.content == content);
    CHECK(read.author == made.author);
    CHECK(read.conditions == made.conditions);
    CHECK(read.bytes == made.bytes);
    CHECK(read.hash == made.hash);
    CHECK(read.hash == entry_hash(made.bytes));
    CHECK(verify_entry(read, author_key()));
    CHECK_FALSE(verify_entry(read, samples::signer(9).public_key));
    hashes.insert(read.hash);
  }
  CHECK(hashes.size() == contents.size());
}

TEST_CASE("entry: an entry of one programme does not hold in another, but its genesis names none") {
  for (const auto& [name, content] : samples::one_of_each_content()) {
    CAPTURE(name);
    const Entry made = samples::entry_of(content);
    const Entry elsewhere = parse_entry(made.bytes, samples::id<ProgrammeId>(1)).value();
    CHECK(verify_entry(elsewhere, author_key()) == (name == "genesis"));
  }
}

// The signature covers what is said; the hash covers the bytes, and whatever refers to the entry
// does so by the hash.
TEST_CASE("entry: no bit can be flipped unseen") {
  for (const auto& [name, content] : samples::one_of_each_content()) {
    CAPTURE(name);
    const Entry made = samples::entry_of(content);
    for (std::size_t bit = 0; bit < made.bytes.size() * 8; bit += 3) {
      const auto read = parse_entry(samples::flipped(made.bytes, bit), programme());
      CHECK((!read || read->hash != made.hash));
      if (read && verify_entry(*read, author_key())) {
        CHECK(read->content == content);
        CHECK(read->conditions == made.conditions);
      }
    }
  }
}

TEST_CASE("entry: cut anywhere, it does not pass") {
  for (const auto& [name, content] : samples::one_of_each_content()) {
    CAPTURE(name);
    const Entry made = samples::entry_of(content);
    for (std::size_t size = 0; size < made.bytes.size(); ++size) {
      const auto read = parse_entry(ByteView(made.bytes).first(size), programme());
      CHECK_FALSE((read && verify_entry(*read, author_key())));
    }
  }
}

TEST_CASE("entry: limits hold where it is read") {
  const auto refused = [](const EntryContent& content) {
    const auto read = parse_entry(samples::entry_of(content).bytes, programme());
    return !read && read.error().code == Code::kMalformed;
  };
  Grant grant{samples::id<CircleId>(1), 1, {}};
  CHECK(refused(grant));  // to nobody
  const Recipient recipient{RecipientType::kDevice, samples::id<DeviceId>(1), {}, 0, Bytes(80)};
  grant.recipients.assign(limits::kRecipientsPerGrant, recipient);
  CHECK_FALSE(refused(grant));
  grant.recipients.push_back(recipient);
  CHECK(refused(grant));
  grant.recipients.assign(1, recipient);
  grant.recipients[0].sealed.resize(513);
  CHECK(refused(grant));
  grant.recipients[0].sealed.resize(80);
  grant.recipients[0].type = static_cast<RecipientType>(3);
  CHECK(refused(grant));

  Label label{Subject::kOrg, Bytes(17), {}};
  CHECK(refused(label));
  label = {static_cast<Subject>(5), Bytes(16), {}};
  CHECK(refused(label));
  label = {Subject::kOrg, Bytes(16), std::vector<SealedName>(17)};
  for (SealedName& name : label.names) name.device = samples::id<DeviceId>(1);
  CHECK(refused(label));
  label.names.pop_back();
  CHECK_FALSE(refused(label));

  Genesis genesis = std::get<Genesis>(samples::one_of_each_content()[0].second);
  genesis.suite = 2;
  CHECK(refused(genesis));

  const Entry many_conditions = make_entry(OrgEntry{samples::id<OrgId>(1)}, samples::signer(2),
                                           samples::kAuthor, std::vector<Hash>(17), programme());
  CHECK_FALSE(parse_entry(many_conditions.bytes, programme()));
  CHECK_FALSE(parse_entry(Bytes(limits::kEntryBytes + 1), programme()));
  CHECK_FALSE(parse_entry({}, programme()));
}

TEST_CASE("entry: a type of the future is told from nonsense") {
  // SignedEntry{content: field 99 = "x"}, author, signature.
  Bytes bytes = from_hex("0a049a060178").value();
  const Entry org = samples::entry_of(OrgEntry{samples::id<OrgId>(1)});
  const Bytes content = from_hex("0a1412120a10").value();  // what the content of `org` begins with
  REQUIRE(equal(ByteView(org.bytes).first(content.size()), content));
  append(bytes, ByteView(org.bytes).subspan(2 + 0x14));
  const auto read = parse_entry(bytes, programme());
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::kNewerFormat);
}

TEST_CASE("entry: ids come from keys, and the programme's from its genesis") {
  const DeviceKeys keys = samples::device_keys(2);
  DeviceKeys other = keys;
  other.box = samples::device_keys(3).box;
  CHECK(device_id(keys) == device_id(samples::device_keys(2)));
  CHECK(device_id(keys) != device_id(other));
  CHECK(invite_id(keys.sign) != invite_id(samples::device_keys(3).sign));
  const Hash hash = samples::id<Hash>(0x44);
  CHECK(programme_of(hash) == samples::id<ProgrammeId>(0x44));
}

TEST_CASE("entry: a role is read back from its name") {
  for (Role role : {Role::kWorker, Role::kLead, Role::kCoordinator})
    CHECK(role_from_name(role_name(role)) == role);
  CHECK_FALSE(role_from_name("boss"));
}

}  // namespace
}  // namespace setu::wire
