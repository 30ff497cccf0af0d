// The records of bench/records as a program would have them.
//
//   serde::Deserializer<User>::make(source);
#pragma once

#include "limpet/value/binding.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::bench {

/// Of user.avsc, the tutorial's record.
struct User {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};
struct OwnedUser {
  std::string name;
  std::int32_t age = 0;
  std::string subject;
};
/// Of user-next.avsc.
struct NextUser {
  std::optional<std::string_view> subject;
  std::string_view email;
  std::int64_t age = 0;
  std::string_view name;
};

/// Of order.proto and order.json.
struct Line {
  std::string_view sku;
  std::uint32_t count = 0;
  std::int64_t cents = 0;
};
struct Order {
  std::string_view id;
  std::int64_t customer = 0;
  double total = 0;
  std::vector<Line> lines;
  std::map<std::string, std::string> labels;
  bool paid = false;
  std::vector<std::int32_t> scores;
};

}  // namespace limpet::bench

template <>
struct limpet::value::Binding<limpet::bench::User> {
  using User = limpet::bench::User;
  static constexpr auto type = record("my.namespace.User", field<"name">(&User::name),
                                      field<"age">(&User::age), field<"subject">(&User::subject));
};
template <>
struct limpet::value::Binding<limpet::bench::OwnedUser> {
  using User = limpet::bench::OwnedUser;
  static constexpr auto type = record("my.namespace.User", field<"name">(&User::name),
                                      field<"age">(&User::age), field<"subject">(&User::subject));
};
template <>
struct limpet::value::Binding<limpet::bench::NextUser> {
  using User = limpet::bench::NextUser;
  static constexpr auto type =
      record("my.namespace.User", field<"subject">(&User::subject), field<"email">(&User::email),
             field<"age">(&User::age), field<"name">(&User::name));
};
template <>
struct limpet::value::Binding<limpet::bench::Line> {
  using Line = limpet::bench::Line;
  static constexpr auto type = record("bench.Order.Line", field<"sku">(&Line::sku),
                                      field<"count">(&Line::count), field<"cents">(&Line::cents));
};
template <>
struct limpet::value::Binding<limpet::bench::Order> {
  using Order = limpet::bench::Order;
  static constexpr auto type = record(
      "bench.Order", field<"id">(&Order::id), field<"customer">(&Order::customer),
      field<"total">(&Order::total), field<"lines">(&Order::lines), field<"labels">(&Order::labels),
      field<"paid">(&Order::paid), field<"scores">(&Order::scores));
};
