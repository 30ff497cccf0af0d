// Seeded random data of an Avro schema, in its binary encoding and in one block per array or map.
//
//   RandomDatum random(seed);
//   std::string payload = random.of(schema.root());
#pragma once

#include "limpet/avro/node.h"

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace limpet::avro::testing {

class RandomDatum {
 public:
  explicit RandomDatum(std::uint64_t seed) : random_(seed) {}

  /// ended() is false where the type has no end (a record that holds itself).
  std::string of(const Node& type) {
    out_.clear();
    ended_ = true;
    put(type, 0);
    return out_;
  }
  bool ended() const { return ended_; }

 private:
  static constexpr int kDepth = 12;
  static constexpr std::size_t kBytes = 300;

  // Deep down, or when there is enough, the way out is taken.
  bool leaves(int depth) const { return depth > kDepth || out_.size() > kBytes; }

  std::uint64_t pick(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }

  void number(std::int64_t value) {
    auto left = (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
    for (; left >= 0x80; left >>= 7U) out_ += static_cast<char>((left & 0x7F) | 0x80);
    out_ += static_cast<char>(left);
  }

  // Of all sizes alike.
  std::int64_t any_long() {
    if (pick(8) == 0) {
      constexpr std::array<std::int64_t, 4> kEnds{0, -1, std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min()};
      return kEnds[pick(4)];
    }
    return static_cast<std::int64_t>(random_()) >> pick(64);
  }
  std::int32_t any_int() {
    if (pick(8) == 0) {
      constexpr std::array<std::int32_t, 4> kEnds{0, -1, std::numeric_limits<std::int32_t>::max(),
                                                  std::numeric_limits<std::int32_t>::min()};
      return kEnds[pick(4)];
    }
    return static_cast<std::int32_t>(random_()) >> pick(32);
  }

  void text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    out_ += value;
  }

  void any_text() {
    constexpr std::array<std::string_view, 6> kTexts{
        "", "a", "John Doe", "é€𝄞", "tab\t\"quote\"\\\n", "a text that is longer than sixteen"};
    text(kTexts[pick(kTexts.size())]);
  }

  void bytes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out_ += static_cast<char>(random_());
  }

  template <class Number>
  void raw(Number value) {
    const auto plain = std::bit_cast<std::array<char, sizeof(Number)>>(value);
    out_.append(plain.data(), plain.size());
  }

  double any_real() {
    constexpr std::array<double, 7> kReals{0, -0.0, 1.5, -2.25, 1e30, 1e-30, 12345678.0};
    return kReals[pick(kReals.size())];
  }

  void put(const Node& type, int depth) {
    if (depth > kDepth * 4 || out_.size() > 20 * kBytes) {
      ended_ = false;
      return;
    }
    switch (type.type) {
      case Type::Null:
        return;
      case Type::Boolean:
        out_ += static_cast<char>(pick(2));
        return;
      case Type::Int:
        return number(any_int());
      case Type::Long:
        return number(any_long());
      case Type::Float:
        return raw(static_cast<float>(any_real()));
      case Type::Double:
        return raw(any_real());
      case Type::Bytes: {
        // A decimal of few bytes is within every precision that the schemas have.
        const auto count = type.logical ? 1 : pick(20);
        number(static_cast<std::int64_t>(count));
        return bytes(count);
      }
      case Type::String:
        return any_text();
      case Type::Fixed:
        return bytes(static_cast<std::size_t>(type.size));
      case Type::Enum:
        if (type.symbols.empty()) ended_ = false;
        return number(static_cast<std::int64_t>(pick(type.symbols.size())));
      case Type::Array:
      case Type::Map: {
        const auto count = leaves(depth) ? 0 : pick(4);
        if (count > 0) number(static_cast<std::int64_t>(count));
        for (std::uint64_t i = 0; i < count; ++i) {
          if (type.type == Type::Map) text("k" + std::to_string(i));
          put(*type.element, depth + 1);
        }
        out_ += '\0';
        return;
      }
      case Type::Record:
        for (const auto& field : type.fields) put(*field.type, depth + 1);
        return;
      case Type::Union: {
        if (type.branches.empty()) {
          ended_ = false;
          return;
        }
        auto branch = pick(type.branches.size());
        if (const auto null = type.find_branch(Type::Null, "null"); null && leaves(depth)) {
          branch = *null;
        }
        number(static_cast<std::int64_t>(branch));
        return put(*type.branches[branch], depth + 1);
      }
    }
  }

  std::mt19937_64 random_;
  std::string out_;
  bool ended_ = true;
};

}  // namespace limpet::avro::testing
