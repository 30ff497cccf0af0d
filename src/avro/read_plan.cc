#include "read_plan.h"

#include "matcher.h"
#include "numbers.h"
#include "places.h"
#include "renames.h"

#include "limpet/avro/resolve.h"
#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

constexpr std::uint32_t kCellsMax = 1U << 20;
constexpr int kDefaultDepth = 1'000;

struct Key {
  const Node* writer;
  const Node* reader;
  std::uint16_t branch;

  friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const auto hash = std::hash<const void*>();
    return (hash(key.writer) * 31 + hash(key.reader)) * 31 + key.branch;
  }
};

std::uint32_t least_bytes(const Node& type) {
  switch (type.type) {
    case Type::Null:
    case Type::Record:
      return 0;
    case Type::Float:
      return 4;
    case Type::Double:
      return 8;
    case Type::Fixed:
      return static_cast<std::uint32_t>(type.size);
    default:
      return 1;
  }
}

std::uint32_t sum(std::uint32_t a, std::uint32_t b, std::uint32_t most) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{a} + b, most));
}

class DefaultEncoder {
 public:
  DefaultEncoder(std::size_t bytes_max, std::size_t& values_left, std::string& out)
      : bytes_max_(bytes_max), values_left_(values_left), out_(out) {}

  Status encode(const Node& type, const json::Value& value) {
    if (values_left_ == 0 || out_.size() > bytes_max_ || depth_ == kDefaultDepth) {
      return Error::limit_exceeded("the schema's default values are too large");
    }
    --values_left_;
    ++depth_;
    LIMPET_CHECK(encode_kind(type, value));
    --depth_;
    return {};
  }

 private:
  Status encode_kind(const Node& type, const json::Value& value) {
    switch (type.type) {
      case Type::Null:
        return {};
      case Type::Boolean:
        out_ += value.as_bool() ? '\1' : '\0';
        return {};
      case Type::Int:
      case Type::Long:
        number(value.as_int64().value_or(0));
        return {};
      case Type::Float:
        raw(std::bit_cast<std::array<char, 4>>(static_cast<float>(real(value))));
        return {};
      case Type::Double:
        raw(std::bit_cast<std::array<char, 8>>(real(value)));
        return {};
      case Type::String:
        number(static_cast<std::int64_t>(value.text().size()));
        out_ += value.text();
        return {};
      case Type::Bytes: {
        const std::string bytes = latin1(value.text());
        number(static_cast<std::int64_t>(bytes.size()));
        out_ += bytes;
        return {};
      }
      case Type::Fixed: {
        std::string bytes = latin1(value.text());
        if (static_cast<std::size_t>(type.size) > bytes_max_) {
          return Error::limit_exceeded("the schema's default values are too large");
        }
        bytes.resize(static_cast<std::size_t>(type.size), '\0');
        out_ += bytes;
        return {};
      }
      case Type::Enum: {
        const auto found = type.at.find(value.text());
        if (found == type.at.end()) {
          return Error::invalid_input("the default \"" + value.text() + "\" is no symbol of " +
                                      describe(type));
        }
        number(found->second);
        return {};
      }
      case Type::Array:
        if (!value.items().empty()) number(static_cast<std::int64_t>(value.items().size()));
        for (const auto& item : value.items()) LIMPET_CHECK(encode(*type.element, item));
        out_ += '\0';
        return {};
      case Type::Map:
        if (!value.members().empty()) number(static_cast<std::int64_t>(value.members().size()));
        for (const auto& member : value.members()) {
          number(static_cast<std::int64_t>(member.name.size()));
          out_ += member.name;
          LIMPET_CHECK(encode(*type.element, member.value));
        }
        out_ += '\0';
        return {};
      case Type::Union:
        number(0);
        return encode(*type.branches.front(), value);
      case Type::Record:
        for (const Field& field : type.fields) {
          const auto* member = value.find(field.name);
          LIMPET_CHECK(encode(*field.type, member == nullptr ? *field.default_value : *member));
        }
        return {};
    }
    return {};
  }

