#include "limpet/avro/datum_writer.h"

#include "write_context.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::Kind;
using value::View;

bool is_integer(const View& value) {
  return value.kind() == Kind::Int || value.kind() == Kind::Long ||
         value.kind() == Kind::UnsignedLong;
}
bool is_number(const View& value) {
  return is_integer(value) || value.kind() == Kind::Float || value.kind() == Kind::Double;
}

/// The value of an integer; nullopt above what a long holds.
std::optional<std::int64_t> integer(const View& value) {
  if (value.kind() != Kind::UnsignedLong) return value.as_long();
  const auto number = value.as_unsigned_long();
  if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(number);
}

bool is_int(std::int64_t number) {
  return number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::int32_t>::max();
}

enum class Fit : std::uint8_t { No, Holds, Exact };

Fit exact_if(bool exact) { return exact ? Fit::Exact : Fit::Holds; }

/// Whether `value` may be of that type, as far as one look tells.
Fit fit(const Node& type, const View& value) {
  const Kind kind = value.kind();
  switch (type.type) {
    case Type::Null:
      return kind == Kind::Null ? Fit::Exact : Fit::No;
    case Type::Boolean:
      return kind == Kind::Boolean ? Fit::Exact : Fit::No;
    case Type::Int: {
      if (kind == Kind::Int) return Fit::Exact;
      if (!is_integer(value)) return Fit::No;
      const auto number = integer(value);
      return number && is_int(*number) ? Fit::Holds : Fit::No;
    }
    case Type::Long:
      if (kind == Kind::Long) return Fit::Exact;
      return is_integer(value) && integer(value) ? Fit::Holds : Fit::No;
    case Type::Float:
      return is_number(value) ? exact_if(kind == Kind::Float) : Fit::No;
    case Type::Double:
      return is_number(value) ? exact_if(kind == Kind::Double) : Fit::No;
    case Type::String:
      return kind == Kind::String ? Fit::Exact : Fit::No;
    case Type::Bytes:
      return kind == Kind::Bytes ? Fit::Exact : Fit::No;
    case Type::Fixed:
      if (kind != Kind::Bytes) return Fit::No;
      if (value.size() == static_cast<std::size_t>(type.size)) return Fit::Exact;
      return type.logical && type.logical->name == "decimal" &&
                     value.logical() == value::Logical::Decimal
                 ? Fit::Holds
                 : Fit::No;
    case Type::Enum:
      if (kind != Kind::Enum && kind != Kind::String) return Fit::No;
      return type.has_symbol(value.text()) ? exact_if(kind == Kind::Enum) : Fit::No;
    case Type::Array:
      return kind == Kind::Array ? Fit::Exact : Fit::No;
    case Type::Map:
      return kind == Kind::Map ? Fit::Exact : Fit::No;
    case Type::Record: {
      if (kind == Kind::Record) {
        if (value.shape().name() == type.name.full) return Fit::Exact;
        const auto& names = value.shape().fields();
        return names.size() <= type.fields.size() &&
                       std::ranges::all_of(
                           names,
                           [&](const auto& name) { return type.find_field(name) != nullptr; })
                   ? Fit::Holds
                   : Fit::No;
      }
      if (kind != Kind::Map) return Fit::No;
      return std::ranges::all_of(value.entries(),
                                 [&](const value::MapEntry& entry) {
                                   return entry.key.kind() == Kind::String &&
                                          type.find_field(entry.key.text()) != nullptr;
                                 })
                 ? Fit::Holds
                 : Fit::No;
    }
    case Type::Union:
      break;
  }
  return Fit::No;
}

std::string found(const View& value) {
  switch (value.kind()) {
    case Kind::Boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::Int:
    case Kind::Long:
      return "the number " + std::to_string(value.as_long());
    case Kind::UnsignedLong:
      return "the number " + std::to_string(value.as_unsigned_long());
    case Kind::Bytes:
      return std::to_string(value.size()) + " bytes";
    case Kind::Record:
      return "record " + value.shape().name();
    default:
      return std::string(value::to_string(value.kind()));
  }
}

