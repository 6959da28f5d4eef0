#include "client/hand_over.hpp"

#include <algorithm>

#include "client/circles.hpp"
#include "client/homes.hpp"
#include "client/keyring.hpp"
#include "client/recorder.hpp"
#include "client/sealer.hpp"
#include "roster/allowed.hpp"

namespace setu::client {
namespace {

constexpr Audience kOfOneHome[] = {Audience::kHome, Audience::kFacts};
constexpr std::size_t kProgressEvery = 20;  // records

Value value_of(const CircleId& home) { return std::string(as_text(home.view())); }

bool is_claimed(const std::vector<HomeClaim>& claims, const CircleId& home) {
  return std::ranges::find(claims, home, &HomeClaim::home) != claims.end();
}

// The circles that hold parts of this home; only those whose key this device has may be written to.
std::optional<CircleId> my_circle(const Context& context, const CircleId& home, Audience audience) {
  const auto circle = circle_for(context.roster, home, audience);
  if (!circle || !context.roster.is_member(context.self.id, *circle)) return std::nullopt;
  return *circle;
}

Status check_fits(const Context& context, const Change& change) {
  if (fits_one_batch(context, change)) return {};
  return fail(Code::kTooLarge,
              "hand over: the record holds more than can be moved at once; nothing was moved",
              "start a new record for it in the other caseload");
}

// Moves records of one user action.
class Mover {
 public:
  Mover(Context& context, Recorder& recorder) : context_(context), recorder_(recorder) {}

  // The record's parts of its home, whole, into the circles of the new one. kTooLarge: nothing was
  // written.
  Status move(const Kind& kind, const store::Row& row, const CircleId& home) {
    SETU_TAKE(const Holding whole, load_holding(context_, kind, row.id));
    SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context_, kind, whole));
    Change change = begin(kind, row.id);
    change.ops = {says(home, seen_of(claims, row.home))};
    std::vector<Change> arrivals;
    for (Audience audience : kOfOneHome) {
      Change arrival = change;
      arrival.home = home;
      SETU_TAKE(arrival.moved_in, leaving(kind, whole, row.home, audience));
      SETU_TRY(check_fits(context_, arrival));
      arrivals.push_back(std::move(arrival));
    }
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      if (!arrivals[i].moved_in) continue;
      SETU_TAKE(const CircleId circle, circle_for(context_.roster, home, kOfOneHome[i]));
      SETU_TRY(recorder_.put(kind, kOfOneHome[i], circle, arrivals[i]));
    }
    SETU_TRY(say_in(kind, change, row.home));
    return say_to_leads(kind, change, row.home);
  }

  // What the part knows goes into another home, unless all of it is known there.
  Result<bool> pass_on(const Kind& kind, const Holding& holding, const CircleId& from,
                       const CircleId& to, Audience audience) {
    const auto circle = my_circle(context_, to, audience);
    SETU_TAKE(std::optional<MovedPart> moved, leaving(kind, holding, from, audience));
    if (!circle || !moved) return false;
    SETU_TAKE(const PartState there, load_state(context_, kind, holding, to, audience));
    SETU_TAKE(const merge::ChainTips tips, recorder_.tips_of(*circle));
    PartState joined = there;
    merge::move_in(joined.part, joined.origins, *moved, {*circle, tips});
    if (joined.part == there.part) return false;
    Change change = begin(kind, holding.kept.front().record);
    change.home = to;
    change.moved_in = std::move(moved);
    SETU_TRY(check_fits(context_, change));
    SETU_TRY(recorder_.put(kind, audience, *circle, std::move(change)));
    return true;
  }

  // The register alone, in every home that this device holds a state of.
  Status decide(const Kind& kind, const RecordId& record, const CircleId& home) {
    SETU_TAKE(const Holding holding, load_holding(context_, kind, record));
    SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context_, kind, holding));
    Change change = begin(kind, record);
    std::vector<Stamp> seen;
    for (const HomeClaim& claim : claims) seen.push_back(claim.stamp);
    std::ranges::sort(seen);
    change.ops = {says(home, std::move(seen))};
    std::set<CircleId> homes;
    if (holding.row) homes.insert(holding.row->home);
    for (const HomeClaim& claim : claims) homes.insert(claim.home);
    for (const store::KeptPart& kept : holding.kept) {
      if (!kept.home.is_nil()) homes.insert(kept.home);
    }
    for (const CircleId& each : homes) SETU_TRY(say_in(kind, change, each));
    return say_to_leads(kind, change, home);
  }

 private:
  Change begin(const Kind& kind, const RecordId& record) {
    Change change;
    change.record = record;
    change.kind = kind.form->kind;
    change.stamp = recorder_.next_stamp();
    change.moved = true;
    return change;
  }

  static Op says(const CircleId& home, std::vector<Stamp> seen) {
    return {kHomeField, OpType::kWrite, "", value_of(home), std::move(seen)};
  }

  // Who hands over has seen where the record is shown; of other claims she decides nothing.
  static std::vector<Stamp> seen_of(const std::vector<HomeClaim>& claims, const CircleId& home) {
    std::vector<Stamp> seen;
    for (const HomeClaim& claim : claims) {
      if (claim.home == home) seen.push_back(claim.stamp);
    }
    std::ranges::sort(seen);
    return seen;
  }

  Result<std::optional<MovedPart>> leaving(const Kind& kind, const Holding& holding,
                                           const CircleId& home, Audience audience) {
    const auto circle = my_circle(context_, home, audience);
    if (!circle) return std::nullopt;
    SETU_TAKE(const PartState state, load_state(context_, kind, holding, home, audience));
    if (state.part.empty()) return std::nullopt;
    SETU_TAKE(const merge::ChainTips tips, recorder_.tips_of(*circle));
    return std::optional(merge::move_out(state.part, &state.origins, {*circle, tips}));
  }

  Status say_in(const Kind& kind, Change change, const CircleId& home) {
    change.home = home;
    for (Audience audience : kOfOneHome) {
      const auto circle = my_circle(context_, home, audience);
      if (circle && kind.parts.contains(audience))
        SETU_TRY(recorder_.put(kind, audience, *circle, change));
    }
    return {};
  }

  Status say_to_leads(const Kind& kind, Change change, const CircleId& home) {
    change.home = home;
    const auto circle = my_circle(context_, home, Audience::kLeads);
    return circle ? recorder_.put(kind, Audience::kLeads, *circle, std::move(change)) : Status{};
  }

  Context& context_;
  Recorder& recorder_;
};