  void number(std::int64_t value) {
    auto left = (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
    for (; left >= 0x80; left >>= 7U) out_ += static_cast<char>((left & 0x7F) | 0x80);
    out_ += static_cast<char>(left);
  }

  template <std::size_t N>
  void raw(std::array<char, N> bytes) {
    if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
    out_.append(bytes.data(), N);
  }

  // Avro Java takes texts for numbers: "-Infinity", "1.5".
  static double real(const json::Value& value) {
    const auto number = value.is_string() ? java_double(value.text()) : value.as_double();
    return number.value_or(0);
  }

  static std::string latin1(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
      const auto character = next_code_point(text, at);
      if (!character) break;  // a parsed document has none
      bytes += *character > 0xFF ? '?' : static_cast<char>(*character);
      if (*character > 0xFFFF) bytes += '?';  // Java counts UTF-16 units
    }
    return bytes;
  }

  const std::size_t bytes_max_;
  std::size_t& values_left_;
  std::string& out_;
  int depth_ = 0;
};

}  // namespace

value::Logical logical_of(const Node& node) {
  using value::Logical;
  struct Row {
    std::string_view name;
    Logical logical;
  };
  static constexpr std::array<Row, 10> kRows{{
      {"decimal", Logical::Decimal},
      {"uuid", Logical::Uuid},
      {"date", Logical::Date},
      {"time-millis", Logical::TimeMillis},
      {"time-micros", Logical::TimeMicros},
      {"timestamp-millis", Logical::TimestampMillis},
      {"timestamp-micros", Logical::TimestampMicros},
      {"local-timestamp-millis", Logical::LocalTimestampMillis},
      {"local-timestamp-micros", Logical::LocalTimestampMicros},
      {"duration", Logical::Duration},
  }};
  if (!node.logical) return Logical::None;
  const auto* row = std::ranges::find(kRows, node.logical->name, &Row::name);
  return row == kRows.end() ? Logical::None : row->logical;
}

Status encode_default(const Node& type, const json::Value& value, std::size_t bytes_max,
                      std::size_t& values_left, std::string& out) {
  return DefaultEncoder(bytes_max, values_left, out).encode(type, value);
}

// Breadth first, so that depth costs heap and each type is met on its shortest path.
class PlanMaker {
 public:
  PlanMaker(const Schema& writer, const Schema& reader)
      : plan_(new ReadPlan(writer, reader)),
        renames_(reader, writer),
        budget_(limits::kComparedPairs),
        matcher_(renames_, budget_, plan_->writer_, plan_->reader_) {}

  Result<std::shared_ptr<const ReadPlan>> make() {
    if (!renames_.conflicts().empty()) {
      const auto& conflict = renames_.conflicts().front();
      return Error::invalid_input(conflict.explained, conflict.path.empty() ? "/" : conflict.path);
    }
    action_for(plan_->writer_.root(), plan_->reader_.root(), Places::kRoot);
    for (std::size_t next = 0; next < todo_.size() && !too_large(); ++next) {
      const auto work = todo_[next];
      LIMPET_CHECK(fill(work.id, *work.writer, *work.reader, work.place));
    }
    if (too_large()) {
      return Error::limit_exceeded("Comparing the two schemas takes more steps than allowed");
    }
    LIMPET_CHECK(check_reachable());
    measure();
    return std::shared_ptr<const ReadPlan>(std::move(plan_));
  }

 private:
  static constexpr std::uint16_t kNoBranch = value::View::kNoBranch;

  struct Work {
    ActionId id;
    const Node* writer;
    const Node* reader;
    PlaceId place;
  };

  bool too_large() const {
    return budget_.exhausted() || plan_->steps_.size() + plan_->branches_.size() +
                                          plan_->symbols_.size() + plan_->defaults_.size() +
                                          plan_->actions_.size() >
                                      ReadPlan::kStepsMax;
  }

  // `writer` and `reader` are one node: nothing is to be resolved.
  ActionId action_for(const Node& writer, const Node& reader, PlaceId place) {
    if (&writer == &reader || writer.type == Type::Union || reader.type != Type::Union) {
      return action(writer, reader, kNoBranch, place);
    }
    const auto branch = matcher_.choose_branch(writer, reader);
    if (!branch) return fail(writer, reader, place);
    return action(writer, *reader.branches[*branch], static_cast<std::uint16_t>(*branch),
                  places_.branch(place, *branch));
  }

