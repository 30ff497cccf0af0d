// Seeded random Avro schemas as JSON text, for property tests. Always valid.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace limpet::avro::testing {

class RandomSchema {
 public:
  explicit RandomSchema(std::uint64_t seed) : random_(seed) {}

  std::string make(int types = 12) {
    left_ = types;
    defined_.clear();
    return pick(3) == 0 ? type("", 0) : record("", 0);
  }

 private:
  static constexpr std::array<const char*, 8> kPrimitives{
      R"("null")",  R"("boolean")", R"("int")",   R"("long")",
      R"("float")", R"("double")",  R"("bytes")", R"("string")"};
  static constexpr std::array<const char*, 6> kNames{"A", "B", "C", "Order", "Größe", "_x1"};
  static constexpr std::array<const char*, 4> kSpaces{"", "a", "a.b", "c"};
  static constexpr std::array<const char*, 5> kFields{"id", "name", "total", "next", "état"};

  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }

  std::string type(const std::string& space, int depth) {
    if (--left_ <= 0 || depth > 6) return leaf(space);
    switch (pick(10)) {
      case 0:
      case 1:
      case 2:
        return record(space, depth);
      case 3:
        return R"({"type":"array","items":)" + type(space, depth + 1) + extra() + "}";
      case 4:
        return R"({"type":"map","values":)" + type(space, depth + 1) + extra() + "}";
      case 5:
        return named("enum", space) + R"(,"symbols":["RED","GREEN"])" +
               (pick(2) == 0 ? R"(,"default":"RED")" : "") + extra() + "}";
      case 6:
        return named("fixed", space) + R"(,"size":)" + std::to_string(4 * pick(3)) + extra() + "}";
      case 7:
        return union_of(space, depth);
      default:
        return leaf(space);
    }
  }

  std::string leaf(const std::string& space) {
    if (!defined_.empty() && pick(3) == 0) {
      const auto& full =
          defined_[static_cast<std::size_t>(pick(static_cast<int>(defined_.size())))];
      return '"' + (space.empty() || full.find('.') != std::string::npos ? "" : std::string(".")) +
             full + '"';
    }
    if (pick(6) == 0) return R"({"type":"long","logicalType":"timestamp-millis"})";
    return kPrimitives[static_cast<std::size_t>(pick(8))];
  }

  // `{"type":…,"name":…` of a name that is free; `inside_` becomes its namespace.
  std::string named(const std::string& kind, const std::string& space) {
    const std::string simple = kNames[static_cast<std::size_t>(pick(6))];
    inside_ = pick(2) == 0 ? space : std::string(kSpaces[static_cast<std::size_t>(pick(4))]);
    auto name = simple;
    const auto full = [&] { return inside_.empty() ? name : inside_ + "." + name; };
    const auto taken = [&] { return std::ranges::find(defined_, full()) != defined_.end(); };
    for (int i = 0; taken(); ++i) name = simple + std::to_string(i);
    defined_.push_back(full());
    return R"({"type":")" + kind + R"(","name":")" + name + R"(","namespace":")" + inside_ + '"';
  }

  std::string record(const std::string& space, int depth) {
    auto text = named(pick(9) == 0 ? "error" : "record", space) + R"(,"fields":[)";
    const auto inside = inside_;
    bool first = true;
    for (const auto* name : kFields) {
      if (pick(2) == 0) continue;
      text += first ? "" : ",";
      first = false;
      text += std::string(R"({"name":")") + name + R"(","type":)";
      switch (pick(5)) {
        case 0:
          text += R"("int","default":7)";
          break;
        case 1:
          text += R"(["null",{"type":"array","items":"double"}],"default":null)";
          break;
        default:
          text += type(inside, depth + 1);
      }
      text += (pick(6) == 0 ? R"(,"order":"ignore")" : "") + extra() + "}";
    }
    return text + "]" + (pick(6) == 0 ? R"(,"aliases":["Old","b.Older"])" : "") + extra() + "}";
  }

  std::string union_of(const std::string& space, int depth) {
    std::string text = "[";
    const int first = pick(8);
    for (int i = 0; i < pick(4); ++i) {
      text += kPrimitives[static_cast<std::size_t>((first + i) % 8)] + std::string(",");
    }
    return text + record(space, depth + 1) + "]";  // a fresh name cannot stand there twice
  }

  std::string extra() {
    switch (pick(12)) {
      case 0:
        return R"(,"doc":"zwei \"ü\"\n")";
      case 1:
        return R"(,"custom":{"b":1.10,"a":[1e2,-0,null]})";
      default:
        return "";
    }
  }

  std::mt19937_64 random_;
  int left_ = 0;
  std::vector<std::string> defined_;
  std::string inside_;
};

}  // namespace limpet::avro::testing
