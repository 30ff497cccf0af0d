#include "limpet/avro/json_datum.h"

#include "decimal_text.h"
#include "iso_time.h"
#include "json_walk.h"
#include "read_context.h"
#include "read_plan.h"
#include "write_context.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::Logical;
using value::View;

constexpr std::int64_t kMillis = 1'000;
constexpr std::int64_t kMicros = 1'000'000;

/// The integer that a text of ISO 8601 means to a type; nullopt also for types that mean no time.
std::optional<std::int64_t> time_of(const Node& type, std::string_view text) {
  switch (logical_of(type)) {
    case Logical::Date:
      return parse_date(text);
    case Logical::TimeMillis:
      return parse_time(text, kMillis);
    case Logical::TimeMicros:
      return parse_time(text, kMicros);
    case Logical::TimestampMillis:
      return parse_timestamp(text, kMillis, false);
    case Logical::TimestampMicros:
      return parse_timestamp(text, kMicros, false);
    case Logical::LocalTimestampMillis:
      return parse_timestamp(text, kMillis, true);
    case Logical::LocalTimestampMicros:
      return parse_timestamp(text, kMicros, true);
    default:
      return std::nullopt;
  }
}

std::string_view time_form(const Node& type) {
  switch (logical_of(type)) {
    case Logical::Date:
      return "2020-01-31";
    case Logical::TimeMillis:
      return "12:30:00.123";
    case Logical::TimeMicros:
      return "12:30:00.123456";
    case Logical::TimestampMillis:
    case Logical::TimestampMicros:
      return "2020-01-31T12:30:00Z";
    case Logical::LocalTimestampMillis:
    case Logical::LocalTimestampMicros:
      return "2020-01-31T12:30:00";
    default:
      return {};
  }
}

bool is_decimal(const Node& type) { return type.logical && type.logical->name == "decimal"; }

class JsonEncoder : public JsonWalk {
 public:
  JsonEncoder(const WriteJsonOptions& options, codec::ByteBuffer& out)
      : JsonWalk(options.limits),
        options_(options),
        plain_(options.style == JsonStyle::Plain),
        out_(out) {}

  void encode(const Node& type, const json::Value& value) {
    enter([&] { encode_kind(type, value); });
  }

 private:
  void encode_kind(const Node& type, const json::Value& value) {
    switch (type.type) {
      case Type::Null:
        if (!value.is_null()) refuse(type, value);
        return;
      case Type::Boolean:
        if (!value.is_bool()) return refuse(type, value);
        return put_boolean(out_, value.as_bool());
      case Type::Int:
      case Type::Long:
        return encode_integer(type, value);
      case Type::Float:
      case Type::Double:
        return encode_floating(type, value);
      case Type::String:
        if (!value.is_string()) return refuse(type, value);
        return put_bytes(out_, value.text());
      case Type::Bytes:
      case Type::Fixed:
        return encode_bytes(type, value);
      case Type::Enum: {
        if (!value.is_string()) return refuse(type, value);
        const auto symbol = type.at.find(value.text());
        if (symbol == type.at.end()) {
          return refuse(type, value, "the enum has no such symbol");
        }
        return put_long(out_, symbol->second);
      }
      case Type::Array:
        if (!value.is_array()) return refuse(type, value);
        if (!value.items().empty()) {
          put_long(out_, static_cast<std::int64_t>(value.items().size()));
        }
        for (std::size_t i = 0; i < value.items().size() && !full(); ++i) {
          below(std::to_string(i), [&] { encode(*type.element, value.items()[i]); });
        }
        return put_long(out_, 0);
      case Type::Map:
        if (!value.is_object()) return refuse(type, value);
        if (!value.members().empty()) {
          put_long(out_, static_cast<std::int64_t>(value.members().size()));
        }
        for (const auto& member : value.members()) {
          if (full()) return;
          put_bytes(out_, member.name);
          below(member.name, [&] { encode(*type.element, member.value); });
        }
        return put_long(out_, 0);
      case Type::Record:
        return encode_record(type, value);
      case Type::Union:
        return plain_ ? encode_plain_union(type, value) : encode_union(type, value);
    }
  }

