#include "client/homes.hpp"

#include <algorithm>

#include "client/adoption.hpp"
#include "client/apply.hpp"
#include "client/circles.hpp"
#include "roster/allowed.hpp"

namespace setu::client {
namespace {

constexpr Audience kOfOneHome[] = {Audience::kHome, Audience::kFacts};

std::uint8_t number(Audience audience) { return static_cast<std::uint8_t>(audience); }

bool says_home(const Change& change) {
  return change.moved_in ||
         std::ranges::any_of(change.ops, [](const Op& op) { return op.field == kHomeField; });
}

Result<merge::Part> unpack_kept(Context& context, const store::KeptPart& kept) {
  return merge::unpack(
      kept.state, {}, [](FieldTag) { return Value{}; }, context.store.device_numbers());
}

Bytes pack_kept(Context& context, const merge::Part& part) {
  return merge::pack(part, {}, context.store.device_numbers());
}

// Only what the part says of the record's home.
merge::Part register_only(const merge::Part& part) {
  merge::Part stripped;
  const merge::Slot* slot = part.find(kHomeField);
  if (slot != nullptr) stripped.mutable_slots()[{kHomeField, {}}] = *slot;
  return stripped;
}

// --- applying

Status save_state(Context& context, const Kind& kind, Holding& holding, const Change& change,
                  Audience audience, const PartState& state) {
  store::KeptPart kept{.record = change.record,
                       .kind = kind.form->kind,
                       .home = kept_under(change.home, audience),
                       .part = number(audience)};
  if (state.moved) kept.origins = merge::pack_origins(state.origins);
  const bool starts = !holding.row && !holding.has_state(change.home);
  const bool in_row =
      starts || (holding.row && (kept.home.is_nil() || holding.row->home == change.home));
  if (!in_row) {
    kept.state = pack_kept(context, state.part);
    kept.changed = true;
    return context.store.put_kept_part(kept);
  }
  if (starts) {
    holding.row.emplace();
    holding.row->kind = kind.form->kind;
    holding.row->id = change.record;
    holding.row->home = change.home;
    holding.row->columns.resize(kind.table.columns.size());
  }
  SETU_TRY(write_part(context, kind, *holding.row, audience, state.part));
  if (state.moved || holding.find(kept.home, audience) != nullptr)
    return context.store.put_kept_part(kept);
  return {};
}

// False: it brings nothing to this state, and leaves no trace in it. Members who hold the history
// keep no second copy of what a cut's state tells them.
bool take_into(PartState& state, const Change& change, const merge::Place& here) {
  const bool only_brings = change.moved_in && change.ops.empty();
  const bool claims_no_news =
      only_brings && (merge::claims_nothing(*change.moved_in, here.circle) ||
                      merge::is_heard(*change.moved_in, state.origins, here));
  const merge::Part before = claims_no_news ? state.part : merge::Part{};
  merge::Origins origins = state.origins;
  const bool is_moved = state.moved || change.moved;
  if (is_moved)
    merge::apply_moved(state.part, origins, change, here);
  else
    state.part.apply(change, here.tips);
  if (claims_no_news && state.part == before) return false;
  state.origins = std::move(origins);
  state.moved = is_moved;
  return true;
}

// A part that stays where it is when the record moves.
Status apply_to_wide(Context& context, const Kind& kind, Audience audience, const Change& change,
                     const merge::ChainTips& tips, Holding& holding) {
  if (!holding.row && !holding.kept.empty()) return {};  // given up, all of it
  SETU_TAKE(const CircleId circle, circle_for(context.roster, change.home, audience));
  SETU_TAKE(PartState state, load_state(context, kind, holding, change.home, audience));
  const bool brings = change.moved_in && !is_adoption(*change.moved_in, circle);
  if (!state.moved && !brings) {
    return apply_to_row(context, kind, audience, change, change.moved ? merge::ChainTips{} : tips,
                        holding.row);
  }
  if (!take_into(state, change, {circle, tips})) return {};
  return save_state(context, kind, holding, change, audience, state);
}

// Of what was given up only its way on is followed.
Status apply_to_given_up(Context& context, const Kind& kind, Audience audience,
                         const Change& change, const Holding& holding) {
  merge::Part part;
  const store::KeptPart* known = holding.find(change.home, audience);
  if (known != nullptr) {
    SETU_TAKE(part, unpack_kept(context, *known));
  }
  Change told = change;
  std::erase_if(told.ops, [](const Op& op) { return op.field != kHomeField; });
  if (told.moved_in) {
    std::erase_if(told.moved_in->slots,
                  [](const MovedSlot& slot) { return slot.field != kHomeField; });
    // What is superseded in a register of homes is always listed, and nothing else is here that a
    // cover could speak of.
    for (Cover& cover : told.moved_in->covers) cover.tips.clear();
  }
  merge::Origins none;
  merge::apply_moved(part, none, told, {change.home, merge::ChainTips{}});
  return context.store.put_kept_part({.record = change.record,
                                      .kind = kind.form->kind,
                                      .home = change.home,
                                      .part = number(audience),
                                      .state = pack_kept(context, part),
                                      .origins = {},
                                      .gone = true,
                                      .changed = false});
}

// --- settling

// The row's parts of its home go beside it.
Status keep_beside(Context& context, const Kind& kind, Holding& holding) {
  store::Row& row = *holding.row;
  for (Audience audience : kOfOneHome) {
    if (!row.parts.contains(number(audience))) continue;
    SETU_TAKE(const PartState state, load_state(context, kind, holding, row.home, audience));
    store::KeptPart kept{.record = row.id,
                         .kind = row.kind,
                         .home = row.home,
                         .part = number(audience),
                         .state = pack_kept(context, state.part),
                         .changed = true};
    if (state.moved) kept.origins = merge::pack_origins(state.origins);
    SETU_TRY(context.store.put_kept_part(kept));
    SETU_TRY(context.store.set_conflicts(row.kind, row.id, number(audience), {}));
    put_part(context, kind, row, audience, merge::Part{});
    row.parts.erase(number(audience));
  }
  return {};
}

// Shows the record in a home whose parts were kept beside it.
Status show_in(Context& context, const Kind& kind, Holding& holding, const CircleId& home) {
  if (holding.row) {
    SETU_TRY(keep_beside(context, kind, holding));
  } else {
    holding.row.emplace();
    holding.row->kind = kind.form->kind;
    holding.row->id = holding.kept.front().record;
    holding.row->columns.resize(kind.table.columns.size());
  }
  store::Row& row = *holding.row;
  row.home = home;
  if (row.row_number != 0) SETU_TRY(context.store.set_home(row));
  for (const store::KeptPart& kept : holding.kept) {
    if (kept.home != home || kept.state.empty()) continue;
    SETU_TAKE(const merge::Part part, unpack_kept(context, kept));
    store::KeptPart shown = kept;
    shown.state.clear();
    shown.changed = false;
    SETU_TRY(context.store.put_kept_part(shown));
    SETU_TRY(write_part(context, kind, row, static_cast<Audience>(kept.part), part));
  }
  return {};
}

// The record is somebody else's now: this device forgets all of it but where it went.
Status give_up(Context& context, const Kind& kind, Holding& holding) {
  if (holding.row) {
    SETU_TRY(keep_beside(context, kind, holding));
    SETU_TRY(context.store.erase_row(*holding.row));
    SETU_TAKE(holding.kept, context.store.kept_parts(holding.row->id));
  }
  for (const store::KeptPart& kept : holding.kept) {
    if (kept.gone || kept.state.empty()) continue;
    SETU_TAKE(const merge::Part part, unpack_kept(context, kept));
    store::KeptPart gone = kept;
    gone.state = pack_kept(context, register_only(part));
    gone.origins.clear();
    gone.gone = true;
    gone.changed = false;
    SETU_TRY(context.store.put_kept_part(gone));
  }
  return {};
}

// Leads compare again: what was kept back may have to follow the record to where it is now.
Status note_changed(Context& context, const Holding& holding) {
  for (const store::KeptPart& kept : holding.kept) {
    if (kept.gone || kept.changed || kept.home.is_nil()) continue;
    store::KeptPart changed = kept;
    changed.changed = true;
    SETU_TRY(context.store.put_kept_part(changed));
  }
  return {};
}

// Where to show a record that no register speaks of, or whose new home has not arrived: where it
// is. What was given up for a hand-over that does not stand any more comes back.
Status show_what_is_here(Context& context, const Kind& kind, Holding& holding, bool claimed) {
  if (holding.row) return {};
  for (const store::KeptPart& kept : holding.kept) {
    if (!kept.gone && !kept.state.empty()) return show_in(context, kind, holding, kept.home);
    if (kept.gone && !claimed && reads_home(context, kept.home)) context.revived.insert(kept.home);
  }
  return {};
}

Result<merge::ChainTips> tips_of(Context& context, const CircleId& circle) {
  merge::ChainTips tips;
  SETU_TAKE(const auto chains, context.store.chains(circle));
  for (const auto& [device, chain] : chains) tips.advance(chain.tip);
  return tips;
}

// One part as the row's home has it, joined with what another home knows of it.
Status join_late_edits(Context& context, const Kind& kind, Holding& holding,
                       const store::KeptPart& kept) {
  const auto audience = static_cast<Audience>(kept.part);
  store::Row& row = *holding.row;
  SETU_TAKE(const CircleId there, circle_for(context.roster, kept.home, audience));
  SETU_TAKE(const CircleId here, circle_for(context.roster, row.home, audience));
  SETU_TAKE(const merge::ChainTips tips_there, tips_of(context, there));
  SETU_TAKE(const merge::ChainTips tips_here, tips_of(context, here));
  SETU_TAKE(const PartState late, load_state(context, kind, holding, kept.home, audience));
  SETU_TAKE(PartState shown, load_state(context, kind, holding, row.home, audience));
  const merge::Part before = shown.part;
  merge::move_in(shown.part, shown.origins,
                 merge::move_out(late.part, &late.origins, {there, tips_there}), {here, tips_here});
  if (shown.part == before) return {};
  SETU_TRY(write_part(context, kind, row, audience, shown.part));
  return context.store.put_kept_part({.record = row.id,
                                      .kind = row.kind,
                                      .home = row.home,
                                      .part = kept.part,
                                      .origins = merge::pack_origins(shown.origins)});
}

// Who reads both homes and is no lead there (a coordinator, facts) sees late edits of the old home
// at once, her own among them: the lead's device that will hand them on need not sync for weeks.
// That device itself must go on seeing what the new home lacks.
Status show_late_edits(Context& context, const Kind& kind, const RecordId& record) {
  SETU_TAKE(Holding holding, load_holding(context, kind, record));
  if (!holding.row || leads_home(context, holding.row->home)) return {};
  const std::vector<store::KeptPart> all = holding.kept;
  for (const store::KeptPart& kept : all) {
    if (kept.gone || kept.state.empty() || kept.home == holding.row->home ||
        !holding.row->parts.contains(kept.part))
      continue;
    SETU_TRY(join_late_edits(context, kind, holding, kept));
    SETU_TAKE(holding, load_holding(context, kind, record));
  }
  return {};
}

Status choose_home(Context& context, const Kind& kind, const RecordId& record) {
  SETU_TAKE(Holding holding, load_holding(context, kind, record));
  if (holding.row && holding.row->parts.empty()) {
    SETU_TRY(context.store.erase_row(*holding.row));
    holding.row.reset();
  }
  SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context, kind, holding));
  if (claims.empty()) return show_what_is_here(context, kind, holding, false);
  SETU_TRY(note_changed(context, holding));
  for (const HomeClaim& claim : claims) {
    if (holding.row && holding.row->home == claim.home) return {};
    if (holding.has_state(claim.home)) return show_in(context, kind, holding, claim.home);
    if (holding.gave_up(claim.home) && reads_home(context, claim.home)) {
      context.revived.insert(claim.home);
      return {};
    }
  }
  const bool will_come = std::ranges::any_of(
      claims, [&](const HomeClaim& claim) { return reads_home(context, claim.home); });
  if (will_come) return show_what_is_here(context, kind, holding, true);
  return give_up(context, kind, holding);
}

