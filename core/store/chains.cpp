// How far each device's chain in each circle has been applied, and the head of each circle's chain
// in the log.

#include "store/impl.hpp"

namespace setu::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT d.id, c.seq, c.hash, c.tip_hour, c.tip_counter, c.tip_device "
    "FROM chains c JOIN devices d ON d.number = c.device ";

Result<ChainState> read_state(Interned<DeviceId>& devices, const Statement& row) {
  ChainState state;
  state.seq = row.count(1);
  SETU_TAKE(state.hash, row.id<Hash>(2));
  state.tip.hour = static_cast<std::uint32_t>(row.integer(3));
  state.tip.counter = static_cast<std::uint32_t>(row.integer(4));
  SETU_TAKE(state.tip.device, devices.id_of(row.integer(5)));
  return state;
}

}  // namespace

Result<std::optional<Store::Impl::ChainKey>> Store::Impl::find_chain(const CircleId& circle,
                                                                     const DeviceId& device) {
  SETU_TAKE(const std::optional<std::int64_t> circle_number, circles.find(circle));
  SETU_TAKE(const std::optional<std::int64_t> device_number, devices.ids().find(device));
  if (!circle_number || !device_number) return std::nullopt;
  return std::optional(ChainKey{*circle_number, *device_number});
}

Result<Store::Impl::ChainKey> Store::Impl::make_chain(const CircleId& circle,
                                                      const DeviceId& device) {
  ChainKey key;
  SETU_TAKE(key.circle, circles.number_of(circle));
  SETU_TAKE(key.device, devices.ids().number_of(device));
  return key;
}

Result<ChainState> Store::chain(const CircleId& circle, const DeviceId& device) {
  SETU_TAKE(const std::optional<Impl::ChainKey> key, impl_->find_chain(circle, device));
  if (!key) return ChainState{};
  SETU_TAKE(Statement row,
            impl_->db->prepare(std::string(kSelect) + "WHERE c.circle = ? AND c.device = ?"));
  SETU_TAKE(const bool there, row.bind(key->circle, key->device).step());
  if (!there) return ChainState{};
  return read_state(impl_->devices.ids(), row);
}

Status Store::set_chain(const CircleId& circle, const DeviceId& device, const ChainState& state) {
  SETU_TAKE(const Impl::ChainKey key, impl_->make_chain(circle, device));
  SETU_TAKE(const std::int64_t tip_device, impl_->devices.ids().number_of(state.tip.device));
  return impl_->db->run(
      "INSERT OR REPLACE INTO chains (circle, device, seq, hash, tip_hour, tip_counter, "
      "tip_device) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      key.circle, key.device, state.seq, state.hash, state.tip.hour, state.tip.counter, tip_device);
}

Result<std::vector<std::pair<DeviceId, ChainState>>> Store::chains(const CircleId& circle) {
  std::vector<std::pair<DeviceId, ChainState>> chains;
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return chains;
  SETU_TAKE(Statement rows,
            impl_->db->prepare(std::string(kSelect) + "WHERE c.circle = ? ORDER BY d.id"));
  rows.bind(*number);
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return chains;
    SETU_TAKE(const DeviceId device, rows.id<DeviceId>(0));
    SETU_TAKE(const ChainState state, read_state(impl_->devices.ids(), rows));
    chains.emplace_back(device, state);
  }
}

Status Store::clear_chains(const CircleId& circle) {
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return {};
  return impl_->db->run("DELETE FROM chains WHERE circle = ?", *number);
}

Status Store::put_circle_head(const CircleId& circle, const Hash& head) {
  SETU_TAKE(const std::int64_t number, impl_->circles.number_of(circle));
  return impl_->db->run("UPDATE circles SET head = ? WHERE number = ?", head, number);
}

Status Store::drop_circle_head(const CircleId& circle) {
  return impl_->db->run("UPDATE circles SET head = NULL WHERE id = ?", circle);
}

Result<std::vector<wire::CircleHead>> Store::circle_heads() {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT id, head FROM circles WHERE head IS NOT NULL ORDER BY id"));
  std::vector<wire::CircleHead> heads;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return heads;
    wire::CircleHead head;
    SETU_TAKE(head.circle, rows.id<CircleId>(0));
    SETU_TAKE(head.head, rows.id<Hash>(1));
    heads.push_back(head);
  }
}

}  // namespace setu::store
