#include "limpet/value/fault.h"

namespace limpet::value {

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::Truncated:
      return "truncated";
    case FaultKind::Malformed:
      return "malformed";
    case FaultKind::OutOfRange:
      return "out of range";
    case FaultKind::InvalidUtf8:
      return "invalid UTF-8";
    case FaultKind::TooDeep:
      return "too deep";
    case FaultKind::TooLarge:
      return "too large";
    case FaultKind::TypeMismatch:
      return "type mismatch";
    case FaultKind::MissingField:
      return "missing field";
    case FaultKind::UnknownField:
      return "unknown field";
    case FaultKind::Unsupported:
      return "unsupported";
  }
  return "unknown";
}

namespace {

bool is_about_values(FaultKind kind) {
  return kind == FaultKind::TypeMismatch || kind == FaultKind::MissingField ||
         kind == FaultKind::UnknownField;
}

}  // namespace

std::string describe(const Fault& fault) {
  std::string out;
  const bool place = fault.offset != 0 || !is_about_values(fault.kind);
  if (place) out += "byte " + std::to_string(fault.offset);
  if (!fault.path.empty()) {
    if (!out.empty()) out += ", ";
    out += "field \"" + fault.path + "\"";
  }
  if (!out.empty()) out += ": ";
  return out + fault.message;
}

Error to_error(const Fault& fault) {
  const bool limit = fault.kind == FaultKind::TooDeep || fault.kind == FaultKind::TooLarge;
  std::string where =
      fault.offset != 0 || fault.path.empty() ? "byte " + std::to_string(fault.offset) : fault.path;
  return {limit ? Code::LimitExceeded : Code::InvalidInput, describe(fault), std::move(where)};
}

}  // namespace limpet::value