  ActionId action(const Node& writer, const Node& reader, std::uint16_t branch, PlaceId place) {
    const auto [known, fresh] =
        known_.try_emplace({&writer, &reader, branch}, static_cast<ActionId>(plan_->size()));
    if (!fresh) return known->second;
    Action made;
    made.wire = static_cast<Wire>(writer.type);
    made.as = reader.type;
    made.branch = branch;
    made.writer = &writer;
    made.reader = &reader;
    plan_->actions_.push_back(made);
    todo_.push_back({known->second, &writer, &reader, place});
    return known->second;
  }

  ActionId fail(const Node& writer, const Node& reader, PlaceId place) {
    Action made;
    made.writer = &writer;
    made.reader = &reader;
    plan_->actions_.push_back(made);
    const auto id = static_cast<ActionId>(plan_->size() - 1);
    turn_to_failure(id, MismatchKind::MissingUnionBranch, place, "");
    return id;
  }

  void turn_to_failure(ActionId id, MismatchKind kind, PlaceId place, std::string detail) {
    auto& action = plan_->actions_[id];
    action.wire = Wire::Fail;
    action.first = static_cast<std::uint32_t>(mismatches_.size());
    Mismatch mismatch{kind,
                      places_.path(place),
                      "",
                      describe(*action.reader),
                      describe(*action.writer),
                      std::move(detail)};
    plan_->reasons_.push_back(describe(mismatch));
    mismatch.field = places_.field(place, plan_->reader_.root());
    if (mismatch.path.empty()) mismatch.path = "/";
    mismatches_.push_back(std::move(mismatch));
  }

  Status fill(ActionId id, const Node& writer, const Node& reader, PlaceId place) {
    if (writer.type == Type::Union) {
      fill_union(id, writer, reader, place);
      return {};
    }
    if (writer.type != reader.type) {
      if (!is_promotable(writer.type, reader.type)) {
        turn_to_failure(id, MismatchKind::TypeMismatch, place, "");
      } else {
        tag(id, reader);
      }
      return {};
    }
    switch (writer.type) {
      case Type::Array:
      case Type::Map: {
        const auto element =
            action_for(*writer.element, *reader.element, places_.element(place, reader));
        plan_->actions_[id].first = element;
        return {};
      }
      case Type::Enum:
        if (same_name(id, writer, reader, place)) fill_enum(id, writer, reader);
        return {};
      case Type::Fixed:
        if (!same_name(id, writer, reader, place)) return {};
        if (writer.size != reader.size) {
          turn_to_failure(id, MismatchKind::FixedSizeMismatch, place,
                          "the reader's size is " + std::to_string(reader.size) +
                              ", the writer's " + std::to_string(writer.size));
          return {};
        }
        plan_->actions_[id].first = static_cast<std::uint32_t>(writer.size);
        tag(id, reader);
        return {};
      case Type::Record:
        return fill_record(id, writer, reader, place);
      default:
        tag(id, reader);
        return {};
    }
  }

  // What a value means, to the reader.
  void tag(ActionId id, const Node& reader) {
    auto& action = plan_->actions_[id];
    action.logical = logical_of(reader);
    if (action.logical != value::Logical::Decimal) return;
    plan_->decimals_.push_back({reader.logical->precision, reader.logical->scale});
    action.decimal = &plan_->decimals_.back();
  }

  bool same_name(ActionId id, const Node& writer, const Node& reader, PlaceId place) {
    if (&writer == &reader || renames_.name_of(writer).simple() == reader.name.simple()) {
      return true;
    }
    turn_to_failure(
        id, MismatchKind::NameMismatch, place,
        "the reader's name is " + reader.name.full + ", the writer's " + writer.name.full);
    return false;
  }

