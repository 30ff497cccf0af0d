#include "limpet/avro/schema.h"

#include "limpet/base/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::avro {
namespace {

TEST(Schema, ExampleOfTheHeader) {
  auto schema = parse(R"({"type":"record","name":"Order","fields":[]})");
  ASSERT_TRUE(schema) << describe(schema.error());
  EXPECT_EQ(identity_form(*schema), R"({"type":"record","name":"Order","fields":[]})");
}

TEST(Schema, KeepsWhatTheTextSays) {
  const auto schema = parse(R"({
    "type": "record", "name": "Order", "namespace": "shop", "doc": "one sale", "aliases": ["Sale", "old.Sale"],
    "owner": {"team": "web"},
    "fields": [
      {"name": "id", "type": "long", "order": "Descending", "aliases": ["number"]},
      {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"], "default": "NEW"},
       "default": "PAID", "doc": "where it stands"},
      {"name": "hash", "type": {"type": "fixed", "name": "util.Hash", "size": 16}},
      {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
      {"name": "next", "type": ["null", "Order"], "default": null},
      {"name": "tags", "type": {"type": "map", "values": {"type": "array", "items": "State"}}}
    ]})");
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto& order = schema->root();
  EXPECT_EQ(order.type, Type::Record);
  EXPECT_EQ(order.name.full, "shop.Order");
  EXPECT_EQ(order.name.simple(), "Order");
  EXPECT_EQ(order.name.space(), "shop");
  EXPECT_EQ(order.doc, "one sale");
  ASSERT_EQ(order.aliases.size(), 2U);
  EXPECT_EQ(order.aliases[0].full, "shop.Sale");
  EXPECT_EQ(order.aliases[1].full, "old.Sale");
  ASSERT_EQ(order.properties.size(), 1U);
  EXPECT_EQ(order.properties[0].name, "owner");

  ASSERT_EQ(order.fields.size(), 6U);
  EXPECT_EQ(order.fields[0].order, Order::Descending);
  EXPECT_EQ(order.fields[0].aliases, std::vector<std::string>{"number"});
  const auto& state = *order.fields[1].type;
  EXPECT_EQ(state.name.full, "shop.State");
  EXPECT_EQ(state.enum_default, "NEW");
  EXPECT_TRUE(state.has_symbol("PAID"));
  EXPECT_FALSE(state.has_symbol("LOST"));
  EXPECT_EQ(order.fields[2].type->size, 16);
  EXPECT_EQ(order.fields[2].type->name.space(), "util");
  ASSERT_TRUE(order.fields[3].type->logical);
  EXPECT_EQ(order.fields[3].type->logical->precision, 10);
  EXPECT_EQ(order.fields[3].type->logical->scale, 2);
  EXPECT_EQ(order.fields[4].type->branches[1], &order);
  EXPECT_EQ(order.fields[5].type->element->element, &state);
  EXPECT_EQ(order.find_field("hash"), &order.fields[2]);
  EXPECT_EQ(order.find_field("number"), nullptr);
  EXPECT_EQ(describe(*order.fields[4].type), "union [null, record shop.Order]");
}

struct Row {
  const char* name;
  std::string text;
  std::string message;  // empty = accepted
  std::string where = {};
};

std::string with_default(const std::string& type, const std::string& value) {
  return R"({"type":"record","name":"R","fields":[{"name":"f","type":)" + type + R"(,"default":)" +
         value + "}]}";
}

class Parse : public testing::TestWithParam<Row> {};

TEST_P(Parse, AsAvroJava) {
  const auto& row = GetParam();
  const auto schema = parse(row.text);
  if (row.message.empty()) {
    EXPECT_TRUE(schema) << describe(schema.error());
    return;
  }
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().code, Code::InvalidInput);
  EXPECT_EQ(schema.error().message, row.message);
  EXPECT_EQ(schema.error().where, row.where);
}

const auto row_name = [](const auto& row) { return row.param.name; };

