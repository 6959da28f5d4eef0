"""The ways in which run.py breaks the code, and who has to notice each.

An edit replaces a text that stands in its file exactly once; run.py refuses one that is gone or there twice. Choose a text
that says what is broken and no more, and a breakage that somebody could really make: a line forgotten, an order swapped, a
check taken out. Everybody in `caught_by` has to fail. The simulator comes first; where it cannot see something,
`not_by_sim` says why, because that is a hole in its checkers or in what its worlds do.
"""

from dataclasses import dataclass

SIM = "setu-sim"


@dataclass(frozen=True)
class Edit:
    file: str
    find: str
    put: str


@dataclass(frozen=True)
class Mutation:
    name: str
    breaks: str
    edits: tuple
    caught_by: tuple = (SIM,)
    not_by_sim: str = ""


PART = "core/merge/part.cpp"
VIEW = "core/merge/view.cpp"

MERGE = [
    Mutation(
        "forget-dead-stamps", "a write that arrives after the one that superseded it comes back",
        (Edit(PART, "    if (!tips.passed(seen)) insert_unique(slot.dead, seen);\n",
              "    if (!tips.passed(seen) && seen.hour == 0) insert_unique(slot.dead, seen);\n"),)),
    Mutation(
        "prune-too-early", "a dead stamp is forgotten as soon as anything of its device was applied",
        (Edit(PART, "at->device == stamp.device && *at >= stamp;", "at->device == stamp.device;"),)),
    Mutation(
        "ignore-seen", "a write does not replace what its author saw",
        (Edit(PART, "return entry.stamp == seen; });", "return entry.stamp == seen && seen == stamp; });"),)),
    Mutation(
        "drop-lower-sibling", "of two values that did not know of each other the one with the lower stamp is thrown away",
        (Edit(PART, "  if (!contains(slot.dead, stamp)) insert_entry(slot.entries, stamp, op);\n",
              "  if (!contains(slot.dead, stamp)) insert_entry(slot.entries, stamp, op);\n"
              "  if (op.type == OpType::kWrite && op.field != kDeletedField && slot.entries.size() > 1)\n"
              "    slot.entries.erase(slot.entries.begin(), slot.entries.end() - 1);\n"),)),
    Mutation(
        "base-swallows-increments", "setting a count takes away what others counted meanwhile",
        (Edit(PART, "  if (!contains(slot.dead, stamp)) insert_entry(slot.entries, stamp, op);\n",
              "  if (op.type == OpType::kBase)\n"
              "    std::erase_if(slot.entries, [](const Entry& e) { return e.type == OpType::kIncrement; });\n"
              "  if (!contains(slot.dead, stamp)) insert_entry(slot.entries, stamp, op);\n"),)),
    Mutation(
        "consent-add-wins", "consent that was withdrawn comes back by an older yes",
        (Edit(VIEW, "remove_wins = rule.rule == Rule::kSetRemoveWins;", "remove_wins = rule.rule == Rule::kLog;"),)),
    Mutation(
        "ladder-without-rungs", "an old phone pulls a referral back to an earlier status",
        (Edit(VIEW, "if (rule.rule != Rule::kLadder && rule.rule != Rule::kCautious)",
              "if (rule.rule != Rule::kCautious)"),)),
    Mutation(
        "delete-hides-edits", "an edit that whoever deleted the record had not seen is hidden without a word",
        (Edit(VIEW, "if (!std::binary_search(known.begin(), known.end(), entry.stamp))",
              "if (known.empty())"),)),
]

RECORDER = "core/client/recorder.cpp"
SEALER = "core/client/sealer.cpp"

