#include "client/inputs.hpp"

#include <algorithm>
#include <set>

namespace setu::client {
namespace {

using forms::Derivation;
using forms::Field;
using forms::FieldType;
using forms::InputOp;
using forms::TypedInput;

std::vector<std::string> split_elements(const Value& column) {
  std::vector<std::string> elements;
  const auto* text = std::get_if<std::string>(&column);
  if (text == nullptr) return elements;
  std::size_t start = 0;
  while (start <= text->size() && !text->empty()) {
    const std::size_t comma = std::min(text->find(',', start), text->size());
    elements.push_back(text->substr(start, comma - start));
    start = comma + 1;
  }
  return elements;
}

Value column_of(const Kind& kind, const store::Row* row, const Field& field) {
  return row == nullptr ? Value{} : row->columns[kind.column_of.at(field.tag)];
}

const TypedInput* find_input(const std::vector<TypedInput>& inputs, const Field& field) {
  const auto found = std::ranges::find(inputs, &field, &TypedInput::field);
  return found == inputs.end() ? nullptr : &*found;
}

// The elements that a set will have once `input` is taken.
std::vector<std::string> elements_after(const TypedInput& input, const Value& before) {
  if (input.op == InputOp::kSet) return input.elements;
  const std::vector<std::string> old = split_elements(before);
  std::set<std::string> after(old.begin(), old.end());
  for (const std::string& element : input.elements) {
    if (input.op == InputOp::kAdd)
      after.insert(element);
    else
      after.erase(element);
  }
  return {after.begin(), after.end()};
}

TypedInput setting(const Field& field, Value value) {
  TypedInput input;
  input.field = &field;
  input.value = std::move(value);
  return input;
}

TypedInput setting(const Field& field, std::vector<std::string> elements) {
  TypedInput input;
  input.field = &field;
  input.elements = std::move(elements);
  return input;
}

Value text_or_empty(std::string text) { return text.empty() ? Value{} : Value{std::move(text)}; }

// What a field that is made from another becomes, once `source` is taken.
TypedInput derive_from(const Context& context, const Field& field, const TypedInput& source,
                       const Value& source_before) {
  switch (field.derivation) {
    case Derivation::kAgeBand: {
      const auto* year = std::get_if<std::int64_t>(&source.value);
      return setting(
          field,
          text_or_empty(year != nullptr ? forms::age_band(*year, civil_date(context.now())) : ""));
    }
    case Derivation::kMonth: {
      const auto* date = std::get_if<std::string>(&source.value);
      return setting(field, text_or_empty(date != nullptr ? forms::month_of(*date) : ""));
    }
    default: break;
  }
  if (source.field->type == FieldType::kChoices) {
    return setting(field, forms::shown_services(elements_after(source, source_before)));
  }
  const auto* service = std::get_if<std::string>(&source.value);
  return setting(field, text_or_empty(service != nullptr ? forms::shown_service(*service) : ""));
}

Result<std::optional<TypedInput>> copy_from_client(Context& context, const Field& field,
                                                   const TypedInput& source) {
  const auto* raw = std::get_if<std::string>(&source.value);
  if (raw == nullptr) return std::nullopt;
  SETU_TAKE(const RecordId id, RecordId::from(as_bytes(*raw)));
  SETU_TAKE(const Kind* clients, context.kind_named("client"));
  SETU_TAKE(const std::optional<store::Row> client, context.store.find(clients->form->kind, id));
  const Field* same = clients->form->find(field.name);
  if (!client || same == nullptr) return std::nullopt;
  const Value value = column_of(*clients, &*client, *same);
  if (is_empty(value)) return std::nullopt;
  return field.type == FieldType::kChoices ? setting(field, split_elements(value))
                                           : setting(field, value);
}

Status add_derived(Context& context, const Kind& kind, const store::Row* before,
                   std::vector<TypedInput>& inputs) {
  for (const Field& field : kind.form->fields) {
    if (field.derivation == Derivation::kNone) continue;
    const TypedInput* given = find_input(inputs, field);
    const Field* source_field = kind.form->find(field.source);
    const TypedInput* found = source_field != nullptr ? find_input(inputs, *source_field) : nullptr;
    const std::optional<TypedInput> source =
        found != nullptr ? std::optional(*found) : std::nullopt;
    switch (field.derivation) {
      case Derivation::kQuarterOfWriting:
        if (before == nullptr && given == nullptr)
          inputs.push_back(setting(field, forms::quarter_of(civil_date(context.now()))));
        break;
      case Derivation::kDateOfWriting:
        if (before == nullptr && given == nullptr)
          inputs.push_back(setting(field, iso_date(civil_date(context.now()))));
        break;
      case Derivation::kReferralCode:
        if (before == nullptr && given == nullptr) {
          std::array<std::byte, 8> random;
          context.random().fill(random);
          inputs.push_back(setting(field, forms::referral_code(random)));
        }
        break;
      case Derivation::kCopyFromClient:
        if (source && given == nullptr && is_empty(column_of(kind, before, field))) {
          SETU_TAKE(std::optional<TypedInput> copied, copy_from_client(context, field, *source));
          if (copied) inputs.push_back(std::move(*copied));
        }
        break;
      default: {
        const Value source_before = column_of(kind, before, *source_field);
        const bool source_filled =
            source ? !is_empty(source->value) || !elements_after(*source, source_before).empty()
                   : !is_empty(source_before);
        if (given != nullptr && source_filled) {
          return fail(
              Code::kInvalidArgument,
              "set " + kind.form->name + "." + field.name + ": it is made from " + field.source,
              "leave it out, or clear " + field.source + " first");
        }
        if (given == nullptr && source)
          inputs.push_back(derive_from(context, field, *source, source_before));
        break;
      }
    }
  }
  return {};
}

}  // namespace

Status check_caution(const Kind& kind, const Field& field, const Value& shown, const Value& chosen,
                     roster::Role role) {
  if (field.rule.rule != merge::Rule::kCautious || role != roster::Role::kWorker) return {};
  const auto caution = [&](const Value& value) {
    const auto* code = std::get_if<std::string>(&value);
    const auto rank = std::ranges::find_if(field.rule.ranks, [&](const auto& entry) {
      return code != nullptr && entry.first == *code;
    });
    return rank == field.rule.ranks.end() ? -1 : rank->second;
  };
  if (caution(chosen) >= caution(shown)) return {};
  return fail(
      Code::kNotAllowed,
      "set " + kind.form->name + "." + field.name + ": anyone may warn, only leads clear a warning",
      "ask a lead of your organisation");
}

Result<std::vector<TypedInput>> gather_inputs(Context& context, const Kind& kind,
                                              const store::Row* before,
                                              const Client::Assignments& fields,
                                              roster::Role role) {
  if (!kind.form->writers.contains(role)) {
    return fail(Code::kNotAllowed,
                "write " + kind.form->name + ": your role may not write this kind",
                "ask a lead of your organisation");
  }
  std::vector<TypedInput> inputs;
  for (const std::string& assignment : fields) {
    SETU_TAKE(const forms::Input input, forms::parse_input(assignment));
    SETU_TAKE(TypedInput typed, forms::type_input(*kind.form, input));
    if (!typed.field->writers.contains(role)) {
      return fail(Code::kNotAllowed,
                  "set " + kind.form->name + "." + typed.field->name +
                      ": your role may not write this field",
                  "leave it out, or ask a lead of your organisation");
    }
    if (before != nullptr) {
      const Value shown = column_of(kind, before, *typed.field);
      SETU_TRY(check_caution(kind, *typed.field, shown, typed.value, role));
    }
    inputs.push_back(std::move(typed));
  }
  SETU_TRY(add_derived(context, kind, before, inputs));
  return inputs;
}

Result<std::vector<Op>> to_ops(const TypedInput& input, const merge::Part& part, Audience audience,
                               const ReadToken* token) {
  const Field& field = *input.field;
  const auto part_number = static_cast<std::uint8_t>(audience);
  const auto seen = [&](const std::string& key, const std::vector<Stamp>& shown_now) {
    return token != nullptr ? token->seen(part_number, {field.tag, key}) : shown_now;
  };
  std::vector<Op> ops;
  const auto counter_op = [&](const std::string& key, std::int64_t value, InputOp op) {
    if (op == InputOp::kSet) {
      ops.push_back({field.tag, OpType::kBase, key, value,
                     seen(key, merge::view_counter(part, field.tag, key).seen)});
    } else {
      ops.push_back({field.tag, OpType::kIncrement, key, op == InputOp::kAdd ? value : -value, {}});
    }
  };
  // Nothing is written where the element stands as it is wanted, and stood so on the screen.
  const auto set_op = [&](const std::string& element, bool there, OpType type) {
    const std::vector<Stamp> now = merge::element_seen(part, field.tag, element);
    std::vector<Stamp> then = seen(element, now);
    if (there == (type == OpType::kAdd) && then == now) return;
    ops.push_back({field.tag, type, element, {}, std::move(then)});
  };
  const auto on_screen = [&](const std::string& key) {
    return token == nullptr || !token->seen(part_number, {field.tag, key}).empty();
  };

  switch (field.type) {
    case FieldType::kCounter: {
      if (is_empty(input.value)) {
        counter_op("", 0, InputOp::kSet);
      } else {
        counter_op("", std::get<std::int64_t>(input.value), input.op);
      }
      break;
    }
    case FieldType::kCounters: {
      for (const auto& [key, count] : input.counts) counter_op(key, count, input.op);
      if (input.op != InputOp::kSet) break;
      for (const std::string& key : merge::counter_keys(part, field.tag)) {
        const bool named = std::ranges::any_of(
            input.counts, [&](const auto& count) { return count.first == key; });
        if (!named && on_screen(key)) counter_op(key, 0, InputOp::kSet);
      }
      break;
    }
    case FieldType::kChoices: {
      const std::vector<std::string> present =
          merge::view_set(part, field.tag, field.rule).elements;
      for (const std::string& element : input.elements) {
        set_op(element, std::ranges::binary_search(present, element),
               input.op == InputOp::kRemove ? OpType::kRemove : OpType::kAdd);
      }
      if (input.op != InputOp::kSet) break;
      for (const std::string& element : present) {
        if (!std::ranges::binary_search(input.elements, element) && on_screen(element))
          set_op(element, true, OpType::kRemove);
      }
      break;
    }
    case FieldType::kLog: ops.push_back({field.tag, OpType::kAppend, "", input.value, {}}); break;
    default:
      ops.push_back({field.tag, OpType::kWrite, "", input.value,
                     seen("", merge::view_register(part, field.tag, field.rule).seen)});
      break;
  }
  return ops;
}

void note_shown(ReadToken& token, const Kind& kind, Audience audience, const merge::Part& part) {
  const auto part_number = static_cast<std::uint8_t>(audience);
  for (const auto& [slot, state] : part.slots()) {
    if (slot.field == kDeletedField) {
      token.note(part_number, slot, merge::view_deleted(part).seen);
      continue;
    }
    const Field* field = kind.field(slot.field);
    if (field == nullptr || state.entries.empty()) continue;
    switch (field->type) {
      case FieldType::kLog: break;  // nothing to supersede
      case FieldType::kChoices:
        token.note(part_number, slot, merge::element_seen(part, slot.field, slot.key));
        break;
      case FieldType::kCounter:
      case FieldType::kCounters:
        token.note(part_number, slot, merge::view_counter(part, slot.field, slot.key).seen);
        break;
      default:
        token.note(part_number, slot, merge::view_register(part, slot.field, field->rule).seen);
        break;
    }
  }
}

}  // namespace setu::client
