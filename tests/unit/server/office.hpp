#pragma once
// A server on virtual time and the devices that talk to it: real frames, keys and signatures, no
// sockets.
//
// Office office;                       a server with its log in a directory of its own
// office.found();                      a programme: coordinator, commons, one org with lead, org
// circle and worker office.ask(office.hello(device).batch(...))   one request, and its answer with
// every seal verified

#include <map>
#include <memory>

#include "responder.hpp"
#include "scratch.hpp"
#include "sqlite_log_store.hpp"
#include "token.hpp"

namespace setu::server::testing {

struct Device {
  crypto::SignKeyPair sign;
  wire::DeviceKeys keys;
  DeviceId id;
  wire::RequestNonce nonce{};
  std::map<CircleId, ChainHead> chains;  // of what it sealed
};

struct Invitation {
  wire::InviteKeys keys;
  InviteId id;
};

struct PulledItem {
  std::uint64_t position = 0;
  Bytes bytes;      // of an entry, or a compact batch
  DeviceId device;  // of a batch
};

// An answer, taken apart.
struct Answer {
  Bytes bytes;
  std::optional<wire::Challenge> challenge;
  std::vector<wire::Ack> acks;
  std::vector<wire::EntryAck> entry_acks;
  std::vector<wire::Refusal> refusals;
  std::vector<PulledItem> entries;
  std::vector<PulledItem> batches;
  std::vector<wire::OwnBatch> own;
  std::vector<std::uint64_t> positions;  // of all that was served, in order
  std::optional<wire::Generation> generation;
  std::vector<wire::Seal> seals;
  std::size_t biggest_piece = 0;

  [[nodiscard]] const wire::Seal& last() const { return seals.back(); }
  [[nodiscard]] bool refused_whole(wire::RefusalCode code) const {
    return refusals.size() == 1 && refusals[0].code == code && refusals[0].circle_ref.empty() &&
           refusals[0].entry_hash.empty();
  }
};

class Office;

// A request being written.
struct Request {
  wire::Hello hello;
  std::vector<Bytes> pushes;  // frames
  const Device* device = nullptr;
  const Invitation* invitation = nullptr;

  Request& entry(const wire::Entry& entry);
  Request& batch(ByteView canonical);
  Request& raw_batch(ByteView compact);
  [[nodiscard]] Bytes bytes() const;  // signs the hello
};

class Office {
 public:
  explicit Office(RateLimit::Rate rate = {});

  void reopen();  // a crash: nothing but the files is kept
  [[nodiscard]] Device new_device();
  [[nodiscard]] Bytes new_token();

  [[nodiscard]] wire::Genesis genesis();
  [[nodiscard]] wire::Entry entry(const Device& author, const wire::EntryContent& content) const;
  [[nodiscard]] wire::CircleEntry circle(wire::CircleType type, const OrgId& org);
  [[nodiscard]] wire::Grant grant(const CircleId& circle, const DeviceId& device) const;
  [[nodiscard]] std::pair<Invitation, wire::Invite> invite(wire::Role role, const OrgId& org,
                                                           std::vector<CircleId> grants);
  [[nodiscard]] wire::DeviceEntry use(const Invitation& invitation, const Device& joiner) const;
  // The next batch of the device's chain; canonical bytes. `payload` is its padded plaintext's
  // size.
  [[nodiscard]] Bytes seal(Device& device, const CircleId& circle, std::size_t payload = 192);
  [[nodiscard]] Bytes seal_to_inbox(Device& device, const CircleId& circle);

  [[nodiscard]] Request hello(const Device& device) const;
  [[nodiscard]] Request hello(const Device& joiner, const Invitation& invitation) const;
  Answer ask(const Request& request);
  Answer ask_bytes(ByteView body);

  // Each fails the test if the server does not take it.
  void found();
  void push_entry(const Device& device, const wire::Entry& entry);
  void push_batch(Device& device, const CircleId& circle, std::size_t payload = 192);
  Device join(const Device& inviter, wire::Role role, const OrgId& org,
              std::vector<CircleId> grants);
  void fetch_nonce(Device& device, const Invitation* invitation = nullptr);
  [[nodiscard]] wire::HeadDigest digest_at(std::uint64_t position,
                                           const std::vector<CircleId>& circles);

  Scratch scratch;
  crypto::SeededRandom random{7};
  crypto::SignKeyPair server_key;
  RateLimit::Rate rate;
  std::unique_ptr<SqliteLogStore> store;
  std::unique_ptr<Service> service;
  Instant now{500'000 * kHourMs};

  ProgrammeId programme;
  OrgId umbrella, org;
  Device coordinator, lead, worker;
  CircleId commons, org_circle;

 private:
  [[nodiscard]] wire::BatchHeader next_header(const Device& device, const CircleId& circle) const;
};

}  // namespace setu::server::testing