// The wording is that of org.apache.avro 1.11.4; test/conformance/avro compares many more.
INSTANTIATE_TEST_SUITE_P(
    Forms, Parse,
    testing::Values(
        Row{"Primitive", R"("string")", ""}, Row{"PrimitiveObject", R"({"type":"string"})", ""},
        Row{"EmptyUnion", "[]", ""}, Row{"Number", "5", "Schema not yet supported: 5"},
        Row{"NoType", R"({"name":"x"})", R"(No type: {"name":"x"})"},
        Row{"NestedType", R"({"type":{"type":"int"}})", R"(No type: {"type":{"type":"int"}})"},
        Row{"UnknownType", R"({"type":"Foo"})", "Type not supported: Foo", "/type"},
        Row{"UndefinedName", R"(["null","Foo"])", R"(Undefined name: "Foo")", "/1"},
        Row{"NoItems", R"({"type":"array"})", R"(Array has no items type: {"type":"array"})"},
        Row{"NoValues", R"({"type":"map"})", R"(Map has no values type: {"type":"map"})"},
        Row{"NestedUnion", R"(["int",["null"]])", R"(Nested union: ["int",["null"]])", "/1"},
        Row{"DuplicateBranch", R"(["int","string","int"])", "Duplicate in union:int", "/2"},
        Row{"NoSize", R"({"type":"fixed","name":"F"})",
            R"(Invalid or no size: {"type":"fixed","name":"F"})"},
        Row{"NegativeSize", R"({"type":"fixed","name":"F","size":-1})",
            "Malformed data. Length is negative: -1", "/size"},
        Row{"NoSymbols", R"({"type":"enum","name":"E"})",
            R"(Enum has no symbols: {"type":"enum","name":"E"})"},
        Row{"DuplicateSymbol", R"({"type":"enum","name":"E","symbols":["A","B","A"]})",
            "Duplicate enum symbol: A", "/symbols/2"},
        Row{"EnumDefault", R"({"type":"enum","name":"E","symbols":["A"],"default":"B"})",
            R"(The Enum Default: B is not in the enum symbol set: ["A"])", "/default"},
        Row{"Empty", "", "not valid JSON: incomplete JSON", "byte 0"},
        Row{"Trailing", R"("int" x)", "not valid JSON: extra data", "byte 6"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Records, Parse,
    testing::Values(
        Row{"Empty", R"({"type":"record","name":"R","fields":[]})", ""},
        Row{"Error", R"({"type":"error","name":"R","fields":[]})", ""},
        Row{"NoFields", R"({"type":"record","name":"R"})",
            R"(Record has no fields: {"type":"record","name":"R"})"},
        Row{"NoFieldName", R"({"type":"record","name":"R","fields":[{"type":"int"}]})",
            R"(No field name: {"type":"int"})", "/fields/0"},
        Row{"NoFieldType", R"({"type":"record","name":"R","fields":[{"name":"a"}]})",
            R"(No field type: {"name":"a"})", "/fields/0"},
        Row{"UnknownFieldType",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"Foo"}]})",
            R"("Foo" is not a defined name. The type of the "a" field must be a defined name or a )"
            R"({"type": ...} expression.)",
            "/fields/0/type"},
        Row{"DuplicateField",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},)"
            R"({"name":"a","type":"int"}]})",
            "Duplicate field a in record R", "/fields/1"},
        Row{"Order",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]})",
            R"(Order is not ascending, descending or ignore: "up")", "/fields/0/order"},
        Row{"Aliases", R"({"type":"record","name":"R","fields":[],"aliases":[1]})",
            "alias not a string: 1", "/aliases/0"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Names, Parse,
    testing::Values(Row{"AnyScript", R"({"type":"fixed","name":"größe_٣","size":1})", ""},
                    Row{"NamespaceUnchecked",
                        R"({"type":"fixed","name":"F","namespace":"1-.","size":1})", ""},
                    Row{"PrimitiveInNamespace", R"({"type":"fixed","name":"a.int","size":1})", ""},
                    Row{"TypeWord", R"({"type":"fixed","name":"record","size":1})", ""},
                    Row{"Primitive", R"({"type":"fixed","name":"int","size":1})",
                        "Schemas may not be named after primitives: int", "/name"},
                    Row{"Missing", R"({"type":"fixed","size":1})",
                        R"(No name in schema: {"type":"fixed","size":1})"},
                    Row{"Empty", R"({"type":"fixed","name":"","size":1})", "Empty name", "/name"},
                    Row{"Digit", R"({"type":"fixed","name":"1a","size":1})",
                        "Illegal initial character: 1a", "/name"},
                    Row{"Hyphen", R"({"type":"fixed","name":"a-b","size":1})",
                        "Illegal character in: a-b", "/name"},
                    Row{"Supplementary", R"({"type":"fixed","name":"𝐀","size":1})",
                        "Illegal initial character: 𝐀", "/name"},
                    Row{"Symbol", R"({"type":"enum","name":"E","symbols":["A B"]})",
                        "Illegal character in: A B", "/symbols/0"},
                    Row{"Redefined",
                        R"([{"type":"fixed","name":"F","size":1},{"type":"map","values":)"
                        R"({"type":"fixed","name":"F","size":1}}])",
                        "Can't redefine: F", "/1/values/name"},
                    Row{"UsedBeforeDefined", R"(["F",{"type":"fixed","name":"F","size":1}])",
                        R"(Undefined name: "F")", "/0"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Defaults, Parse,
    testing::Values(
        Row{"Int", with_default(R"("int")", "-2147483648"), ""},
        Row{"IntTooLarge", with_default(R"("int")", "2147483648"),
            "Invalid default for field f: 2147483648 not a int", "/fields/0/default"},
        Row{"IntWithFraction", with_default(R"("int")", "1.0"),
            "Invalid default for field f: 1.0 not a int", "/fields/0/default"},
        Row{"Long", with_default(R"("long")", "9223372036854775807"), ""},
        Row{"LongTooLarge", with_default(R"("long")", "9223372036854775808"),
            "Invalid default for field f: 9223372036854775808 not a long", "/fields/0/default"},
        Row{"DoubleAsText", with_default(R"("double")", R"("-Infinity")"), ""},
        Row{"DoubleAsWords", with_default(R"("double")", R"("much")"),
            "Invalid default for field f: \"much\" not a double", "/fields/0/default"},
        Row{"FirstBranch", with_default(R"(["null","int"])", "null"), ""},
        Row{"SecondBranch", with_default(R"(["null","int"])", "1"),
            "Invalid default for field f: 1 not a union [null, int]", "/fields/0/default"},
        Row{"EnumOfAnyText",
            with_default(R"({"type":"enum","name":"E","symbols":["A"]})", R"("B")"), ""},
        Row{"FixedOfAnyLength", with_default(R"({"type":"fixed","name":"F","size":2})", R"("abc")"),
            ""},
        Row{"ArrayElement", with_default(R"({"type":"array","items":"int"})", R"([1,"2"])"),
            R"(Invalid default for field f: [1,"2"] not a array of int)", "/fields/0/default"},
        Row{"RecordTakesDefaults",
            with_default(R"({"type":"record","name":"S","fields":[)"
                         R"({"name":"a","type":"int","default":1},{"name":"b","type":"int"}]})",
                         R"({"b":2,"unknown":[]})"),
            ""},
        Row{"RecordMissesField",
            with_default(R"({"type":"record","name":"S","fields":[{"name":"b","type":"int"}]})",
                         "{}"),
            "Invalid default for field f: {} not a record S", "/fields/0/default"},
        Row{"OfItself", with_default(R"("R")", "{}"),
            "Invalid default for field f: {} not a record R", "/fields/0/default"}),
    row_name);

TEST(Names, ReferencesLookInTheNamespaceThenOutside) {
  const auto schema = parse(R"({"type":"record","name":"a.R","fields":[
    {"name":"outer","type":{"type":"fixed","name":"F","namespace":"","size":1}},
    {"name":"before","type":"F"},
    {"name":"inner","type":{"type":"fixed","name":"F","size":2}},
    {"name":"after","type":"F"},
    {"name":"root","type":".F"},
    {"name":"full","type":"a.F"}]})");
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto size = [&](std::string_view field) {
    return schema->root().find_field(field)->type->size;
  };
  EXPECT_EQ(size("before"), 1);
  EXPECT_EQ(size("after"), 2);
  EXPECT_EQ(size("root"), 1);
  EXPECT_EQ(size("full"), 2);
}

