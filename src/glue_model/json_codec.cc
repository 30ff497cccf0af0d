#include "limpet/glue_model/json_codec.h"

#include "base64.h"

#include "limpet/base/limits.h"
#include "limpet/base/time.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace limpet::glue_model {
namespace {

// A request of a few bytes must not grow into gigabytes of empty structs.
constexpr std::size_t kDecodedBytes = 64UL << 20;

Fault serialization(std::string message) { return {"SerializationException", std::move(message)}; }

// The words of AWS's own front end.
std::string_view token_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::String:
      return "STRING_VALUE";
    case json::Kind::Number:
      return "NUMBER_VALUE";
    case json::Kind::Bool:
      return value.as_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    default:
      return "NULL_VALUE";
  }
}

std::string_view wanted_name(Kind kind) {
  switch (kind) {
    case Kind::Integer:
      return "an Integer";
    case Kind::Long:
      return "a Long";
    case Kind::Double:
      return "a Double";
    case Kind::Boolean:
      return "a Boolean";
    case Kind::Timestamp:
    case Kind::IsoTimestamp:
      return "a Timestamp";
    case Kind::Blob:
      return "a Blob";
    default:
      return "String";
  }
}

Fault wrong_type(const json::Value& value, Kind kind) {
  if (kind == Kind::List && !value.is_object()) return serialization("Expected list or null");
  if (value.is_object()) {
    return serialization("Start of structure or map found where not expected.");
  }
  if (value.is_array()) return serialization("Start of list found where not expected.");
  if (kind == Kind::Structure || kind == Kind::Map) {
    return serialization("Expected structure, map or null");
  }
  return serialization(std::string(token_name(value)) + " can not be converted to " +
                       std::string(wanted_name(kind)));
}

class Decoder {
 public:
  std::optional<Fault> value(const json::Value& from, const Shape& shape, void* to);
  std::optional<Fault> structure(const json::Value& from, const Shape& shape, void* to);

 private:
  std::optional<Fault> list(const json::Value& from, const Shape& shape, void* to);
  std::optional<Fault> map(const json::Value& from, const Shape& shape, void* to);
  std::optional<Fault> item(const json::Value& from, const Shape& shape, void* to, std::string key);
  std::optional<Fault> spend(std::size_t bytes);

  std::size_t bytes_left_ = kDecodedBytes;
  std::size_t depth_ = 0;
};

std::optional<Fault> Decoder::spend(std::size_t bytes) {
  if (bytes > bytes_left_) return serialization("The request needs too much memory.");
  bytes_left_ -= bytes;
  return std::nullopt;
}