CLIENT = [
    Mutation(
        "token-ignored", "an edit counts as having seen what is there now, not what was on the screen",
        (Edit("core/client/client.cpp", "seen_token = token ? &*token : nullptr;", "seen_token = nullptr;"),)),
    Mutation(
        "stamp-used-twice", "the clock of stamps is saved after the write: power fails in between, and two writes get one stamp",
        (Edit(RECORDER, "  SETU_TRY(save_clock(*context_, clock_));\n  return transaction_.commit();\n",
              "  SETU_TRY(transaction_.commit());\n  return save_clock(*context_, clock_);\n"),)),
    Mutation(
        "row-without-outbox", "a record is saved in one transaction and its change for the others in a second",
        (Edit(RECORDER, "  return put_outbox(circle, change, std::nullopt);\n",
              "  SETU_TRY(transaction_.commit());\n"
              "  SETU_TAKE(store::Store::Transaction next, context_->store.begin());\n"
              "  std::construct_at(&transaction_, std::move(next));\n"
              "  return put_outbox(circle, change, std::nullopt);\n"),)),
    Mutation(
        "outbox-folded", "of several changes to a record that wait in the outbox only the last is kept",
        (Edit("core/store/outbox.cpp",
              '  return impl_->db->run("INSERT INTO outbox (circle, record, change)',
              '  SETU_TRY(impl_->db->run("DELETE FROM outbox WHERE circle = ? AND record = ?", number, record));\n'
              '  return impl_->db->run("INSERT INTO outbox (circle, record, change)'),)),
    Mutation(
        "outbox-emptied-first", "changes leave the outbox in one transaction and become a batch in later ones",
        (Edit(SEALER, "  chain.seq = header.seq;\n",
              "  SETU_TRY(context.store.outbox_remove(circle, items[packed.taken - 1].number));\n"
              "  SETU_TRY(transaction.commit());\n  chain.seq = header.seq;\n"),
         Edit(SEALER, "  SETU_TRY(context.store.add_batch(stored));\n"
                      "  SETU_TRY(context.store.outbox_remove(circle, items[packed.taken - 1].number));\n"
                      "  SETU_TRY(transaction.commit());\n",
              "  SETU_TRY(context.store.add_batch(stored));\n"))),
    Mutation(
        "seq-used-twice", "the number of a batch is noted after the batch: power fails in between, and it is given again",
        (Edit(SEALER, "  SETU_TRY(context.store.set_chain(circle, context.self.id, chain));\n", ""),
         Edit(SEALER, "  SETU_TRY(transaction.commit());\n  return packed.taken;\n",
              "  SETU_TRY(transaction.commit());\n"
              "  SETU_TRY(context.store.set_chain(circle, context.self.id, chain));\n  return packed.taken;\n"))),
    Mutation(
        "home-sealed-to-facts", "what belongs to the caseload alone is sealed to the circle that coordinators read as well",
        (Edit(RECORDER, "  std::optional<wire::RecordSeed> seed;\n  SETU_TAKE(const RecordId id, next_id(home, seed));\n",
              "  if (ops.contains(Audience::kFacts)) {\n"
              "    for (const Op& op : ops[Audience::kHome]) ops[Audience::kFacts].push_back(op);\n  }\n"
              "  std::optional<wire::RecordSeed> seed;\n  SETU_TAKE(const RecordId id, next_id(home, seed));\n"),)),
    Mutation(
        "home-key-to-coordinators", "whoever makes a caseload gives the coordinators its key, and not that of its facts alone",
        (Edit("core/client/enrol.cpp", "    if (circle == &made.facts) {\n", "    if (circle != nullptr) {\n"),)),
    Mutation(
        "audience-unchecked", "a value that arrives in a circle it is not for is applied",
        (Edit("core/client/apply.cpp", "if (field->audience != *audience) {", "if (field->tag == 0) {"),),
        ("test_client",), "its people use the app as it is; nobody forges changes"),
    Mutation(
        "stale-resolution", "a resolution replaces values that came after whoever resolved had looked",
        (Edit("core/client/conflicts.cpp", "  if (id_now != id) {\n", "  if (id_now.empty()) {\n"),),
        ("test_client",), "its people resolve a conflict in the moment they look at it"),
]

STORE = [
    Mutation(
        "replica-not-synced", "a phone says that a record is saved before the disk has it",
        (Edit("core/store/schema.cpp", '"PRAGMA synchronous = FULL;"', '"PRAGMA synchronous = OFF;"'),)),
]

