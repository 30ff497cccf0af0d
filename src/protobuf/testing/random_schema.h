// Seeded random .proto texts, with evolutions that keep most of a text.
//
//   RandomSchema random(seed);
//   std::string old_text = random.text();
//   random.evolve();
//   std::string new_text = random.text();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace limpet::protobuf::testing {

class RandomSchema {
 public:
  explicit RandomSchema(std::uint64_t seed) : random_(seed), proto3_(chance(2)) {
    const auto count = 1 + pick(3);
    for (std::size_t i = 0; i < count; ++i) messages_.emplace_back();
    for (auto& own : messages_) own = message();
    has_nested_ = chance(3);
    if (has_nested_) nested_ = {field(1), field(2)};
  }

  std::string text() const {
    std::string out = proto3_ ? "syntax = \"proto3\";\n" : "syntax = \"proto2\";\n";
    out += "package p;\n";
    for (std::size_t i = 0; i < enums_.size(); ++i) {
      const auto name = std::to_string(i);
      out += "enum E" + name + " {\n  Z" + name + " = 0;\n";
      for (const int value : enums_[i]) {
        out += "  V" + name + "_" + std::to_string(value) + " = " + std::to_string(value) + ";\n";
      }
      out += "}\n";
    }
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      out += "message M" + std::to_string(i) + " {\n" + body(messages_[i]);
      if (i == 0 && has_nested_) out += "  message N {\n" + body(nested_) + "  }\n";
      out += "}\n";
    }
    if (service_ > 0) {
      out += "service S {\n";
      for (int i = 0; i < service_; ++i)
        out += "  rpc R" + std::to_string(i) + "(M0) returns (M0);\n";
      out += "}\n";
    }
    return out;
  }

  /// One to three small changes; the text stays valid.
  void evolve() {
    for (auto left = 1 + pick(3); left > 0; --left) change();
  }

  /// Goes on with other random numbers, so that copies differ.
  void reseed(std::uint64_t seed) { random_.seed(seed); }

  bool chance(std::size_t one_in) { return pick(one_in) == 0; }
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

 private:
  struct Field {
    int number = 1;
    std::string name;
    std::string type;         // "int32", "E0", "M1", "map<string, int32>"
    std::string label;        // "", "optional", "repeated", "required"
    int oneof = -1;           // 0, 1: in oneof O0, O1
    std::string packed = {};  // "true", "false": said so
  };
  using Message = std::vector<Field>;

  static bool is_map(const Field& field) { return field.type.starts_with("map<"); }
  static bool may_be_packed(const Field& field) {
    return field.label == "repeated" && field.type != "string" && field.type != "bytes" &&
           !field.type.starts_with("M");
  }

  std::string body(const Message& message) const {
    std::string out;
    for (int oneof = 0; oneof < 2; ++oneof) {
      std::string members;
      for (const auto& field : message) {
        if (field.oneof == oneof) members += "    " + declaration(field, "") + "\n";
      }
      if (!members.empty()) {
        out += "  oneof O" + std::to_string(oneof) + " {\n" + members + "  }\n";
      }
    }
    for (const auto& field : message) {
      if (field.oneof < 0) out += "  " + declaration(field, field.label) + "\n";
    }
    return out;
  }

  std::string declaration(const Field& field, const std::string& label) const {
    std::string out = label.empty() ? "" : label + " ";
    out += field.type + " " + field.name + " = " + std::to_string(field.number);
    if (field.oneof < 0 && may_be_packed(field) && !field.packed.empty()) {
      out += " [packed = " + field.packed + "]";
    }
    return out + ";";
  }

  Message message() {
    Message out;
    for (int number = 1; number <= 8; ++number) {
      if (!chance(3)) out.push_back(field(number));
    }
    return out;
  }

  Field field(int number) {
    Field out{number, "f" + std::to_string(number), type(), "", -1};
    relabel(out);
    if (!is_map(out) && chance(4)) out.oneof = static_cast<int>(pick(2));
    if (chance(4)) out.packed = chance(2) ? "true" : "false";
    return out;
  }

  void relabel(Field& field) {
    static const std::vector<std::string> kProto2{"optional", "optional", "repeated", "required"};
    static const std::vector<std::string> kProto3{"", "", "optional", "repeated"};
    const auto& labels = proto3_ ? kProto3 : kProto2;
    field.label = is_map(field) ? "" : labels[pick(labels.size())];
    // A message that requires itself could never be written.
    if (field.label == "required" && field.type.starts_with("M")) field.label = "optional";
  }

  std::string type() {
    static const std::vector<std::string> kTypes{
        "int32",  "int64",   "uint32",   "uint64",  "bool",     "sint32",
        "sint64", "string",  "bytes",    "fixed32", "sfixed32", "float",
        "double", "fixed64", "sfixed64", "E0",      "E1",       "M0"};
    static const std::vector<std::string> kKeys{"string", "string", "int32",
                                                "sint64", "bool",   "fixed32"};
    if (chance(8))
      return "map<" + kKeys[pick(kKeys.size())] + ", " + kTypes[pick(kTypes.size())] + ">";
    if (chance(8)) return !has_nested_ ? "M" + std::to_string(pick(messages_.size())) : "M0.N";
    return kTypes[pick(kTypes.size())];
  }

  void change() {
    switch (pick(12)) {
      case 0:
        return change_enum(enums_[pick(enums_.size())]);
      case 1:
        if (chance(3)) return change_syntax();
        service_ = static_cast<int>(pick(3));
        return;
      case 2:
        if (has_nested_) return change_message(nested_);
        [[fallthrough]];
      default:
        return change_message(messages_[pick(messages_.size())]);
    }
  }

  void change_enum(std::vector<int>& values) {
    const int value = static_cast<int>(1 + pick(3));
    if (std::erase(values, value) == 0) values.push_back(value);
  }

  // What the other syntax does not have goes.
  void change_syntax() {
    proto3_ = !proto3_;
    for (auto& own : messages_) respell(own);
    respell(nested_);
  }

  void respell(Message& message) const {
    for (auto& field : message) {
      if (proto3_ && field.label == "required") field.label = "optional";
      if (!proto3_ && field.label.empty() && !is_map(field)) field.label = "optional";
    }
  }

  static void make_unique(const Message& message, Field& field) {
    while (std::ranges::count(message, field.name, &Field::name) > 1) field.name += "y";
  }

  void change_message(Message& message) {
    if (message.empty()) {
      message.push_back(field(1));
      return;
    }
    auto& chosen = message[pick(message.size())];
    switch (pick(9)) {
      case 0:
        message.erase(message.begin() + static_cast<std::ptrdiff_t>(pick(message.size())));
        break;
      case 1: {
        int number = 1;
        for (const auto& other : message) number = std::max(number, other.number + 1);
        message.push_back(field(number));
        make_unique(message, message.back());
        break;
      }
      case 2:
        chosen.type = type();
        if (is_map(chosen)) chosen.oneof = -1;
        relabel(chosen);
        break;
      case 3:
        if (chosen.oneof < 0) relabel(chosen);
        break;
      case 4:
        if (!is_map(chosen)) chosen.oneof = static_cast<int>(pick(3)) - 1;
        if (chosen.oneof < 0) relabel(chosen);
        break;
      case 5:
        chosen.name += "x";
        make_unique(message, chosen);
        break;
      case 6:
        chosen.packed = chosen.packed == "false" ? "true" : "false";
        break;
      case 7:
        std::swap(chosen.number, message[pick(message.size())].number);
        break;
      default: {
        static const std::vector<std::string> kAlike{"int32", "int64", "uint32", "bool", "E0"};
        static const std::vector<std::string> kTexts{"string", "bytes"};
        const bool text = chosen.type == "string" || chosen.type == "bytes";
        const auto& alike = text ? kTexts : kAlike;
        chosen.type = alike[pick(alike.size())];
        if (chosen.label.empty() && chosen.oneof < 0) relabel(chosen);
        break;
      }
    }
  }

  std::mt19937_64 random_;
  bool proto3_;
  std::vector<std::vector<int>> enums_{{1}, {2}};  // values beside 0
  std::vector<Message> messages_;
  bool has_nested_ = false;
  Message nested_;  // of M0.N
  int service_ = 0;
};

