#include "limpet/serde/serializer.h"

#include "testing/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace limpet::serde {
namespace {

using testing::as_bytes;
using testing::from_hex;
using testing::hex_of;
using testing::kPersonSchema;
using testing::kUserId;
using testing::kUserSchema;
using testing::nth_id;
using testing::source_of;
using testing::User;

const std::string kPayloadHex = "104a6f686e20446f650c12736f6d657468696e67";
const std::string kJohnHex = "0a084a6f686e20446f65";
const User kJohn{"John Doe", 6, "something"};

template <class T>
Serializer<T> made(std::shared_ptr<SchemaSource> source, SerializerOptions options) {
  auto out = Serializer<T>::make(std::move(source), std::move(options));
  if (!out) {
    ADD_FAILURE() << describe(out.error());
    std::abort();
  }
  return *std::move(out);
}

SerializerOptions avro(std::string_view definition = kUserSchema) {
  return {.definition = std::string(definition)};
}

// As in the header.
TEST(Serializer, WritesStructs) {
  const auto source = source_of(kUserSchema);
  const auto users = made<User>(source, avro());
  codec::ByteBuffer out;
  for (int i = 0; i < 3; ++i) {
    out.clear();
    const auto failure = users.append({.topic = "users"}, kJohn, out);
    ASSERT_FALSE(failure) << describe(*failure);
    EXPECT_EQ(hex_of(out.bytes()), "0300b7b4a7f09c964e4aa687fb5de9ef0c63" + kPayloadHex);
  }
  EXPECT_EQ(source->questions(), 1U);
  EXPECT_EQ(users.overhead(), 18U);
}

struct FramingRow {
  const char* name;
  Framing framing;
  DataFormat format;
  std::string bytes;
  std::string header = "";
};

class Framed : public ::testing::TestWithParam<FramingRow> {};

TEST_P(Framed, AsOthersDo) {
  const FramingRow& row = GetParam();
  const bool avro = row.format == DataFormat::Avro;
  const std::string definition(avro ? kUserSchema : kPersonSchema);
  const auto texts = made<std::string_view>(
      source_of(definition, row.format),
      {.format = row.format, .definition = definition, .framing = row.framing});
  codec::ByteBuffer out;
  out.append("before ");
  HeaderOut header;
  const std::string_view text =
      avro ? R"({"name":"John Doe","age":6,"subject":"something"})" : R"({"name":"John Doe"})";
  const auto failure = texts.append({.topic = "users"}, text, out, &header);
  ASSERT_FALSE(failure) << describe(*failure);
  EXPECT_EQ(hex_of(out.bytes().subspan(7)), row.bytes);
  EXPECT_EQ(hex_of(header.value.bytes()), row.header);
  EXPECT_EQ(header.name, row.header.empty() ? "" : "__value_schema_id");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Framed,
    ::testing::Values(
        FramingRow{"V01", Framing::Glue, DataFormat::Avro,
                   "0300b7b4a7f09c964e4aa687fb5de9ef0c63" + kPayloadHex},
        FramingRow{"V19", Framing::Glue, DataFormat::Protobuf,
                   "0300b7b4a7f09c964e4aa687fb5de9ef0c6300" + kJohnHex},
        FramingRow{"V53", Framing::ConfluentId, DataFormat::Avro, "0000000001" + kPayloadHex},
        FramingRow{"V55", Framing::ConfluentId, DataFormat::Protobuf, "000000000100" + kJohnHex},
        FramingRow{"V58", Framing::ConfluentGuid, DataFormat::Avro, kPayloadHex,
                   "01b7b4a7f09c964e4aa687fb5de9ef0c63"},
        FramingRow{"V59", Framing::ConfluentGuid, DataFormat::Protobuf, kJohnHex,
                   "01b7b4a7f09c964e4aa687fb5de9ef0c6300"},
        FramingRow{"V60", Framing::AvroSingleObject, DataFormat::Avro,
                   "c301441c8f573a99a093" + kPayloadHex},
        FramingRow{"None", Framing::None, DataFormat::Avro, kPayloadHex}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Serializer, CompressesWithItsIndex) {
  const auto source = source_of(kPersonSchema, DataFormat::Protobuf);
  const auto texts = made<std::string_view>(source, {.format = DataFormat::Protobuf,
                                                     .definition = std::string(kPersonSchema),
                                                     .compression = Compression::Zlib});
  codec::ByteBuffer out;
  ASSERT_FALSE(texts.append({.topic = "users"}, R"({"name":"John Doe"})", out));
  EXPECT_EQ(out.bytes()[1], std::byte{0x05});
  codec::Inflater inflater;
  codec::ByteBuffer plain;
  ASSERT_TRUE(inflater.inflate(out.bytes().subspan(18), plain));
  EXPECT_EQ(hex_of(plain.bytes()), "00" + kJohnHex);
}

TEST(Serializer, WritesViewsAndEncodedRecords) {
  const auto source = source_of(kUserSchema);
  const auto deserializer = Deserializer<value::View>::make(source);
  const std::string message = testing::glue(kUserId, testing::user_payload());
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(deserializer->read({}, as_bytes(message), arena, view));
  codec::ByteBuffer out;
  ASSERT_FALSE(made<value::View>(source, avro()).append({.topic = "users"}, view, out));
  EXPECT_EQ(out.text(), message);
  out.clear();
  const std::string payload = testing::user_payload();
  ASSERT_FALSE(made<Encoded>(source, avro()).append({.topic = "users"}, {as_bytes(payload)}, out));
  EXPECT_EQ(out.text(), message);
}

TEST(Serializer, WritesViewsAsProtobufAndJson) {
  value::Arena arena;
  value::View view;
  const auto people = source_of(kPersonSchema, DataFormat::Protobuf);
  const auto deserializer = Deserializer<value::View>::make(people);
  const std::string message =
      testing::glue(kUserId, from_hex("00" + kJohnHex));  // `view` points into it
  {
    ASSERT_FALSE(deserializer->read({}, as_bytes(message), arena, view));
    codec::ByteBuffer out;
    const auto views = made<value::View>(
        people, {.format = DataFormat::Protobuf, .definition = std::string(kPersonSchema)});
    ASSERT_FALSE(views.append({.topic = "users"}, view, out));
    EXPECT_EQ(hex_of(out.bytes()), hex_of(as_bytes(message)));
  }
  const std::string schema = R"({"type":"object"})";
  const auto source = source_of(schema, DataFormat::Json);
  codec::ByteBuffer out;
  const auto views = made<value::View>(source, {.format = DataFormat::Json, .definition = schema});
  ASSERT_FALSE(views.append({.topic = "users"}, view, out));
  EXPECT_EQ(out.text(), testing::glue(kUserId, R"({"name":"John Doe"})"));
}

struct Person {
  std::string_view name;
};

}  // namespace
}  // namespace limpet::serde

