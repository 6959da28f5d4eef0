#include "setu/client.hpp"

#include "client/adoption.hpp"
#include "client/apply.hpp"
#include "client/audit.hpp"
#include "client/carry_over.hpp"
#include "client/conflicts.hpp"
#include "client/copied.hpp"
#include "client/copy_notice.hpp"
#include "client/digits.hpp"
#include "client/enrol.hpp"
#include "client/epochs.hpp"
#include "client/founding.hpp"
#include "client/hand_over.hpp"
#include "client/history_cut.hpp"
#include "client/homes.hpp"
#include "client/import.hpp"
#include "client/inbound.hpp"
#include "client/intake.hpp"
#include "client/quarantine.hpp"
#include "client/recorder.hpp"
#include "client/recovery.hpp"
#include "client/recovery_use.hpp"
#include "client/removals.hpp"
#include "client/rollback.hpp"
#include "client/sealer.hpp"
#include "client/served.hpp"
#include "client/show.hpp"
#include "client/verify.hpp"
#include "client/withdrawal.hpp"
#include "setu/base/codec.hpp"

// The facade: each call finds its room. No logic lives here but opening and small answers.

namespace setu {
namespace {

using client::Context;
namespace notes = client::notes;

constexpr std::string_view kSignSeed = "sign_seed";
constexpr std::string_view kBoxSeed = "box_seed";

store::Cipher cipher_for(bool fast_aes) {
  return fast_aes ? store::Cipher::kAegis : store::Cipher::kChaCha20;
}

void set_identity(Context& context, const crypto::Secret& sign_seed,
                  const crypto::Secret& box_seed) {
  context.self.sign = crypto::sign_key_from_seed(sign_seed);
  context.self.box = crypto::box_key_from_seed(box_seed);
  context.self.sign.seed =
      sign_seed.locked();  // they live as long as the client: not to be swapped out
  context.self.box.secret_key = context.self.box.secret_key.locked();
  context.self.id = wire::device_id(context.self.public_keys());
}

Status make_identity(Context& context) {
  const crypto::Secret sign_seed = crypto::random_key(context.random());
  const crypto::Secret box_seed = crypto::random_key(context.random());
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(context.store.put_secret(kSignSeed, sign_seed));
  SETU_TRY(context.store.put_secret(kBoxSeed, box_seed));
  SETU_TRY(transaction.commit());
  set_identity(context, sign_seed, box_seed);
  return {};
}

Status load_identity(Context& context) {
  SETU_TAKE(const std::optional<crypto::Secret> sign_seed, context.store.secret(kSignSeed));
  SETU_TAKE(const std::optional<crypto::Secret> box_seed, context.store.secret(kBoxSeed));
  if (!sign_seed || !box_seed) {
    return fail(Code::kCorrupt, "open replica: its device keys are missing; it was never finished",
                "delete this home and start again");
  }
  set_identity(context, *sign_seed, *box_seed);
  return {};
}

}  // namespace

struct Client::Impl {
  Impl(store::Store store, Ports ports)
      : context(std::move(store), std::move(ports)), inbound(context) {}
  Context context;
  client::Inbound inbound;
  bool has_late_edits = false;  // passed on since the last seal: another round sends them
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::create(const std::string& path, const crypto::Secret& key, bool fast_aes,
                              Ports ports) {
  return create(path, key, fast_aes, std::move(ports), {});
}

Result<Client> Client::open(const std::string& path, const crypto::Secret& key, bool fast_aes,
                            Ports ports) {
  return open(path, key, fast_aes, std::move(ports), {});
}

Result<Client> Client::create(const std::string& path, const crypto::Secret& key, bool fast_aes,
                              Ports ports, std::vector<forms::Form> added_forms) {
  SETU_TRY(crypto::init());
  if (ports.random == nullptr) ports.random = &crypto::system_random();
  SETU_TAKE(store::Store store, store::Store::create(path, key, cipher_for(fast_aes)));
  auto impl = std::make_unique<Impl>(std::move(store), std::move(ports));
  SETU_TRY(client::prepare_kinds(impl->context, std::move(added_forms)));
  SETU_TRY(make_identity(impl->context));
  SETU_TRY(client::rebuild_for_new_forms(impl->context));
  return Client(std::move(impl));
}

Result<Client> Client::open(const std::string& path, const crypto::Secret& key, bool fast_aes,
                            Ports ports, std::vector<forms::Form> added_forms) {
  SETU_TRY(crypto::init());
  if (ports.random == nullptr) ports.random = &crypto::system_random();
  SETU_TAKE(store::Store store, store::Store::open(path, key, cipher_for(fast_aes)));
  auto impl = std::make_unique<Impl>(std::move(store), std::move(ports));
  SETU_TRY(load_identity(impl->context));
  SETU_TRY(client::prepare_kinds(impl->context, std::move(added_forms)));
  SETU_TRY(client::load_roster(impl->context));
  SETU_TRY(client::rebuild_for_new_forms(impl->context));
  return Client(std::move(impl));
}

// --- programme and members

Status Client::begin_programme(const NewProgramme& plan) {
  return client::begin_programme(impl_->context, plan);
}
Status Client::begin_join(std::string_view link, const std::string& person) {
  return client::begin_join(impl_->context, link, person);
}
Status Client::tend() {
  SETU_TRY(client::tend(impl_->context));
  SETU_TAKE(const std::uint64_t passed, client::pass_on_late(impl_->context));
  SETU_TAKE(const std::uint64_t carried, client::carry_over_cuts(impl_->context));
  impl_->has_late_edits = impl_->has_late_edits || passed > 0 || carried > 0;
  return {};
}
Result<bool> Client::settled() {
  if (impl_->has_late_edits) return false;
  return client::settled(impl_->context);
}

std::vector<std::string> Client::take_refusals() {
  std::vector<std::string> lines;
  const auto note = impl_->context.store.note(notes::kRefusals);
  if (!note || !*note || (*note)->empty()) return lines;
  std::string_view rest = as_text(**note);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!impl_->context.store.put_note(notes::kRefusals, {})) return lines;  // shown again next time
  return lines;
}

Client::Me Client::me() const {
  Context& context = impl_->context;
  Me me;
  me.device = context.self.id.hex();
  const auto url = context.store.note(notes::kServerUrl);
  if (url && *url) me.server_url = std::string(as_text(**url));
  const roster::Member* member = context.me();
  me.state = member == nullptr ? "new" : std::string(client::state_name(member->state));
  if (context.roster.has_genesis()) me.programme_id = context.roster.programme().hex();
  if (member != nullptr) {
    me.role = std::string(wire::role_name(member->role));
    me.org_id = member->org.hex();
  }
  me.digits = client::own_digits(context);
  return me;
}

Result<std::string> Client::add_org(const std::string& name) {
  return client::add_org(impl_->context, name);
}
Result<std::vector<OrgView>> Client::orgs() { return client::orgs(impl_->context); }
Result<std::string> Client::add_caseload(const std::string& name, std::string_view org) {
  return client::add_caseload(impl_->context, name, org);
}
Result<std::vector<CaseloadView>> Client::caseloads() { return client::caseloads(impl_->context); }
Result<Client::InviteResult> Client::invite(const InviteRequest& request) {
  return client::invite(impl_->context, request);
}
Status Client::withdraw_invite(std::string_view which) {
  return client::withdraw_invite(impl_->context, which);
}
Status Client::approve(std::string_view device, std::string_view digits) {
  return client::approve(impl_->context, device, digits);
}
Status Client::revoke(std::string_view device, bool wipe) {
  return client::remove_member(impl_->context, device, wipe);
}
Result<std::size_t> Client::rotate() { return client::rotate_all(impl_->context); }
Result<std::size_t> Client::cut_history(std::string_view caseload) {
  return client::cut_history(impl_->context, caseload);
}
Result<std::vector<MemberView>> Client::members() { return client::members(impl_->context); }

Result<RecoveryPrint> Client::draw_recovery(std::string_view org) {
  return client::draw_recovery(impl_->context, org);
}
Status Client::sign_recovery(const RecoveryPrint& drawn) {
  return client::sign_recovery(impl_->context, drawn);
}
Status Client::cosign_recovery(std::string_view id) {
  return client::cosign_recovery(impl_->context, id);
}
Result<std::vector<RecoveryView>> Client::recovery_keys() {
  return client::recovery_keys(impl_->context);
}
Status Client::begin_recovery(std::string_view key, const std::string& server_url) {
  return client::begin_recovery(impl_->context, key, server_url);
}
Result<RecoveryView> Client::read_recovery(std::string_view key) {
  return client::read_recovery(impl_->context, key);
}
Result<Client::InviteResult> Client::recover_invite(std::string_view key,
                                                    const InviteRequest& request) {
  return client::recover_invite(impl_->context, key, request);
}
Status Client::recover_reveal(std::string_view key, std::string_view device) {
  return client::recover_reveal(impl_->context, key, device);
}
Status Client::recover_approve(std::string_view key, std::string_view device,
                               std::string_view digits) {
  return client::recover_approve(impl_->context, key, device, digits);
}
Status Client::recover_revoke(std::string_view key, std::string_view device, bool wipe) {
  return client::recover_revoke(impl_->context, key, device, wipe);
}

// --- records

const std::vector<forms::Form>& Client::forms() const { return impl_->context.forms; }

Result<const forms::Form*> Client::form(std::string_view kind) const {
  SETU_TAKE(const client::Kind* found, impl_->context.kind_named(kind));
  return found->form;
}

Result<std::string> Client::add(std::string_view kind, const Assignments& fields,
                                const Home& home) {
  SETU_TAKE(const std::vector<std::string> ids, add_many(kind, {fields}, home));
  return ids.front();
}

Result<std::vector<std::string>> Client::add_many(std::string_view kind,
                                                  const std::vector<Assignments>& records,
                                                  const Home& home) {
  Context& context = impl_->context;
  SETU_TAKE(const client::Kind* found, context.kind_named(kind));
  SETU_TAKE(client::Recorder recorder, client::Recorder::begin(context));
  SETU_TAKE(const CircleId circle, client::choose_home(context, *found, home));
  recorder.expect(records.size());
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const Assignments& fields : records) {
    auto id = recorder.add(*found, circle, fields);
    if (!id) {
      Error error = std::move(id).error();
      if (records.size() > 1)
        error.message = "record " + std::to_string(ids.size() + 1) + ": " + error.message;
      return fail(std::move(error));
    }
    ids.push_back(to_uuid(*id));
  }
  SETU_TRY(recorder.commit());
  return ids;
}

