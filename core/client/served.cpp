#include "client/served.hpp"

#include <algorithm>
#include <iterator>

#include "client/gossip.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr std::uint32_t kHoursBetweenReadings = 24;
constexpr std::uint32_t kSyncsBetweenReadings = 8;  // where the clock stands still

const crypto::SignPublicKey* key_of(const roster::Roster& roster, const wire::Entry& entry) {
  const wire::DeviceKeys* brought = nullptr;
  if (const auto* genesis = std::get_if<wire::Genesis>(&entry.content))
    brought = &genesis->coordinator;
  if (const auto* joiner = std::get_if<wire::DeviceEntry>(&entry.content)) brought = &joiner->keys;
  if (brought != nullptr)
    return wire::device_id(*brought) == entry.author ? &brought->sign : nullptr;
  if (const roster::Member* member = roster.member(entry.author)) return &member->keys.sign;
  const roster::RecoveryKey* printed = roster.recovery_key(entry.author);
  return printed == nullptr ? nullptr : &printed->key;
}

std::string_view words(std::byte divergence) {
  if (divergence == static_cast<std::byte>(Divergence::kLeftOut)) {
    return "the server leaves out something that others wrote, or changed it on the way; it is "
           "asked for again with every sync: tell a coordinator if this stays";
  }
  return "the server's log differs from what this device was shown before: tell a coordinator; "
         "everything recorded is kept";
}

// When the log was last read again, and how many syncs since would have.
Status note_reading(Context& context, std::uint32_t hour, std::uint32_t waited) {
  Writer writer;
  writer.u32(hour);
  writer.u32(waited);
  return context.store.put_note(notes::kReadAgain, writer.view());
}

}  // namespace

bool is_authentic(const roster::Roster& roster, const wire::Entry& entry) {
  const crypto::SignPublicKey* key = key_of(roster, entry);
  return key != nullptr && wire::verify_entry(entry, *key);
}

Result<Fit> fit_of(Context& context, bool is_news, const DeviceId& author, const CircleId& circle,
                   const wire::CompactBatch& compact) {
  if (author == context.self.id) return Fit::kFits;
  SETU_TAKE(const store::ChainState chain, context.store.chain(circle, author));
  if (compact.seq <= chain.seq) {
    if (!is_news) return Fit::kFits;
    SETU_TAKE(const auto known, context.store.batch(circle, author, compact.seq));
    return known && known->position != 0 ? Fit::kElsewhere : Fit::kFits;
  }
  if (compact.seq != chain.seq + 1) return Fit::kGap;
  const roster::Member* member = context.roster.member(author);
  if (member == nullptr) return Fit::kNotHers;  // a log has who writes before what she writes
  const Bytes bytes =
      wire::expand_batch(compact, context.roster.programme(), circle, author, chain.hash);
  const auto batch = wire::parse_batch(bytes);
  return batch && wire::verify_batch(*batch, member->keys.sign) ? Fit::kFits : Fit::kNotHers;
}

Result<std::uint64_t> place_of_last(Context& context, const CircleId& circle,
                                    const DeviceId& author) {
  SETU_TAKE(const store::ChainState chain, context.store.chain(circle, author));
  SETU_TAKE(const auto last, context.store.batch(circle, author, chain.seq));
  return last ? last->position : 0;
}

Status note_divergence(Context& context, Divergence divergence) {
  const auto number = static_cast<std::byte>(divergence);
  return context.store.put_note(
      notes::kDiverged, divergence == Divergence::kNone ? ByteView{} : ByteView(&number, 1));
}

Result<std::uint64_t> agreed_through(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kAgreed));
  if (!note) return std::uint64_t{0};
  Reader reader(*note);
  return reader.u64();
}

Status note_agreed(Context& context, std::uint64_t position) {
  Writer writer;
  writer.u64(position);
  return context.store.put_note(notes::kAgreed, writer.view());
}

Result<bool> may_read_again(Context& context) {
  const std::uint32_t now = hour_of(context.now());
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kReadAgain));
  if (note) {
    Reader reader(*note);
    const std::uint32_t last = reader.u32();
    const std::uint32_t waited = reader.u32() + 1;
    const std::uint32_t hours = std::max(now, last) - std::min(now, last);
    if (hours < kHoursBetweenReadings && waited < kSyncsBetweenReadings) {
      SETU_TRY(note_reading(context, last, waited));
      return false;
    }
  }
  SETU_TRY(note_reading(context, now, 0));
  return true;
}

Result<std::vector<std::string>> warnings_about_server(Context& context) {
  std::vector<std::string> warnings;
  SETU_TAKE(const std::optional<Bytes> diverged, context.store.note(notes::kDiverged));
  if (diverged && !diverged->empty()) warnings.emplace_back(words(diverged->front()));
  SETU_TAKE(const std::optional<Bytes> bad_entries, context.store.note(notes::kBadEntries));
  if (bad_entries && !bad_entries->empty()) {
    warnings.emplace_back(
        "the server's log holds a statement about members that the rules refuse; it was not "
        "believed: update Setu, and if this stays tell a coordinator");
  }
  SETU_TAKE(std::vector<std::string> heard, rumours(context));
  std::ranges::move(heard, std::back_inserter(warnings));
  return warnings;
}

}  // namespace setu::client
