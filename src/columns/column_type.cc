#include "limpet/columns/column_type.h"

namespace limpet::columns {
namespace {

constexpr std::int32_t kMaxPrecision128 = 38;
constexpr std::int32_t kMaxPrecision256 = 76;

std::string_view unit_word(Unit unit) {
  switch (unit) {
    case Unit::Second:
      return "s";
    case Unit::Milli:
      return "ms";
    case Unit::Micro:
      return "us";
    case Unit::Nano:
      return "ns";
  }
  return "";
}

char unit_letter(Unit unit) {
  constexpr std::string_view kLetters = "smun";
  return kLetters[static_cast<std::size_t>(unit)];
}

// Recursion is safe: it ends at kMaxDepth.
class Checker {
 public:
  Status visit(const ColumnType& type, const std::string& path, std::size_t depth) {
    if (depth > kMaxDepth) {
      return Error::limit_exceeded(
          "columns lie more than " + std::to_string(kMaxDepth) + " within each other", path);
    }
    if (++columns_ > kMaxColumns) {
      return Error::limit_exceeded(
          "there are more than " + std::to_string(kMaxColumns) + " columns", path);
    }
    LIMPET_CHECK(visit_parameters(type, path));
    for (std::size_t i = 0; i < type.children.size(); ++i) {
      const auto& child = type.children[i];
      const auto& name = child.name.empty() ? std::to_string(i) : child.name;
      LIMPET_CHECK(visit(child, path.empty() ? name : path + "." + name, depth + 1));
    }
    return {};
  }

 private:
  static Status refuse(const ColumnType& type, std::string_view why, const std::string& path) {
    return Error::invalid_input(std::string(to_string(type.kind)) + " " + std::string(why), path);
  }

  static Status visit_parameters(const ColumnType& type, const std::string& path) {
    if (type.name.find('\0') != std::string::npos || type.zone.find('\0') != std::string::npos) {
      return refuse(type, "has a NUL in its name or zone", path);
    }
    if (!has_right_children(type)) {
      return refuse(type, "cannot have " + std::to_string(type.children.size()) + " children",
                    path);
    }
    switch (type.kind) {
      case Kind::Decimal128:
      case Kind::Decimal256: {
        const auto most = type.kind == Kind::Decimal128 ? kMaxPrecision128 : kMaxPrecision256;
        if (type.precision < 1 || type.precision > most) {
          return refuse(type, "needs a precision from 1 to " + std::to_string(most), path);
        }
        return {};
      }
      case Kind::FixedBinary:
        if (type.width > INT32_MAX) return refuse(type, "is wider than 2^31-1 bytes", path);
        return {};
      case Kind::Time:
        if (type.unit == Unit::Second) return refuse(type, "has no unit of seconds here", path);
        return {};
      case Kind::Enum:
        if (type.symbols.empty() && !type.nullable) {
          return refuse(type, "without symbols must be nullable", path);
        }
        return {};
      case Kind::Map:
        if (type.children[0].nullable) return refuse(type, "cannot have nullable keys", path);
        return {};
      case Kind::Union:
        if (type.nullable) return refuse(type, "is not nullable; give it a null child", path);
        return {};
      default:
        return {};
    }
  }

  static bool has_right_children(const ColumnType& type) {
    switch (type.kind) {
      case Kind::List:
        return type.children.size() == 1;
      case Kind::Map:
        return type.children.size() == 2;
      case Kind::Union:
        return !type.children.empty() && type.children.size() <= kMaxUnionBranches;
      case Kind::Struct:
        return true;
      default:
        return type.children.empty();
    }
  }

  std::size_t columns_ = 0;
};

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "boolean";
    case Kind::Int32:
      return "int32";
    case Kind::Int64:
      return "int64";
    case Kind::UInt32:
      return "uint32";
    case Kind::UInt64:
      return "uint64";
    case Kind::Float:
      return "float";
    case Kind::Double:
      return "double";
    case Kind::Utf8:
      return "utf8";
    case Kind::Binary:
      return "binary";
    case Kind::FixedBinary:
      return "fixed_binary";
    case Kind::Decimal128:
      return "decimal128";
    case Kind::Decimal256:
      return "decimal256";
    case Kind::Date:
      return "date";
    case Kind::Time:
      return "time";
    case Kind::Timestamp:
      return "timestamp";
    case Kind::Duration:
      return "duration";
    case Kind::Interval:
      return "interval";
    case Kind::Enum:
      return "enum";
    case Kind::List:
      return "list";
    case Kind::Map:
      return "map";
    case Kind::Struct:
      return "struct";
    case Kind::Union:
      return "union";
  }
  return "unknown";
}