Status settle_record(Context& context, const Kind& kind, const RecordId& record) {
  SETU_TRY(choose_home(context, kind, record));
  return show_late_edits(context, kind, record);
}

}  // namespace

CircleId kept_under(const CircleId& home, Audience audience) {
  return is_of_one_home(audience) ? home : CircleId{};
}

bool is_of_one_home(Audience audience) {
  return std::ranges::find(kOfOneHome, audience) != std::end(kOfOneHome);
}

bool may_move_between(const roster::Roster& roster, const CircleId& a, const CircleId& b) {
  const roster::Circle* from = roster.circle(a);
  const roster::Circle* to = roster.circle(b);
  return from != nullptr && to != nullptr && from->type == roster::CircleType::kCaseload &&
         to->type == roster::CircleType::kCaseload && from->org == to->org;
}

bool leads_home(const Context& context, const CircleId& home) {
  const roster::Member* me = context.me();
  const roster::Circle* circle = context.roster.circle(home);
  return me != nullptr && circle != nullptr && me->state == roster::MemberState::kActive &&
         roster::leads(*me, circle->org);
}

bool reads_home(const Context& context, const CircleId& home) {
  return std::ranges::any_of(kOfOneHome, [&](Audience audience) {
    const auto circle = circle_for(context.roster, home, audience);
    return circle && context.roster.is_member(context.self.id, *circle);
  });
}

