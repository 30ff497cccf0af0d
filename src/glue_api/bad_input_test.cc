// Hostile requests: routes, bodies and definitions that are too deep, too long, too many or not
// text. Each is refused with a typed error and leaves nothing behind.
#include "testing_service.h"

#include "limpet/json/writer.h"

#include <gtest/gtest.h>

namespace limpet::glue_api {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct RouteRow {
  const char* name;
  const char* method;
  const char* target;
  int status;
};

class Routes : public testing::TestWithParam<RouteRow> {};

TEST_P(Routes, OnlyPostToTheRootIsACall) {
  TestService service;
  aws::HttpRequest request = api_request("AWSGlue.ListRegistries", "{}");
  request.method = GetParam().method;
  request.target = GetParam().target;
  const Answer answer = service.send(std::move(request));
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.type(), GetParam().status == 200 ? "" : "UnknownOperationException");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Routes,
    testing::Values(RouteRow{"Root", "POST", "/", 200}, RouteRow{"EmptyQuery", "POST", "/?", 200},
                    RouteRow{"Get", "GET", "/", 404}, RouteRow{"Put", "PUT", "/", 404},
                    RouteRow{"Head", "HEAD", "/", 404}, RouteRow{"LowerCase", "post", "/", 404},
                    RouteRow{"Path", "POST", "/glue", 404},
                    RouteRow{"TwoSlashes", "POST", "//", 404}, RouteRow{"Nothing", "POST", "", 404},
                    RouteRow{"Whole", "POST", "http://localhost/", 404}),
    [](const auto& row) { return row.param.name; });

