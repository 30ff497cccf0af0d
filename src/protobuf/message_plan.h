// What a message type takes to be read and written: its fields by number, ready-made defaults.
#pragma once

#include "wire_type.h"

#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/arena.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::protobuf {

struct MessagePlan;

class EnumPlan {
 public:
  explicit EnumPlan(const Enum& enumeration);

  /// The first value of that number; nullopt when there is none.
  std::optional<std::uint32_t> ordinal_of(std::int32_t number) const {
    if (number >= 0 && static_cast<std::size_t>(number) < dense_.size()) [[likely]] {
      const auto ordinal = dense_[static_cast<std::size_t>(number)];
      return ordinal == kNone ? std::nullopt : std::optional<std::uint32_t>(ordinal);
    }
    const auto found = others_.find(number);
    return found == others_.end() ? std::nullopt : std::optional<std::uint32_t>(found->second);
  }
  std::optional<std::int32_t> number_of(std::string_view symbol) const;
  value::View view(std::uint32_t ordinal) const {
    return value::View::enumeration(&enumeration_->values[ordinal].name, ordinal);
  }
  const Enum& enumeration() const { return *enumeration_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  const Enum* enumeration_;
  std::vector<std::uint32_t> dense_;  // by number, for small ones
  std::unordered_map<std::int32_t, std::uint32_t> others_;
  std::unordered_map<std::string_view, std::int32_t> by_name_;
};

struct FieldPlan {
  FieldType type = FieldType::Int32;
  WireType wire = WireType::Varint;
  bool repeated = false;
  bool map = false;
  bool packable = false;  ///< repeated numbers: packed is taken as well
  bool packed = false;    ///< and is how they are written
  bool closed = false;    ///< an enum of proto2
  bool presence = false;  ///< null when it does not occur
  bool required = false;
  std::uint32_t position = 0;  ///< in the record
  std::uint32_t number = 0;
  const MessagePlan* message = nullptr;
  const EnumPlan* enumeration = nullptr;
  std::span<const std::uint32_t> siblings;  ///< positions of all members of its oneof
  const Field* field = nullptr;
};

struct MessagePlan {
  explicit MessagePlan(const Message& of);

  const FieldPlan* find(std::uint32_t number) const {
    if (number < dense.size()) [[likely]]
      return dense[number];
    const auto found = others.find(number);
    return found == others.end() ? nullptr : found->second;
  }

  /// By the name in the text, or in ProtoJSON.
  std::optional<std::size_t> find(std::string_view name) const {
    if (const auto at = shape.find(name)) return at;
    const auto found = by_json_name.find(name);
    return found == by_json_name.end() ? std::nullopt : std::optional<std::size_t>(found->second);
  }

  const Message* message;
  value::RecordShape shape;
  std::vector<FieldPlan> fields;         ///< in the order of the text
  std::vector<std::uint32_t> by_number;  ///< positions in `fields`
  std::vector<const FieldPlan*> dense;   ///< by number, for small ones
  std::unordered_map<std::uint32_t, const FieldPlan*> others;
  std::unordered_map<std::string_view, std::size_t> by_json_name;
  std::vector<std::vector<std::uint32_t>> oneofs;
  std::span<const value::View> blank;  ///< a record in which no field occurred
  bool reaches_required = false;       ///< it or what it holds has required fields
};

/// All that a root message can reach.
class MessagePlans {
 public:
  static Result<std::shared_ptr<const MessagePlans>> make(const Schema& schema,
                                                          const Message& root);
  const MessagePlan& root() const { return *root_; }

 private:
  explicit MessagePlans(Schema schema) : schema_(std::move(schema)) {}
  MessagePlan& plan_of(const Message& message);
  const EnumPlan& plan_of(const Enum& enumeration);
  void fill(MessagePlan& plan);
  value::View default_of(const FieldPlan& field) const;
  void spread_required();

  Schema schema_;  // the plans point into it
  value::Arena arena_{std::numeric_limits<std::size_t>::max() / 2};
  std::deque<MessagePlan> messages_;
  std::deque<EnumPlan> enums_;
  std::unordered_map<const Message*, MessagePlan*> by_message_;
  std::unordered_map<const Enum*, const EnumPlan*> by_enum_;
  const MessagePlan* root_ = nullptr;
};

}  // namespace limpet::protobuf
