// Seeded random .proto texts, with evolutions that keep most of a text.
//
//   RandomSchema random(seed);
//   std::string old_text = random.text();
//   random.evolve();
//   std::string new_text = random.text();
#pragma once

#include <cstddef>
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
    for (std::size_t i = 0; i < count; ++i) messages_.push_back(message());
  }

  std::string text() const {
    std::string out = proto3_ ? "syntax = \"proto3\";\n" : "syntax = \"proto2\";\n";
    out += "package p;\nenum E0 { A0 = 0; A1 = 1; }\nenum E1 { B0 = 0; B2 = 2; }\n";
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      out += "message M" + std::to_string(i) + " {\n" + body(messages_[i]) + "}\n";
    }
    return out;
  }

  /// One to three small changes; the text stays valid.
  void evolve() {
    for (auto left = 1 + pick(3); left > 0; --left) change(messages_[pick(messages_.size())]);
  }

  bool chance(std::size_t one_in) { return pick(one_in) == 0; }
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

 private:
  struct Field {
    int number = 1;
    std::string name;
    std::string type;   // "int32", "E0", "M1", "map<string, int32>"
    std::string label;  // "", "optional", "repeated", "required"
    int oneof = -1;     // 0, 1: in oneof O0, O1
  };
  using Message = std::vector<Field>;

  bool is_map(const Field& field) const { return field.type.starts_with("map<"); }

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
    return out + field.type + " " + field.name + " = " + std::to_string(field.number) + ";";
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
    if (chance(8)) return "map<string, " + kTypes[pick(kTypes.size())] + ">";
    return kTypes[pick(kTypes.size())];
  }

  void change(Message& message) {
    if (message.empty()) {
      message.push_back(field(1));
      return;
    }
    auto& chosen = message[pick(message.size())];
    switch (pick(7)) {
      case 0:
        message.erase(message.begin() + static_cast<std::ptrdiff_t>(pick(message.size())));
        break;
      case 1: {
        const int number = message.back().number + 1;
        message.push_back(field(number));
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
        break;
      default: {
        static const std::vector<std::string> kAlike{"int32", "int64", "uint32", "bool", "E0"};
        chosen.type = kAlike[pick(kAlike.size())];
        if (chosen.label.empty() && chosen.oneof < 0) relabel(chosen);
        break;
      }
    }
  }

  std::mt19937_64 random_;
  bool proto3_;
  std::vector<Message> messages_;
};

}  // namespace limpet::protobuf::testing
