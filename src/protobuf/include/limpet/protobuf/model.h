// The model of a parsed .proto file, as a plain structure to walk.
//
//   const protobuf::Message& order = schema.file().messages[0];
//   order.full_name;                                     // "shop.Order"
//   for (const protobuf::Field& field : order.fields) {  // in the order of the text
//     if (field.message != nullptr) visit(*field.message);
//   }
//
// Messages may contain themselves, so the types form a graph: whoever follows Field::message keeps
// a set. Everything lives as long as its Schema. Threads: safe (nothing changes after parse()).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

enum class FieldType : std::uint8_t {
  Double = 1,  // the numbers are those of google.protobuf.FieldDescriptorProto.Type
  Float,
  Int64,
  UInt64,
  Int32,
  Fixed64,
  Fixed32,
  Bool,
  String,
  Group,
  Message,
  Bytes,
  UInt32,
  Enum,
  SFixed32,
  SFixed64,
  SInt32,
  SInt64,
};
std::string_view to_string(FieldType type);  ///< "double", …; "group", "message", "enum"

/// What the text writes before a field's type. None: proto3 singular, map, member of a oneof.
enum class Label : std::uint8_t { None, Optional, Required, Repeated };
std::string_view to_string(Label label);  ///< "", "optional", …

/// An option with a built-in or a custom name, as it can be written in a .proto text.
struct Option {
  std::string name;   ///< "deprecated", "(acme.rule)"
  std::string value;  ///< "true", "\"text\"", "{ min: 1 }"

  friend bool operator==(const Option&, const Option&) = default;
};

struct Message;
struct Enum;
struct File;

struct Field {
  std::string name;
  std::int32_t number = 0;
  FieldType type = FieldType::Int32;
  Label label = Label::None;
  bool repeated = false;               ///< repeated fields and maps
  bool packed = false;                 ///< written as one record (repeated numbers)
  const Message* message = nullptr;    ///< the type, if it is a message or group
  const Enum* enumeration = nullptr;   ///< the type, if it is an enum
  std::optional<std::uint32_t> oneof;  ///< position in Message::oneofs
  std::string extendee;                ///< of an extension: ".google.protobuf.FieldOptions"
  std::string json_name;
  bool json_name_given = false;              ///< and different from the default one
  std::optional<std::string> default_value;  ///< as a literal of the language
  std::vector<Option> options;
  std::uint32_t line = 0;  ///< in the text, from 1; 0 = unknown

  bool is_map() const;
};

struct Oneof {
  std::string name;
  std::vector<std::uint32_t> fields;  ///< positions in Message::fields
  std::vector<Option> options;
};

/// Numbers from `first` to `last`, both included.
struct Range {
  std::int32_t first = 0;
  std::int32_t last = 0;

  friend bool operator==(const Range&, const Range&) = default;
};

struct ExtensionRange {
  Range numbers;
  std::vector<Option> options;
};

/// The greatest field number ("max" in a message's ranges).
inline constexpr std::int32_t kMaxFieldNumber = (1 << 29) - 1;

struct EnumValue {
  std::string name;
  std::int32_t number = 0;
  std::vector<Option> options;
};

struct Enum {
  std::string name;
  std::string full_name;
  std::vector<EnumValue> values;
  std::vector<Range> reserved_ranges;
  std::vector<std::string> reserved_names;
  std::vector<Option> options;
  std::uint32_t line = 0;
};

struct Message {
  std::string name;
  std::string full_name;            ///< "shop.Order.Line"
  const Message* parent = nullptr;  ///< nullptr at the top of the file
  const File* file = nullptr;
  std::uint32_t index = 0;               ///< position among its siblings
  std::vector<Field> fields;             ///< members of oneofs included
  std::vector<std::uint32_t> by_number;  ///< positions in `fields`, by ascending number
  std::vector<Oneof> oneofs;             ///< without the synthetic ones of "optional" in proto3
  std::vector<Message> messages;         ///< entries of maps and types of groups included
  std::vector<Enum> enums;
  std::vector<Field> extensions;  ///< `extend` statements inside this message
  std::vector<ExtensionRange> extension_ranges;
  std::vector<Range> reserved_ranges;
  std::vector<std::string> reserved_names;
  std::vector<Option> options;
  bool map_entry = false;
  bool group = false;  ///< the type of a group
  std::uint32_t line = 0;

  /// The field of that number, or nullptr.
  const Field* find_field(std::int32_t number) const;

  Message() = default;
  Message(Message&&) = default;
  Message& operator=(Message&&) = default;
  Message(const Message&) = delete;  // fields of other messages point at it
  Message& operator=(const Message&) = delete;
};

struct Method {
  std::string name;
  std::string input;   ///< full name
  std::string output;  ///< full name
  bool client_streaming = false;
  bool server_streaming = false;
  std::vector<Option> options;
  std::uint32_t line = 0;
};

struct Service {
  std::string name;
  std::vector<Method> methods;
  std::vector<Option> options;
  std::uint32_t line = 0;
};

enum class Syntax : std::uint8_t { Proto2, Proto3 };

struct Import {
  enum class Kind : std::uint8_t { Plain, Public, Weak };
  std::string path;
  Kind kind = Kind::Plain;
};

struct File {
  std::string path;  ///< as imports name it; "default.proto" under the package for the root
  std::string package;
  Syntax syntax = Syntax::Proto2;
  std::vector<Import> imports;
  std::vector<Message> messages;
  std::vector<Enum> enums;
  std::vector<Field> extensions;
  std::vector<Service> services;
  std::vector<Option> options;
  bool bundled = false;  ///< one of bundled_imports()

  File() = default;
  File(const File&) = delete;  // its messages point at it
  File& operator=(const File&) = delete;
};

inline bool Field::is_map() const { return message != nullptr && message->map_entry; }

/// As people write it in a sentence: "int32", "enum shop.Color", "message shop.Order",
/// "map<string, int32>"; with the label in front: "repeated int32".
std::string describe_type(const Field& field);
std::string describe(const Field& field);

}  // namespace limpet::protobuf
