#pragma once
// What the client gives an app to show: plain values with names instead of keys. Shapes follow the
// command line's JSON contract (README, "Command line"). Times are stamps' hours in UTC:
// 2026-11-23T14:00Z.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "setu/base/instant.hpp"
#include "setu/base/result.hpp"
#include "setu/base/value.hpp"

namespace setu {

struct LogLine {
  std::string at, person, text;
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

// A field's value as people see it. Decimals, dates, choices, references and locations are strings.
using FieldValue =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>,
                 std::vector<std::pair<std::string, std::int64_t>>, std::vector<LogLine>>;

struct NamedValue {
  std::string field;
  FieldValue value;
};

struct Claim {  // one of several values that did not know of each other
  FieldValue value;
  std::string person, at;
};

struct ConflictView {
  std::string id;  // RECORD:FIELD[/KEY]:hash of the sibling stamps
  std::string record, kind, field;
  Claim shown;
  std::vector<Claim> others;
};

struct RecordView {
  std::string id, kind;
  std::string org_id, org;            // name empty where one cannot read it
  std::string caseload_id, caseload;  // empty for kinds without one
  std::vector<NamedValue> fields;     // written ones that this device may read, in the form's order
  std::string seen;                   // read token: hand it to edit()
  std::vector<ConflictView> conflicts;
  bool partial = false;  // a part that this device may read has not arrived
  bool deleted = false;
};

struct ChangeView {
  std::string at, device, person;
  std::vector<NamedValue>
      fields;             // what the change wrote: sets and counters as "+x", "-x", "+3", "=24"
  bool verified = false;  // signature and chain of its batch hold; false for changes not sealed yet
  bool sealed = true;
  // Who brought it from another caseload, and vouches for it; empty: it came from its author.
  std::string brought_by;
  // When and on which earlier device its author recorded it, on her word, where that one was a copy
  // that could not send it; else empty.
  std::string recorded_at, recorded_on;
};

struct OrgView {
  std::string id, name;
  bool umbrella = false;
  bool ready = false;  // its first lead has made its circles
};

struct CaseloadView {
  std::string id, name, org_id, org;
};

struct MemberView {
  std::string device, person, org_id, org, role;
  std::string invite;                   // of who is invited: its id; `device` is empty then
  std::string state;                    // invited, pending, active, removed
  std::string let_in_by, taken_out_by;  // a person, or an organisation's printed recovery key
  // Who signed for letting her in or taking her out, as long as more must sign.
  std::vector<std::string> approved_by, revoked_by;
  bool copied = false;  // the device has found that there is a copy of it
};

// An organisation's printed recovery key.
struct RecoveryView {
  std::string id;  // under which everybody sees what it signs
  std::string org_id, org;
  bool in_force = false;               // else others must still sign for it, or it was replaced
  bool used = false;                   // it signed something that counts
  std::vector<std::string> signed_by;  // as long as more must sign for it
};

// A recovery key that is to be printed: the only copy there will ever be. Wipe link and code.
struct RecoveryPrint {
  std::string id, org_id, org, programme, server_url;
  bool umbrella = false;          // the umbrella's: it signs as a coordinator
  std::string link;               // for a camera
  std::vector<std::string> code;  // lines that a person can type
};

// Something that a lead answers for: who came and went, and what was moved, hidden or kept apart.
struct AuditView {
  std::uint64_t position = 0;  // in the programme's log; 0: not there yet
  // The author's clock. A roster entry carries no time: the newest that was written before it in
  // the log, as far as this device can read it; empty: nothing was.
  std::string at;
  std::string event;  // founded, invited, joined, approved, revoked, left, handed_over, ...
  std::string device, person;  // who did it
  std::string subject;         // to whom or what: the id of a device, caseload or record
  std::string subject_name;    // empty where it has none, or it cannot be read here
  std::string detail;          // for people
  bool verified = false;       // the author's signature holds
};

// A batch that is kept apart.
struct QuarantineView {
  std::string id;
  std::string device, person;  // who wrote it
  std::string circle_id, caseload, org;
  std::string reason;
  struct Item {
    std::string kind, record;
    ChangeView change;
  };
  std::vector<Item> items;  // empty where this device cannot open it
};

// What a lead took in from quarantine.
struct AdoptionReport {
  std::uint64_t records = 0;  // in the batch
  std::uint64_t changes = 0;  // of which so many were news here
};

// Circles whose history was cut, of those that this device carries over what stands.
struct HistoryCutView {
  std::uint64_t circles = 0;
  std::uint64_t unfinished = 0;  // of these; the next syncs of any lead's device go on
  std::uint64_t carried = 0;     // parts of records, by this device
  struct Record {
    std::string kind, id;
  };
  std::vector<Record> too_large;  // they hold more than fits: only who has the old keys reads them
};

struct StatusView {
  std::string device;
  // Changes, batches and roster entries that no server has acknowledged, or that one which was put
  // back to an older copy lacks.
  std::uint64_t pending = 0;
  std::uint64_t conflicts = 0, parked = 0, quarantined = 0;
  std::string last_sync;                // empty: never
  std::optional<Instant> last_contact;  // the same to the millisecond, by this device's clock
  // Receipts: records that went to a caseload that this device does not read, and so are not here
  // any more; and records that came from another caseload.
  std::uint64_t handed_over = 0, received = 0;
  HistoryCutView history_cut;
  std::vector<std::string>
      warnings;  // what a person should know: refused entries, a diverging server
  std::vector<std::string> advice;  // what a person should arrange while all is well
  bool removed = false;  // from the programme: it sends what it wrote before, and reads nothing new
  bool wipe = false;     // whoever removed it told it to destroy what it holds
  bool copied = false;   // an old copy of itself: records, shows and fetches, but sends nothing
};

// What came from an old copy of a phone to a new device of the same person.
struct CarryReport {
  std::uint64_t changes = 0, records = 0;  // brought over by this call
  struct Left {
    std::string kind, record, reason;
  };
  std::vector<Left> waiting;  // go with a later call, when what the reason says has come
  std::vector<Left> staying;  // cannot go
};

struct TransferReport {
  std::uint64_t moved = 0;  // records, those that went along included
  struct Refused {
    std::string record, reason;
  };
  std::vector<Refused> refused;  // they stay where they are
};

struct ImportReport {
  std::uint64_t added = 0, updated = 0, unchanged = 0;
  struct Refused {
    std::size_t line = 0;
    std::string reason;
  };
  std::vector<Refused> refused;
  std::vector<std::string> ignored_columns;
  bool committed = false;  // false: strict, and a row was refused
};

}  // namespace setu
