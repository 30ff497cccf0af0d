#include "options.h"

#include <algorithm>
#include <charconv>

namespace limpet::app {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// A whole number and what stands behind it.
struct Quantity {
  std::uint64_t number = 0;
  std::string_view unit;
};

std::optional<Quantity> parse_quantity(std::string_view text) {
  Quantity out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.number);
  if (error != std::errc{}) return std::nullopt;
  out.unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  return out;
}

}  // namespace

Result<bool> parse_switch(std::string_view text) {
  for (const std::string_view yes : {"on", "true", "yes", "1"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"off", "false", "no", "0"}) {
    if (text == no) return false;
  }
  return Error::invalid_input("must be on or off");
}

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < min || number > max) {
    return Error::invalid_input("must be a whole number from " + std::to_string(min) + " to " +
                                std::to_string(max));
  }
  return number;
}

Result<std::size_t> parse_bytes(std::string_view text, std::size_t min, std::size_t max) {
  struct Unit {
    std::string_view name;
    unsigned shift;
  };
  static constexpr Unit kUnits[] = {{"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  const auto quantity = parse_quantity(text);
  if (!quantity) return Error::invalid_input("must be a size such as 65536, 64KiB or 4MiB");
  for (const auto& unit : kUnits) {
    if (quantity->unit != unit.name) continue;
    const std::uint64_t number = quantity->number;
    if (number > (UINT64_MAX >> unit.shift) || number << unit.shift < min ||
        number << unit.shift > max) {
      return Error::invalid_input("must be from " + std::to_string(min) + " to " +
                                  std::to_string(max) + " bytes");
    }
    return static_cast<std::size_t>(number << unit.shift);
  }
  return Error::invalid_input("must be a size such as 65536, 64KiB or 4MiB");
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text,
                                                 std::chrono::milliseconds max) {
  struct Unit {
    std::string_view name;
    std::uint64_t milliseconds;
  };
  static constexpr Unit kUnits[] = {{"ms", 1},     {"s", 1000},      {"", 1000},
                                    {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const auto quantity = parse_quantity(text);
  if (!quantity) return Error::invalid_input("must be a duration such as 500ms, 60s or 5m");
  for (const auto& unit : kUnits) {
    if (quantity->unit != unit.name) continue;
    const auto limit = static_cast<std::uint64_t>(max.count());
    if (quantity->number == 0 || quantity->number > limit / unit.milliseconds) {
      return Error::invalid_input("must be longer than 0 and at most " +
                                  std::to_string(limit / 1000) + "s");
    }
    return std::chrono::milliseconds(quantity->number * unit.milliseconds);
  }
  return Error::invalid_input("must be a duration such as 500ms, 60s or 5m");
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto item = trim(text.substr(0, comma)); !item.empty()) out.emplace_back(item);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

}  // namespace limpet::app
