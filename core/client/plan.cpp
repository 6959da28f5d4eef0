#include "client/plan.hpp"

#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string take_text(Reader& reader) {
  return std::string(as_text(reader.sized(limits::kTextBytes)));
}

}  // namespace

Result<std::optional<Plan>> load_plan(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kPlan));
  if (!note || note->empty()) return std::nullopt;
  Reader reader(*note);
  Plan plan;
  const bool known_version = reader.u8() == kVersion;
  plan.type = static_cast<PlanType>(reader.u8());
  const bool known_type = plan.type == PlanType::kFound || plan.type == PlanType::kJoin;
  plan.server_url = take_text(reader);
  plan.genesis = reader.id<Hash>();
  const ByteView secret = reader.raw(plan.secret.size());
  if (reader.ok()) std::memcpy(plan.secret.data(), secret.data(), secret.size());
  plan.server_key_hash = reader.id<Hash>();
  plan.programme_name = take_text(reader);
  plan.org_name = take_text(reader);
  if (!known_version || !known_type || !reader.ok() || !reader.at_end())
    return fail(Code::kCorrupt, "read plan: damaged note",
                "delete this home and start again with a new one");
  return plan;
}

Status save_plan(Context& context, const Plan& plan) {
  Writer writer;
  writer.u8(kVersion);
  writer.u8(static_cast<std::uint8_t>(plan.type));
  writer.sized(plan.server_url);
  writer.id(plan.genesis);
  writer.raw(plan.secret);
  writer.id(plan.server_key_hash);
  writer.sized(plan.programme_name);
  writer.sized(plan.org_name);
  return context.store.put_note(notes::kPlan, writer.view());
}

Status forget_plan(Context& context) { return context.store.put_note(notes::kPlan, {}); }

}  // namespace setu::client
