// Roster entries as anybody can push them: what parses says the same when it is written again, and
// the rules judge it without falling over, on an empty roster and on one with a genesis.
#include <cstdint>

#include "roster/roster.hpp"
#include "wire/entry.hpp"

namespace {

using namespace setu;
using namespace setu::wire;

constexpr std::uint32_t kHour = 498'600;

const crypto::SignKeyPair& author() {
  static const crypto::SignKeyPair key =
      crypto::sign_key_from_seed(crypto::Secret(crypto::kKeySize));
  return key;
}

Entry genesis() {
  Genesis content;
  content.server_key = author().public_key;
  content.umbrella.bytes.fill(std::byte{1});
  content.coordinator = {author().public_key,
                         crypto::box_key_from_seed(crypto::Secret(crypto::kKeySize)).public_key};
  return make_entry(content, author(), device_id(content.coordinator), {}, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Entry first = genesis();
  static const ProgrammeId programme = programme_of(first.hash);
  const auto entry = parse_entry(std::as_bytes(std::span(data, size)), programme);
  if (!entry) return 0;

  const Entry again =
      make_entry(entry->content, author(), entry->author, entry->conditions, programme);
  if (again.bytes.size() <= limits::kEntryBytes) {
    const auto read = parse_entry(again.bytes, programme);
    SETU_ASSERT(read && read->content == entry->content && read->hash == again.hash);
    SETU_ASSERT(verify_entry(*read, author().public_key));
  }

  const roster::Roster empty;
  (void)empty.judge(*entry, kHour);
  roster::Roster started;
  started.apply(first);
  const roster::Judgement judgement = started.judge(*entry, kHour);
  // Whoever has no key of a member cannot have said what counts.
  const bool by_a_member = verify_entry(*entry, author().public_key);
  const bool brings_keys = std::holds_alternative<DeviceEntry>(entry->content);
  SETU_ASSERT(judgement.verdict != roster::Verdict::kAccepted || by_a_member || brings_keys);
  started.apply(*entry);
  return 0;
}