class ViewWriter {
 public:
  explicit ViewWriter(WriteContext& context) : context_(context), out_(context.out) {}

  bool write(const Node& type, const View& value) {
    switch (type.type) {
      case Type::Null:
        return value.is_null() || mismatch(type, value);
      case Type::Boolean:
        if (value.kind() != Kind::Boolean) return mismatch(type, value);
        put_boolean(out_, value.as_boolean());
        return true;
      case Type::Int:
      case Type::Long: {
        if (!is_integer(value)) return mismatch(type, value);
        const auto number = integer(value);
        if (!number || (type.type == Type::Int && !is_int(*number))) {
          return context_.fail(FaultKind::OutOfRange,
                               "expected " + describe(type) + ", found " + found(value));
        }
        put_long(out_, *number);
        return true;
      }
      case Type::Float:
        if (!is_number(value)) return mismatch(type, value);
        put_floating(out_, static_cast<float>(real(value)));
        return true;
      case Type::Double:
        if (!is_number(value)) return mismatch(type, value);
        put_floating(out_, real(value));
        return true;
      case Type::String:
        if (value.kind() != Kind::String) return mismatch(type, value);
        return put_text(context_, value.text());
      case Type::Bytes:
      case Type::Fixed:
        return write_bytes(type, value);
      case Type::Enum: {
        if (value.kind() != Kind::Enum && value.kind() != Kind::String) {
          return mismatch(type, value);
        }
        const auto symbol = type.at.find(value.text());
        if (symbol == type.at.end()) {
          return mismatch(type, "\"" + std::string(truncate_utf8(value.text(), 60)) +
                                    "\", which is no symbol of it");
        }
        put_int(out_, static_cast<std::int32_t>(symbol->second));
        return true;
      }
      case Type::Array:
        return write_array(type, value);
      case Type::Map:
        return write_map(type, value);
      case Type::Union:
        return write_union(type, value);
      case Type::Record:
        return write_record(type, value);
    }
    return false;
  }

 private:
  bool mismatch(const Node& type, const View& value) { return mismatch(type, found(value)); }
  bool mismatch(const Node& type, const std::string& what) { return context_.mismatch(type, what); }

  static double real(const View& value) {
    if (value.kind() == Kind::UnsignedLong) {
      return static_cast<double>(value.as_unsigned_long());
    }
    return is_integer(value) ? static_cast<double>(value.as_long()) : value.as_double();
  }

  bool write_bytes(const Node& type, const View& value) {
    if (value.kind() != Kind::Bytes) return mismatch(type, value);
    const bool decimal = type.logical && type.logical->name == "decimal";
    if (decimal && value.logical() == value::Logical::Decimal) {
      if (value.decimal_shape().scale != type.logical->scale) {
        return context_.fail(FaultKind::TypeMismatch,
                             "expected a decimal of scale " + std::to_string(type.logical->scale) +
                                 ", found one of scale " +
                                 std::to_string(value.decimal_shape().scale));
      }
      return put_decimal(context_, type, value.as_bytes());
    }
    if (type.type == Type::Fixed && value.size() != static_cast<std::size_t>(type.size)) {
      return mismatch(
          type, std::to_string(value.size()) + " bytes instead of " + std::to_string(type.size));
    }
    if (decimal) return put_decimal(context_, type, value.as_bytes());
    if (type.type == Type::Bytes) {
      put_bytes(out_, value.as_bytes());
    } else {
      out_.append(value.as_bytes());
    }
    return true;
  }

  bool write_array(const Node& type, const View& value) {
    if (value.kind() != Kind::Array) return mismatch(type, value);
    if (context_.depth_left == 0) return context_.too_deep();
    --context_.depth_left;
    const auto items = value.items();
    if (!items.empty()) put_long(out_, static_cast<std::int64_t>(items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!write(*type.element, items[i])) return context_.in_item(i);
    }
    put_long(out_, 0);
    ++context_.depth_left;
    return true;
  }

