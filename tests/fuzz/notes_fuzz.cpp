// The small notes that a replica keeps about itself, as a damaged page or another version leaves
// them: read, or kCorrupt; what was read is written again as the same bytes.
//
// Input: a byte that chooses the note, then the note. Nothing is committed.

#include <cstdint>

#include "client/context.hpp"
#include "client/plan.hpp"
#include "temp_dir.hpp"

namespace {

using namespace setu;
using namespace setu::client;

Context& context() {
  static const fuzz::TempDir dir;
  static Context one = [] {
    SETU_ASSERT(crypto::init());
    auto store = store::Store::create(dir.file("replica.db"), crypto::Secret(crypto::kKeySize),
                                      store::Cipher::kChaCha20);
    SETU_ASSERT(store);
    return Context(std::move(*store), Ports{});
  }();
  return one;
}

Bytes kept(std::string_view name) { return context().store.note(name).value().value(); }

void plan(ByteView note) {
  SETU_ASSERT(context().store.put_note(notes::kPlan, note));
  const auto plan = load_plan(context());
  if (!plan) SETU_ASSERT(plan.error().code == Code::kCorrupt);
  if (!plan || !*plan) return;
  SETU_ASSERT((*plan)->type == PlanType::kFound || (*plan)->type == PlanType::kJoin);
  SETU_ASSERT(save_plan(context(), **plan));
  SETU_ASSERT(equal(kept(notes::kPlan), note));
}

void clock(ByteView note) {
  SETU_ASSERT(context().store.put_note(notes::kClock, note));
  const auto clock = load_clock(context());
  if (!clock) SETU_ASSERT(clock.error().code == Code::kCorrupt);
  if (!clock) return;
  SETU_ASSERT(save_clock(context(), *clock));
  SETU_ASSERT(equal(kept(notes::kClock), note));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView note = std::as_bytes(std::span(data, size)).subspan(1);
  const auto undone = context().store.begin();
  SETU_ASSERT(undone);
  if (data[0] % 2 == 0) {
    plan(note);
  } else {
    clock(note);
  }
  return 0;
}