  void encode_integer(const Node& type, const json::Value& value) {
    if (plain_ && value.is_string() && !time_form(type).empty()) {
      if (const auto time = time_of(type, value.text())) {
        if (type.type == Type::Int && !fits_int(*time))
          return refuse(type, value, "it does not fit");
        return put_long(out_, *time);
      }
      return refuse(type, value,
                    "a " + type.logical->name + " is written as " + std::string(time_form(type)));
    }
    const auto number = whole_number(value);
    if (number && (type.type == Type::Long || fits_int(*number))) return put_long(out_, *number);
    refuse_integer(type, value);
  }

  static bool fits_int(std::int64_t number) {
    return number >= std::numeric_limits<std::int32_t>::min() &&
           number <= std::numeric_limits<std::int32_t>::max();
  }

  void encode_floating(const Node& type, const json::Value& value) {
    if (!is_floating(value)) return refuse(type, value);
    double number = 0;
    if (value.is_number()) {
      number = value.as_double().value_or(0);
    } else {
      number = value.text() == "NaN"        ? std::numeric_limits<double>::quiet_NaN()
               : value.text() == "Infinity" ? std::numeric_limits<double>::infinity()
                                            : -std::numeric_limits<double>::infinity();
    }
    if (type.type == Type::Float) {
      put_floating(out_, static_cast<float>(number));
    } else {
      put_floating(out_, number);
    }
  }

  void encode_bytes(const Node& type, const json::Value& value) {
    if (plain_ && is_decimal(type) &&
        (value.is_number() || (value.is_string() && is_decimal_text(value.text())))) {
      return encode_decimal(type, value);
    }
    if (!value.is_string()) return refuse(type, value);
    const auto count = byte_count(value.text());
    if (!count) {
      return refuse(type, value,
                    "each character stands for a byte, and one of these is above U+00FF");
    }
    if (type.type == Type::Fixed && *count != static_cast<std::size_t>(type.size)) {
      return refuse(type, value, "it stands for " + std::to_string(*count));
    }
    std::string bytes;
    bytes.reserve(*count);
    for (std::size_t at = 0; at < value.text().size();) {
      bytes += static_cast<char>(next_code_point(value.text(), at).value_or(0));
    }
    if (is_decimal(type) && !within_precision(bytes, type.logical->precision)) {
      return refuse(
          type, value,
          "it has more digits than the precision " + std::to_string(type.logical->precision));
    }
    if (type.type == Type::Bytes) return put_bytes(out_, bytes);
    out_.append(bytes);
  }

  void encode_decimal(const Node& type, const json::Value& value) {
    const auto& logical = *type.logical;
    const auto bytes = decimal_bytes(value.text(), logical.scale);
    if (!bytes) {
      return refuse(type, value,
                    "a decimal of scale " + std::to_string(logical.scale) +
                        " has no room for its last digits");
    }
    const WriteOptions options;
    WriteContext context{.out = out_, .options = options, .depth_left = 1};
    if (!put_decimal(context, type, *bytes)) {
      refuse(type, value,
             "it has more digits than the precision " + std::to_string(logical.precision));
    }
  }

  void encode_record(const Node& type, const json::Value& value) {
    if (!value.is_object()) return refuse(type, value);
    const Members members(value);
    const bool fills = options_.missing == MissingFields::FillDefaults;
    // Fields that are missing cost a violation or a default each, and both are counted.
    for (const Field& field : type.fields) {
      if (full()) return;
      const auto* member = members.find(field.name);
      if (member != nullptr) {
        below(field.name, [&] { encode(*field.type, *member); });
      } else if (fills && field.default_value) {
        below(field.name, [&] { encode_default_of(field); });
      } else {
        below(field.name, [&] {
          refuse(expected_words(*field.type), "nothing",
                 field.default_value ? "the default is for readers of older data; a writer gives "
                                       "every field"
                 : fills             ? "it has no default"
                                     : "every field must be given");
        });
      }
    }
    if (options_.unknown != UnknownFields::Ignore) refuse_unknown(type, value);
  }

