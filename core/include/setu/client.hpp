#pragma once
// What an app calls: one replica of a programme on one device. Records, members, sync.
//
// A Client owns an encrypted database file and reads it back after any crash. Every call that
// writes returns when the write is on disk, or changes nothing and says why. Nothing here waits for
// a network: sync is a conversation of bytes (sync/exchange.hpp) that the app carries.
//
// Ownership: results are values; they stay good after the client is gone. Not thread-safe: one
// thread at a time. Several processes may open one replica; a process sees what others committed at
// its next call. Two syncs of one replica at once are refused (kBusy). Errors: each function names
// its own; kDiskFull, kBusy, kCorrupt and kInternal can come from all (setu/base/result.hpp).

#include <functional>
#include <memory>
#include <optional>

#include "setu/base/limits.hpp"
#include "setu/records.hpp"

namespace setu {

namespace crypto {
class Random;
class Secret;
}  // namespace crypto
namespace forms {
struct Form;
}
namespace sync {
class Replica;
}

// What core cannot know by itself. `random` may be null: the operating system's.
struct Ports {
  std::function<Instant()> now;
  crypto::Random* random = nullptr;
};

class Client {
 public:
  // A new, empty replica with fresh device keys. `key`: 32 random bytes that the app keeps wrapped
  // (apps/cli/keyfile). `fast_aes`: choose the page cipher for a processor with AES instructions.
  // kInvalidArgument: the file exists.
  // `added_forms`: kinds beside the built-in ones.
  static Result<Client> create(const std::string& path, const crypto::Secret& key, bool fast_aes,
                               Ports ports);
  static Result<Client> create(const std::string& path, const crypto::Secret& key, bool fast_aes,
                               Ports ports, std::vector<forms::Form> added_forms);
  // kWrongPassphrase: another key. kNotFound. kNewerFormat.
  static Result<Client> open(const std::string& path, const crypto::Secret& key, bool fast_aes,
                             Ports ports);
  static Result<Client> open(const std::string& path, const crypto::Secret& key, bool fast_aes,
                             Ports ports, std::vector<forms::Form> added_forms);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // --- Programme and members. Calls that change the roster queue signed entries; sync until
  // settled() to see them take effect, calling tend() after each exchange.
  struct NewProgramme {
    std::string name, org, person, server_url, token;
  };
  Status begin_programme(const NewProgramme& plan);                     // kInvalidArgument
  Status begin_join(std::string_view link, const std::string& person);  // kInvalidArgument
  // Does what the roster, as it stands now, asks of this device: the genesis once the server's key
  // is known, the device entry of a joiner, the circles of an org whose first lead this is, keys
  // that were granted, batches that waited.
  Status tend();
  // Nothing queued that the log has not answered.
  Result<bool> settled();
  // What the log refused of what this device queued since the last call, in words.
  std::vector<std::string> take_refusals();

  struct Me {
    std::string device, role, state;  // state: new, pending, active, removed
    std::string org_id, programme_id, server_url;
    std::string digits;  // six, of a device that waits to be let in, or for keys; else empty
  };
  [[nodiscard]] Me me() const;