Result<std::vector<Client::Replaced>> Client::edit(std::string_view id, const Assignments& fields,
                                                   std::string_view seen) {
  Context& context = impl_->context;
  SETU_TAKE(client::Recorder recorder, client::Recorder::begin(context));
  SETU_TAKE(client::Found found, client::find_record(context, id));
  std::optional<client::ReadToken> token;
  if (!seen.empty()) {
    SETU_TAKE(client::ReadToken parsed, client::ReadToken::parse(seen, found.row.id));
    token = std::move(parsed);
  }
  const client::ReadToken* seen_token = token ? &*token : nullptr;
  std::vector<Replaced> replaced;
  if (fields.size() == 1 && (fields.front() == "deleted=no" || fields.front() == "deleted=yes")) {
    SETU_TRY(recorder.set_deleted(*found.kind, std::move(found.row),
                                  fields.front() == "deleted=yes", seen_token));
  } else {
    SETU_TAKE(replaced, recorder.edit(*found.kind, std::move(found.row), fields, seen_token));
  }
  SETU_TRY(recorder.commit());
  return replaced;
}

Status Client::remove(std::string_view id) {
  const auto replaced = edit(id, {"deleted=yes"});
  return replaced ? Status{} : Status{fail(replaced.error())};
}

Result<RecordView> Client::show(std::string_view id) {
  SETU_TAKE(const client::Found found, client::find_record(impl_->context, id));
  return client::show_row(impl_->context, *found.kind, found.row);
}