  void encode_default_of(const Field& field) {
    std::string bytes;
    const auto status = encode_default(*field.type, *field.default_value, default_bytes_left_,
                                       default_values_left_, bytes);
    if (!status || bytes.size() > default_bytes_left_) {
      return refuse(expected_words(*field.type), "nothing",
                    status ? "its default is too large" : status.error().message);
    }
    default_bytes_left_ -= bytes.size();
    out_.append(bytes);
  }

  void encode_union(const Node& type, const json::Value& value) {
    if (value.is_null()) {
      const auto null = type.at.find("null");
      if (null == type.at.end()) return refuse(type, value);
      return put_long(out_, null->second);
    }
    if (const auto members = value.members(); members.size() == 1) {
      const auto& [label, datum] = members.front();
      if (const auto found = type.at.find(label); found != type.at.end()) {
        put_long(out_, found->second);
        below(label, [&] { encode(*type.branches[found->second], datum); });
        return;
      }
    }
    refuse(type, value, branch_hint(type, value));
  }

  // ---- unions without branches ----

  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  /// How badly a branch suits a value, as far as one look tells; kNever: it cannot take it.
  std::uint64_t misfit(const Node& type, const json::Value& value) const {
    const auto never_unless = [](bool fits, std::uint64_t rank) { return fits ? rank : kNever; };
    switch (value.kind()) {
      case json::Kind::Null:
        return never_unless(type.type == Type::Null, 0);
      case json::Kind::Bool:
        return never_unless(type.type == Type::Boolean, 0);
      case json::Kind::Array:
        return never_unless(type.type == Type::Array, 0);
      case json::Kind::Number: {
        const bool plainly_whole = value.as_int64().has_value();
        switch (type.type) {
          case Type::Int:
            return never_unless(is_int(value), plainly_whole ? 0 : 2);
          case Type::Long:
            return never_unless(whole_number(value).has_value(), plainly_whole ? 0 : 2);
          case Type::Float:
          case Type::Double:
            return plainly_whole ? 2 : 0;
          case Type::Bytes:
          case Type::Fixed:
            return never_unless(is_decimal(type), 1);
          default:
            return kNever;
        }
      }
      case json::Kind::String:
        switch (type.type) {
          case Type::String:
            return 0;
          case Type::Enum:
            return never_unless(type.has_symbol(value.text()), 0);
          case Type::Int:
          case Type::Long:
            return never_unless(time_of(type, value.text()).has_value(), 1);
          case Type::Bytes:
          case Type::Fixed:
            if (is_decimal(type) && is_decimal_text(value.text())) return 1;
            return never_unless(looks_like(type, value) && byte_count(value.text()).has_value(), 2);
          case Type::Float:
          case Type::Double:
            return never_unless(is_floating(value), 3);
          default:
            return kNever;
        }
      case json::Kind::Object:
        if (type.type == Type::Map) return kNever - 1;
        return type.type == Type::Record ? record_misfit(type, value) : kNever;
    }
    return kNever;
  }

  // The fewer members in common, the worse.
  std::uint64_t record_misfit(const Node& type, const json::Value& value) const {
    std::uint64_t common = 0;
    std::uint64_t required = 0;
    for (const auto& member : value.members()) {
      const auto* field = type.find_field(member.name);
      if (field == nullptr) {
        if (options_.unknown == UnknownFields::Refuse) return kNever;
        continue;
      }
      ++common;
      if (!field->default_value) ++required;
    }
    const bool complete = options_.missing == MissingFields::FillDefaults
                              ? required == type.required_fields
                              : common == type.fields.size();
    return complete ? kNever / 2 - common : kNever;
  }

  void encode_plain_union(const Node& type, const json::Value& value) {
    std::optional<std::size_t> chosen;
    std::uint64_t least = kNever;
    for (std::size_t i = 0; i < type.branches.size(); ++i) {
      const auto how = misfit(*type.branches[i], value);
      if (how < least) {
        least = how;
        chosen = i;
      }
    }
    if (!chosen && value.members().size() == 1) {
      const auto& [label, datum] = value.members().front();
      if (type.at.contains(label)) return encode_union(type, value);
    }
    if (!chosen) chosen = only_container(type, value);
    if (!chosen) return refuse(type, value);
    put_long(out_, static_cast<std::int64_t>(*chosen));
    encode(*type.branches[*chosen], value);
  }

