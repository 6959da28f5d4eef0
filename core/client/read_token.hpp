#pragma once
// What a person had on the screen, as a token that travels with her edit: for every slot that was
// shown, the stamps of the values shown. An edit made with it supersedes exactly these, whatever
// has synced since.

#include <map>

#include "merge/part.hpp"

namespace setu::client {

class ReadToken {
 public:
  explicit ReadToken(const RecordId& record) : record_(record) {}

  // `stamps`: ascending. Call for every slot of a part that has something.
  void note(std::uint8_t part, const merge::SlotId& slot, std::vector<Stamp> stamps);

  // Ascending; of a slot that was not noted: nothing.
  [[nodiscard]] std::vector<Stamp> seen(std::uint8_t part, const merge::SlotId& slot) const;

  // Everything noted of a part, ascending, unique: what a delete has seen.
  [[nodiscard]] std::vector<Stamp> all_seen(std::uint8_t part) const;

  // base64url text. parse: kInvalidArgument (not a token), kStale (a token of another record).
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static Result<ReadToken> parse(std::string_view text, const RecordId& record);

 private:
  RecordId record_;
  std::map<std::pair<std::uint8_t, merge::SlotId>, std::vector<Stamp>> seen_;
};

}  // namespace setu::client