struct LogicalRow {
  const char* name;
  std::string text;
  std::optional<std::string> logical;
};

class Logical : public testing::TestWithParam<LogicalRow> {};

TEST_P(Logical, HoldsOrIsIgnored) {
  const auto schema = parse(GetParam().text);
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto& logical = schema->root().logical;
  EXPECT_EQ(logical ? std::optional(logical->name) : std::nullopt, GetParam().logical);
}

INSTANTIATE_TEST_SUITE_P(
    Types, Logical,
    testing::Values(
        LogicalRow{"Date", R"({"type":"int","logicalType":"date"})", "date"},
        LogicalRow{"DateOnLong", R"({"type":"long","logicalType":"date"})", std::nullopt},
        LogicalRow{"Unknown", R"({"type":"long","logicalType":"fortnight"})", std::nullopt},
        LogicalRow{"NoText", R"({"type":"int","logicalType":5})", std::nullopt},
        LogicalRow{"Uuid", R"({"type":"string","logicalType":"uuid"})", "uuid"},
        LogicalRow{"UuidFixed", R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
                   "uuid"},
        LogicalRow{"UuidShort", R"({"type":"fixed","name":"U","size":15,"logicalType":"uuid"})",
                   std::nullopt},
        LogicalRow{"Duration", R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
                   "duration"},
        LogicalRow{"Decimal", R"({"type":"bytes","logicalType":"decimal","precision":4})",
                   "decimal"},
        LogicalRow{"DecimalNoPrecision", R"({"type":"bytes","logicalType":"decimal"})",
                   std::nullopt},
        LogicalRow{"DecimalScale",
                   R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":5})",
                   std::nullopt},
        // 2^31-1 has ten digits, of which nine are always free.
        LogicalRow{"DecimalFits",
                   R"({"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":9})",
                   "decimal"},
        LogicalRow{"DecimalTooWide",
                   R"({"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":10})",
                   std::nullopt}),
    [](const auto& row) { return row.param.name; });