SYNC = [
    Mutation(
        "seal-unchecked", "acknowledgements are believed although the server's seal does not verify",
        (Edit("core/sync/answer.cpp",
              "if (!crypto::verify(*key, wire::kSealSignature, hash.view(), seal.signature)) {",
              "if (hash.is_nil()) {"),),
        ("test_sync",), "its links lose and cut bytes, and never change one"),
    Mutation(
        "doubt-forgotten", "after a cut a device sends its batches again instead of asking what arrived",
        (Edit("core/sync/exchange.cpp", "hello.probe = replica_.push_in_doubt() || probe_again_;",
              "hello.probe = probe_again_;"),),
        ("test_sync",), "the server knows a repeated batch again: it costs bytes, and the simulator counts them at rest only"),
]

LOG_STORE = "sync-server/sqlite_log_store.cpp"

SERVER = [
    Mutation(
        "log-not-synced", "the server acknowledges batches before its disk has them",
        (Edit("sync-server/sqlite_db.cpp", "PRAGMA synchronous=FULL;", "PRAGMA synchronous=OFF;"),)),
    Mutation(
        "ack-without-commit", "the server acknowledges batches although their commit failed",
        (Edit("sync-server/intake.cpp", "    if (!kept) return undo_piece(kept.error().code);\n",
              "    if (!kept) service_.counters.last_failure = kept.error().code;\n"),)),
    Mutation(
        "serve-any-circle", "the server sends a device the batches of all circles, not just of its own",
        (Edit("sync-server/responder.cpp", "order.circles = programme.roster.circles_of(hello_->device);",
              "order.circles = programme.circle_ids;"),)),
    Mutation(
        "log-out-of-order", "the server reads a page of the log from its end",
        (Edit(LOG_STORE, "AND position<=?3 ORDER BY position LIMIT ?4", "AND position<=?3 ORDER BY position DESC LIMIT ?4"),)),
    Mutation(
        "cursor-past-served", "a seal in the middle of an answer names the log's end: what a cut took is never asked for",
        (Edit("sync-server/serving.cpp", "seal.point = {order_.end.generation, reached_};",
              "seal.point = {order_.end.generation, order_.end.position};"),),
        (SIM, "test_server")),
    Mutation(
        "gap-accepted", "the log takes a batch although an earlier one of its chain is missing",
        (Edit("sync-server/intake.cpp", "} else if (compact->seq > head.seq + 1) {",
              "} else if (compact->seq == head.seq) {"),),
        ("test_server",), "the batch is refused all the same: its signature covers the hash of the one before it"),
    Mutation(
        "other-batch-acknowledged", "a second batch with a used number is acknowledged and thrown away",
        (Edit("sync-server/intake.cpp", "  if (!equal(again, stored)) {\n", "  if (stored.empty()) {\n"),),
        ("test_server",), "the device hears in the same answer that it is an old copy; its writes since then are not missed"),
]

WIRE = [
    Mutation(
        "name-in-clear", "the names of people and caseloads reach the server as they are",
        (Edit("core/wire/keys.cpp", "crypto::aead_seal(name_key, nonce, name_context(subject, id), padded_name(name)));\n",
              "crypto::aead_seal(name_key, nonce, name_context(subject, id), padded_name(name)));\n"
              "  append(sealed.sealed, as_bytes(name));\n"),)),
]

GENERATIONS = [
    Mutation(
        "generation-ignored", "a cursor of the log as it was before it was put back counts as one of the log that it is now",
        (Edit("sync-server/generations.cpp", "  if (cursor.generation < end->generation) {\n", "  if (end->generation == 0) {\n"),),
        (SIM, "test_server")),
    Mutation(
        "nothing-given-back", "a device hears that the log was put back, and keeps what the log lost to itself",
        (Edit("core/client/inbound.cpp", "    return roll_back(context_, begun.kept, heads_, backfills_);\n",
              "    return begun.kept > 0 ? Status{} : roll_back(context_, begun.kept, heads_, backfills_);\n"),),
        (SIM, "test_client")),
]

HAND_OVER = "core/client/hand_over.cpp"
MOVED = "core/merge/moved.cpp"