  void fill_union(ActionId id, const Node& writer, const Node& reader, PlaceId place) {
    const bool positions = &writer == &reader || (reader.type == Type::Union &&
                                                  matcher_.equivalent_unions(writer, reader));
    std::vector<ActionId> branches;
    for (std::size_t i = 0; i < writer.branches.size() && !too_large(); ++i) {
      const auto& branch = *writer.branches[i];
      branches.push_back(positions
                             ? action(branch, *reader.branches[i], static_cast<std::uint16_t>(i),
                                      places_.branch(place, static_cast<std::uint32_t>(i)))
                             : action_for(branch, reader, place));
    }
    auto& action = plan_->actions_[id];
    action.first = static_cast<std::uint32_t>(plan_->branches_.size());
    action.count = static_cast<std::uint32_t>(branches.size());
    plan_->branches_.insert(plan_->branches_.end(), branches.begin(), branches.end());
  }

  void fill_enum(ActionId id, const Node& writer, const Node& reader) {
    auto& action = plan_->actions_[id];
    action.first = static_cast<std::uint32_t>(plan_->symbols_.size());
    action.count = static_cast<std::uint32_t>(writer.symbols.size());
    for (const auto& symbol : writer.symbols) {
      auto found = reader.at.find(symbol);
      if (found == reader.at.end() && reader.enum_default) {
        found = reader.at.find(*reader.enum_default);
      }
      plan_->symbols_.push_back(
          found == reader.at.end() ? -1 : static_cast<std::int32_t>(found->second));
    }
  }

  Status fill_record(ActionId id, const Node& writer, const Node& reader, PlaceId place) {
    const bool plain = &writer == &reader;
    std::vector<Step> steps(writer.fields.size());
    std::vector<DefaultStep> defaults;
    if (plain) {
      for (std::uint32_t i = 0; i < steps.size(); ++i) {
        const auto at = places_.type_of(places_.field_at(place, reader, i));
        steps[i] = {action_for(*writer.fields[i].type, *reader.fields[i].type, at), i};
      }
    } else {
      for (std::uint32_t i = 0; i < reader.fields.size() && !too_large(); ++i) {
        const auto& field = reader.fields[i];
        const auto at = places_.field_at(place, reader, i);
        if (const auto* written = renames_.find_field(writer, field.name)) {
          auto& step = steps[static_cast<std::size_t>(written - writer.fields.data())];
          step = {action_for(*written->type, *field.type, places_.type_of(at)), i};
        } else if (!field.default_value) {
          turn_to_failure(id, MismatchKind::ReaderFieldMissingDefaultValue, at,
                          "the writer's " + describe(writer) + " has no field " + field.name);
          return {};
        } else if (!field.default_usable) {
          turn_to_failure(id, MismatchKind::UnusableDefault, at,
                          "the default names an enum symbol that does not exist");
          return {};
        } else {
          LIMPET_TRY(const auto bytes, default_of(field));
          // Its bytes are the reader's own: nothing is to be resolved.
          defaults.push_back({i, action_for(*field.type, *field.type, places_.type_of(at)), bytes});
        }
      }
      for (std::size_t i = 0; i < steps.size() && !too_large(); ++i) {
        if (steps[i].field != Step::kSkip) continue;
        steps[i].action = action_for(*writer.fields[i].type, *writer.fields[i].type, place);
      }
    }
    auto& action = plan_->actions_[id];
    action.first = static_cast<std::uint32_t>(plan_->steps_.size());
    action.count = static_cast<std::uint32_t>(steps.size());
    action.first_default = static_cast<std::uint32_t>(plan_->defaults_.size());
    action.default_count = static_cast<std::uint32_t>(defaults.size());
    action.shape = shape_of(reader);
    plan_->steps_.insert(plan_->steps_.end(), steps.begin(), steps.end());
    plan_->defaults_.insert(plan_->defaults_.end(), defaults.begin(), defaults.end());
    return {};
  }

  Result<std::string_view> default_of(const Field& field) {
    const auto [known, fresh] = encoded_.try_emplace(&field);
    if (!fresh) return known->second;
    auto& bytes = plan_->default_bytes_.emplace_back();
    LIMPET_CHECK(encode_default(*field.type, *field.default_value, default_bytes_left_,
                                default_values_left_, bytes));
    if (bytes.size() > default_bytes_left_) {
      return Error::limit_exceeded("the schema's default values are too large");
    }
    default_bytes_left_ -= bytes.size();
    known->second = bytes;
    return known->second;
  }