const store::KeptPart* Holding::find(const CircleId& home, Audience audience) const {
  const auto found = std::ranges::find_if(kept, [&](const store::KeptPart& part) {
    return part.home == home && part.part == number(audience);
  });
  return found == kept.end() ? nullptr : &*found;
}

bool Holding::gave_up(const CircleId& home) const {
  return std::ranges::any_of(
      kept, [&](const store::KeptPart& part) { return part.home == home && part.gone; });
}

bool Holding::has_state(const CircleId& home) const {
  return std::ranges::any_of(kept, [&](const store::KeptPart& part) {
    return part.home == home && !part.gone && !part.state.empty();
  });
}

Result<Holding> load_holding(Context& context, const Kind& kind, const RecordId& record) {
  Holding holding;
  SETU_TAKE(holding.row, context.store.find(kind.form->kind, record));
  SETU_TAKE(holding.kept, context.store.kept_parts(record));
  return holding;
}

Result<PartState> load_state(Context& context, const Kind& kind, const Holding& holding,
                             const CircleId& home, Audience audience) {
  PartState state;
  const CircleId under = kept_under(home, audience);
  const store::KeptPart* kept = holding.find(under, audience);
  if (kept != nullptr && !kept->origins.empty()) {
    SETU_TAKE(state.origins, merge::unpack_origins(kept->origins));
    state.moved = true;
  }
  if (kept != nullptr && !kept->state.empty()) {
    SETU_TAKE(state.part, unpack_kept(context, *kept));
  } else if (holding.row && (under.is_nil() || holding.row->home == home)) {
    SETU_TAKE(state.part, load_part(context, kind, *holding.row, audience));
  }
  return state;
}