MOVES = [
    Mutation(
        "late-edits-stay", "what was written in the old home by who had not heard never follows the record",
        (Edit(HAND_OVER, "    if (!is_claimed(claims, part.home) && to != claims.end()) {\n",
              "    if (is_claimed(claims, part.home) && to != claims.end()) {\n"),),
        (SIM, "test_client")),
    Mutation(
        "old-phone-keeps", "a record that was handed over stays on the old phone",
        (Edit("core/client/homes.cpp", "  return give_up(context, kind, holding);\n",
              "  return show_what_is_here(context, kind, holding, true);\n"),
         Edit("core/client/homes.cpp", "// The record is somebody else's now",
              "[[maybe_unused]] Status give_up(Context& context, const Kind& kind, Holding& holding);\n"
              "// The record is somebody else's now")),
        (SIM, "test_client")),
    Mutation(
        "moved-part-forgets", "a part that moved trusts the tips of its own circle for writes from another",
        (Edit(MOVED, "  const ChainTips no_tips;\n", "  const ChainTips& no_tips = here.tips;\n"),),
        (SIM, "test_merge")),
    Mutation(
        "covers-of-any-circle", "how far a device was heard in one home is taken for how far it was in the other",
        (Edit(MOVED, "    const auto cover = covers_there_.find(circle);\n",
              "    const auto cover = circle.is_nil() ? covers_there_.end() : covers_there_.begin();\n"),),
        (SIM, "test_merge")),
    Mutation(
        "referrals-stay-behind", "what is recorded about somebody in the old home after she was handed over stays there",
        (Edit(HAND_OVER, "        if (!leader.row || leader.row->home == row->home || is_claimed(claims, row->home) ||\n",
              "        if (leader.row || leader.row->home == row->home || is_claimed(claims, row->home) ||\n"),),
        ("test_client",), "its kind refers to no other"),
]

APPLY = "core/client/apply.cpp"
HOLDERS = "core/roster/holders.cpp"
CUT = "    return seq < end->seq || (seq == end->seq && hash == end->hash);\n"

REMOVALS = [
    Mutation(
        "cut-forgotten", "what a removed device wrote beyond its cut counts",
        (Edit(HOLDERS, CUT, "    return seq < end->seq || hash == end->hash || !hash.is_nil();\n"),),
        (SIM, "test_client", "test_roster")),
    Mutation(
        "cut-too-early", "the last batch before a cut is taken for one beyond it",
        (Edit(HOLDERS, CUT, "    return seq < end->seq && !hash.is_nil();\n"),),
        (SIM, "test_roster")),
    Mutation(
        "key-goes-on", "after a removal the key that the removed device has stays in use",
        (Edit(HOLDERS, "  return !std::ranges::all_of(holders,\n", "  return std::ranges::none_of(holders,\n"),),
        (SIM, "test_client", "test_roster")),
    Mutation(
        "key-for-the-removed", "a new key is sealed to an inbox that the removed device can open",
        (Edit("core/client/epochs.cpp", "    if (std::ranges::any_of(receivers, is_wanted)) continue;\n",
              "    if (receivers.size() > 8 && std::ranges::any_of(receivers, is_wanted)) continue;\n"),),
        ("test_client",), "the circles that others are sealed to are seldom those of who is taken out there"),
    Mutation(
        "adopted-conflicts-hidden", "a record that is adopted comes without its open conflicts",
        (Edit(APPLY, "  const bool is_first = !had_part && change.creates && !change.moved_in;\n",
              "  const bool is_first = !had_part && change.creates;\n"),),
        ("test_client",), "it saw it once in a thousand worlds (seed 523), not within the fixed seeds"),
    Mutation(
        "adopts-without-the-seen", "an adopted write forgets what its author had seen",
        (Edit("core/client/adoption.cpp",
              "    merge::apply_moved(into.part, into.origins, change, {circle, merge::ChainTips{}});\n",
              "    Change blind = change;\n    for (Op& op : blind.ops) op.seen.clear();\n"
              "    merge::apply_moved(into.part, into.origins, blind, {circle, merge::ChainTips{}});\n"),),
        (SIM, "test_client")),
    Mutation(
        "put-aside-is-known", "a part that moves claims to have heard what a cut put aside",
        (Edit("core/client/removals.cpp", "  if (!beyond.empty()) SETU_TRY(lower_tip(context, end));\n",
              "  if (beyond.size() > 1'000) SETU_TRY(lower_tip(context, end));\n"),),
        ("test_client",), "it saw it once in 876 worlds (seed 1276), not within the fixed seeds"),
    Mutation(
        "wipe-order-unheard", "a device that was told to destroy what it holds does not hear it",
        (Edit("core/client/client.cpp", "    view.wipe = me->wipe;\n",
              "    view.wipe = me->wipe && me->org.is_nil();\n"),),
        ("test_client",), "whether an order is carried out is the command line's"),
    Mutation(
        "check-takes-late-for-damage", "checking a log takes what a removed device wrote too late for damage",
        (Edit("sync-server/log_check.cpp", "        !may_write(roster_, key.device, key.circle, header.flags, header.seq)) {\n",
              "        !roster_.is_member(key.device, key.circle)) {\n"),)),
]

