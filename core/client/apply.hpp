#pragma once
// Takes changes into the tables: local ones as they are written, others' as their batches are
// opened. The one place where a merge state is unpacked, changed, shown in its columns and packed
// again.

#include "client/context.hpp"
#include "merge/view.hpp"

namespace setu::client {

// The merge state of one part of a row, unpacked. Empty when the part has not arrived.
[[nodiscard]] Result<merge::Part> load_part(Context& context, const Kind& kind,
                                            const store::Row& row, Audience audience);

// Puts a changed part back into the row: shown values into the columns, the packed state beside
// them, the row's deleted mark. Does not write the row.
void put_part(Context& context, const Kind& kind, store::Row& row, Audience audience,
              const merge::Part& part);

// Applies one change to its row within the open transaction: finds or makes the row, merges, writes
// it, refreshes the index of open conflicts.
Status apply_change(Context& context, const Kind& kind, Audience audience, const Change& change,
                    const merge::ChainTips& tips);

// The same for a row at hand; none: it is made. Looks at no other home.
Status apply_to_row(Context& context, const Kind& kind, Audience audience, const Change& change,
                    const merge::ChainTips& tips, std::optional<store::Row> row);

// Writes a row with a changed part, makes it where there is none, and refreshes the index of its
// conflicts.
Status write_part(Context& context, const Kind& kind, store::Row& row, Audience audience,
                  const merge::Part& part);

// What is wrong with a change that a member sealed to a circle; each line names kind and field,
// never a value. The operations it names are taken out of `change`; what is left may be applied.
// Empty: nothing is wrong.
[[nodiscard]] std::vector<std::string> quarantine_inadmissible(const Context& context,
                                                               const Kind& kind,
                                                               const roster::Circle& circle,
                                                               const roster::Member& author,
                                                               Change& change);

// Open conflicts of a part, for the index.
[[nodiscard]] std::vector<store::OpenConflict> open_conflicts(const Kind& kind,
                                                              const RecordId& record,
                                                              Audience audience,
                                                              const merge::Part& part);

}  // namespace setu::client
