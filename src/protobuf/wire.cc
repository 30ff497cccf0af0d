#include "wire.h"

#include "bundled.h"
#include "document.h"
#include "wire_type.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace limpet::protobuf {
namespace {

// What a message object takes at least, and each of its fields, as libprotobuf's dynamic messages
// lay them out; rounded up.
constexpr std::size_t kMessageMemory = 64;
constexpr std::size_t kFieldMemory = 48;
constexpr std::size_t kNumberInJson = 26;  // a double, with a comma
constexpr std::size_t kEscapedByte = 6;    // \u0001

class Walker {
 public:
  Walker(const Schema& schema, std::string_view bytes, const TranscodeLimits& limits)
      : document_(schema.document()), begin_(bytes.data()), limits_(limits) {}

  Result<WireReport> run(const Message& message, std::string_view bytes) {
    LIMPET_CHECK(this->message(message, bytes, 1));
    return std::move(report_);
  }

 private:
  Error bad(std::string what, std::string_view at) const {
    return Error::invalid_input(std::move(what), "byte " + std::to_string(at.data() - begin_));
  }

  static Error too_much(std::string_view what, std::uint64_t limit) {
    return Error::limit_exceeded("the message is too large: more than " + std::to_string(limit) +
                                 " " + std::string(what));
  }

  Status charge(std::uint64_t steps, std::size_t json, std::size_t memory) {
    steps_ += steps;
    json_ += json;
    memory_ += memory;
    if (steps_ > limits_.max_steps) return too_much("steps", limits_.max_steps);
    if (json_ > limits_.max_json_bytes) return too_much("bytes of JSON", limits_.max_json_bytes);
    if (memory_ > limits_.max_memory) return too_much("bytes of memory", limits_.max_memory);
    return {};
  }

  Result<std::uint64_t> varint(std::string_view& bytes) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 10; ++i) {
      if (i >= bytes.size()) return bad("the message is cut off", bytes.substr(bytes.size()));
      const auto byte = static_cast<std::uint8_t>(bytes[i]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
      if ((byte & 0x80U) == 0) {
        bytes.remove_prefix(i + 1);
        return value;
      }
    }
    return bad("a number is longer than ten bytes", bytes);
  }

  Result<std::string_view> take(std::string_view& bytes, std::uint64_t size) const {
    if (size > bytes.size()) return bad("the message is cut off", bytes);
    const auto taken = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return taken;
  }

  struct Tag {
    std::uint32_t number = 0;
    WireType type = WireType::Varint;
  };

  Result<Tag> tag(std::string_view& bytes) const {
    const auto at = bytes;
    LIMPET_TRY(const auto value, varint(bytes));
    const auto number = value >> 3U;
    const auto type = value & 7U;
    if (number == 0 || number > static_cast<std::uint64_t>(kMaxFieldNumber)) {
      return bad("no field can have the number " + std::to_string(number), at);
    }
    if (type > 5) return bad("there is no wire type " + std::to_string(type), at);
    return Tag{static_cast<std::uint32_t>(number), static_cast<WireType>(type)};
  }

  Status message(const Message& message, std::string_view bytes, int depth) {
    if (depth > limits_.max_depth) {
      return bad("nested deeper than " + std::to_string(limits_.max_depth) + " messages", bytes);
    }
    LIMPET_CHECK(charge(1, 4, kMessageMemory + kFieldMemory * message.fields.size()));
    const bool any = message.full_name == "google.protobuf.Any";
    std::string_view type_url;
    std::string_view value;
    while (!bytes.empty()) {
      const auto record = bytes;
      LIMPET_TRY(const auto tag, this->tag(bytes));
      // libprotobuf's JSON writer searches the fields one by one.
      LIMPET_CHECK(charge(1 + message.fields.size(), 0, 0));
      const auto* field = message.find_field(static_cast<std::int32_t>(tag.number));
      const auto content = bytes;
      LIMPET_CHECK(skip(bytes, tag, depth));
      const auto size = static_cast<std::size_t>(bytes.data() - content.data());
      LIMPET_TRY(const bool known, field == nullptr ? Result<bool>(false)
                                                    : this->field(message, *field, tag,
                                                                  content.substr(0, size), depth));
      if (!known) {
        keep(message, tag.number,
             record.substr(0, static_cast<std::size_t>(bytes.data() - record.data())));
      } else if (any) {
        auto text = content.substr(0, size);
        LIMPET_CHECK(varint(text));
        (tag.number == 1 ? type_url : value) = text;
      }
    }
    return any ? any_content(type_url, value, depth) : Status();
  }

  // Its bytes are a message of another type, written as JSON in its place.
  Status any_content(std::string_view type_url, std::string_view value, int depth) {
    const auto name = type_url.substr(type_url.rfind('/') + 1);
    const auto* type = document_.pool.FindMessageTypeByName(std::string(name));
    if (type == nullptr) return {};  // refused later: it has no JSON form
    auto found = document_.types.messages.find(type);
    if (found == document_.types.messages.end()) {
      found = bundled_files().types.messages.find(type);
      if (found == bundled_files().types.messages.end()) return {};
    }
    const bool outside = std::exchange(in_any_, true);
    auto status = message(*found->second, value, depth + 1);
    in_any_ = outside;
    return status;
  }

  // Moves behind a record's content, whatever it is.
  Status skip(std::string_view& bytes, const Tag& tag, int depth) const {
    switch (tag.type) {
      case WireType::Varint:
        LIMPET_CHECK(varint(bytes));
        return {};
      case WireType::Fixed64:
        LIMPET_CHECK(take(bytes, 8));
        return {};
      case WireType::Fixed32:
        LIMPET_CHECK(take(bytes, 4));
        return {};
      case WireType::Length: {
        LIMPET_TRY(const auto size, varint(bytes));
        LIMPET_CHECK(take(bytes, size));
        return {};
      }
      case WireType::StartGroup:
        return skip_group(bytes, tag.number, depth);
      case WireType::EndGroup:
        return bad("a group ends that did not begin", bytes);
    }
    return {};
  }

