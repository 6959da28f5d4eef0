#pragma once
// From rows and merge states to what people see.

#include "client/context.hpp"
#include "merge/view.hpp"

namespace setu::client {

[[nodiscard]] FieldValue show_field(Context& context, const forms::Field& field,
                                    const merge::Part& part);
[[nodiscard]] FieldValue show_value(const forms::Field& field,
                                    const Value& value);  // one value of a register

// What one operation wrote, for history: sets and counters as "+x", "-x", "+3", "=24".
[[nodiscard]] NamedValue show_op(Context& context, const Kind& kind, const Op& op);

// A caseload as leads say it: its name, or its id where that cannot be read.
[[nodiscard]] std::string show_home(Context& context, const Value& value);

[[nodiscard]] Result<RecordView> show_row(Context& context, const Kind& kind,
                                          const store::Row& row);

// Records of a kind whose fields equal what is asked for; sets contain it. limit 0: all.
[[nodiscard]] Result<std::vector<RecordView>> list_rows(Context& context, const Kind& kind,
                                                        const Client::Assignments& where,
                                                        std::size_t limit);

// All changes of a record that this device holds, as sealed batches tell them, then the unsealed
// ones; oldest first.
[[nodiscard]] Result<std::vector<ChangeView>> history_of(Context& context, const Kind& kind,
                                                         const store::Row& row);

// The row of a record id as typed, with its kind. kNotFound, kInvalidArgument.
struct Found {
  const Kind* kind = nullptr;
  store::Row row;
};
[[nodiscard]] Result<Found> find_record(Context& context, std::string_view id);

}  // namespace setu::client