template <>
struct limpet::value::Binding<limpet::serde::Person> {
  static constexpr auto type =
      limpet::value::record("Person", limpet::value::field<"name">(&limpet::serde::Person::name));
};

namespace limpet::serde {
namespace {

TEST(Serializer, WritesAndReadsStructsInEveryFormat) {
  const std::vector<std::pair<DataFormat, std::string>> formats{
      {DataFormat::Avro,
       R"({"type":"record","name":"Person","fields":[{"name":"name","type":"string"}]})"},
      {DataFormat::Json, R"({"required":["name"],"properties":{"name":{"minLength":2}}})"},
      {DataFormat::Protobuf, std::string(kPersonSchema)}};
  for (const auto& [format, definition] : formats) {
    const auto source = source_of(definition, format);
    const auto writer = made<Person>(source, {.format = format, .definition = definition});
    const auto reader = Deserializer<Person>::make(source, {.validate_json = true});
    ASSERT_TRUE(reader);
    codec::ByteBuffer out;
    const auto refused = writer.append({.topic = "users"}, {"John Doe"}, out);
    ASSERT_FALSE(refused) << describe(*refused);
    value::Arena arena;
    Person read;
    const auto failed = reader->read({}, out.bytes(), arena, read);
    ASSERT_FALSE(failed) << describe(*failed);
    EXPECT_EQ(read.name, "John Doe");
    if (format != DataFormat::Json) continue;
    const auto failure = writer.append({.topic = "users"}, {"J"}, out);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, FailureKind::BreaksSchema);
    EXPECT_EQ(failure->path, "/name");
  }
}

// ---- what is refused ----

struct BadRow {
  const char* name;
  std::string text;
  FailureKind kind;
  std::string path;
  std::size_t also = 0;
};

class BadJson : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadJson, IsRefusedAndLeavesNothing) {
  const BadRow& row = GetParam();
  const auto texts = made<std::string_view>(source_of(kUserSchema), avro());
  codec::ByteBuffer out;
  out.append("x");
  const auto failure = texts.append({.topic = "users"}, row.text, out);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, row.kind) << describe(*failure);
  EXPECT_EQ(failure->path, row.path) << describe(*failure);
  EXPECT_EQ(failure->also.size(), row.also) << describe(*failure);
  EXPECT_EQ(out.text(), "x");
}