std::optional<Fault> Decoder::structure(const json::Value& from, const Shape& shape, void* to) {
  if (!from.is_object()) return wrong_type(from, Kind::Structure);
  if (auto fault = spend(shape.bytes)) return fault;
  for (const json::Member& member : from.members()) {
    if (member.value.is_null()) continue;
    const Member* known = shape.find(member.name);
    if (known == nullptr) continue;
    if (auto fault = value(member.value, *known->shape, known->slot(to, true))) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Decoder::item(const json::Value& from, const Shape& shape, void* to,
                                   std::string key) {
  if (from.is_null()) return serialization("NULL_VALUE found where not expected.");
  if (auto fault = spend(shape.container->item_bytes)) return fault;
  return value(from, *shape.item, shape.container->append(to, std::move(key)));
}

std::optional<Fault> Decoder::list(const json::Value& from, const Shape& shape, void* to) {
  if (!from.is_array()) return wrong_type(from, Kind::List);
  for (const json::Value& entry : from.items()) {
    if (auto fault = item(entry, shape, to, {})) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Decoder::map(const json::Value& from, const Shape& shape, void* to) {
  if (!from.is_object()) return wrong_type(from, Kind::Map);
  for (const json::Member& entry : from.members()) {
    if (auto fault = item(entry.value, shape, to, entry.name)) return fault;
  }
  return std::nullopt;
}

bool read_integer(const json::Value& from, std::int64_t low, std::int64_t high, std::int64_t& out) {
  const auto number = from.as_int64();
  if (!number || *number < low || *number > high) return false;
  out = *number;
  return true;
}

bool read_double(const json::Value& from, double& out) {
  if (from.is_string()) {
    if (from.text() == "NaN") {
      out = std::numeric_limits<double>::quiet_NaN();
    } else if (from.text() == "Infinity" || from.text() == "-Infinity") {
      out = std::numeric_limits<double>::infinity() * (from.text()[0] == '-' ? -1 : 1);
    } else {
      return false;
    }
    return true;
  }
  const auto number = from.as_double();
  if (!number || !std::isfinite(*number)) return false;
  out = *number;
  return true;
}

// Years 0 to 9999.
bool is_calendar_time(double seconds) {
  return seconds >= -62167219200.0 && seconds < 253402300800.0;
}

bool read_iso_timestamp(const json::Value& from, std::string& out) {
  if (from.is_string()) {
    out = from.text();
    return true;
  }
  const auto seconds = from.as_double();
  if (!seconds || !is_calendar_time(*seconds)) return false;
  out = to_iso8601(Timestamp(std::chrono::milliseconds(std::llround(*seconds * 1000))));
  return true;
}

bool read_blob(const json::Value& from, std::string& out) {
  auto bytes = from.is_string() ? from_base64(from.text()) : std::nullopt;
  if (!bytes) return false;
  out = *std::move(bytes);
  return true;
}

bool read_scalar(const json::Value& from, Kind kind, void* to) {
  std::int64_t number = 0;
  switch (kind) {
    case Kind::String:
      if (from.is_string()) *static_cast<std::string*>(to) = from.text();
      return from.is_string();
    case Kind::Integer:
      if (!read_integer(from, std::numeric_limits<std::int32_t>::min(),
                        std::numeric_limits<std::int32_t>::max(), number)) {
        return false;
      }
      *static_cast<std::int32_t*>(to) = static_cast<std::int32_t>(number);
      return true;
    case Kind::Long:
      return read_integer(from, std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::int64_t>::max(),
                          *static_cast<std::int64_t*>(to));
    case Kind::Double:
      return read_double(from, *static_cast<double*>(to));
    case Kind::Boolean:
      if (from.is_bool()) *static_cast<bool*>(to) = from.as_bool();
      return from.is_bool();
    case Kind::Timestamp:
      return from.is_number() && read_double(from, *static_cast<double*>(to)) &&
             is_calendar_time(*static_cast<double*>(to));
    case Kind::IsoTimestamp:
      return read_iso_timestamp(from, *static_cast<std::string*>(to));
    case Kind::Blob:
      return read_blob(from, *static_cast<std::string*>(to));
    default:
      return false;
  }
}

std::optional<Fault> Decoder::value(const json::Value& from, const Shape& shape, void* to) {
  if (depth_ >= limits::kRequestDepth) return serialization("The request is nested too deeply.");
  ++depth_;
  std::optional<Fault> fault;
  switch (shape.kind) {
    case Kind::Structure:
      fault = structure(from, shape, to);
      break;
    case Kind::List:
      fault = list(from, shape, to);
      break;
    case Kind::Map:
      fault = map(from, shape, to);
      break;
    case Kind::Document:
      *static_cast<json::Value*>(to) = from;
      break;
    default:
      if (!read_scalar(from, shape.kind, to)) fault = wrong_type(from, shape.kind);
  }
  --depth_;
  return fault;
}

void write_double(double number, json::Writer& out) {
  if (std::isnan(number)) {
    out.value("NaN");
  } else if (std::isinf(number)) {
    out.value(number < 0 ? "-Infinity" : "Infinity");
  } else {
    out.value(number);
  }
}

// Plain digits: some clients do not read exponents in a timestamp.
void write_timestamp(double seconds, json::Writer& out) {
  char text[350];
  const auto end = std::to_chars(text, text + sizeof text, seconds, std::chars_format::fixed).ptr;
  out.raw(std::string_view(text, end));
}

struct Encoder {
  json::Writer& out;
  Redact redact;

  void value(const Shape& shape, const void* from);
  void structure(const Shape& shape, const void* from);
  void items(const Shape& shape, const void* from);
};

void Encoder::structure(const Shape& shape, const void* from) {
  out.begin_object();
  for (const Member& member : shape.members) {
    // A slot only creates when told to; reading leaves the object alone.
    const void* inside = member.slot(const_cast<void*>(from), false);
    if (inside == nullptr) continue;
    out.key(member.name);
    if (redact == Redact::Yes && member.sensitive) {
      out.value("***");
    } else {
      value(*member.shape, inside);
    }
  }
  out.end_object();
}

void Encoder::items(const Shape& shape, const void* from) {
  struct Visit {
    Encoder& encoder;
    const Shape& item;
  } visit{*this, *shape.item};
  const auto each = [](void* context, const std::string* key, const void* item) {
    auto& [encoder, item_shape] = *static_cast<Visit*>(context);
    if (key != nullptr) encoder.out.key(*key);
    encoder.value(item_shape, item);
  };
  shape.container->each(from, &visit, each);
}

void Encoder::value(const Shape& shape, const void* from) {
  if (redact == Redact::Yes && shape.sensitive) {
    out.value("***");
    return;
  }
  switch (shape.kind) {
    case Kind::Structure:
      structure(shape, from);
      break;
    case Kind::List:
      out.begin_array();
      items(shape, from);
      out.end_array();
      break;
    case Kind::Map:
      out.begin_object();
      items(shape, from);
      out.end_object();
      break;
    case Kind::String:
    case Kind::IsoTimestamp:
      out.value(*static_cast<const std::string*>(from));
      break;
    case Kind::Blob:
      out.value(to_base64(*static_cast<const std::string*>(from)));
      break;
    case Kind::Integer:
      out.value(static_cast<std::int64_t>(*static_cast<const std::int32_t*>(from)));
      break;
    case Kind::Long:
      out.value(*static_cast<const std::int64_t*>(from));
      break;
    case Kind::Double:
      write_double(*static_cast<const double*>(from), out);
      break;
    case Kind::Timestamp:
      write_timestamp(*static_cast<const double*>(from), out);
      break;
    case Kind::Boolean:
      out.value(*static_cast<const bool*>(from));
      break;
    case Kind::Document:
      out.value(*static_cast<const json::Value*>(from));
      break;
  }
}

}  // namespace

std::optional<Fault> decode_object(const json::Value& document, const Shape& shape, void* object) {
  if (document.is_null()) return serialization("NULL_VALUE found where not expected.");
  return Decoder().structure(document, shape, object);
}

void encode_object(const Shape& shape, const void* object, json::Writer& out, Redact redact) {
  Encoder{out, redact}.structure(shape, object);
}

}  // namespace limpet::glue_model
