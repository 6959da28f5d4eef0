#include "traitor.hpp"

#include "roster/allowed.hpp"
#include "wire/entry.hpp"
#include "wire/envelope.hpp"

namespace setu::testing {

Traitor::Traitor(Device& device)
    : device_(&device),
      store_(must(store::Store::open(device.path(), replica_key(), store::Cipher::kAegis))),
      sign_(crypto::sign_key_from_seed(*must(store_->secret("sign_seed")))),
      id_(must(DeviceId::from(must(from_hex(device->me().device))))) {
  for (const Bytes& bytes : must(store_->entries())) {
    const ProgrammeId programme = roster_.has_genesis() ? roster_.programme() : ProgrammeId{};
    roster_.apply(must(wire::parse_entry(bytes, programme)), roster::Check::kSignaturesDone);
  }
}

CircleId Traitor::circle(roster::CircleType type) const {
  const OrgId org = roster_.member(id_)->org;
  for (const auto& [id, circle] : roster_.circles()) {
    if (circle.type == type && (circle.org == org || roster::is_programme_wide(type))) return id;
  }
  return {};
}

Change Traitor::change_at(std::uint32_t hour) const {
  Change change;
  change.stamp = {hour, 0, id_};
  return change;
}

void Traitor::seal(const CircleId& circle, const std::vector<Change>& changes) {
  wire::BatchBody body;
  for (const Change& change : changes) body.changes.push_back({change, std::nullopt});
  const CircleId home = roster::implied_home(*roster_.circle(circle));
  const wire::PackedBody packed = must(wire::pack_body(body, id_, home));
  REQUIRE(packed.taken == changes.size());
  seal_bytes(circle, packed.padded_plain);
}

void Traitor::seal_bytes(const CircleId& circle, ByteView plain) {
  store::ChainState chain = must(store_->chain(circle, id_));
  wire::BatchHeader header;
  header.programme = roster_.programme();
  header.circle = circle;
  header.epoch = 1;
  header.device = id_;
  header.seq = chain.seq + 1;
  header.previous = chain.hash;
  header.head_seen = {1, 1};
  const auto key = must(store_->epoch_key(circle, header.epoch));
  REQUIRE(key);
  store::StoredBatch stored;
  stored.bytes = must(wire::seal_batch(header, *key, sign_, plain, random_));
  stored.hash = wire::batch_hash(stored.bytes);
  stored.circle = circle;
  stored.device = id_;
  stored.seq = header.seq;
  stored.state = store::BatchState::kOwnUnsent;
  chain.seq = header.seq;
  chain.hash = stored.hash;
  must(store_->set_chain(circle, id_, chain));
  must(store_->add_batch(stored));
}

}  // namespace setu::testing
