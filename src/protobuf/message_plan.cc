#include "message_plan.h"

#include <algorithm>

namespace limpet::protobuf {
namespace {

constexpr std::size_t kMaxFields = 65'000;
constexpr std::size_t kDenseNumbers = 1024;  // above: only where the numbers are about as many

std::vector<std::string> names_of(const Message& message) {
  std::vector<std::string> names;
  names.reserve(message.fields.size());
  for (const auto& field : message.fields) names.push_back(field.name);
  return names;
}

}  // namespace

EnumPlan::EnumPlan(const Enum& enumeration) : enumeration_(&enumeration) {
  const auto& values = enumeration.values;
  const auto limit = static_cast<std::int64_t>(std::max(kDenseNumbers, 4 * values.size()));
  std::int64_t end = 0;
  for (const auto& value : values) {
    if (value.number < limit) end = std::max<std::int64_t>(end, value.number + 1);
  }
  dense_.assign(static_cast<std::size_t>(end), kNone);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const auto number = values[i].number;
    by_name_.emplace(values[i].name, number);
    if (number >= 0 && number < end) {
      auto& ordinal = dense_[static_cast<std::size_t>(number)];
      if (ordinal == kNone) ordinal = i;
    } else {
      others_.emplace(number, i);
    }
  }
}

std::optional<std::int32_t> EnumPlan::number_of(std::string_view symbol) const {
  const auto found = by_name_.find(symbol);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

MessagePlan::MessagePlan(const Message& of) : message(&of), shape(of.full_name, names_of(of)) {}

Result<std::shared_ptr<const MessagePlans>> MessagePlans::make(const Schema& schema,
                                                               const Message& root) {
  std::shared_ptr<MessagePlans> plans(new MessagePlans(schema));
  plans->root_ = &plans->plan_of(root);
  // Types form a graph: what is reached is put at the end.
  for (std::size_t i = 0; i < plans->messages_.size(); ++i) {
    auto& plan = plans->messages_[i];
    if (plan.message->fields.size() > kMaxFields) {
      return Error::limit_exceeded(plan.message->full_name + " has more than " +
                                   std::to_string(kMaxFields) + " fields");
    }
    plans->fill(plan);
  }
  plans->spread_required();
  return std::shared_ptr<const MessagePlans>(std::move(plans));
}

MessagePlan& MessagePlans::plan_of(const Message& message) {
  auto& known = by_message_[&message];
  if (known == nullptr) known = &messages_.emplace_back(message);
  return *known;
}

const EnumPlan& MessagePlans::plan_of(const Enum& enumeration) {
  auto& known = by_enum_[&enumeration];
  if (known == nullptr) known = &enums_.emplace_back(enumeration);
  return *known;
}

void MessagePlans::fill(MessagePlan& plan) {
  const auto& message = *plan.message;
  const bool proto3 = message.file->syntax == Syntax::Proto3;
  for (const auto& oneof : message.oneofs) plan.oneofs.push_back(oneof.fields);
  plan.by_number = message.by_number;
  plan.fields.reserve(message.fields.size());
  for (std::uint32_t i = 0; i < message.fields.size(); ++i) {
    const auto& field = message.fields[i];
    FieldPlan& made = plan.fields.emplace_back();
    made.type = field.type;
    made.wire = wire_type_of(field.type);
    made.repeated = field.repeated;
    made.map = field.is_map();
    made.packable =
        field.repeated && made.wire != WireType::Length && made.wire != WireType::StartGroup;
    made.packed = field.packed;
    made.closed = !proto3 && field.enumeration != nullptr;
    made.required = field.label == Label::Required;
    const bool is_message = field.type == FieldType::Message || field.type == FieldType::Group;
    made.presence = !field.repeated && !message.map_entry &&
                    (!proto3 || is_message || field.oneof || field.label == Label::Optional);
    made.position = i;
    made.number = static_cast<std::uint32_t>(field.number);
    if (field.message != nullptr) made.message = &plan_of(*field.message);
    if (field.enumeration != nullptr) made.enumeration = &plan_of(*field.enumeration);
    if (field.oneof) made.siblings = plan.oneofs[*field.oneof];
    made.field = &field;
    plan.by_json_name.emplace(field.json_name, i);
    if (made.required) plan.reaches_required = true;
  }
  const auto dense = std::max(kDenseNumbers, 4 * plan.fields.size());
  std::size_t end = 0;
  for (const auto& field : plan.fields) {
    if (field.number < dense) end = std::max<std::size_t>(end, field.number + 1);
  }
  plan.dense.assign(end, nullptr);
  for (const auto& field : plan.fields) {
    if (field.number < end) {
      plan.dense[field.number] = &field;
    } else {
      plan.others.emplace(field.number, &field);
    }
  }
  const auto blank = value::make_record(arena_, plan.shape);
  for (const auto& field : plan.fields) blank[field.position] = default_of(field);
  plan.blank = blank;
}

value::View MessagePlans::default_of(const FieldPlan& field) const {
  using value::View;
  if (field.map) return View::map({});
  if (field.repeated) return View::array({});
  if (field.presence) return View::null();
  switch (field.type) {
    case FieldType::Double:
      return View::of_double(0);
    case FieldType::Float:
      return View::of_float(0);
    case FieldType::Int64:
    case FieldType::SFixed64:
    case FieldType::SInt64:
    case FieldType::UInt32:
    case FieldType::Fixed32:
      return View::of_long(0);
    case FieldType::UInt64:
    case FieldType::Fixed64:
      return View::unsigned_long(0);
    case FieldType::Int32:
    case FieldType::SFixed32:
    case FieldType::SInt32:
      return View::of_int(0);
    case FieldType::Bool:
      return View::boolean(false);
    case FieldType::String:
      return View::string("");
    case FieldType::Bytes:
      return View::bytes("");
    case FieldType::Enum: {
      // Of an entry of a map in proto2: its first value. In proto3 that is the one of number 0.
      return field.enumeration->view(0);
    }
    case FieldType::Group:
    case FieldType::Message:
      return View::null();
  }
  return View::null();
}

void MessagePlans::spread_required() {
  std::unordered_map<const MessagePlan*, std::vector<MessagePlan*>> holders;
  std::vector<MessagePlan*> open;
  for (auto& plan : messages_) {
    if (plan.reaches_required) open.push_back(&plan);
    for (const auto& field : plan.fields) {
      if (field.message != nullptr) holders[field.message].push_back(&plan);
    }
  }
  while (!open.empty()) {
    const auto* plan = open.back();
    open.pop_back();
    for (auto* holder : holders[plan]) {
      if (holder->reaches_required) continue;
      holder->reaches_required = true;
      open.push_back(holder);
    }
  }
}

}  // namespace limpet::protobuf