Result<std::vector<HomeClaim>> home_claims(Context& context, const Kind& kind,
                                           const Holding& holding) {
  std::map<Stamp, CircleId> live;
  std::vector<Stamp> dead;
  const auto hear = [&](const merge::Part& part) {
    const merge::Slot* slot = part.find(kHomeField);
    if (slot == nullptr) return;
    dead.insert(dead.end(), slot->dead.begin(), slot->dead.end());
    for (const merge::Entry& entry : slot->entries) {
      const auto* bytes = std::get_if<std::string>(&entry.value);
      const auto home = CircleId::from(bytes == nullptr ? ByteView{} : as_bytes(*bytes));
      if (home) live[entry.stamp] = *home;
    }
  };
  if (holding.row) {
    for (const auto& [part_number, blob] : holding.row->parts) {
      SETU_TAKE(const merge::Part part,
                load_part(context, kind, *holding.row, static_cast<Audience>(part_number)));
      hear(part);
    }
  }
  for (const store::KeptPart& kept : holding.kept) {
    if (kept.state.empty()) continue;
    SETU_TAKE(const merge::Part part, unpack_kept(context, kept));
    hear(part);
  }
  for (const Stamp& stamp : dead) live.erase(stamp);
  std::vector<HomeClaim> claims;
  for (auto claim = live.rbegin(); claim != live.rend(); ++claim)
    claims.push_back({claim->second, claim->first});
  return claims;
}