HISTORY_CUT = "core/client/history_cut.cpp"

HISTORY_CUTS = [
    Mutation(
        "cut-hands-on-key", "the key of a cut opens the one before it",
        (Edit("core/client/epochs.cpp", "  if (held != nullptr && before == Before::kHandedOn) {\n",
              "  if (held != nullptr && before <= Before::kCutOff) {\n"),),
        ("test_client",), "it says no more than that its devices do not come to rest"),
    Mutation(
        "late-after-cut-not-passed-on", "what was sealed before a cut and came after it reaches no newcomer",
        (Edit(HISTORY_CUT, "    return !written.since_cut && is_news(written, after);\n",
              "    return !written.since_cut && is_news(written, after) && after == 0;\n"),),
        ("test_client",), "it takes a worker out of reach, a cut and a newcomer in one world: seldom within the fixed seeds"),
    Mutation(
        "kept-back-not-passed-on", "what a server kept back from who carries over a cut reaches no newcomer later",
        (Edit(HISTORY_CUT, "    if (carried.through.position < position) continue;  // in its turn\n",
              "    if (carried.through.position < position + (1ULL << 40)) continue;\n"),),
        ("test_hostile_server",), "it takes a cut, an answer kept short and a newcomer in one world: seldom within the fixed seeds"),
    Mutation(
        "closed-chain-is-heard", "a chain of which batches are closed is taken for heard beyond them",
        (Edit("core/client/intake.cpp", "    if (!closed.contains(stamp.device)) tips.advance(stamp);\n",
              "    if (closed.size() < 1'000) tips.advance(stamp);\n"),),
        ("test_client",), "its newcomers mostly hear of a state before anything of the same chain"),
]

WALLS = [
    Mutation(
        "inbox-without-flag", "a batch under the leads' own key is taken from who is no member",
        (Edit("sync-server/writers.cpp", "  const bool to_inbox = (flags & wire::BatchHeader::kInbox) != 0;\n",
              "  const bool to_inbox = flags <= wire::BatchHeader::kInbox;\n"),),
        ("test_server",), "its devices are honest"),
    Mutation(
        "digits-for-everybody", "the nonce of one invite is revealed for whoever is shown to have used it",
        (Edit("core/client/digits.cpp", "  if (revealed && !equal(*revealed, joiner.entry.view())) return {};\n",
              "  if (revealed && revealed->empty()) return {};\n"),),
        ("test_client",), "its server shows one log"),
    Mutation(
        "approval-without-digits", "whoever joined is let in whatever is typed",
        (Edit("core/client/digits.cpp", "  if (digits == expected) return {};\n",
              "  if (digits.size() == expected.size()) return {};\n"),),
        ("test_client",), "its people read well"),
]