// --- what moves

Result<CircleId> find_caseload(Context& context, std::string_view wanted) {
  std::vector<CircleId> found;
  for (const CircleId& id : homes_of(context.roster, context.self.id, forms::HomeType::kCaseload)) {
    if (id.hex() == wanted || caseload_name(context, id) == wanted) found.push_back(id);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(Code::kNotFound, "hand over: no such caseload that this device can read",
                "`setu caseload list` shows them; a lead makes one with `setu caseload add`");
  }
  return fail(Code::kAmbiguous, "hand over: more than one caseload has that name",
              "use its id instead");
}

// A caseload-homed kind's references to records of other such kinds: it goes where they go.
std::vector<const forms::Field*> followed_fields(const Context& context, const Kind& kind) {
  std::vector<const forms::Field*> fields;
  if (kind.form->home != forms::HomeType::kCaseload) return fields;
  for (const forms::Field& field : kind.form->fields) {
    if (field.type != forms::FieldType::kReference || field.reference_kind == kind.form->name)
      continue;
    const auto target = context.kind_named(field.reference_kind);
    if (target && (*target)->form->home == forms::HomeType::kCaseload) fields.push_back(&field);
  }
  return fields;
}

struct Moving {
  const Kind* kind = nullptr;
  store::Row row;
};

Status add_followers(Context& context, const store::Row& leader, std::vector<Moving>& moving) {
  for (const auto& [tag, kind] : context.kinds) {
    for (const forms::Field* field : followed_fields(context, kind)) {
      if (context.kind(leader.kind)->form->name != field->reference_kind) continue;
      const Value id = std::string(as_text(leader.id.view()));
      SETU_TAKE(std::vector<store::Row> rows,
                context.store.list(tag, {{field->name, id, false}}, SIZE_MAX, true));
      for (store::Row& row : rows) {
        if (row.home == leader.home) moving.push_back({&kind, std::move(row)});
      }
    }
  }
  return {};
}

Result<std::vector<Moving>> what_moves(Context& context, const Client::TransferRequest& request,
                                       const CircleId& to) {
  std::vector<Moving> moving;
  if (!request.record.empty()) {
    SETU_TAKE(Found found, find_record(context, request.record));
    if (found.kind->form->home != forms::HomeType::kCaseload) {
      return fail(Code::kInvalidArgument,
                  "hand over " + found.kind->form->name + ": records of this kind have no caseload",
                  "`setu form show " + found.kind->form->name + "` says where they belong");
    }
    if (found.row.home == to) {
      return fail(Code::kInvalidArgument,
                  "hand over " + found.kind->form->name + ": it is in that caseload already",
                  "nothing was changed");
    }
    const store::Row leader = found.row;
    moving.push_back({found.kind, std::move(found.row)});
    SETU_TRY(add_followers(context, leader, moving));
    return moving;
  }
  SETU_TAKE(const CircleId from, find_caseload(context, request.from));
  if (from == to)
    return fail(Code::kInvalidArgument, "hand over: both caseloads are the same",
                "name two different ones");
  for (const auto& [tag, kind] : context.kinds) {
    if (kind.form->home != forms::HomeType::kCaseload) continue;
    SETU_TAKE(std::vector<store::Row> rows, context.store.list(tag, {}, SIZE_MAX, true));
    for (store::Row& row : rows) {
      if (row.home == from) moving.push_back({&kind, std::move(row)});
    }
  }
  return moving;
}

// --- what follows by itself