namespace {

std::optional<CircleId> home_of(const Holding& holding) {
  if (holding.row) return holding.row->home;
  for (const store::KeptPart& kept : holding.kept) {
    if (!kept.home.is_nil()) return kept.home;
  }
  return std::nullopt;
}

}  // namespace

Status apply_across_homes(Context& context, const Kind& kind, Audience audience,
                          const Change& change, const merge::ChainTips& tips, Holding holding) {
  const CircleId known = home_of(holding).value_or(change.home);
  if (known != change.home && !may_move_between(context.roster, known, change.home)) {
    return fail(Code::kRefused, "apply change: the record belongs to another home",
                "nothing was changed");
  }
  if (!is_of_one_home(audience)) {
    SETU_TRY(apply_to_wide(context, kind, audience, change, tips, holding));
  } else if (holding.gave_up(change.home)) {
    SETU_TRY(apply_to_given_up(context, kind, audience, change, holding));
  } else {
    SETU_TAKE(const CircleId circle, circle_for(context.roster, change.home, audience));
    SETU_TAKE(PartState state, load_state(context, kind, holding, change.home, audience));
    if (!take_into(state, change, {circle, tips})) return {};
    SETU_TRY(save_state(context, kind, holding, change, audience, state));
  }
  if (holding.kept.empty() && !says_home(change) && known == change.home) return {};
  if (context.unsettled) {
    context.unsettled->emplace(kind.form->kind, change.record);
    return {};
  }
  return settle_record(context, kind, change.record);
}

Status clear_kept(Context& context, Audience audience, const CircleId& home) {
  SETU_ASSERT(context.unsettled);
  SETU_TAKE(const auto records, context.store.clear_kept_parts(number(audience), home));
  context.unsettled->insert(records.begin(), records.end());
  return {};
}

Result<std::set<CircleId>> joined_with(Context& context, const CircleId& circle) {
  std::set<CircleId> joined;
  const roster::Circle* found = context.roster.circle(circle);
  const auto audience = audience_of(found->type);
  const CircleId home = roster::implied_home(*found);
  if (!audience || !is_of_one_home(*audience) || leads_home(context, home)) return joined;
  SETU_TAKE(const auto records, context.store.records_kept_in(number(*audience), home));
  for (const auto& [kind, record] : records) {
    SETU_TAKE(const std::optional<store::Row> row, context.store.find(kind, record));
    if (!row || row->home == home) continue;
    SETU_TAKE(const CircleId shown_in, circle_for(context.roster, row->home, *audience));
    joined.insert(shown_in);
  }
  return joined;
}

Result<HandOvers> hand_overs(Context& context) {
  SETU_TAKE(const std::vector<store::KeptPart> moved, context.store.moved_parts());
  std::set<RecordId> gone, arrived;
  for (const store::KeptPart& kept : moved) {
    if (kept.gone) {
      gone.insert(kept.record);
      continue;
    }
    SETU_TAKE(const merge::Origins origins, merge::unpack_origins(kept.origins));
    const auto circle = circle_for(context.roster, kept.home, static_cast<Audience>(kept.part));
    const bool from_elsewhere =  // not carried over a cut of its own circle's history
        circle && std::ranges::any_of(origins.covers,
                                      [&](const auto& cover) { return cover.first != *circle; });
    if (from_elsewhere) arrived.insert(kept.record);
  }
  return HandOvers{gone.size(), arrived.size()};
}

Unsettled::Unsettled(Context& context) : context_(context), outermost_(!context.unsettled) {
  if (outermost_) context_.unsettled.emplace();
}

Unsettled::~Unsettled() {
  if (outermost_) context_.unsettled.reset();
}

Status Unsettled::settle() {
  if (!outermost_) return {};
  const auto records = std::exchange(context_.unsettled, std::nullopt);
  for (const auto& [tag, record] : *records) {
    const Kind* kind = context_.kind(tag);
    if (kind != nullptr) SETU_TRY(settle_record(context_, *kind, record));
  }
  return {};
}

}  // namespace setu::client
