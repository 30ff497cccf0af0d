// Advice on Protobuf definitions.
#include "collector.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::lint {
namespace {

using protobuf::Enum;
using protobuf::Field;
using protobuf::FieldType;
using protobuf::Message;

constexpr std::int32_t kLowNumbers = 15;  // a tag of one byte

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_upper(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_lower_snake(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return is_lower(c) || c == '_'; });
}
bool is_upper_snake(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return is_upper(c) || c == '_'; });
}
bool is_pascal(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' &&
         name.find('_') == std::string_view::npos;
}

/// What generators and engines that ignore case make of a name.
std::string bare(std::string_view name) {
  std::string out = folded(name);
  std::erase(out, '_');
  return out;
}

/// Behind white space and comments.
std::string_view first_word(std::string_view text) {
  for (;;) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n\f\v");
    text.remove_prefix(std::min(begin, text.size()));
    const bool line = text.starts_with("//");
    if (!line && !text.starts_with("/*")) return text;
    const std::size_t end = line ? text.find('\n') : text.find("*/", 2);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + (line ? 1 : 2));
  }
}

class Linter {
 public:
  Linter(std::string_view text, Collector& out) : text_(text), out_(out) {
    lines_.push_back(0);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') lines_.push_back(at + 1);
    }
  }

  void file(const protobuf::File& file) {
    if (!first_word(text_).starts_with("syntax")) {
      add(RuleId::ProtobufNoSyntax, 1, "", "there is no \"syntax\" statement, so this is proto2",
          R"(begin the file with syntax = "proto3"; or syntax = "proto2";)");
    }
    if (file.package.empty()) {
      add(RuleId::ProtobufNoPackage, 1, "",
          "there is no package, so full names are the bare names of the messages",
          "add a package, such as package com.example.orders;");
    }
    for (const Message& each : file.messages) message(each, "");
    for (const Enum& each : file.enums) enumeration(each, "", file.syntax);
    extensions(file.extensions, "");
  }

 private:
  void add(RuleId id, std::uint32_t line, const std::string& path, std::string message,
           std::string fix) {
    const std::size_t begin =
        lines_[std::min<std::size_t>(line == 0 ? 0 : line - 1, lines_.size() - 1)];
    const std::size_t indent = text_.find_first_not_of(" \t", begin);
    out_.add_at(id, indent == std::string_view::npos ? begin : indent, path, std::move(message),
                std::move(fix));
  }

  // Depth: the parser bounds messages within each other.
  void message(const Message& node, const std::string& parent) {
    if (node.map_entry || out_.full()) return;
    const std::string path = step(parent, node.name);
    if (!node.group && !is_pascal(node.name)) {
      add(RuleId::ProtobufNameStyle, node.line, path,
          "the message " + quoted(node.name) + " is not in PascalCase",
          "rename it while it is new");
    }
    if (!node.extension_ranges.empty()) {
      add(RuleId::ProtobufExtensionsNotInGlue, node.line, path,
          "message " + quoted(node.full_name) + " has an extension range, which AWS Glue refuses",
          "use a field of type google.protobuf.Any, or a oneof");
    }
    extensions(node.extensions, path);
    std::unordered_map<std::string, std::string_view> seen;
    for (const Field& each : node.fields) {
      const std::string here = step(path, each.name);
      field(each, here);
      const auto [other, fresh] = seen.emplace(bare(each.name), each.name);
      if (!fresh) {
        add(RuleId::ProtobufNamesCollide, each.line, here,
            "the fields " + quoted(other->second) + " and " + quoted(each.name) + " of " +
                quoted(node.full_name) + " differ only in case and underscores",
            "rename one of them");
      }
    }
    low_numbers(node, path);
    for (const Message& each : node.messages) message(each, path);
    for (const Enum& each : node.enums) enumeration(each, path, node.file->syntax);
  }

  void field(const Field& node, const std::string& path) {
    if (node.label == protobuf::Label::Required) {
      add(RuleId::ProtobufRequiredField, node.line, path,
          "field " + quoted(node.name) + " is required, so that it can never be removed",
          "make it optional and check it in the application");
    }
    if (node.type == FieldType::Group) {
      add(RuleId::ProtobufExtensionsNotInGlue, node.line, path,
          "field " + quoted(node.name) + " is a group, which AWS Glue refuses",
          "use a nested message");
    } else if (!is_lower_snake(node.name)) {
      add(RuleId::ProtobufNameStyle, node.line, path,
          "the field " + quoted(node.name) + " is not in lower_snake_case",
          "rename it while it is new, or keep its name in JSON with json_name");
    }
  }

  void extensions(const std::vector<Field>& fields, const std::string& path) {
    for (const Field& each : fields) {
      const std::string_view extendee = each.extendee;
      if (extendee.starts_with(".google.protobuf.") && extendee.ends_with("Options")) continue;
      add(RuleId::ProtobufExtensionsNotInGlue, each.line, step(path, each.name),
          "extension " + quoted(each.name) + " of " + quoted(each.extendee) +
              " is not taken by AWS Glue",
          "make it a field of the message");
    }
  }

  void low_numbers(const Message& node, const std::string& path) {
    if (!out_.wants(RuleId::ProtobufLowNumbersSpent)) return;
    for (std::int32_t number = 1; number <= kLowNumbers; ++number) {
      const bool reserved = std::ranges::any_of(node.reserved_ranges, [&](const auto& range) {
        return range.first <= number && number <= range.last;
      });
      if (!reserved && node.find_field(number) == nullptr) return;
    }
    add(RuleId::ProtobufLowNumbersSpent, node.line, path,
        "message " + quoted(node.full_name) +
            " has no number from 1 to 15 left; further fields take a byte more in each record",
        "nothing, if they are rare; otherwise group them in a message of their own");
  }

  void enumeration(const Enum& node, const std::string& parent, protobuf::Syntax syntax) {
    const std::string path = step(parent, node.name);
    if (!is_pascal(node.name)) {
      add(RuleId::ProtobufNameStyle, node.line, path,
          "the enum " + quoted(node.name) + " is not in PascalCase", "rename it while it is new");
    }
    const auto odd = std::ranges::find_if(
        node.values, [](const auto& value) { return !is_upper_snake(value.name); });
    if (odd != node.values.end()) {
      add(RuleId::ProtobufNameStyle, node.line, step(path, odd->name),
          "the value " + quoted(odd->name) + " of enum " + quoted(node.full_name) +
              " is not in UPPER_SNAKE_CASE",
          "rename it while it is new");
    }
    if (node.values.empty()) return;
    const auto& first = node.values.front();
    if (syntax == protobuf::Syntax::Proto2 && first.number != 0) {
      add(RuleId::ProtobufEnumFirstNotZero, node.line, step(path, first.name),
          "the first value of enum " + quoted(node.full_name) + ", " + quoted(first.name) +
              ", is " + std::to_string(first.number) + " and not 0",
          "begin with a value 0 that means \"not given\"");
      return;
    }
    const std::string name = folded(first.name);
    if (first.number != 0 || name.ends_with("unspecified") || name.ends_with("unknown")) return;
    add(RuleId::ProtobufEnumZeroName, node.line, step(path, first.name),
        "the value 0 of enum " + quoted(node.full_name) + " is " + quoted(first.name) +
            ", which readers also see when nothing was written",
        "begin with a value 0 that means \"not given\", such as …_UNSPECIFIED");
  }

  std::string_view text_;
  Collector& out_;
  std::vector<std::size_t> lines_;
};

}  // namespace

void lint_protobuf(const protobuf::Schema& schema, std::string_view text, Collector& out) {
  Linter(text, out).file(schema.file());
}

}  // namespace limpet::lint