/// A root and files that it reaches through imports, of one syntax and of all kinds of packages:
/// the root's, one inside it, others, none. Each mentions types of its direct imports.
class RandomFileSet {
 public:
  struct File {
    std::string path;
    std::string package;
    std::string text;
  };

  explicit RandomFileSet(std::uint64_t seed) : random_(seed), proto3_(chance(2)) {
    static const std::vector<std::string> kRoots{"p", "p", "p.q", ""};
    static const std::vector<std::string> kPackages{"p", "p.q", "p.q.r", "c", "c.d", ""};
    const auto count = 1 + pick(5);
    for (std::size_t i = 0; i < count; ++i) {
      const bool root = i + 1 == count;
      add("f" + std::to_string(i) + ".proto",
          root ? kRoots[pick(kRoots.size())] : kPackages[pick(kPackages.size())], root);
    }
  }

  /// Imports before their importers, the root last.
  const std::vector<File>& files() const { return files_; }
  const File& root() const { return files_.back(); }

  bool chance(std::size_t one_in) { return pick(one_in) == 0; }
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

 private:
  void add(std::string path, std::string package, bool root) {
    std::string text = proto3_ ? "syntax = \"proto3\";\n" : "syntax = \"proto2\";\n";
    if (!package.empty()) text += "package " + package + ";\n";
    const auto at = std::to_string(files_.size());
    const auto full = [&package](const std::string& name) {
      return "." + (package.empty() ? name : package + "." + name);
    };
    std::vector<std::string> own;
    for (std::size_t i = 0; i < 1 + pick(3); ++i) {
      own.push_back(full("M" + at + "_" + std::to_string(i)));
    }
    own.push_back(full("E" + at));
    auto visible = own;
    std::vector<std::string> shown = own;  // to those that import this file
    for (std::size_t i = 0; i < files_.size(); ++i) {
      // The root reaches everything.
      if (!chance(2) && !(root && !imported_[i])) continue;
      const bool publicly = chance(3);
      text += std::string("import ") + (publicly ? "public \"" : "\"") + files_[i].path + "\";\n";
      imported_[i] = true;
      visible.insert(visible.end(), shown_[i].begin(), shown_[i].end());
      if (publicly) shown.insert(shown.end(), shown_[i].begin(), shown_[i].end());
    }
    for (std::size_t i = 0; i + 1 < own.size(); ++i) {
      text += "message M" + at + "_" + std::to_string(i) + " {\n" + fields(visible) + "}\n";
    }
    text += "enum E" + at + " { Z" + at + " = 0; A" + at + " = 1; }\n";
    files_.push_back({std::move(path), std::move(package), std::move(text)});
    shown_.push_back(std::move(shown));
    imported_.push_back(false);
  }

  std::string fields(const std::vector<std::string>& visible) {
    static const std::vector<std::string> kScalars{"int32", "sint64", "string", "bytes", "double"};
    std::string out;
    for (std::size_t number = 1; number <= pick(6); ++number) {
      const auto type = chance(3) ? kScalars[pick(kScalars.size())] : visible[pick(visible.size())];
      const auto tail = "f" + std::to_string(number) + " = " + std::to_string(number) + ";\n";
      switch (pick(4)) {
        case 0:
          out += "  map<string, " + type + "> " + tail;
          break;
        case 1:
          out += "  oneof o" + std::to_string(number) + " { " + type + " " + tail + "  }\n";
          break;
        case 2:
          out += "  repeated " + type + " " + tail;
          break;
        default:
          out += "  optional " + type + " " + tail;
      }
    }
    return out;
  }

  std::mt19937_64 random_;
  bool proto3_;
  std::vector<File> files_;
  std::vector<std::vector<std::string>> shown_;  // what each file's importers see
  std::vector<bool> imported_;
};

}  // namespace limpet::protobuf::testing