// The five situations of a producer: what is missing, of another type, or too much.
INSTANTIATE_TEST_SUITE_P(
    Rows, BadJson,
    ::testing::Values(
        BadRow{"FieldMissing", R"({"name":"J","subject":"s"})", FailureKind::MissingField, "/age"},
        BadRow{"TextForInt", R"({"name":"J","age":"six","subject":"s"})", FailureKind::TypeMismatch,
               "/age"},
        BadRow{"IntForText", R"({"name":1,"age":6,"subject":"s"})", FailureKind::TypeMismatch,
               "/name"},
        BadRow{"FractionForInt", R"({"name":"J","age":6.5,"subject":"s"})",
               FailureKind::TypeMismatch, "/age"},
        BadRow{"IntTooLarge", R"({"name":"J","age":2147483648,"subject":"s"})",
               FailureKind::TypeMismatch, "/age"},
        BadRow{"UnknownMember", R"({"name":"J","age":6,"subject":"s","more":1})",
               FailureKind::UnknownField, "/more"},
        BadRow{"Two", R"({"name":"J","age":"six"})", FailureKind::TypeMismatch, "/age", 1},
        BadRow{"NoObject", "7", FailureKind::TypeMismatch, ""},
        BadRow{"NoJson", R"({"name":)", FailureKind::Malformed, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Serializer, ChecksJsonAgainstItsSchema) {
  const std::string schema =
      R"({"type":"object","required":["name"],"properties":{"age":{"type":"integer"}}})";
  SerializerOptions options{.format = DataFormat::Json, .definition = schema};
  const auto source = source_of(schema, DataFormat::Json);
  const auto strict = made<std::string_view>(source, options);
  codec::ByteBuffer out;
  EXPECT_FALSE(strict.append({.topic = "users"}, R"({ "name" : "J" })", out));
  EXPECT_EQ(out.text(), testing::glue(kUserId, R"({ "name" : "J" })"));  // as it was given
  const auto failure = strict.append({.topic = "users"}, R"({"age":"six"})", out);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::BreaksSchema);
  EXPECT_EQ(failure->also.size(), 1U);
  options.validate_json = false;
  EXPECT_FALSE(
      made<std::string_view>(source, options).append({.topic = "users"}, R"({"age":"six"})", out));
}

TEST(Serializer, RefusesWhatIsNoMessage) {
  const auto source = source_of(kPersonSchema, DataFormat::Protobuf);
  const auto texts = made<std::string_view>(
      source, {.format = DataFormat::Protobuf, .definition = std::string(kPersonSchema)});
  codec::ByteBuffer out;
  const auto failure = texts.append({.topic = "users"}, R"({"nme":"J"})", out);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::TypeMismatch);
  EXPECT_TRUE(out.empty());
}

TEST(Serializer, RefusesTextThatIsNoUtf8) {
  codec::ByteBuffer out;
  const auto failure =
      made<User>(source_of(kUserSchema), avro()).append({.topic = "users"}, {"\xff", 1, ""}, out);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::InvalidUtf8);
  EXPECT_TRUE(out.empty());
}