  bool write_map(const Node& type, const View& value) {
    if (value.kind() != Kind::Map) return mismatch(type, value);
    if (context_.depth_left == 0) return context_.too_deep();
    --context_.depth_left;
    const auto entries = value.entries();
    if (!entries.empty()) put_long(out_, static_cast<std::int64_t>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& [key, item] = entries[i];
      if (key.kind() != Kind::String) {
        context_.fail(FaultKind::TypeMismatch, "expected a string as key, found " + found(key));
        return context_.in_item(i);
      }
      if (!put_text(context_, key.text())) return context_.in_item(i);
      if (!write(*type.element, item)) return context_.in_entry(key.text());
    }
    put_long(out_, 0);
    ++context_.depth_left;
    return true;
  }

  bool write_union(const Node& type, const View& value) {
    std::optional<std::size_t> chosen;
    if (value.branch() < type.branches.size() &&
        fit(*type.branches[value.branch()], value) != Fit::No) {
      chosen = value.branch();
    } else {
      for (std::size_t i = 0; i < type.branches.size(); ++i) {
        const Fit how = fit(*type.branches[i], value);
        if (how == Fit::Exact) {
          chosen = i;
          break;
        }
        if (how == Fit::Holds && !chosen) chosen = i;
      }
    }
    if (!chosen) return mismatch(type, value);
    put_long(out_, static_cast<std::int64_t>(*chosen));
    return write(*type.branches[*chosen], value);
  }

  bool write_record(const Node& type, const View& value) {
    if (value.kind() != Kind::Record && value.kind() != Kind::Map) return mismatch(type, value);
    if (context_.depth_left == 0) return context_.too_deep();
    --context_.depth_left;
    if (context_.options.unknown == UnknownFields::Refuse && !check_known(type, value)) {
      return false;
    }
    const bool is_record = value.kind() == Kind::Record;
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      const Field& field = type.fields[i];
      const View* member = nullptr;
      if (is_record && i < value.size() && value.field_name(i) == field.name) {
        member = &value[i];
      } else {
        member = value.find(field.name);
      }
      if (member != nullptr) {
        if (!write(*field.type, *member)) return context_.in_field(field.name);
        continue;
      }
      const bool fills = context_.options.missing == MissingFields::FillDefaults;
      if (!fills || !field.default_value) {
        context_.fail(FaultKind::MissingField, "expected " + describe(*field.type) +
                                                   ", found nothing" +
                                                   (fills ? " (and there is no default)" : ""));
        return context_.in_field(field.name);
      }
      if (!put_default(context_, field)) return context_.in_field(field.name);
    }
    ++context_.depth_left;
    return true;
  }

  // Each of its fields is one of the type's.
  bool check_known(const Node& type, const View& value) {
    const auto known = [&](std::string_view name) {
      if (type.find_field(name) != nullptr) return true;
      context_.fail(FaultKind::UnknownField, describe(type) + " has no such field");
      return context_.in_field(truncate_utf8(name, 60));
    };
    if (value.kind() == Kind::Record) {
      const auto& names = value.shape().fields();
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i < type.fields.size() && type.fields[i].name == names[i]) continue;
        if (!known(names[i])) return false;
      }
      return true;
    }
    for (const auto& entry : value.entries()) {
      if (entry.key.kind() != Kind::String) {
        return mismatch(type, "a map with a key that is no string");
      }
      if (!known(entry.key.text())) return false;
    }
    return true;
  }

  WriteContext& context_;
  codec::ByteBuffer& out_;
};

}  // namespace

Result<DatumWriter> DatumWriter::make(const Schema& schema, const WriteOptions& options) {
  LIMPET_CHECK(check_options(options));
  return DatumWriter(schema, options);
}

std::optional<value::Fault> DatumWriter::write(const View& value, codec::ByteBuffer& out) const {
  const std::size_t before = out.size();
  WriteContext context{.out = out, .options = options_, .depth_left = options_.max_depth};
  if (ViewWriter(context).write(schema_.root(), value)) return std::nullopt;
  out.shrink(before);
  return finished(context, schema_.root());
}

}  // namespace limpet::avro