  Status skip_group(std::string_view& bytes, std::uint32_t number, int depth) const {
    std::vector<std::uint32_t> open{number};
    while (!open.empty()) {
      const auto at = bytes;
      LIMPET_TRY(const auto inner, tag(bytes));
      if (inner.type == WireType::StartGroup) {
        open.push_back(inner.number);
        if (depth + static_cast<int>(open.size()) > limits_.max_depth) {
          return bad("nested deeper than " + std::to_string(limits_.max_depth) + " messages", at);
        }
      } else if (inner.type == WireType::EndGroup) {
        if (inner.number != open.back()) return bad("a group ends with another number", at);
        open.pop_back();
      } else {
        LIMPET_CHECK(skip(bytes, inner, depth));
      }
    }
    return {};
  }

  // A field's name in JSON, with quotes and colon; repeated fields are charged for it each time.
  static std::size_t name_cost(const Field& field) {
    return kEscapedByte * std::max(field.json_name.size(), field.name.size()) + 4;
  }

  // False: the record does not fit the field, and counts as unknown.
  Result<bool> field(const Message& holder, const Field& field, const Tag& tag,
                     std::string_view content, int depth) {
    const auto expected = wire_type_of(field.type);
    const bool packable =
        field.repeated && expected != WireType::Length && expected != WireType::StartGroup;
    if (tag.type == WireType::Length && packable) return packed(holder, field, expected, content);
    if (tag.type != expected) {
      // Elsewhere libprotobuf sets such a record aside; in an Any its JSON writer would meet it.
      if (in_any_) return bad("a record of " + holder.full_name + " has another type", content);
      return false;
    }
    if (field.type == FieldType::Group) {
      return bad("groups have no JSON form: " + holder.full_name + "." + field.name, content);
    }
    LIMPET_CHECK(charge(1, name_cost(field), 0));
    if (expected == WireType::Varint) {
      LIMPET_TRY(const auto value, varint(content));
      return number(holder, field, value);
    }
    if (expected != WireType::Length) {
      LIMPET_CHECK(charge(0, kNumberInJson, 8));
      return true;
    }
    LIMPET_CHECK(varint(content));
    switch (field.type) {
      case FieldType::Message:
        LIMPET_CHECK(message(*field.message, content, depth + 1));
        return true;
      case FieldType::String:
        if (!is_valid_utf8(content)) {
          return bad("the text of " + holder.full_name + "." + field.name + " is not UTF-8",
                     content);
        }
        LIMPET_CHECK(charge(0, kEscapedByte * content.size() + 3, 32 + content.size()));
        return true;
      default:
        LIMPET_CHECK(charge(0, 2 * content.size() + 6, 32 + content.size()));
        return true;
    }
  }

  Result<bool> packed(const Message& holder, const Field& field, WireType type,
                      std::string_view content) {
    LIMPET_CHECK(varint(content));
    LIMPET_CHECK(charge(1, name_cost(field), 0));
    if (type != WireType::Varint) {
      const std::size_t width = type == WireType::Fixed64 ? 8 : 4;
      if (content.size() % width != 0) return bad("packed numbers are cut off", content);
      const auto count = content.size() / width;
      LIMPET_CHECK(charge(count, kNumberInJson * count, 8 * count));
      return true;
    }
    while (!content.empty()) {
      const auto at = content;
      LIMPET_TRY(const auto value, varint(content));
      LIMPET_TRY(const bool known, number(holder, field, value));
      if (!known) {
        keep(holder, static_cast<std::uint32_t>(field.number),
             at.substr(0, at.size() - content.size()));
      }
    }
    return true;
  }

  // A varint or, for a closed enum (proto2), whether the enum has it.
  Result<bool> number(const Message& holder, const Field& field, std::uint64_t value) {
    LIMPET_CHECK(charge(1, kNumberInJson, 8));
    if (field.enumeration == nullptr) return true;
    const auto& values = field.enumeration->values;
    LIMPET_CHECK(charge(values.size(), longest_name(*field.enumeration) + 3, 0));
    const auto wanted = static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
    return holder.file->syntax == Syntax::Proto3 ||
           std::ranges::find(values, wanted, &EnumValue::number) != values.end();
  }

  std::size_t longest_name(const Enum& enumeration) {
    const auto [at, added] = longest_names_.try_emplace(&enumeration, 0);
    if (added) {
      for (const auto& value : enumeration.values) {
        at->second = std::max(at->second, value.name.size());
      }
    }
    return at->second;
  }

  void keep(const Message& message, std::uint32_t number, std::string_view record) {
    ++report_.unknown_count;
    if (report_.unknown.size() < kUnknownFields) {
      report_.unknown.push_back({message.full_name, number, std::string(record)});
    }
  }

  const Document& document_;
  const char* begin_;
  const TranscodeLimits& limits_;
  std::uint64_t steps_ = 0;
  std::size_t json_ = 0;
  std::size_t memory_ = 0;
  WireReport report_;
  bool in_any_ = false;
  std::unordered_map<const Enum*, std::size_t> longest_names_;
};

}  // namespace

Result<WireReport> walk_wire(const Schema& schema, const Message& message, std::string_view bytes,
                             const TranscodeLimits& limits) {
  return Walker(schema, bytes, limits).run(message, bytes);
}

}  // namespace limpet::protobuf