TEST(BadInput, ARequestWithoutTargetNamesNoOperation) {
  TestService service;
  aws::HttpRequest request = api_request("", "{}");
  request.headers.erase("X-Amz-Target");
  EXPECT_EQ(service.send(std::move(request)).type(), "UnknownOperationException");
  for (const char* target :
       {"", " ", ".", "AWSGlue", "AWSGlue.", "\x01.\xff", "AWSGlue.Get\nSchema"}) {
    EXPECT_EQ(service.call(target, "{}").type(), "UnknownOperationException") << target;
  }
  EXPECT_EQ(service.call(repeat("A", 100'000) + ".B", "{}").type(), "UnknownOperationException");
  for (const RecordedCall& call : service.events.calls) {
    EXPECT_EQ(call.operation, "-") << "no caller makes a new metric label";
  }
}

TEST(BadInput, ContentTypesOfJsonAreTaken) {
  TestService service;
  for (const auto& [type, status] :
       std::vector<std::pair<std::string, int>>{{"application/x-amz-json-1.1", 200},
                                                {"application/x-amz-json-1.0", 200},
                                                {"application/json; charset=UTF-8", 200},
                                                {"text/plain", 400},
                                                {"application/x-www-form-urlencoded", 400}}) {
    aws::HttpRequest request = api_request("AWSGlue.ListRegistries", "{}");
    request.headers.set("Content-Type", type);
    EXPECT_EQ(service.send(std::move(request)).status, status) << type;
  }
}

struct BodyRow {
  const char* name;
  std::string body;
  const char* type;

  friend void PrintTo(const BodyRow& row, std::ostream* out) { *out << row.name; }
};

std::vector<BodyRow> bodies() {
  const std::string ten_thousand_arrays = repeat("[", 10'000);
  return {
      {"DeepArrays", ten_thousand_arrays, "SerializationException"},
      {"DeepArraysClosed", R"({"X":)" + ten_thousand_arrays + repeat("]", 10'000) + "}",
       "SerializationException"},
      {"DeepObjects", repeat(R"({"X":)", 10'000) + "1" + repeat("}", 10'000),
       "SerializationException"},
      {"ManyValues", R"({"X":[)" + repeat("1,", 300'000) + "1]}", "SerializationException"},
      {"TwoMegabytesOfName", R"({"RegistryName":")" + repeat("a", 2'000'000) + "\"}",
       "InvalidInputException"},
      {"AboveTheBodyBound", R"({"RegistryName":")" + repeat("a", 5'000'000) + "\"}",
       "SerializationException"},
      {"InvalidUtf8", "{\"RegistryName\":\"\xc3\x28\"}", "SerializationException"},
      {"OverlongUtf8", "{\"RegistryName\":\"\xc0\xaf\"}", "SerializationException"},
      {"EncodedSurrogate", "{\"RegistryName\":\"\xed\xa0\x80\"}", "SerializationException"},
      {"RawNul", std::string("{\"RegistryName\":\"a\0b\"}", 22), "SerializationException"},
      {"NulBehind", std::string("{\"RegistryName\":\"a\"}\0", 21), "SerializationException"},
      {"LoneSurrogate", R"({"RegistryName":"\ud83d"})", "SerializationException"},
      {"Utf16", std::string("{\0\"\0x\0\"\0:\0001\0}\0", 14), "SerializationException"},
      {"HugeNumber", R"({"RegistryName":)" + repeat("9", 100'000) + "}", "SerializationException"},
      {"HugeExponent", R"({"RegistryName":1e999999999})", "SerializationException"},
      {"ManyTags",
       R"({"RegistryName":"r","Tags":{)" +
           [] {
             std::string tags;
             for (int i = 0; i < 20'000; ++i) tags += "\"k" + std::to_string(i) + "\":\"v\",";
             return tags + R"("k":"v"}})";
           }(),
       "InvalidInputException"},
  };
}

class Bodies : public testing::TestWithParam<BodyRow> {};

TEST_P(Bodies, AreRefusedAndLeaveNothing) {
  storage::MemoryStore store;
  TestService service(store, open_settings());
  const auto before = store.rows();
  const Answer answer = service.call("AWSGlue.CreateRegistry", GetParam().body);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type(), GetParam().type) << answer.body;
  EXPECT_LT(answer.body.size(), 4000U) << "a hostile body is not sent back";
  EXPECT_EQ(store.rows(), before);
}

INSTANTIATE_TEST_SUITE_P(Rows, Bodies, testing::ValuesIn(bodies()),
                         [](const auto& row) { return row.param.name; });

// Definitions.

std::string record_of(std::size_t fields) {
  std::string text = R"({"type":"record","name":"R","fields":[)";
  for (std::size_t i = 0; i < fields; ++i) {
    text += (i == 0 ? "" : ",") + (R"({"name":"f)" + std::to_string(i)) + R"(","type":"int"})";
  }
  return text + "]}";
}

std::string wide_union(std::size_t branches) {
  std::string text = "[";
  for (std::size_t i = 0; i < branches; ++i) {
    text +=
        (i == 0 ? "" : ",") + (R"({"type":"fixed","size":1,"name":"F)" + std::to_string(i)) + "\"}";
  }
  return text + "]";
}

std::string nested_arrays(std::size_t depth) {
  return repeat(R"({"type":"array","items":)", depth) + "\"int\"" + repeat("}", depth);
}

struct DefinitionRow {
  const char* name;
  std::string definition;
  const char* message_prefix;  // empty: it is valid

  friend void PrintTo(const DefinitionRow& row, std::ostream* out) { *out << row.name; }
};

constexpr const char* kInvalid = "Schema definition of AVRO data format is invalid: ";
constexpr const char* kLength =
    "The resource name contains too many or too few characters. Parameter Name: SchemaDefinition";

std::vector<DefinitionRow> definitions() {
  const std::string longest = R"({"type":"int","doc":")" + repeat("a", 170'000 - 23) + "\"}";
  return {
      {"Longest", longest, ""},
      {"OneTooLong", longest + " ", kLength},
      {"TooLong", repeat("a", 2'000'000), kLength},
      {"LengthIsInCharacters",
       R"({"type":"int","doc":")" + repeat("\xc3\xbc", 170'000 - 23) + "\"}", ""},
      {"DeepTenThousand", repeat("[", 10'000), kInvalid},
      {"DeepArrays", nested_arrays(5'000), kInvalid},
      {"DeepEnough", nested_arrays(100), ""},
      {"ManyFields", record_of(4'000), ""},
      {"WideUnion", wide_union(3'000), ""},
      {"RecursiveName",
       R"({"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]})", ""},
      {"NameOfItself", R"({"type":"N","name":"N"})", kInvalid},
      {"ArrayOfUnknown", R"({"type":"array","items":"N"})", kInvalid},
      {"UnionInUnion", R"([["null"],"int"])", kInvalid},
      {"TwiceInUnion", R"(["int","int"])", kInvalid},
      {"EmptyObject", "{}", kInvalid},
      {"Null", "null", kInvalid},
      {"Number", "7", kInvalid},
      {"ByteOrderMark", "\xef\xbb\xbf\"int\"", kInvalid},
      {"NulInside", std::string("\"in\0t\"", 6), kInvalid},
  };
}

class Definitions : public testing::TestWithParam<DefinitionRow> {};

TEST_P(Definitions, AreJudgedAlikeEverywhere) {
  const DefinitionRow& row = GetParam();
  TestService service;
  const auto with_definition = [&](std::string head) {
    json::append_string(head, row.definition);
    return head + "}";
  };
  const Answer made = service.call(
      "AWSGlue.CreateSchema",
      with_definition(
          R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD","SchemaDefinition":)"));
  const Answer checked =
      service.call("AWSGlue.CheckSchemaVersionValidity",
                   with_definition(R"({"DataFormat":"AVRO","SchemaDefinition":)"));
  const bool valid = *row.message_prefix == '\0';
  if (valid) {
    EXPECT_EQ(made.status, 200) << made.body.substr(0, 500);
    EXPECT_EQ(checked.body, R"({"Valid":true})");
    return;
  }
  EXPECT_EQ(made.type(), "InvalidInputException");
  EXPECT_TRUE(made.message().starts_with(row.message_prefix)) << made.message();
  EXPECT_LT(made.body.size(), 21'000U);
  if (row.message_prefix == kLength) {
    EXPECT_EQ(checked.message(), kLength);
  } else {
    EXPECT_EQ(made.message(), kInvalid + checked.text("Error"));
  }
  EXPECT_EQ(service.call("AWSGlue.ListRegistries", "{}").body, R"({"Registries":[]})");
}

INSTANTIATE_TEST_SUITE_P(Rows, Definitions, testing::ValuesIn(definitions()),
                         [](const auto& row) { return row.param.name; });

/// Ten thousand fields fit when their names are short; evolving them is bounded work.
TEST(BadInput, WideSchemasEvolveWithinBounds) {
  TestService service;
  const auto field_list = [](std::size_t fields, std::string_view type) {
    std::string text = R"({"type":"record","name":"R","fields":[)";
    for (std::size_t i = 0; i < fields; ++i) {
      std::string name;
      for (std::size_t rest = i + 1; rest != 0; rest /= 26) {
        name += static_cast<char>('a' + rest % 26);
      }
      text += (i == 0 ? "" : ",");
      text += R"({"name":")" + name + "\",\"type\":" + std::string(type) + "}";
    }
    return text + "]}";
  };
  std::string body =
      R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"FULL_ALL","SchemaDefinition":)";
  json::append_string(body, field_list(5'000, R"("int")"));
  ASSERT_EQ(service.call("AWSGlue.CreateSchema", body + "}").status, 200);
  body = R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},"SchemaDefinition":)";
  json::append_string(body, field_list(5'000, R"("string")"));
  const Answer refused = service.call("AWSGlue.RegisterSchemaVersion", body + "}");
  EXPECT_EQ(refused.text("Status"), "FAILURE") << refused.body.substr(0, 500);
  const Answer explained =
      service.call("Limpet.ExplainSchemaVersion",
                   R"({"SchemaVersionId":")" + refused.text("SchemaVersionId") + "\"}");
  EXPECT_LE(explained.document.find("Findings")->items().size(), 100U);
  EXPECT_LE(explained.text("Reason").size(), 2000U);
}

}  // namespace
}  // namespace limpet::glue_api