Status check(const ColumnType& type) { return Checker().visit(type, "", 0); }

std::size_t count(const ColumnType& type) {
  std::size_t sum = 1;
  for (const auto& child : type.children) sum += count(child);
  return sum;
}

std::string arrow_format(const ColumnType& type) {
  switch (type.kind) {
    case Kind::Null:
      return "n";
    case Kind::Boolean:
      return "b";
    case Kind::Int32:
    case Kind::Enum:
      return "i";
    case Kind::Int64:
      return "l";
    case Kind::UInt32:
      return "I";
    case Kind::UInt64:
      return "L";
    case Kind::Float:
      return "f";
    case Kind::Double:
      return "g";
    case Kind::Utf8:
      return "u";
    case Kind::Binary:
      return "z";
    case Kind::FixedBinary:
      return "w:" + std::to_string(type.width);
    case Kind::Decimal128:
      return "d:" + std::to_string(type.precision) + "," + std::to_string(type.scale);
    case Kind::Decimal256:
      return "d:" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ",256";
    case Kind::Date:
      return "tdD";
    case Kind::Time:
      return std::string("tt") + unit_letter(type.unit);
    case Kind::Timestamp:
      return std::string("ts") + unit_letter(type.unit) + ":" + type.zone;
    case Kind::Duration:
      return std::string("tD") + unit_letter(type.unit);
    case Kind::Interval:
      return "tin";
    case Kind::List:
      return "+l";
    case Kind::Map:
      return "+m";
    case Kind::Struct:
      return "+s";
    case Kind::Union: {
      std::string out = "+ud:";
      for (std::size_t i = 0; i < type.children.size(); ++i) {
        out += (i == 0 ? "" : ",") + std::to_string(i);
      }
      return out;
    }
  }
  return "";
}

std::size_t value_bytes(const ColumnType& type) {
  switch (type.kind) {
    case Kind::Null:
    case Kind::Boolean:
    case Kind::Struct:
      return 0;
    case Kind::Union:
      return 1;
    case Kind::Int32:
    case Kind::UInt32:
    case Kind::Float:
    case Kind::Date:
    case Kind::Enum:
    case Kind::Utf8:
    case Kind::Binary:
    case Kind::List:
    case Kind::Map:
      return 4;
    case Kind::Int64:
    case Kind::UInt64:
    case Kind::Double:
    case Kind::Timestamp:
    case Kind::Duration:
      return 8;
    case Kind::Time:
      return type.unit == Unit::Milli ? 4 : 8;
    case Kind::Decimal128:
    case Kind::Interval:
      return 16;
    case Kind::Decimal256:
      return 32;
    case Kind::FixedBinary:
      return type.width;
  }
  return 0;
}

std::string describe(const ColumnType& type) {
  std::string out(to_string(type.kind));
  switch (type.kind) {
    case Kind::FixedBinary:
      out += "[" + std::to_string(type.width) + "]";
      break;
    case Kind::Decimal128:
    case Kind::Decimal256:
      out += "(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      break;
    case Kind::Time:
    case Kind::Duration:
      out += "[" + std::string(unit_word(type.unit)) + "]";
      break;
    case Kind::Timestamp:
      out += "[" + std::string(unit_word(type.unit)) + (type.zone.empty() ? "" : ", ") + type.zone +
             "]";
      break;
    default:
      break;
  }
  if (type.kind == Kind::Struct || !type.children.empty()) {
    out += "<";
    for (std::size_t i = 0; i < type.children.size(); ++i) {
      const auto& child = type.children[i];
      out += (i == 0 ? "" : ", ") + child.name + ": " + describe(child);
    }
    out += ">";
  }
  return type.nullable ? out + "?" : out;
}

}  // namespace limpet::columns
