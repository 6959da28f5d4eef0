#pragma once
// Local writes. One Recorder is one user action: one transaction, committed whole or not at all;
// each record that it touches gets one stamp, shared by the record's parts.

#include "client/context.hpp"
#include "client/read_token.hpp"

namespace setu::client {

class Recorder {
 public:
  static Result<Recorder> begin(Context& context);

  // A new record. Announce how many will follow, so that their ids share one seed block.
  void expect(std::size_t records) { expected_ = records; }
  Result<RecordId> add(const Kind& kind, const CircleId& home, const Client::Assignments& fields);

  // `token` null: has seen what is shown now.
  Result<std::vector<Client::Replaced>> edit(const Kind& kind, store::Row row,
                                             const Client::Assignments& fields,
                                             const ReadToken* token);
  // Hides the record, or shows it again, in every part of it that this member may write.
  Status set_deleted(const Kind& kind, store::Row row, bool deleted, const ReadToken* token);

  // One operation that its maker already decided whole (a resolution).
  Status write(const Kind& kind, const store::Row& row, Audience audience, Op op);

  // A change that its maker decided whole, of whatever home, into the circle that holds that part.
  Status put(const Kind& kind, Audience audience, const CircleId& circle, Change change) {
    return apply(kind, audience, circle, std::move(change));
  }
  [[nodiscard]] Stamp next_stamp() { return clock_.next(context_->now()); }
  Result<merge::ChainTips> tips_of(const CircleId& circle);

  Status commit();

 private:
  Recorder(Context& context, store::Store::Transaction transaction, StampClock clock,
           roster::Role role);

  Result<RecordId> next_id(const CircleId& home, std::optional<wire::RecordSeed>& seed);
  Result<CircleId> writable_circle(const Kind& kind, const CircleId& home, Audience audience) const;
  Status put_outbox(const CircleId& circle, const Change& change,
                    const std::optional<wire::RecordSeed>& seed);
  Status apply(const Kind& kind, Audience audience, const CircleId& circle, Change change);

  Context* context_;
  store::Store::Transaction transaction_;
  StampClock clock_;
  roster::Role role_;
  std::size_t expected_ = 1;
  std::optional<wire::RecordSeed> seed_;  // next number of the block taken
  CircleId seed_home_;
  std::size_t seeds_left_ = 0;
};

// The home that was asked for, or the only one there is. kNotFound, kNotAllowed, kAmbiguous.
[[nodiscard]] Result<CircleId> choose_home(Context& context, const Kind& kind,
                                           const Client::Home& home);

}  // namespace setu::client