TEST(Serializer, BoundsARecord) {
  SerializerOptions options = avro();
  options.max_bytes = 19;
  for (const auto compression : {Compression::None, Compression::Zlib}) {
    options.compression = compression;
    codec::ByteBuffer out;
    const auto failure =
        made<User>(source_of(kUserSchema), options).append({.topic = "users"}, kJohn, out);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, FailureKind::TooLarge);
    EXPECT_TRUE(out.empty());
  }
}

TEST(Serializer, FillsDefaultsAndIgnoresOnlyWhenTold) {
  const std::string schema =
      R"({"type":"record","name":"User","namespace":"my.namespace","fields":[)"
      R"({"name":"name","type":"string"},{"name":"email","type":"string","default":"-"}]})";
  SerializerOptions options{.definition = schema, .framing = Framing::None};
  const std::string_view text = R"({"name":"J","more":1})";
  codec::ByteBuffer out;
  EXPECT_EQ(made<std::string_view>(nullptr, options).append({}, text, out)->kind,
            FailureKind::MissingField);
  EXPECT_EQ(code_of(Serializer<User>::make(nullptr, options)), Code::InvalidInput);
  options.fill_defaults = true;
  options.ignore_unknown = true;
  EXPECT_FALSE(made<std::string_view>(nullptr, options).append({}, text, out));
  EXPECT_EQ(hex_of(out.bytes()), "024a022d");
  out.clear();
  EXPECT_FALSE(made<User>(nullptr, options).append({}, {"J", 0, ""}, out));
  EXPECT_EQ(hex_of(out.bytes()), "024a022d");
}

// ---- which version ----

class Registry : public SchemaSource {
 public:
  Answer<SchemaPointer> by_version(const Uuid&) override {
    return Failure{.kind = FailureKind::UnknownSchema};
  }
  Answer<SchemaIds> by_definition(const DefinitionQuery& query) override {
    asked.push_back(std::string(query.schema_name) + " " + std::string(query.topic) + " " +
                    std::string(query.definition));
    if (failure) return *failure;
    return SchemaIds{.version = nth_id(static_cast<std::uint32_t>(asked.size())),
                     .confluent_id = std::nullopt};
  }
  std::vector<std::string> asked;
  std::optional<Failure> failure;
};

TEST(Serializer, AsksOncePerTopicAndPart) {
  const auto registry = std::make_shared<Registry>();
  SerializerOptions options = avro(R"("int")");
  options.naming = [](const Context& context, std::string_view record) -> Result<std::string> {
    if (context.topic == "bad") return Error::invalid_input("no name for it");
    return std::string(context.topic) + (context.is_key ? "-key-" : "-value-") +
           std::string(record);
  };
  const auto numbers = made<std::string_view>(registry, options);
  codec::ByteBuffer out;
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(numbers.append({.topic = "a"}, "1", out));
    EXPECT_FALSE(numbers.append({.topic = "a", .is_key = true}, "1", out));
    EXPECT_FALSE(numbers.append({.topic = "b"}, "1", out));
  }
  EXPECT_THAT(registry->asked,
              ::testing::ElementsAre(R"(a-value-int a "int")", R"(a-key-int a "int")",
                                     R"(b-value-int b "int")"));
  EXPECT_EQ(numbers.ids({.topic = "b"})->version, nth_id(3));
  EXPECT_EQ(numbers.append({.topic = "bad"}, "1", out)->kind, FailureKind::Config);
}

TEST(Serializer, AsksAgainAfterAFailure) {
  const auto registry = std::make_shared<Registry>();
  registry->failure = Failure{.kind = FailureKind::NotRegistered, .message = "none"};
  const auto numbers = made<std::string_view>(registry, avro(R"("int")"));
  codec::ByteBuffer out;
  EXPECT_EQ(numbers.append({.topic = "a"}, "1", out)->kind, FailureKind::NotRegistered);
  EXPECT_TRUE(out.empty());
  registry->failure.reset();
  EXPECT_FALSE(numbers.append({.topic = "a"}, "1", out));
  EXPECT_EQ(registry->asked.size(), 2U);
}

