#include "liar.hpp"

#include <catch2/catch.hpp>

#include "answer_writer.hpp"

namespace setu::testing {

Told told(wire::AnswerFrame frame, Bytes held) { return {std::move(frame), std::move(held)}; }

Tale take_apart(ByteView answer) {
  wire::FrameReader<wire::AnswerFrame> reader;
  reader.feed(answer);
  Tale tale;
  for (;;) {
    const auto frame = must(reader.next());
    if (!frame) return tale;
    Bytes held;
    if (const auto* entry = std::get_if<wire::PulledEntry>(&*frame)) held = to_bytes(entry->bytes);
    if (const auto* batch = std::get_if<wire::PulledBatch>(&*frame))
      held = to_bytes(batch->compact);
    tale.push_back(told(*frame, std::move(held)));
  }
}

Bytes put_together(const crypto::SignKeyPair& key, const Bytes& request, const Tale& tale) {
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(request);
  const auto first = must(reader.next());
  REQUIRE(first);
  crypto::StreamHash hash(wire::kRequestStream);
  hash.update(request);
  server::AnswerWriter writer(key, std::get<wire::Hello>(*first).programme, hash.digest());
  for (const Told& each : tale) {
    wire::AnswerFrame frame = each.frame;
    if (auto* entry = std::get_if<wire::PulledEntry>(&frame)) entry->bytes = each.held;
    if (auto* batch = std::get_if<wire::PulledBatch>(&frame)) batch->compact = each.held;
    if (const auto* seal = std::get_if<wire::Seal>(&frame)) {
      writer.seal(*seal);
    } else {
      writer.write(frame);
    }
  }
  return writer.take();
}

void lie_to(World& world, Device& device, std::function<void(Tale&)> lie) {
  device.answered_by = [&world, lie = std::move(lie)](const Bytes& request) {
    Tale tale = take_apart(world.answer(*world.service, request));
    lie(tale);
    return put_together(world.server_key, request, tale);
  };
}

void be_honest_to(Device& device) { device.answered_by = nullptr; }

void add_to_log(Tale& tale, Told frame) {
  REQUIRE_FALSE(tale.empty());
  tale.insert(tale.end() - 1, std::move(frame));
}

OtherLog::OtherLog(World& world) : world_(&world) {
  const std::string copy = world.save_log();
  const std::string home = copy + "-served";
  std::filesystem::create_directory(home);
  std::filesystem::copy_file(copy, home + "/log.db");
  log_ = must(server::SqliteLogStore::open(home));
  service_.emplace(*log_, world.server_key, server::RateLimit::Rate{1'000'000, 1'000'000});
  followed_ = world.log_end().position;
}

void OtherLog::follow_without(const DeviceId& hidden) {
  const ProgrammeId programme = must(log_->programmes()).front();
  const server::Range fresh{followed_, world_->log_end().position};
  const auto entries = must(world_->log->entries(programme, fresh, kMuch));
  const auto batches = must(world_->log->batch_keys(programme, {}, fresh, kMuch));
  auto appender = must(log_->begin(programme));
  Hash head = must(log_->roster_head_at(programme, appender->end().position));
  for (const server::StoredEntry& stored : entries) {
    if (must(wire::parse_entry(stored.bytes, programme)).author == hidden) continue;
    head = wire::chain_head(head, stored.hash);
    must(appender->add_entry(stored.hash, head, stored.bytes));
  }
  for (const server::BatchKey& key : batches) {
    if (key.device == hidden) continue;
    const Bytes bytes = must(world_->log->batch_bytes(programme, key.position));
    const Hash before =
        must(log_->circle_state(programme, key.circle, appender->end().position)).head;
    must(appender->add_batch({.circle = key.circle,
                              .device = key.device,
                              .seq = key.seq,
                              .hash = key.hash,
                              .circle_head = wire::chain_head(before, key.hash),
                              .bytes = bytes}));
  }
  must(appender->commit());
  followed_ = fresh.until;
}

void OtherLog::serve(Device& device) {
  device.answered_by = [this](const Bytes& request) { return world_->answer(*service_, request); };
}

}  // namespace setu::testing
