#pragma once
// From what was typed to operations: typing, derived fields, write authority, what each operation
// has seen.

#include "client/context.hpp"
#include "client/read_token.hpp"
#include "merge/view.hpp"

namespace setu::client {

// Types the assignments against the form and adds what derives from them. `before` is null for a
// new record. kInvalidArgument, kNotAllowed (a field that `role` may not write), kNotFound (a
// client to copy from).
[[nodiscard]] Result<std::vector<forms::TypedInput>> gather_inputs(
    Context& context, const Kind& kind, const store::Row* before, const Client::Assignments& fields,
    roster::Role role);

// Anyone may raise the caution of a record, only leads lower it: kNotAllowed. Of other fields
// nothing.
[[nodiscard]] Status check_caution(const Kind& kind, const forms::Field& field, const Value& shown,
                                   const Value& chosen, roster::Role role);

// The operations that one input means for a part. Seen stamps come from the token, or, where it is
// null, from what the part shows now. No operation where nothing changes (adding an element that is
// there).
[[nodiscard]] Result<std::vector<Op>> to_ops(const forms::TypedInput& input,
                                             const merge::Part& part, Audience audience,
                                             const ReadToken* token);

// The stamps that are shown in every slot of a part.
void note_shown(ReadToken& token, const Kind& kind, Audience audience, const merge::Part& part);

}  // namespace setu::client