  // Where only one branch can be meant, what is wrong inside says more.
  static std::optional<std::size_t> only_container(const Node& type, const json::Value& value) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < type.branches.size(); ++i) {
      if (type.branches[i]->type != Type::Record || !value.is_object()) continue;
      if (found) return std::nullopt;
      found = i;
    }
    return found;
  }

  const WriteJsonOptions& options_;
  const bool plain_;
  codec::ByteBuffer& out_;
  std::size_t default_bytes_left_ = ReadPlan::kDefaultBytesMax;
  std::size_t default_values_left_ = ReadPlan::kDefaultValuesMax;
};

// ---- to JSON ----

class JsonPrinter {
 public:
  JsonPrinter(JsonStyle style, std::string& out) : avro_(style == JsonStyle::Avro), out_(out) {}

  // `type`: nullptr in the plain style, which needs no names of branches.
  bool print(const Node* type, const View& view) {
    if (type != nullptr && type->type == Type::Union) {
      if (view.branch() >= type->branches.size()) {
        fault_ = {FaultKind::TypeMismatch, 0, "",
                  "expected a branch of " + describe(*type) + ", found none"};
        return false;
      }
      type = type->branches[view.branch()];
      if (type->type == Type::Null) return print(type, View::null());
      out_ += '{';
      json::append_string(out_, branch_name(*type));
      out_ += ':';
      if (!print(type, view)) return false;
      out_ += '}';
      return true;
    }
    if (type != nullptr && !matches(*type, view)) {
      fault_ = {
          FaultKind::TypeMismatch, 0, "",
          "expected " + describe(*type) + ", found " + std::string(value::to_string(view.kind()))};
      return false;
    }
    switch (view.kind()) {
      case value::Kind::Null:
        out_ += "null";
        return true;
      case value::Kind::Boolean:
        out_ += view.as_boolean() ? "true" : "false";
        return true;
      case value::Kind::Int:
      case value::Kind::Long:
        print_integer(view);
        return true;
      case value::Kind::UnsignedLong:
        out_ += std::to_string(view.as_unsigned_long());
        return true;
      case value::Kind::Float:
        print_real(static_cast<float>(view.as_double()));
        return true;
      case value::Kind::Double:
        print_real(view.as_double());
        return true;
      case value::Kind::Number:
        out_ += view.text();
        return true;
      case value::Kind::String:
      case value::Kind::Enum:
        print_text(view.text());
        return true;
      case value::Kind::Bytes:
        print_bytes(view);
        return true;
      case value::Kind::Array:
        return print_array(type, view);
      case value::Kind::Map:
        return print_map(type, view);
      case value::Kind::Record:
        return print_record(type, view);
    }
    return true;
  }

  value::Fault take() && { return std::move(fault_); }

 private:
  static constexpr std::size_t kDepthMax = 1'000;

  // Where the names of branches are needed further down.
  static bool matches(const Node& type, const View& view) {
    switch (view.kind()) {
      case value::Kind::Array:
        return type.type == Type::Array;
      case value::Kind::Map:
        return type.type == Type::Map;
      case value::Kind::Record:
        return type.type == Type::Record && type.fields.size() == view.size();
      default:
        return true;
    }
  }

  void print_integer(const View& view) {
    const std::int64_t number = view.as_long();
    if (!avro_) {
      if (const auto text = time_of_view(view.logical(), number)) {
        out_ += '"';
        out_ += *text;
        out_ += '"';
        return;
      }
    }
    out_ += std::to_string(number);
  }