  Result<std::string> add_org(const std::string& name);  // org id. kNotAllowed: coordinators only
  [[nodiscard]] Result<std::vector<OrgView>> orgs();
  Result<std::string> add_caseload(const std::string& name,
                                   std::string_view org);  // caseload id. kNotAllowed: leads only
  [[nodiscard]] Result<std::vector<CaseloadView>> caseloads();
  struct InviteRequest {
    std::string org, role, caseload;
  };
  struct InviteResult {
    std::string link, expires, id;
  };
  Result<InviteResult> invite(const InviteRequest& request);  // kNotAllowed, kNotFound, kNotYet
  // Nobody can join by it any more; keys that lie in it are renewed. `which`: its link, or at least
  // 4 digits of its id. A device does so by itself for invites of its own whose time is over.
  // kNotFound, kAmbiguous, kNotAllowed; kInvalidArgument (used, or withdrawn already).
  Status withdraw_invite(std::string_view which);
  // Lets a pending device in and grants what this device may grant; for an active one grants what
  // is missing. A worker's device hands its caseload on to a new lead where no lead is left.
  // `digits`: of a pending device, or one that waits for keys, as its own screen shows them
  // (Me::digits); spaces do not count. kNotFound, kNotAllowed; kNotYet: they are not there yet;
  // kMissingRequired; kRefused: other digits, so maybe another's device.
  Status approve(std::string_view device, std::string_view digits = {});
  // Takes a device out. For leads and coordinators, from three coordinators on, two must say so: it
  // takes effect with the second. `wipe`: tells it to destroy what it holds when it next syncs.
  // One's own device leaves. kNotFound, kAmbiguous, kNotAllowed, kInvalidArgument (removed
  // already).
  Status revoke(std::string_view device, bool wipe = false);
  // New keys for all circles that this device may begin epochs of, with the next syncs; gives how
  // many. kNotAllowed: workers.
  Result<std::size_t> rotate();
  // The same, of all of them or of one caseload (name or id), and the new keys open nothing from
  // before: who is let in later gets what stands now, and neither what was superseded nor what
  // deleted records held. status() tells until it is complete. kNotAllowed, kNotFound, kAmbiguous.
  Result<std::size_t> cut_history(std::string_view caseload = {});
  [[nodiscard]] Result<std::vector<MemberView>> members();

  // --- Printed recovery keys, one for each organisation, kept offline (docs/recovery.md). One
  // counts as one signature, a lead's of its organisation; the umbrella's as a coordinator's.
  // Draws a key of which nothing is kept here: print it, then sign for it. `org`: name or id;
  // empty: one's own. kNotAllowed, kNotFound, kAmbiguous.
  Result<RecoveryPrint> draw_recovery(std::string_view org);
  // In force, and its forerunner no more, once as many have signed as for a lead. kNotAllowed.
  Status sign_recovery(const RecoveryPrint& drawn);
  Status cosign_recovery(std::string_view id);  // kNotFound, kNotAllowed, kAmbiguous
  [[nodiscard]] Result<std::vector<RecoveryView>> recovery_keys();
  // Using one, from any active member's device. `key`: what the sheet's picture or lines say.
  // kInvalidArgument (a slip, another programme's), kNotFound (not in force), kNotAllowed.
  // Where there is none at hand, on a client just created: it speaks for the key itself, by the
  // link, or all lines and the server's address, and is thrown away after.
  Status begin_recovery(std::string_view key, const std::string& server_url);
  [[nodiscard]] Result<RecoveryView> read_recovery(std::string_view key);
  Result<InviteResult> recover_invite(std::string_view key, const InviteRequest& request);
  // Of a device that joined by the key's invite: from now on its screen shows its six digits.
  Status recover_reveal(std::string_view key, std::string_view device);
  // And what approve() says of digits.
  Status recover_approve(std::string_view key, std::string_view device, std::string_view digits);
  Status recover_revoke(std::string_view key, std::string_view device, bool wipe = false);

  // --- Records
  [[nodiscard]] const std::vector<forms::Form>& forms() const;
  [[nodiscard]] Result<const forms::Form*> form(
      std::string_view kind) const;  // kNotFound, listing the kinds there are

  // Where a new record belongs: a caseload or an org by name or id; both empty: the only home one
  // may write to.
  struct Home {
    std::string caseload, org;
  };
  using Assignments = std::vector<std::string>;  // "field=value", "topics+=c", "condoms+=24"
  // kInvalidArgument, kMissingRequired, kNotAllowed, kTooLarge, kAmbiguous (more than one home).
  Result<std::string> add(std::string_view kind, const Assignments& fields, const Home& home = {});
  // All or none, one transaction. An error names the record by its place, from 1.
  Result<std::vector<std::string>> add_many(std::string_view kind,
                                            const std::vector<Assignments>& records,
                                            const Home& home = {});

