#include "client/closed.hpp"

#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

std::string note_of(const CircleId& circle) {
  return std::string(notes::kClosedChains) + circle.hex();
}

}  // namespace

bool is_closed_to_me(const Context& context, const CircleId& circle, std::uint32_t epoch) {
  return epoch < context.roster.last_cut(circle) &&
         !context.roster.opens_epoch(context.self.id, circle, epoch);
}

Result<std::set<DeviceId>> closed_chains(Context& context, const CircleId& circle) {
  std::set<DeviceId> authors;
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(note_of(circle)));
  if (!note) return authors;
  Reader reader(*note);
  while (reader.ok() && !reader.at_end()) authors.insert(reader.id<DeviceId>());
  if (!reader.ok()) return fail(Code::kCorrupt, "read closed chains: damaged note");
  return authors;
}

Status note_closed_chain(Context& context, const CircleId& circle, const DeviceId& author) {
  SETU_TAKE(std::set<DeviceId> authors, closed_chains(context, circle));
  if (!authors.insert(author).second) return {};
  Writer writer;
  for (const DeviceId& each : authors) writer.id(each);
  return context.store.put_note(note_of(circle), writer.view());
}

}  // namespace setu::client
