#include "limpet/value/binding.h"

#include <gtest/gtest.h>

namespace {

enum class Color { Red = 7, Green = 9 };

struct Address {
  std::string street;
};

struct Tree {
  std::int64_t value = 0;
  std::vector<Tree> children;
  std::unique_ptr<Tree> next;
};

struct User {
  std::string_view name;
  std::int32_t age = -1;
  std::optional<std::string> email;
  std::vector<Address> addresses;
  std::map<std::string, double> scores;
  std::variant<std::monostate, std::int64_t, std::string> note;
  Color color = Color::Red;
  std::array<std::byte, 4> tag{};
  bool active = false;
};

}  // namespace

template <>
struct limpet::value::EnumBinding<Color> {
  static constexpr auto symbols = limpet::value::symbols<Color>({
      {"RED", Color::Red},
      {"GREEN", Color::Green},
  });
};

template <>
struct limpet::value::Binding<Address> {
  static constexpr auto type =
      limpet::value::record("my.Address", limpet::value::field<"street">(&Address::street));
};

template <>
struct limpet::value::Binding<Tree> {
  static constexpr auto type = limpet::value::record(
      "my.Tree", limpet::value::field<"value">(&Tree::value),
      limpet::value::field<"children">(&Tree::children), limpet::value::field<"next">(&Tree::next));
};

template <>
struct limpet::value::Binding<User> {
  static constexpr auto type = limpet::value::record(
      "my.User", limpet::value::field<"name">(&User::name), limpet::value::field<"age">(&User::age),
      limpet::value::field<"email">(&User::email, limpet::value::kMayBeAbsent),
      limpet::value::field<"addresses">(&User::addresses),
      limpet::value::field<"scores">(&User::scores), limpet::value::field<"note">(&User::note),
      limpet::value::field<"color">(&User::color), limpet::value::field<"tag">(&User::tag),
      limpet::value::field<"active">(&User::active));
};

namespace limpet::value {
namespace {

template <class M>
M& member(User& user, std::string_view name) {
  const StructType& type = struct_type<User>();
  const StructField& field = type.fields()[*type.find(name)];
  return *reinterpret_cast<M*>(reinterpret_cast<std::byte*>(&user) + field.offset);
}

const TargetType& type_of(std::string_view name) {
  const StructType& type = struct_type<User>();
  return type.fields()[*type.find(name)].type();
}

TEST(Binding, FieldsLieWhereTheMembersAre) {
  User user;
  member<std::int32_t>(user, "age") = 36;
  member<std::string_view>(user, "name") = "Ada";
  member<bool>(user, "active") = true;
  EXPECT_EQ(user.age, 36);
  EXPECT_EQ(user.name, "Ada");
  EXPECT_TRUE(user.active);
  EXPECT_EQ(struct_type<User>().name(), "my.User");
  EXPECT_EQ(struct_type<User>().bytes(), sizeof(User));
  EXPECT_TRUE(struct_type<User>().fields()[2].may_be_absent);
  EXPECT_FALSE(struct_type<User>().find("absent"));
}

TEST(Binding, DescribesEveryKind) {
  EXPECT_EQ(describe(type_of("email")), "std::optional<std::string>");
  EXPECT_EQ(describe(type_of("addresses")), "std::vector<struct my.Address>");
  EXPECT_EQ(describe(type_of("scores")), "map<std::string, double>");
  EXPECT_EQ(describe(type_of("note")), "std::variant<std::monostate, std::int64_t, std::string>");
  EXPECT_EQ(describe(type_of("tag")), "std::array<std::byte, 4>");
  EXPECT_EQ(type_of("color").kind, TargetKind::Enum);
}

TEST(Binding, AnOptionalIsFilledAndEmptied) {
  User user;
  const OptionalAccess& access = *type_of("email").optional;
  EXPECT_EQ(access.peek(&user.email), nullptr);
  *static_cast<std::string*>(access.engage(&user.email)) = "a@b";
  EXPECT_EQ(user.email, "a@b");
  EXPECT_EQ(access.peek(&user.email), &*user.email);
  access.reset(&user.email);
  EXPECT_FALSE(user.email);
}

TEST(Binding, AVectorGrows) {
  User user;
  const TargetType& type = type_of("addresses");
  static_cast<Address*>(type.sequence->append(&user.addresses))->street = "one";
  static_cast<Address*>(type.sequence->append(&user.addresses))->street = "two";
  EXPECT_EQ(type.sequence->size(&user.addresses), 2U);
  const auto* data = static_cast<const std::byte*>(type.sequence->data(&user.addresses));
  EXPECT_EQ(reinterpret_cast<const Address*>(data + type.item_bytes)->street, "two");
  type.sequence->clear(&user.addresses);
  EXPECT_TRUE(user.addresses.empty());
}

TEST(Binding, AMapTakesTheLastOfEqualKeys) {
  User user;
  const MapAccess& access = *type_of("scores").map;
  *static_cast<double*>(access.insert(&user.scores, "a")) = 1;
  EXPECT_EQ(*static_cast<double*>(access.insert(&user.scores, "a")), 0);
  *static_cast<double*>(access.insert(&user.scores, "b")) = 2;
  std::string seen;
  access.for_each(&user.scores, &seen, [](void* context, std::string_view key, const void* value) {
    *static_cast<std::string*>(context) +=
        std::string(key) + std::to_string(static_cast<int>(*static_cast<const double*>(value)));
    return true;
  });
  EXPECT_EQ(seen, "a0b2");
}

TEST(Binding, AVariantTakesEachAlternative) {
  User user;
  const VariantAccess& access = *type_of("note").variant;
  *static_cast<std::int64_t*>(access.emplace(&user.note, 1)) = 5;
  EXPECT_EQ(std::get<1>(user.note), 5);
  *static_cast<std::string*>(access.emplace(&user.note, 2)) = "x";
  EXPECT_EQ(access.index(&user.note), 2U);
  EXPECT_EQ(access.peek(&user.note), &std::get<2>(user.note));
}

TEST(Binding, AnEnumHasItsSymbols) {
  User user;
  const EnumTable& table = *type_of("color").symbols;
  ASSERT_EQ(table.entries.size(), 2U);
  EXPECT_EQ(table.entries[1].symbol, "GREEN");
  table.store(&user.color, table.entries[1].value);
  EXPECT_EQ(user.color, Color::Green);
  EXPECT_EQ(table.load(&user.color), 9);
}

TEST(Binding, AStructMayHoldItself) {
  const StructType& tree = struct_type<Tree>();
  const TargetType& children = tree.fields()[1].type();
  EXPECT_EQ(&children.element().record(), &tree);
  const TargetType& next = tree.fields()[2].type();
  EXPECT_EQ(&next.element().record(), &tree);
  Tree root;
  static_cast<Tree*>(next.optional->engage(&root.next))->value = 5;
  EXPECT_EQ(root.next->value, 5);
}

}  // namespace
}  // namespace limpet::value