Result<std::vector<RecordView>> Client::list(std::string_view kind, const Assignments& where,
                                             std::size_t limit) {
  SETU_TAKE(const client::Kind* found, impl_->context.kind_named(kind));
  return client::list_rows(impl_->context, *found, where, limit);
}

Result<std::vector<ChangeView>> Client::history(std::string_view id) {
  SETU_TAKE(const client::Found found, client::find_record(impl_->context, id));
  return client::history_of(impl_->context, *found.kind, found.row);
}

Result<std::vector<ConflictView>> Client::conflicts() {
  return client::all_conflicts(impl_->context);
}
Status Client::resolve(std::string_view conflict, std::string_view keep) {
  return client::resolve_conflict(impl_->context, conflict, keep);
}
Result<TransferReport> Client::transfer(const TransferRequest& request) {
  return client::transfer(impl_->context, request);
}
Result<CarryReport> Client::carry_over(Client& from) {
  return client::carry_over(impl_->context, from.impl_->context);
}
Result<ImportReport> Client::import_csv(const ImportRequest& request) {
  return client::import_csv(impl_->context, request);
}

// --- quarantine

Result<std::vector<AuditView>> Client::audit() { return client::audit(impl_->context); }
Result<std::vector<QuarantineView>> Client::quarantine() {
  return client::quarantine(impl_->context);
}
Result<AdoptionReport> Client::adopt_quarantined(std::string_view id) {
  return client::adopt_quarantined(impl_->context, id);
}
Status Client::drop_quarantined(std::string_view id) {
  return client::drop_quarantined(impl_->context, id);
}

// --- sync