TEST(Serializer, GoesOnBeyondTheTopicsItKeeps) {
  const auto registry = std::make_shared<Registry>();
  SerializerOptions options = avro(R"("int")");
  options.max_topics = 2;
  const auto numbers = made<std::string_view>(registry, options);
  codec::ByteBuffer out;
  for (int i = 0; i < 2; ++i) {
    for (const char* topic : {"a", "b", "c"}) {
      EXPECT_FALSE(numbers.append({.topic = topic}, "1", out));
    }
  }
  EXPECT_EQ(registry->asked.size(), 4U);  // c twice
}

TEST(Serializer, NeedsNoSourceWhenItKnowsTheId) {
  SerializerOptions options = avro();
  options.version = kUserId;
  codec::ByteBuffer out;
  EXPECT_FALSE(made<User>(nullptr, options).append({}, kJohn, out));
  EXPECT_EQ(hex_of(out.bytes()), "0300b7b4a7f09c964e4aa687fb5de9ef0c63" + kPayloadHex);
}

struct TextRow {
  DataFormat format;
  std::string given;
  std::string compact;
};

TEST(Serializer, RegistersCompactText) {
  const std::vector<TextRow> rows{
      {DataFormat::Avro, R"({ "type" : "fixed",
        "size": 4, "name":"F" })",
       R"({"type":"fixed","size":4,"name":"F"})"},
      {DataFormat::Json, R"({ "b": 1, "a": [ ] })", R"({"b":1,"a":[]})"},
      {DataFormat::Protobuf, "syntax='proto3'; message P { string name=1; }",
       "syntax = \"proto3\";\n\nmessage P {\n  string name = 1;\n}\n"}};
  for (const TextRow& row : rows) {
    for (const auto text : {SchemaText::Compact, SchemaText::Verbatim}) {
      const auto registry = std::make_shared<Registry>();
      const auto encoded =
          made<Encoded>(registry, {.format = row.format, .definition = row.given, .text = text});
      ASSERT_TRUE(encoded.ids({.topic = "t"}));
      EXPECT_EQ(registry->asked.front(),
                "t t " + (text == SchemaText::Compact ? row.compact : row.given));
    }
  }
}

TEST(Serializer, RefusesOptionsThatContradictEachOther) {
  const auto source = source_of(kUserSchema);
  const auto code = [&source](SerializerOptions options, bool with_source = true) {
    return code_of(
        Serializer<std::string_view>::make(with_source ? source : nullptr, std::move(options)));
  };
  SerializerOptions options = avro();
  EXPECT_EQ(code(options, false), Code::InvalidInput);
  options.framing = Framing::ConfluentId;
  options.version = kUserId;  // is not what this framing needs
  EXPECT_EQ(code(options, false), Code::InvalidInput);
  options.compression = Compression::Zlib;
  EXPECT_EQ(code(options), Code::InvalidInput);
  options = avro("{");
  EXPECT_EQ(code(options), Code::InvalidInput);
  options = {.format = DataFormat::Json, .definition = "{}", .framing = Framing::AvroSingleObject};
  EXPECT_EQ(code(options), Code::InvalidInput);
  options = {.format = DataFormat::Protobuf,
             .definition = "syntax = \"proto3\"; message A {} message B {}"};
  EXPECT_EQ(code(options), Code::InvalidInput);
  options.message = "C";
  EXPECT_EQ(code(options), Code::InvalidInput);
  options.message = "B";
  EXPECT_EQ(code(options), std::nullopt);
}

TEST(Serializer, SaysWhatAFramingLacks) {
  SerializerOptions options = avro();
  options.framing = Framing::ConfluentGuid;
  codec::ByteBuffer out;
  EXPECT_EQ(
      made<User>(source_of(kUserSchema), options).append({.topic = "users"}, kJohn, out)->kind,
      FailureKind::Config);
  options = avro(R"("int")");
  options.framing = Framing::ConfluentId;
  EXPECT_EQ(made<std::string_view>(std::make_shared<Registry>(), options)
                .append({.topic = "users"}, "1", out)
                ->kind,
            FailureKind::Unsupported);
}

}  // namespace
}  // namespace limpet::serde