  struct Replaced {
    std::string field;
    FieldValue before;
  };
  // `seen`: the token of a show(); empty: what is shown now. Returns what the edit replaced.
  // kStale: the token is of another record. "deleted=no" restores a deleted record.
  Result<std::vector<Replaced>> edit(std::string_view id, const Assignments& fields,
                                     std::string_view seen = {});
  Status remove(std::string_view id);                          // delete: hides, keeps history
  [[nodiscard]] Result<RecordView> show(std::string_view id);  // kNotFound
  // `limit` 0: all.
  [[nodiscard]] Result<std::vector<RecordView>> list(std::string_view kind,
                                                     const Assignments& where = {},
                                                     std::size_t limit = 0);
  [[nodiscard]] Result<std::vector<ChangeView>> history(std::string_view id);

  [[nodiscard]] Result<std::vector<ConflictView>> conflicts();
  // keep: "shown", "other", the number of an other from 1, or "=VALUE". kStale names the id that
  // stands now.
  Status resolve(std::string_view conflict, std::string_view keep);

  // Hands records over to another caseload of the organisation: one record with those that refer to
  // it, or all of a caseload. kNotAllowed: leads only. kNotFound, kAmbiguous, kInvalidArgument.
  struct TransferRequest {
    std::string record, from;                                           // one of them
    std::string caseload;                                               // name or id
    std::function<void(std::size_t done, std::size_t total)> progress;  // records; may be empty
  };
  Result<TransferReport> transfer(const TransferRequest& request);

  struct ImportRequest {
    std::string_view kind;
    std::string_view csv;                                         // whole file
    std::vector<std::pair<std::string, std::string>> column_map;  // column -> field
    std::string key;                                              // column; empty: every row adds
    bool strict = false;                                          // one bad row refuses all
    Home home;
    std::function<void(std::size_t done, std::size_t total)> progress;  // rows; may be empty
  };
  Result<ImportReport> import_csv(const ImportRequest& request);

  // --- A copied phone comes back
  // Brings over what was recorded in an old copy of a phone (StatusView::copied), and never sent,
  // into this replica of the same person, who joined anew. Its caseloads' people see it with this
  // device's next sync. Sync both first, where a link is: what the log holds already is not written
  // again. Call again after a crash, or when what waits has come: nothing comes twice. `from` stays
  // the caller's; one thread for both. kInvalidArgument: the same home, another programme.
  // kNotAllowed: `from` is no old copy, or was told to destroy what it holds; this device is no
  // active member, or an old copy itself.
  Result<CarryReport> carry_over(Client& from);

  // --- Audit: what a lead answers for, in order of the log. kNotAllowed: a worker.
  [[nodiscard]] Result<std::vector<AuditView>> audit();

  // --- Quarantine: what removed devices wrote too late, and what could not be accepted
  [[nodiscard]] Result<std::vector<QuarantineView>> quarantine();
  // A lead takes one batch in after all, whole, under her own hand; who wrote it stays written.
  // kNotFound, kAmbiguous. kNotAllowed: not a lead there. kRefused: not what its author could have
  // written.
  Result<AdoptionReport> adopt_quarantined(std::string_view id);
  // Out of sight here, never applied. By at least 4 digits. kNotFound, kAmbiguous.
  Status drop_quarantined(std::string_view id);

  // --- Sync. prepare_sync() seals what is unsealed; then drive a sync::Exchange over replica().
  Status prepare_sync();
  [[nodiscard]] sync::Replica& replica();
  void note_sync_done();  // for status(): a sync ended well
  [[nodiscard]] Result<StatusView> status();

  // --- Care
  [[nodiscard]] Result<std::vector<std::string>>
  verify();  // problems: chains, roster, parts against batches, database
  Status rebuild(
      std::string_view circle_id);  // replays kept batches and unsealed changes of one circle
  Status compact();
  // Small things that an app keeps with the replica, by a name of its choice: sealed like all of
  // it, never synced. Empty: none.
  [[nodiscard]] Result<std::string> setting(std::string_view name);
  Status set_setting(std::string_view name, std::string_view value);
  [[nodiscard]] std::uint64_t file_size() const;
  [[nodiscard]] static std::string_view sqlite_version();  // of the one SQLite in this program

  struct Impl;

 private:
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace setu
