#include "fake_server.hpp"

#include <algorithm>

namespace setu::sync::testing {
namespace {

Hash stream_hash(crypto::Domain domain, ByteView bytes) {
  crypto::StreamHash hash(domain);
  hash.update(bytes);
  return hash.digest();
}

Bytes ref_of(const CircleId& circle) { return to_bytes(circle.view().first(4)); }

}  // namespace

AnswerScript::AnswerScript(const crypto::SignKeyPair& key, ByteView request)
    : key_(key),
      programme_(read_request(request).hello.programme),
      request_(stream_hash(wire::kRequestStream, request)) {}

void AnswerScript::add(const wire::AnswerFrame& frame) {
  append(bytes, wire::encode_frame(frame));
  frame_ends.push_back(bytes.size());
}

void AnswerScript::seal(const wire::LogPoint& point, bool more, bool last) {
  wire::Seal seal;
  seal.point = point;
  seal.more = more;
  seal.last = last;
  seal.digest = digest_at(point);
  seal.tag.fill(std::byte{7});
  seal_with(seal);
}

void AnswerScript::seal_with(wire::Seal seal) {
  const Hash hash =
      wire::seal_hash(programme_, request_, stream_hash(wire::kAnswerStream, bytes), seal);
  seal.signature = crypto::sign(key_, wire::kSealSignature, hash.view());
  add(seal);
}

Received read_request(ByteView body) {
  Received received;
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(body);
  while (true) {
    auto frame = reader.next();
    SETU_ASSERT(frame);
    if (!*frame) break;
    if (const auto* hello = std::get_if<wire::Hello>(&**frame)) received.hello = *hello;
    if (const auto* entry = std::get_if<wire::PushEntry>(&**frame))
      received.entries.push_back(to_bytes(entry->bytes));
    if (const auto* batch = std::get_if<wire::PushBatch>(&**frame)) {
      received.batches.push_back(to_bytes(batch->compact));
      received.authors.push_back(batch->author);
    }
  }
  SETU_ASSERT(reader.at_boundary());
  return received;
}

void FakeServer::log_batch(const CircleId& circle, crypto::Random& random) {
  DeviceId other;
  other.bytes.fill(std::byte{6});
  const crypto::SignKeyPair author = make_key(8);
  const Bytes batch = make_batch(author, other, circle, log.size() + 1, random);
  auto view = wire::parse_batch(batch);
  SETU_ASSERT(view);
  log.push_back({Item::What::kBatch, circle, wire::compact_batch(*view, 4), 0});
}

void FakeServer::log_entry() {
  log.push_back({Item::What::kEntry, {}, Bytes(40, std::byte{3}), 0});
}

Bytes FakeServer::answer(ByteView body) {
  requests.push_back(read_request(body));
  const Received& received = requests.back();
  AnswerScript out(key, body);
  const bool stale = received.hello.nonce != nonce;
  if (stale) {
    wire::Challenge challenge{nonce, true, {}};
    if (shows_key) challenge.server_key = key.public_key;
    out.add(challenge);
  }
  take_pushes(received, out);
  if (stale) {
    wire::Seal seal;
    seal.point = received.hello.cursor;
    seal.last = true;
    out.seal_with(seal);
  } else {
    serve(received.hello, out);
  }
  return out.bytes;
}

void FakeServer::take_pushes(const Received& received, AnswerScript& out) {
  std::set<CircleId> touched;
  for (const Bytes& entry : received.entries) {
    taken_entries.push_back(entry);
    auto hash = Hash::from(entry);  // the tests' entries are their own hash
    SETU_ASSERT(hash);
    out.add(wire::EntryAck{*hash, taken_entries.size()});
  }
  for (const Bytes& bytes : received.batches) {
    auto compact = wire::parse_compact(bytes);
    SETU_ASSERT(compact);
    auto circle = wire::resolve_circle(compact->circle_ref, circles);
    SETU_ASSERT(circle);
    std::vector<Bytes>& chain = taken[*circle];
    const bool refused = refuses.contains({*circle, compact->seq});
    if (!refused && compact->seq <= chain.size()) {
      touched.insert(*circle);
    } else if (!refused && compact->seq == chain.size() + 1) {
      chain.push_back(bytes);
      touched.insert(*circle);
    } else {
      const auto code = refused ? wire::RefusalCode::kRule : wire::RefusalCode::kGap;
      out.add(wire::Refusal{code, compact->circle_ref, compact->seq, {}});
    }
  }
  if (received.hello.probe) {
    for (const auto& [circle, chain] : taken) touched.insert(circle);
  }
  for (const CircleId& circle : touched) out.add(wire::Ack{ref_of(circle), taken[circle].size()});
}

void FakeServer::serve(const wire::Hello& hello, AnswerScript& out) const {
  std::size_t served = 0;
  for (const wire::Backfill& backfill : hello.backfills) {
    for (std::uint64_t position = backfill.after + 1; position <= backfill.until; ++position) {
      const Item& item = log[position - 1];
      if (item.what != Item::What::kBatch || ref_of(item.circle) != backfill.circle_ref) continue;
      serve_item(position, out);
    }
  }
  std::uint64_t position = hello.cursor.position;
  while (position < log.size() && served < items_per_answer) {
    serve_item(++position, out);
    ++served;
    if (served % items_per_seal == 0) out.seal({generation, position}, false, false);
  }
  out.seal({generation, position}, position < log.size(), true);
}

void FakeServer::serve_item(std::uint64_t position, AnswerScript& out) const {
  const Item& item = log[position - 1];
  DeviceId other;
  other.bytes.fill(std::byte{6});
  switch (item.what) {
    case Item::What::kBatch: return out.add(wire::PulledBatch{position, other, item.bytes});
    case Item::What::kEntry: return out.add(wire::PulledEntry{position, item.bytes});
    case Item::What::kOwn: return out.add(wire::OwnBatch{position, ref_of(item.circle), item.seq});
  }
}

Synced sync_once(FakeReplica& replica, FakeServer& server, const Options& options,
                 std::size_t piece) {
  crypto::SeededRandom random(42);
  Exchange exchange(replica, options, random);
  const auto run = [&]() -> Status {
    while (exchange.wants_request()) {
      SETU_TAKE(const Bytes body, exchange.make_request());
      const Bytes answer = server.answer(body);
      const std::size_t step = piece == 0 ? std::max<std::size_t>(answer.size(), 1) : piece;
      for (std::size_t at = 0; at < answer.size(); at += step) {
        SETU_TRY(exchange.feed(ByteView(answer).subspan(at, std::min(step, answer.size() - at))));
      }
      SETU_TRY(exchange.end_of_answer());
    }
    return {};
  };
  Status status = run();
  return {std::move(status), exchange.report()};
}

}  // namespace setu::sync::testing