Status Client::prepare_sync() {
  impl_->has_late_edits = false;
  SETU_TAKE(const bool leaving, client::is_leaving(impl_->context));
  if (leaving) {
    return fail(Code::kNotYet, "sync: bringing over what is here to a new home was interrupted",
                "run `setu carry` again; it goes on where it stopped");
  }
  SETU_TAKE(const std::uint64_t passed, client::pass_on_late(impl_->context));
  static_cast<void>(passed);  // sealed with the rest
  return client::seal_outbox(impl_->context);
}
sync::Replica& Client::replica() { return impl_->inbound; }

void Client::note_sync_done() {
  Writer writer;
  writer.u64(static_cast<std::uint64_t>(impl_->context.now().ms));
  // Only for people to look at: a sync that went well is not undone because the note of it could
  // not be written.
  static_cast<void>(impl_->context.store.put_note(notes::kLastSync, writer.view()).has_value());
}

Result<StatusView> Client::status() {
  Context& context = impl_->context;
  StatusView view;
  view.device = context.self.id.hex();
  SETU_TAKE(const std::uint64_t unsealed, context.store.outbox_count());
  SETU_TAKE(const std::uint64_t unsent, context.store.batch_count(store::BatchState::kOwnUnsent));
  SETU_TAKE(const auto queued, context.store.pending_entries());
  SETU_TAKE(const std::uint64_t lost, context.store.lost_batch_count());
  view.pending = unsealed + unsent + queued.size() + lost;
  SETU_TAKE(view.conflicts, context.store.conflict_count());
  SETU_TAKE(view.parked, context.store.batch_count(store::BatchState::kParked));
  SETU_TAKE(view.quarantined, context.store.batch_count(store::BatchState::kQuarantined));
  SETU_TAKE(const client::HandOvers hand_overs, client::hand_overs(context));
  view.handed_over = hand_overs.gone;
  view.received = hand_overs.arrived;
  SETU_TAKE(view.history_cut, client::show_cuts(context));
  SETU_TAKE(const std::optional<Bytes> last, context.store.note(notes::kLastSync));
  if (last) {
    Reader reader(*last);
    view.last_contact = Instant{static_cast<std::int64_t>(reader.u64())};
    view.last_sync = iso_hour(hour_of(*view.last_contact));
  }
  SETU_TAKE(view.warnings, client::warnings_about_server(context));
  SETU_TAKE(const bool giving_back, client::is_giving_back(context));
  if (giving_back) {
    view.warnings.push_back(
        "the server was put back to an older copy; this device gives back what is missing");
  }
  for (std::string& line : client::warnings_about_recovery(context))
    view.warnings.push_back(std::move(line));
  view.advice = client::advice_about_copies(context);
  for (std::string& line : client::advice_about_recovery(context))
    view.advice.push_back(std::move(line));
  if (const roster::Member* me = context.me(); me != nullptr) {
    view.removed = me->state == roster::MemberState::kRemoved;
    view.wipe = me->wipe;
  }
  if (view.removed) {
    view.warnings.push_back(
        "this device was removed from the programme; what it wrote before and had not sent goes to "
        "a lead to look at");
  }
  SETU_TAKE(view.copied, client::is_copied(context));
  if (view.copied) {
    view.warnings.push_back(
        "this device was put back to an old copy (or copied): it goes on recording but sends "
        "nothing; ask a lead for a new invite, join with it in a new home, and bring over what was "
        "recorded here: `setu carry`");
  } else {
    for (std::string& line : client::warnings_about_copies(context))
      view.warnings.push_back(std::move(line));
  }
  return view;
}

// --- care

Result<std::vector<std::string>> Client::verify() { return client::verify(impl_->context); }

Status Client::rebuild(std::string_view circle_id) {
  SETU_TAKE(const Bytes bytes, from_hex(circle_id));
  SETU_TAKE(const CircleId circle, CircleId::from(bytes));
  return client::rebuild_circle(impl_->context, circle);
}

Status Client::compact() { return impl_->context.store.compact(); }

Result<std::string> Client::setting(std::string_view name) {
  SETU_TAKE(const std::optional<Bytes> value,
            impl_->context.store.note(std::string(notes::kSetting) + std::string(name)));
  return value ? std::string(as_text(*value)) : std::string();
}
Status Client::set_setting(std::string_view name, std::string_view value) {
  return impl_->context.store.put_note(std::string(notes::kSetting) + std::string(name),
                                       as_bytes(value));
}

std::uint64_t Client::file_size() const { return impl_->context.store.file_size(); }
std::string_view Client::sqlite_version() { return store::sqlite_version(); }

}  // namespace setu