std::string repeat(std::string_view text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

std::string nested_arrays(std::size_t depth) {
  return repeat(R"({"type":"array","items":)", depth) + R"("int")" + repeat("}", depth);
}

std::string nested_records(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) {
    text +=
        R"({"type":"record","name":"R)" + std::to_string(i) + R"(","fields":[{"name":"f","type":)";
  }
  return text + R"("int")" + repeat("}]}", depth);
}

TEST(Bounds, NestingHasALimitAndNoStackOverflow) {
  EXPECT_TRUE(parse(nested_arrays(limits::kSchemaDepth - 1)));
  const auto records = parse(nested_records(limits::kSchemaDepth - 1));
  ASSERT_TRUE(records) << describe(records.error());
  EXPECT_EQ(identity_form(*records), nested_records(limits::kSchemaDepth - 1));
  const auto deep = parse(nested_arrays(limits::kSchemaDepth));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, Code::InvalidInput);
  EXPECT_EQ(deep.error().message, "Types are nested deeper than 512 levels");
  EXPECT_EQ(deep.error().where, repeat("/items", limits::kSchemaDepth));
  for (const auto& text : {nested_arrays(10'000), nested_records(10'000), repeat("[", 10'000),
                           repeat(R"({"type":)", 10'000)}) {
    const auto schema = parse(text);
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().message, "JSON text is nested deeper than 1600 levels");
  }
}

TEST(Bounds, TextHasALimit) {
  const auto schema = parse(R"({"type":"int","p":")" + repeat("x", 1UL << 20) + "\"}");
  EXPECT_EQ(code_of(schema), Code::InvalidInput);
}

TEST(Bounds, WideUnionsAndRecords) {
  std::string branches = R"(["null")";
  std::string fields;
  for (int i = 0; i < 10'000; ++i) {
    const auto number = std::to_string(i);
    branches += R"(,{"type":"fixed","name":"F)" + number + R"(","size":1})";
    fields += std::string(i == 0 ? "" : ",") + R"({"name":"f)" + number +
              R"(","type":"int","default":0})";
  }
  const auto wide = parse(branches + "]");
  ASSERT_TRUE(wide) << describe(wide.error());
  EXPECT_EQ(wide->root().find_branch(Type::Fixed, "F9999"), 10'000U);
  const auto record = parse(R"({"type":"record","name":"R","fields":[)" + fields + "]}");
  ASSERT_TRUE(record) << describe(record.error());
  EXPECT_EQ(record->root().find_field("f9999"), &record->root().fields[9'999]);
}

// Each level takes the level below twice, by default: 2^n values, if anybody counted them.
TEST(Bounds, DefaultsOfDefaultsAreCheckedOnce) {
  std::string text =
      R"([{"type":"record","name":"R0","fields":[{"name":"f","type":"int","default":1}]})";
  for (int i = 1; i < 400; ++i) {
    const auto below = "R" + std::to_string(i - 1);
    text += R"(,{"type":"record","name":"R)" + std::to_string(i) +
            R"(","fields":[{"name":"a","type":")" + below +
            R"(","default":{}},{"name":"b","type":")" + below + R"(","default":{}}]})";
  }
  EXPECT_TRUE(parse(text + "]"));
}

TEST(Bounds, LongCulpritsAreCutInMessages) {
  const auto schema = parse(R"({"name":")" + repeat("ü", 50'000) + "\"}");
  ASSERT_FALSE(schema);
  EXPECT_LT(schema.error().message.size(), 300U);
  EXPECT_TRUE(schema.error().message.ends_with("…"));
}

}  // namespace
}  // namespace limpet::avro