LIES = [
    Mutation(
        "marks-not-asked-for", "an own batch whose mark the server keeps back is sent again for ever, and never asked for",
        (Edit("core/client/promises.cpp", "  if (is_asked || after >= until) return {};\n",
              "  if (is_asked || after >= until || !circle.is_nil()) return {};\n"),),
        (SIM, "test_hostile_server")),
    Mutation(
        "promise-believed", "what the server acknowledged and does not show is taken for kept",
        (Edit("core/client/promises.cpp", "    SETU_TRY(unsend(context, circle, seq));\n    const auto [place",
              "    const auto [place"),),
        ("test_hostile_server",), "its server stores what it acknowledges, and only hides it for a while"),
    Mutation(
        "stopped-clock-never-reads-again", "a device whose clock stands does not read again what did not fit",
        (Edit("core/client/served.cpp", "kSyncsBetweenReadings = 8;", "kSyncsBetweenReadings = 1'000'000;"),),
        ("test_hostile_server",), "a clock that stands and an answer that is kept short meet seldom within the fixed seeds"),
    Mutation(
        "another-log-unheard", "two devices that are shown different logs never learn it from each other",
        (Edit("core/client/gossip.cpp", "  if (rumour.here == *body.head_digest) return {};\n",
              "  if (rumour.here == *body.head_digest || rumour.seq > 0) return {};\n"),),
        ("test_hostile_server",), "what is said about the server is no matter of records"),
    Mutation(
        "anybodys-signature", "what comes in a member's name is not held against her key before it is counted",
        (Edit("core/client/served.cpp", "  return batch && wire::verify_batch(*batch, member->keys.sign) ? Fit::kFits : Fit::kNotHers;\n",
              "  return batch ? Fit::kFits : Fit::kNotHers;\n"),),
        ("test_hostile_server",), "its server forges nothing"),
]

COPIES = [
    Mutation(
        "copy-keeps-silent", "a device that finds that it is an old copy tells nobody",
        (Edit("core/client/founding.cpp", "  if (!giving_back) SETU_TRY(queue_copy_notice(context));\n", ""),),
        (SIM, "test_client")),
    Mutation(
        "copy-on-hearsay", "a device tells others that there is a copy of it because a server says so",
        (Edit("core/client/copied.cpp", "  return note && equal(*note, as_bytes(kProven));\n", "  return note && !note->empty();\n"),),
        ("test_hostile_server",), "its server does not say that without a reason"),
    Mutation(
        "old-copy-sends-what-waits", "an old copy sends the roster entries that waited when it was made",
        (Edit("core/client/inbound.cpp", "copied() ? pending_copy_notices(*context_)",
              "copied() ? context_->store.pending_entries()"),),
        ("test_client",), "its copies are seldom made while an entry waits: not within the fixed seeds"),
    Mutation(
        "carry-twice", "what a copied phone kept is written again after a crash between the two homes",
        (Edit("core/client/carry_over.cpp",
              "    SETU_TRY(forget_arrived(from, arrivals));\n    SETU_TRY(hear_what_was_sent(to, from));\n",
              "    SETU_TRY(hear_what_was_sent(to, from));\n"),),
        ("test_client",), "its people seldom come back from a copy: not within the fixed seeds"),
    Mutation(
        "carry-without-seen", "what a copied phone kept arrives as if its person had seen none of it before",
        (Edit("core/client/carry_over.cpp", "    for (Op& op : change.ops) see_anew(item, op);\n",
              "    for (Op& op : change.ops) op.seen.clear();\n"),),
        ("test_client",), "its people seldom come back from a copy: not within the fixed seeds"),
    Mutation(
        "carry-what-was-sent", "what the other copy sent meanwhile is written once more",
        (Edit("core/client/carry_over.cpp",
              "          if (batch.device != from.self.id || batch.seq <= chain.seq) return true;\n",
              "          if (batch.device != to.self.id || batch.seq <= chain.seq) return true;\n"),),
        ("test_client",), "its copies hear of all that was sent before their people come back"),
    Mutation(
        "stamps-given-twice", "a stamp that both copies gave names two writes",
        (Edit("core/client/copied.cpp", "  if (stamp_taken) return restamp_unsealed(",
              "  if (stamp_taken && id_taken) return restamp_unsealed("),),
        ("test_client",), "whether its people see it hangs on two clocks"),
]

MUTATIONS = MERGE + MOVES + REMOVALS + HISTORY_CUTS + COPIES + WALLS + LIES + CLIENT + STORE + SYNC + SERVER + GENERATIONS + WIRE
