#include "client/recorder.hpp"

#include <algorithm>
#include <set>

#include "client/apply.hpp"
#include "client/circles.hpp"
#include "client/homes.hpp"
#include "client/inputs.hpp"
#include "client/keyring.hpp"
#include "client/show.hpp"

namespace setu::client {
namespace {

using forms::TypedInput;

std::uint32_t month_number(Instant now) {
  const CivilDate date = civil_date(now);
  return static_cast<std::uint32_t>(std::max(0, date.year - 1970)) * 12 + date.month - 1;
}

// One slot, one operation per change; only log entries may come in numbers.
Status check_no_repeats(const Kind& kind, const std::vector<Op>& ops) {
  std::set<std::pair<FieldTag, std::string>> slots;
  for (const Op& op : ops) {
    if (op.type != OpType::kAppend && !slots.emplace(op.field, op.key).second) {
      return fail(
          Code::kInvalidArgument,
          "set " + kind.form->name + "." + kind.field(op.field)->name + ": given more than once",
          "name each field once");
    }
  }
  return {};
}

bool has_value(const store::Row& row, const Kind& kind, const merge::Part& part,
               const forms::Field& field) {
  if (field.type == forms::FieldType::kLog) return !merge::view_log(part, field.tag).empty();
  return !is_empty(row.columns[kind.column_of.at(field.tag)]);
}

bool clears(const TypedInput& input) {
  return input.op == forms::InputOp::kSet && is_empty(input.value) && input.elements.empty() &&
         input.counts.empty();
}

// Required fields: all of them on create; on edit only those that this edit clears.
Status check_required_fields(const Kind& kind, const std::vector<TypedInput>& inputs, bool is_new) {
  const auto input_of = [&](const forms::Field& field) {
    return std::ranges::find(inputs, &field, &TypedInput::field);
  };
  return forms::check_required(
      *kind.form,
      [&](const forms::Field& field) {
        const auto input = input_of(field);
        return input != inputs.end() && !clears(*input);
      },
      [&](const forms::Field& field) { return is_new || input_of(field) != inputs.end(); });
}

}  // namespace

Recorder::Recorder(Context& context, store::Store::Transaction transaction, StampClock clock,
                   roster::Role role)
    : context_(&context), transaction_(std::move(transaction)), clock_(clock), role_(role) {}

Result<Recorder> Recorder::begin(Context& context) {
  const roster::Member* me = context.me();
  if (me != nullptr && me->state == roster::MemberState::kRemoved) {
    return fail(Code::kNotAllowed, "record: this device was removed from the programme",
                "what it holds stays here; ask a lead for a new invite, for a new --home");
  }
  if (me == nullptr || me->state != roster::MemberState::kActive) {
    return fail(Code::kNotAllowed, "record: this device is not an active member of a programme yet",
                "run `setu sync`; if it stays so, ask whoever invited you to run `setu approve`");
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(const StampClock clock, load_clock(context));
  return Recorder(context, std::move(transaction), clock, me->role);
}

Result<CircleId> Recorder::writable_circle(const Kind& kind, const CircleId& home,
                                           Audience audience) const {
  SETU_TAKE(const CircleId circle, circle_for(context_->roster, home, audience));
  const bool may_write = context_->roster.is_member(context_->self.id, circle) ||
                         context_->roster.may_write_to_inbox(context_->self.id, circle);
  if (!may_write) {
    return fail(
        Code::kNotAllowed,
        "write " + kind.form->name + ": a field of it is kept for others than this device's member",
        "`setu form show " + kind.form->name + "` says who reads and writes each field");
  }
  return circle;
}

Result<RecordId> Recorder::next_id(const CircleId& home, std::optional<wire::RecordSeed>& seed) {
  if (!seed_ || seed_home_ != home || seeds_left_ == 0) {
    const auto block = static_cast<std::uint32_t>(std::max<std::size_t>(expected_, 1));
    SETU_TAKE(seed_, context_->store.take_seed(home, month_number(context_->now()), block, [&] {
      wire::Seed fresh;
      context_->random().fill(fresh);
      return fresh;
    }));
    seed_home_ = home;
    seeds_left_ = block;
  }
  seed = *seed_;
  ++seed_->number;
  --seeds_left_;
  return wire::record_id(*seed);
}

Result<merge::ChainTips> Recorder::tips_of(const CircleId& circle) {
  merge::ChainTips tips;
  SETU_TAKE(const auto chains, context_->store.chains(circle));
  for (const auto& [device, chain] : chains) tips.advance(chain.tip);
  return tips;
}

Status Recorder::put_outbox(const CircleId& circle, const Change& change,
                            const std::optional<wire::RecordSeed>& seed) {
  const Bytes encoded = wire::encode_change({change, seed});
  const std::size_t most = limits::kChangeBytes + (change.moved_in ? limits::kMovedPartBytes : 0);
  if (encoded.size() > most || change.ops.size() > limits::kOpsPerChange) {
    return fail(Code::kTooLarge, "write record: more than 16 KiB in one change; nothing was saved",
                "write it in several steps");
  }
  return context_->store.outbox_add(circle, change.record, encoded);
}

Result<RecordId> Recorder::add(const Kind& kind, const CircleId& home,
                               const Client::Assignments& fields) {
  SETU_TAKE(const std::vector<TypedInput> inputs,
            gather_inputs(*context_, kind, nullptr, fields, role_));
  SETU_TRY(check_required_fields(kind, inputs, true));

  std::map<Audience, std::vector<Op>> ops;
  for (Audience audience : kind.basic_parts()) ops[audience];
  const merge::Part nothing;
  for (const TypedInput& input : inputs) {
    SETU_TAKE(const std::vector<Op> made, to_ops(input, nothing, input.field->audience, nullptr));
    std::vector<Op>& part_ops = ops[input.field->audience];
    part_ops.insert(part_ops.end(), made.begin(), made.end());
  }

  std::optional<wire::RecordSeed> seed;
  SETU_TAKE(const RecordId id, next_id(home, seed));
  const Stamp stamp = clock_.next(context_->now());
  store::Row row;
  row.kind = kind.form->kind;
  row.id = id;
  row.home = home;
  for (auto& [audience, part_ops] : ops) {
    SETU_TRY(check_no_repeats(kind, part_ops));
    SETU_TAKE(const CircleId circle, writable_circle(kind, home, audience));
    const Change change{.record = id,
                        .kind = kind.form->kind,
                        .home = home,
                        .stamp = stamp,
                        .creates = true,
                        .ops = std::move(part_ops)};
    merge::Part part;
    part.apply(change, merge::ChainTips{});
    put_part(*context_, kind, row, audience, part);
    SETU_TRY(put_outbox(circle, change, seed));
  }
  SETU_TRY(context_->store.insert(row));
  return id;
}

Status Recorder::apply(const Kind& kind, Audience audience, const CircleId& circle, Change change) {
  SETU_TAKE(const std::optional<store::KeptPart> kept,
            context_->store.kept_part(change.record, kept_under(change.home, audience),
                                      static_cast<std::uint8_t>(audience)));
  change.moved = change.moved || (kept && !kept->origins.empty());
  SETU_TAKE(const merge::ChainTips tips, tips_of(circle));
  SETU_TRY(apply_change(*context_, kind, audience, change, tips));
  return put_outbox(circle, change, std::nullopt);
}

Result<std::vector<Client::Replaced>> Recorder::edit(const Kind& kind, store::Row row,
                                                     const Client::Assignments& fields,
                                                     const ReadToken* token) {
  SETU_TAKE(const std::vector<TypedInput> inputs,
            gather_inputs(*context_, kind, &row, fields, role_));
  SETU_TRY(check_required_fields(kind, inputs, false));
  if (row.deleted) {
    return fail(Code::kNotAllowed,
                "edit " + kind.form->name + ": the record is deleted; nothing was changed",
                "`setu edit ID deleted=no` restores it first");
  }
  std::map<Audience, merge::Part> parts;
  std::map<Audience, std::vector<Op>> ops;
  std::vector<Client::Replaced> replaced;
  for (const TypedInput& input : inputs) {
    const Audience audience = input.field->audience;
    if (!parts.contains(audience)) {
      SETU_TAKE(parts[audience], load_part(*context_, kind, row, audience));
    }
    const merge::Part& part = parts.at(audience);
    SETU_TAKE(const std::vector<Op> made, to_ops(input, part, audience, token));
    ops[audience].insert(ops[audience].end(), made.begin(), made.end());
    const bool only_adds = std::ranges::all_of(made, [](const Op& op) {
      return op.type == OpType::kIncrement || op.type == OpType::kAppend;
    });
    if (!made.empty() && !only_adds && has_value(row, kind, part, *input.field)) {
      replaced.push_back({input.field->name, show_field(*context_, *input.field, part)});
    }
  }
  const Stamp stamp = clock_.next(context_->now());
  for (auto& [audience, part_ops] : ops) {
    if (part_ops.empty()) continue;
    SETU_TRY(check_no_repeats(kind, part_ops));
    SETU_TAKE(const CircleId circle, writable_circle(kind, row.home, audience));
    const bool first_of_part = !row.parts.contains(static_cast<std::uint8_t>(audience));
    SETU_TRY(apply(kind, audience, circle,
                   {.record = row.id,
                    .kind = row.kind,
                    .home = row.home,
                    .stamp = stamp,
                    .creates = first_of_part,
                    .ops = std::move(part_ops)}));
  }
  return replaced;
}

Status Recorder::set_deleted(const Kind& kind, store::Row row, bool deleted,
                             const ReadToken* token) {
  SETU_TRY(
      gather_inputs(*context_, kind, &row, {}, role_));  // may this member write the kind at all?
  const Stamp stamp = clock_.next(context_->now());
  for (const auto& [part_number, blob] : row.parts) {
    const auto audience = static_cast<Audience>(part_number);
    if (!kind.parts.contains(audience)) continue;  // says where the record belongs, nothing else
    const auto circle = writable_circle(kind, row.home, audience);
    if (!circle) continue;  // a part that this member only reads
    SETU_TAKE(const merge::Part part, load_part(*context_, kind, row, audience));
    Op op{kDeletedField, OpType::kWrite, "", Value{}, part.live_stamps()};
    if (deleted) op.value = std::int64_t{1};
    if (token != nullptr) op.seen = token->all_seen(part_number);
    SETU_TRY(apply(kind, audience, *circle,
                   {.record = row.id,
                    .kind = row.kind,
                    .home = row.home,
                    .stamp = stamp,
                    .creates = false,
                    .ops = {std::move(op)}}));
  }
  return {};
}

Status Recorder::write(const Kind& kind, const store::Row& row, Audience audience, Op op) {
  SETU_TAKE(const CircleId circle, writable_circle(kind, row.home, audience));
  const Stamp stamp = clock_.next(context_->now());
  return apply(kind, audience, circle,
               {.record = row.id,
                .kind = row.kind,
                .home = row.home,
                .stamp = stamp,
                .creates = false,
                .ops = {std::move(op)}});
}

Status Recorder::commit() {
  SETU_TRY(save_clock(*context_, clock_));
  return transaction_.commit();
}

Result<CircleId> choose_home(Context& context, const Kind& kind, const Client::Home& home) {
  const std::vector<CircleId> homes = homes_of(context.roster, context.self.id, kind.form->home);
  const std::string& wanted = home.caseload.empty() ? home.org : home.caseload;
  if (wanted.empty()) {
    if (homes.size() == 1) return homes.front();
    if (homes.empty()) {
      return fail(Code::kNotAllowed,
                  "add " + kind.form->name + ": this device has no home for this kind yet",
                  "sync first; a lead makes caseloads with `setu caseload add` and invites workers "
                  "to them");
    }
    return fail(
        Code::kAmbiguous,
        "add " + kind.form->name + ": there is more than one home it could belong to",
        "name one with --caseload or --org; `setu caseload list` and `setu org list` show them");
  }
  std::vector<CircleId> matching;
  for (const CircleId& id : homes) {
    const roster::Circle* circle = context.roster.circle(id);
    const bool fits = home.caseload.empty()
                          ? circle->org.hex() == wanted || org_name(context, circle->org) == wanted
                          : id.hex() == wanted || caseload_name(context, id) == wanted;
    if (fits) matching.push_back(id);
  }
  if (matching.size() == 1) return matching.front();
  if (matching.empty()) {
    return fail(Code::kNotFound,
                "add " + kind.form->name + ": no such home that this device may write to",
                "`setu caseload list` and `setu org list` show what there is");
  }
  return fail(Code::kAmbiguous, "add " + kind.form->name + ": more than one home has that name",
              "use its id instead");
}

}  // namespace setu::client