// Parts that heard something since they were left behind.
Result<std::uint64_t> pass_on_parts(Context& context, Mover& mover,
                                    const std::vector<store::KeptPart>& changed) {
  std::uint64_t passed = 0;
  for (const store::KeptPart& part : changed) {
    const Kind* kind = context.kind(part.kind);
    if (kind == nullptr || !leads_home(context, part.home)) continue;
    SETU_TAKE(const Holding holding, load_holding(context, *kind, part.record));
    SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context, *kind, holding));
    const auto to = std::ranges::find_if(
        claims, [&](const HomeClaim& claim) { return reads_home(context, claim.home); });
    if (!is_claimed(claims, part.home) && to != claims.end()) {
      const auto went =
          mover.pass_on(*kind, holding, part.home, to->home, static_cast<Audience>(part.part));
      if (!went && went.error().code == Code::kTooLarge) continue;
      if (!went) return fail(went.error());
      passed += *went ? 1 : 0;
    }
    SETU_TAKE(std::optional<store::KeptPart> seen,
              context.store.kept_part(part.record, part.home, part.part));
    if (!seen) continue;
    seen->changed = false;
    SETU_TRY(context.store.put_kept_part(*seen));
  }
  return passed;
}

// A record whose person was handed over, made or found in the old home afterwards.
struct Straggler {
  const Kind* kind = nullptr;
  store::Row row;
  CircleId home;
};

Result<std::vector<Straggler>> find_stragglers(Context& context) {
  std::vector<Straggler> stragglers;
  for (const auto& [tag, kind] : context.kinds) {
    for (const forms::Field* field : followed_fields(context, kind)) {
      SETU_TAKE(const Kind* leaders, context.kind_named(field->reference_kind));
      SETU_TAKE(const std::vector<RecordId> records, context.store.left_behind(tag, field->name));
      for (const RecordId& record : records) {
        SETU_TAKE(std::optional<store::Row> row, context.store.find(tag, record));
        const auto& value = row->columns[kind.column_of.at(field->tag)];
        SETU_TAKE(const RecordId leader_id, RecordId::from(as_bytes(std::get<std::string>(value))));
        SETU_TAKE(const Holding leader, load_holding(context, *leaders, leader_id));
        SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context, *leaders, leader));
        if (!leader.row || leader.row->home == row->home || is_claimed(claims, row->home) ||
            !leads_home(context, row->home))
          continue;
        stragglers.push_back({&kind, std::move(*row), leader.row->home});
      }
    }
  }
  return stragglers;
}

}  // namespace

Result<TransferReport> transfer(Context& context, const Client::TransferRequest& request) {
  if (request.record.empty() == request.from.empty()) {
    return fail(Code::kInvalidArgument, "hand over: one record, or a whole caseload",
                "`setu transfer RECORD --caseload NAME` or `setu transfer --from CASELOAD "
                "--caseload NAME`");
  }
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  SETU_TAKE(const CircleId to, find_caseload(context, request.caseload));
  SETU_TAKE(const std::vector<Moving> moving, what_moves(context, request, to));
  Mover mover(context, recorder);
  TransferReport report;
  for (const Moving& each : moving) {
    if (!leads_home(context, each.row.home) ||
        !may_move_between(context.roster, each.row.home, to)) {
      return fail(Code::kNotAllowed,
                  "hand over " + each.kind->form->name +
                      ": only a lead moves records, between caseloads of one organisation",
                  "ask a lead of your organisation; nothing was changed");
    }
    const Status moved = mover.move(*each.kind, each.row, to);
    if (!moved && moved.error().code != Code::kTooLarge) return fail(moved.error());
    if (moved)
      ++report.moved;
    else
      report.refused.push_back({to_uuid(each.row.id), moved.error().message});
    const std::size_t done = report.moved + report.refused.size();
    if (request.progress && (done % kProgressEvery == 0 || done == moving.size()))
      request.progress(done, moving.size());
  }
  SETU_TRY(recorder.commit());
  return report;
}

Result<std::uint64_t> pass_on_late(Context& context) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive ||
      me->role == roster::Role::kWorker)
    return 0;
  SETU_TAKE(const std::vector<store::KeptPart> changed, context.store.changed_kept_parts());
  SETU_TAKE(const std::vector<Straggler> stragglers, find_stragglers(context));
  if (changed.empty() && stragglers.empty()) return 0;
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  Mover mover(context, recorder);
  SETU_TAKE(std::uint64_t passed, pass_on_parts(context, mover, changed));
  for (const Straggler& straggler : stragglers) {
    const Status moved = mover.move(*straggler.kind, straggler.row, straggler.home);
    if (!moved && moved.error().code != Code::kTooLarge) return fail(moved.error());
    passed += moved ? 1 : 0;
  }
  SETU_TRY(recorder.commit());
  return passed;
}

Status settle_home(Context& context, const Kind& kind, const store::Row& row,
                   const CircleId& home) {
  if (!leads_home(context, home) || !may_move_between(context.roster, row.home, home)) {
    return fail(Code::kNotAllowed, "resolve: only a lead says which caseload a record belongs to",
                "ask a lead of the organisation");
  }
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  SETU_TRY(Mover(context, recorder).decide(kind, row.id, home));
  return recorder.commit();
}

}  // namespace setu::client
