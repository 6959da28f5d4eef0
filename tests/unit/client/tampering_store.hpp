#pragma once
// A server's store that lies when it is told to: it hands out other bytes for a batch than it was
// given.

#include <functional>

#include "log_store.hpp"

namespace setu::testing {

class TamperingStore final : public server::LogStore {
 public:
  explicit TamperingStore(server::LogStore& honest) : honest_(&honest) {}
  void now_over(server::LogStore& honest) { honest_ = &honest; }

  // Called for each batch that is served; may change it.
  std::function<void(std::uint64_t position, Bytes& batch)> tamper;

  Result<std::unique_ptr<server::Appender>> begin(const ProgrammeId& programme) override {
    return honest_->begin(programme);
  }
  Result<std::vector<ProgrammeId>> programmes() override { return honest_->programmes(); }
  Result<std::optional<wire::LogPoint>> end_of(const ProgrammeId& programme) override {
    return honest_->end_of(programme);
  }
  Result<wire::LogTag> tag_at(const ProgrammeId& programme, std::uint64_t position) override {
    return honest_->tag_at(programme, position);
  }
  Result<std::vector<wire::GenerationStart>> generations(const ProgrammeId& programme) override {
    return honest_->generations(programme);
  }
  Result<std::vector<server::StoredEntry>> entries(const ProgrammeId& programme,
                                                   server::Range range,
                                                   std::size_t max_bytes) override {
    return honest_->entries(programme, range, max_bytes);
  }
  Result<std::optional<std::uint64_t>> entry_position(const ProgrammeId& programme,
                                                      const Hash& hash) override {
    return honest_->entry_position(programme, hash);
  }
  Result<Hash> roster_head_at(const ProgrammeId& programme, std::uint64_t position) override {
    return honest_->roster_head_at(programme, position);
  }
  Result<std::vector<server::BatchKey>> batch_keys(const ProgrammeId& programme,
                                                   const std::optional<CircleId>& circle,
                                                   server::Range range,
                                                   std::size_t max_count) override {
    return honest_->batch_keys(programme, circle, range, max_count);
  }
  Result<Bytes> batch_bytes(const ProgrammeId& programme, std::uint64_t position) override {
    auto bytes = honest_->batch_bytes(programme, position);
    if (bytes && tamper) tamper(position, *bytes);
    return bytes;
  }
  Result<server::ChainHead> chain_head(const ProgrammeId& programme, const DeviceId& device,
                                       const CircleId& circle) override {
    return honest_->chain_head(programme, device, circle);
  }
  Result<std::optional<std::uint64_t>> batch_position(const ProgrammeId& programme,
                                                      const DeviceId& device,
                                                      const CircleId& circle,
                                                      std::uint64_t seq) override {
    return honest_->batch_position(programme, device, circle, seq);
  }
  Result<server::CircleState> circle_state(const ProgrammeId& programme, const CircleId& circle,
                                           std::uint64_t at_position) override {
    return honest_->circle_state(programme, circle, at_position);
  }
  Status add_token(const Hash& token) override { return honest_->add_token(token); }
  Result<bool> is_unspent(const Hash& token) override { return honest_->is_unspent(token); }
  Result<Stats> stats() override { return honest_->stats(); }

 private:
  server::LogStore* honest_;
};

}  // namespace setu::testing
