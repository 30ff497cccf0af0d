#include "testing_transcript.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace limpet::glue_api {
namespace {

/// Is `text` one placeholder and nothing else? Its name, else empty.
std::string_view placeholder(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with("}")) return {};
  const auto name = text.substr(2, text.size() - 3);
  return name.find_first_of("${}*") == std::string_view::npos ? name : std::string_view{};
}

void expect_form(std::string_view name, const std::string& text, const std::string& path) {
  if (name.ends_with("_id")) {
    EXPECT_TRUE(Uuid::parse(text).has_value()) << path << ": " << text;
  } else if (name.ends_with("_time")) {
    EXPECT_TRUE(parse_iso8601(text).has_value()) << path << ": " << text;
  } else {
    EXPECT_FALSE(text.empty()) << path;
  }
}

std::string text_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr ? "" : value->text();
}

}  // namespace

std::vector<World> load_worlds(const std::string& path) {
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto document = json::parse(text, {.max_bytes = 64UL << 20, .max_nodes = 1'000'000});
  if (!document) {
    ADD_FAILURE() << path << ": " << describe(document.error());
    return {};
  }
  std::vector<World> worlds;
  for (const json::Value& call : document->items()) {
    const std::string name = text_member(call, "world");
    if (worlds.empty() || worlds.back().name != name) {
      worlds.push_back({.name = name, .calls = {}});
      worlds.back().aws_quotas = text_member(call, "quotas") == "aws";
    }
    worlds.back().calls.push_back(call);
  }
  return worlds;
}

Replay::Replay(TestService& service, std::string_view region) : service_(service), region_(region) {
  bindings_["region"] = region_;
  bindings_["account"] = kAccount;
}

void Replay::run(const World& world) {
  for (const json::Value& call : world.calls) {
    SCOPED_TRACE(text_member(call, "name"));
    run_call(call);
  }
}

void Replay::run_call(const json::Value& call) {
  std::string body = text_member(call, "body");
  if (const json::Value* request = call.find("request")) body = json::to_text(fill(*request));
  const Answer answer = service_.call_in(region_, text_member(call, "target"), body);
  EXPECT_EQ(answer.status, call.find("status")->as_int64()) << answer.body;
  if (const json::Value* response = call.find("response")) {
    expect_same(*response, answer.document, "", true);
  }
  if (const json::Value* response = call.find("response_includes")) {
    expect_same(*response, answer.document, "", false);
  }
  if (const json::Value* error = call.find("error")) {
    EXPECT_EQ(answer.type(), error->text());
  }
  if (const json::Value* message = call.find("message")) {
    EXPECT_EQ(answer.message(), fill(message->text()));
  }
  if (const json::Value* prefix = call.find("message_prefix")) {
    EXPECT_TRUE(answer.message().starts_with(fill(prefix->text()))) << answer.message();
  }
}

std::string Replay::fill(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find("${", at);
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return out.append(text.substr(at));
    out.append(text.substr(at, begin - at));
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    at = end + 1;
    if (const auto star = name.find('*'); star != std::string_view::npos) {
      const int times = std::stoi(std::string(name.substr(0, star)));
      for (int i = 0; i < times; ++i) out += name.substr(star + 1);
      continue;
    }
    const auto bound = bindings_.find(std::string(name));
    if (bound == bindings_.end()) {
      ADD_FAILURE() << "not bound: " << text;
      return out;
    }
    out += bound->second;
  }
  return out;
}

json::Value Replay::fill(const json::Value& value) const {
  if (value.is_string()) return json::Value::string(fill(value.text()));
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const auto& item : value.items()) items.push_back(fill(item));
    return json::Value::array(std::move(items));
  }
  if (value.is_object()) {
    std::vector<json::Member> members;
    for (const auto& member : value.members())
      members.push_back({fill(member.name), fill(member.value)});
    return json::Value::object(std::move(members));
  }
  return value;
}

void Replay::expect_text(const std::string& expected, const json::Value& actual,
                         const std::string& path) {
  if (!actual.is_string()) {
    ADD_FAILURE() << path << ": no string: " << json::to_text(actual);
    return;
  }
  const std::string name(placeholder(expected));
  if (!name.empty() && !bindings_.contains(name)) {
    expect_form(name, actual.text(), path);
    bindings_[name] = actual.text();
    return;
  }
  EXPECT_EQ(actual.text(), fill(expected)) << path;
}

void Replay::expect_same(const json::Value& expected, const json::Value& actual,
                         const std::string& path, bool exactly) {
  if (expected.is_string()) return expect_text(expected.text(), actual, path);
  if (expected.is_array()) {
    ASSERT_EQ(expected.items().size(), actual.items().size()) << path << json::to_text(actual);
    for (std::size_t i = 0; i < expected.items().size(); ++i) {
      expect_same(expected.items()[i], actual.items()[i], path + "/" + std::to_string(i), exactly);
    }
    return;
  }
  if (!expected.is_object()) {
    EXPECT_EQ(json::to_text(expected), json::to_text(actual)) << path;
    return;
  }
  ASSERT_TRUE(actual.is_object()) << path << ": " << json::to_text(actual);
  std::set<std::string> expected_names;
  for (const json::Member& member : expected.members()) {
    const json::Value* found = actual.find(fill(member.name));
    expected_names.insert(fill(member.name));
    if (found == nullptr) {
      ADD_FAILURE() << path << "/" << member.name << " is missing in " << json::to_text(actual);
      continue;
    }
    expect_same(member.value, *found, path + "/" + member.name, exactly);
  }
  if (!exactly) return;
  for (const json::Member& member : actual.members()) {
    EXPECT_TRUE(expected_names.contains(member.name)) << path << "/" << member.name << " is extra";
  }
}

}  // namespace limpet::glue_api