  static std::optional<std::string> time_of_view(Logical logical, std::int64_t number) {
    switch (logical) {
      case Logical::Date:
        return date_text(number);
      case Logical::TimeMillis:
        return time_text(number, kMillis);
      case Logical::TimeMicros:
        return time_text(number, kMicros);
      case Logical::TimestampMillis:
        return timestamp_text(number, kMillis, false);
      case Logical::TimestampMicros:
        return timestamp_text(number, kMicros, false);
      case Logical::LocalTimestampMillis:
        return timestamp_text(number, kMillis, true);
      case Logical::LocalTimestampMicros:
        return timestamp_text(number, kMicros, true);
      default:
        return std::nullopt;
    }
  }

  template <class Real>
  void print_real(Real number) {
    if (std::isnan(number)) {
      out_ += "\"NaN\"";
    } else if (std::isinf(number)) {
      out_ += number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
    } else {
      std::array<char, 32> room{};
      const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
      const std::string_view text(room.data(), static_cast<std::size_t>(end - room.data()));
      out_ += text;
      // So that it never looks like an integer.
      if (text.find_first_of(".e") == std::string_view::npos) out_ += ".0";
    }
  }

  void print_text(std::string_view text) {
    if (is_valid_utf8(text)) {
      json::append_string(out_, text);
    } else {
      json::append_string(out_, replaced(text));
    }
  }

  void print_bytes(const View& view) {
    if (!avro_ && view.logical() == Logical::Decimal) {
      if (const auto text = decimal_text(view.as_bytes(), view.decimal_shape().scale)) {
        out_ += *text;
        return;
      }
    }
    std::string text;
    for (const char c : view.as_bytes()) {
      const auto byte = static_cast<std::uint8_t>(c);
      if (byte >= 0x80) {
        text += static_cast<char>(0xC0 | (byte >> 6U));
        text += static_cast<char>(0x80 | (byte & 0x3F));
      } else {
        text += c;
      }
    }
    json::append_string(out_, text);
  }

  bool enter() {
    if (++depth_ <= kDepthMax) return true;
    fault_ = {FaultKind::TooDeep, 0, "", "values are nested deeper than the limit on depth allows"};
    return false;
  }

  bool print_array(const Node* type, const View& view) {
    if (!enter()) return false;
    out_ += '[';
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (i > 0) out_ += ',';
      if (!print(type == nullptr ? nullptr : type->element, view[i])) return false;
    }
    out_ += ']';
    --depth_;
    return true;
  }

  bool print_map(const Node* type, const View& view) {
    if (!enter()) return false;
    out_ += '{';
    for (const auto& [key, item] : view.entries()) {
      if (out_.back() != '{') out_ += ',';
      if (key.kind() == value::Kind::String) {
        print_text(key.text());
      } else {
        out_ += '"';
        print(nullptr, key);
        out_ += '"';
      }
      out_ += ':';
      if (!print(type == nullptr ? nullptr : type->element, item)) return false;
    }
    out_ += '}';
    --depth_;
    return true;
  }

  bool print_record(const Node* type, const View& view) {
    if (!enter()) return false;
    out_ += '{';
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (i > 0) out_ += ',';
      json::append_string(out_, view.field_name(i));
      out_ += ':';
      if (!print(type == nullptr ? nullptr : type->fields[i].type, view[i])) return false;
    }
    out_ += '}';
    --depth_;
    return true;
  }

  const bool avro_;
  std::string& out_;
  std::size_t depth_ = 0;
  value::Fault fault_;
};

}  // namespace

Result<std::vector<Violation>> write_json(const Schema& schema, const json::Value& value,
                                          const WriteJsonOptions& options, codec::ByteBuffer& out) {
  const std::size_t before = out.size();
  JsonEncoder encoder(options, out);
  encoder.encode(schema.root(), value);
  auto violations = std::move(encoder).take();
  if (!violations || !violations->empty()) out.shrink(before);
  return violations;
}

std::optional<value::Fault> append_json(const Schema& schema, const View& view, JsonStyle style,
                                        std::string& out) {
  const std::size_t before = out.size();
  JsonPrinter printer(style, out);
  if (printer.print(style == JsonStyle::Avro ? &schema.root() : nullptr, view)) {
    return std::nullopt;
  }
  out.resize(before);
  return std::move(printer).take();
}

}  // namespace limpet::avro