  const value::RecordShape* shape_of(const Node& record) {
    auto& shape = shapes_[&record];
    if (shape == nullptr) {
      std::vector<std::string> names;
      names.reserve(record.fields.size());
      for (const auto& field : record.fields) names.push_back(field.name);
      shape = &plan_->shapes_.emplace_back(record.name.full, std::move(names));
    }
    return shape;
  }

  // Below a union of the writer a failure waits until such a value comes; elsewhere none can be
  // read.
  Status check_reachable() const {
    std::vector<bool> seen(plan_->size(), false);
    std::vector<ActionId> todo{plan_->root()};
    seen[plan_->root()] = true;
    const auto push = [&](ActionId id) {
      if (!seen[id]) todo.push_back(id);
      seen[id] = true;
    };
    for (std::size_t next = 0; next < todo.size(); ++next) {
      const auto& action = (*plan_)[todo[next]];
      if (action.wire == Wire::Fail) {
        const auto& mismatch = mismatches_[action.first];
        return Error::invalid_input(describe(mismatch), mismatch.path);
      }
      if (action.wire == Wire::Array || action.wire == Wire::Map) push(action.element());
      if (action.wire == Wire::Record) {
        for (const auto& step : plan_->steps(action)) push(step.action);
      }
    }
    return {};
  }

  // Records of records in an order in which parts come first. A record that cannot end is given one
  // byte; its reader stops at the limit on depth.
  void measure() {
    auto& actions = plan_->actions_;
    std::vector<ActionId> open;
    std::vector<std::uint8_t> state(actions.size(), 0);  // 1: open, 2: done
    for (ActionId root = 0; root < actions.size(); ++root) {
      actions[root].min_bytes = least_bytes(*actions[root].writer);
    }
    for (ActionId root = 0; root < actions.size(); ++root) {
      if (actions[root].wire == Wire::Record && state[root] == 0) open.push_back(root);
      while (!open.empty()) {
        const auto id = open.back();
        const auto& steps = plan_->steps(actions[id]);
        if (state[id] == 0) {
          state[id] = 1;
          const auto before = open.size();
          for (const auto& step : steps) {
            if (actions[step.action].wire == Wire::Record && state[step.action] == 0) {
              open.push_back(step.action);
            }
          }
          if (open.size() > before) continue;
        }
        open.pop_back();
        if (state[id] == 2) continue;
        std::uint32_t bytes = 0;
        auto cells =
            std::min(1 + static_cast<std::uint32_t>(actions[id].reader->fields.size()), kCellsMax);
        for (const auto& step : steps) {
          const auto& part = actions[step.action];
          const bool endless = part.wire == Wire::Record && state[step.action] != 2;
          bytes = sum(bytes, endless ? 1 : part.min_bytes, INT32_MAX);
          cells = sum(cells, part.wire == Wire::Record && !endless ? part.cells : 0, kCellsMax);
        }
        actions[id].min_bytes = bytes;
        actions[id].cells = cells;
        state[id] = 2;
      }
    }
  }

  std::unique_ptr<ReadPlan> plan_;
  const Renames renames_;
  Budget budget_;
  Matcher matcher_;
  Places places_;
  std::vector<Work> todo_;
  std::unordered_map<Key, ActionId, KeyHash> known_;
  std::unordered_map<const Field*, std::string_view> encoded_;
  std::unordered_map<const Node*, const value::RecordShape*> shapes_;
  std::vector<Mismatch> mismatches_;  // by Action::first of failures
  std::size_t default_bytes_left_ = ReadPlan::kDefaultBytesMax;
  std::size_t default_values_left_ = ReadPlan::kDefaultValuesMax;
};

Result<std::shared_ptr<const ReadPlan>> ReadPlan::make(const Schema& writer, const Schema* reader) {
  return PlanMaker(writer, reader == nullptr ? writer : *reader).make();
}

}  // namespace limpet::avro
