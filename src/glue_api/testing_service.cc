#include "testing_service.h"

#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace limpet::glue_api {

Uuid CountingIds::next() {
  std::array<std::uint8_t, 16> bytes{};
  std::uint64_t count = ++count_;
  for (std::size_t i = 15; count != 0; --i, count >>= 8U) {
    bytes[i] = static_cast<std::uint8_t>(count);
  }
  return Uuid::v4(bytes);
}

std::string Answer::header(std::string_view name) const {
  return std::string(headers.find(name).value_or(""));
}

std::string Answer::text(std::string_view member) const {
  const json::Value* value = document.find(member);
  return value != nullptr && value->is_string() ? value->text() : "";
}

std::int64_t Answer::number(std::string_view member) const {
  const json::Value* value = document.find(member);
  return value == nullptr ? -1 : value->as_int64().value_or(-1);
}

std::string Answer::message() const {
  return document.find("Message") != nullptr ? text("Message") : text("message");
}

Settings open_settings() {
  Settings settings;
  settings.auth = AuthMode::Off;
  settings.account = kAccount;
  return settings;
}

Settings signed_settings(const aws::Credentials& credentials) {
  Settings settings;
  auto key = iam::configured_access_key(credentials.access_key_id, credentials.secret_access_key,
                                        std::string(kAccount));
  settings.access_keys.push_back(*std::move(key));
  return settings;
}

TestService::TestService(Settings settings)
    : store(memory_),
      service({.store = store, .clock = clock, .ids = ids, .events = events}, std::move(settings)) {
  if (const Status started = service.start(); !started) {
    throw std::runtime_error(describe(started.error()));
  }
}

TestService::TestService(storage::Store& given, Settings settings,
                         const iam::Authorizer* authorizer)
    : store(given),
      service(
          {.store = store, .clock = clock, .ids = ids, .events = events, .authorizer = authorizer},
          std::move(settings)) {
  if (const Status started = service.start(); !started) {
    throw std::runtime_error(describe(started.error()));
  }
}

aws::HttpRequest api_request(std::string_view target, std::string_view body) {
  aws::HttpRequest request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Host", "localhost:8484"},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", target}};
  request.body = body;
  request.peer = "127.0.0.1:52044";
  return request;
}

Answer to_answer(aws::HttpAnswer answer) {
  Answer out{.status = answer.status,
             .headers = std::move(answer.headers),
             .body = std::string(answer.content()),
             .document = {}};
  auto document = json::parse(out.body, {.max_depth = 1000});
  if (document) out.document = *std::move(document);
  EXPECT_TRUE(out.document.is_object()) << out.body;
  return out;
}

Answer TestService::send(aws::HttpRequest request) {
  // Shared: the callback may still be returning when this function has its answer.
  const auto promise = std::make_shared<std::promise<aws::HttpAnswer>>();
  auto answer = promise->get_future();
  service.handle(std::move(request), [promise](aws::HttpAnswer got) {
    promise->set_value(std::move(got));  // throws when it is called twice
  });
  return to_answer(answer.get());
}

Answer TestService::call(std::string_view target, std::string_view body) {
  return send(api_request(target, body));
}

Answer TestService::call_in(std::string_view region, std::string_view target,
                            std::string_view body) {
  return call_signed({"AKIAANYANYANYANYANY1", "any", ""}, region, target, body);
}

Answer TestService::call_signed(const aws::Credentials& credentials, std::string_view region,
                                std::string_view target, std::string_view body) {
  aws::HttpRequest request = api_request(target, body);
  aws::sign(request, credentials, {.region = std::string(region)}, clock.now());
  return send(std::move(request));
}

}  // namespace limpet::glue_api
