#include "client/backfills.hpp"

#include "setu/base/codec.hpp"

namespace setu::client {

Result<std::vector<Backfilling>> load_backfills(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kBackfills));
  std::vector<Backfilling> backfills;
  if (!note) return backfills;
  Reader reader(*note);
  while (!reader.at_end()) {
    Backfilling backfill;
    backfill.circle = reader.id<CircleId>();
    backfill.after = reader.u64();
    backfill.until = reader.u64();
    if (!reader.ok()) return fail(Code::kCorrupt, "read back-fills: damaged note");
    backfills.push_back(backfill);
  }
  return backfills;
}

Status save_backfills(Context& context, const std::vector<Backfilling>& backfills) {
  Writer writer;
  for (const Backfilling& backfill : backfills) {
    writer.id(backfill.circle);
    writer.u64(backfill.after);
    writer.u64(backfill.until);
  }
  return context.store.put_note(notes::kBackfills, writer.view());
}

}  // namespace setu::client
