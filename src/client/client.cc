#include "limpet/client/client.h"

#include "limpet/aws/sigv4.h"
#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"
#include "limpet/client/credentials.h"
#include "limpet/json/parse.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <thread>

namespace limpet::client {
namespace {

constexpr json::ParseLimits kAnswerLimits{
    .max_bytes = 16UL << 20, .max_depth = 128, .max_nodes = 2'000'000};
constexpr std::size_t kPagesMax = 100'000;

// The AWS SDKs' lists, standard retry mode.
constexpr std::array<int, 5> kPassingStatus{429, 500, 502, 503, 504};
constexpr std::array<std::string_view, 12> kPassingTypes{"ThrottlingException",
                                                         "Throttling",
                                                         "ThrottledException",
                                                         "TooManyRequestsException",
                                                         "RequestLimitExceeded",
                                                         "RequestThrottled",
                                                         "RequestThrottledException",
                                                         "ProvisionedThroughputExceededException",
                                                         "SlowDown",
                                                         "RequestTimeout",
                                                         "RequestTimeoutException",
                                                         "BandwidthLimitExceeded"};

template <class List, class T>
bool contains(const List& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

// "com.amazonaws.glue#EntityNotFoundException:http://…" is EntityNotFoundException.
std::string bare_type(std::string_view type) {
  type = type.substr(0, type.find(':'));
  const std::size_t hash = type.rfind('#');
  return std::string(hash == std::string_view::npos ? type : type.substr(hash + 1));
}

std::string text_member(const json::Value& document, std::string_view name) {
  const json::Value* value = document.find(name);
  return value != nullptr && value->is_string() ? value->text() : std::string();
}

std::string header(const http::Answer& answer, std::string_view name) {
  return std::string(answer.headers.find(name).value_or(std::string_view()));
}

CallError refusal(const http::Answer& answer) {
  CallError error{bare_type(header(answer, "x-amzn-ErrorType")),
                  {},
                  answer.status,
                  header(answer, "x-amzn-RequestId")};
  if (const auto document = json::parse(answer.content(), kAnswerLimits)) {
    if (std::string type = text_member(*document, "__type"); !type.empty()) {
      error.type = bare_type(type);
    }
    error.message = text_member(*document, "message");
    if (error.message.empty()) error.message = text_member(*document, "Message");
  }
  if (error.message.empty()) {
    error.message = "the server answered HTTP " + std::to_string(answer.status);
  }
  return error;
}

http::Outgoing outgoing(aws::HttpRequest request) {
  http::Outgoing out{.method = std::move(request.method), .body = std::move(request.body)};
  out.headers = std::move(request.headers);
  out.headers.erase("Host");  // the HTTP client writes it
  return out;
}

double random_fraction() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

struct CodeRow {
  std::string_view type;
  Code code;
};
// What has a code of its own; other types go by the HTTP status.
constexpr std::array kCodes{
    CodeRow{"EntityNotFoundException", Code::NotFound},
    CodeRow{"AlreadyExistsException", Code::AlreadyExists},
    CodeRow{"ConcurrentModificationException", Code::Conflict},
    CodeRow{"ResourceNumberLimitExceededException", Code::LimitExceeded},
    CodeRow{"AccessDeniedException", Code::AccessDenied},
    CodeRow{"UnrecognizedClientException", Code::AccessDenied},
    CodeRow{"InvalidSignatureException", Code::AccessDenied},
    CodeRow{"IncompleteSignatureException", Code::AccessDenied},
    CodeRow{"MissingAuthenticationTokenException", Code::AccessDenied},
    CodeRow{"ExpiredTokenException", Code::AccessDenied},
    CodeRow{"InvalidClientTokenId", Code::AccessDenied},
    CodeRow{"InternalServiceException", Code::Unavailable},
    CodeRow{"OperationTimeoutException", Code::Unavailable},
};

Code code_for(const CallError& error) {
  if (error.code) return *error.code;
  if (contains(kPassingTypes, error.type)) return Code::Throttled;
  for (const CodeRow& row : kCodes) {
    if (row.type == error.type) return row.code;
  }
  if (error.status == 200) return Code::Internal;  // an answer that makes no sense
  if (error.status == 429) return Code::Throttled;
  if (error.status == 401 || error.status == 403) return Code::AccessDenied;
  return error.status >= 400 && error.status < 500 ? Code::InvalidInput : Code::Unavailable;
}

}  // namespace

Error to_error(const CallError& error) {
  return {.code = code_for(error), .message = error.message, .where = error.type};
}

Client::Client(ClientOptions options, http::Url url)
    : options_(std::move(options)), url_(std::move(url)) {
  if (!options_.send) {
    if (options_.http.ca_file.empty()) options_.http.ca_file = options_.settings.ca_file;
    auto client = std::make_shared<http::Client>(options_.http);
    options_.send = [client](const http::Url& to, const http::Outgoing& request) {
      return client->send(to, request);
    };
  }
  if (!options_.pause) {
    options_.pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
  }
  if (!options_.chance) options_.chance = random_fraction;
  if (!options_.steady) options_.steady = [] { return std::chrono::steady_clock::now(); };
}

Result<Client> Client::make(ClientOptions options) {
  LIMPET_ASSERT(options.clock != nullptr);
  LIMPET_TRY(auto url, http::parse_url(options.settings.endpoint));
  return Client(std::move(options), std::move(url));
}

Result<std::optional<aws::Credentials>> Client::signer() {
  const Settings& settings = options_.settings;
  if (!settings.provider) return settings.credentials;
  LIMPET_TRY(auto limited, settings.provider->get());
  return std::optional(std::move(limited.keys));
}

Reply<json::Value> Client::attempt(const glue_model::Operation& operation, const std::string& body,
                                   std::chrono::milliseconds timeout, bool& may_pass) {
  const glue_model::Service& service = *operation.service;
  aws::HttpRequest request{
      .method = "POST", .target = url_.path, .headers = {}, .body = body, .peer = {}};
  const std::string target = std::string(service.target_prefix) + "." + std::string(operation.name);
  request.headers = {{"Host", url_.host_header()},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", target},
                     {"User-Agent", options_.user_agent}};
  const auto keys = signer();
  if (!keys) {
    may_pass = keys.error().code == Code::Unavailable;
    return CallError{{}, keys.error().message, 0, {}, keys.error().code};
  }
  if (*keys) {
    aws::sign(request, **keys,
              {.region = options_.settings.region, .service = std::string(service.signing_name)},
              options_.clock->now());
  }
  http::Outgoing sent = outgoing(std::move(request));
  sent.timeout = timeout;
  const auto answer = options_.send(url_, sent);
  if (!answer) {
    may_pass = answer.error().code == Code::Unavailable;
    return CallError{{}, answer.error().message, 0, {}, answer.error().code};
  }
  if (answer->status != 200) {
    CallError error = refusal(*answer);
    may_pass = contains(kPassingStatus, error.status) || contains(kPassingTypes, error.type) ||
               error.type == "ConcurrentModificationException";
    return error;
  }
  may_pass = false;
  auto document = json::parse(answer->content(), kAnswerLimits);
  if (!document || !document->is_object()) {
    return CallError{
        {}, "the server's answer is not a JSON object", 200, header(*answer, "x-amzn-RequestId")};
  }
  return *std::move(document);
}

Reply<json::Value> Client::call_json(const glue_model::Operation& operation, std::string body,
                                     const CallLimits& limits) {
  using std::chrono::milliseconds;
  if (!is_valid_utf8(body)) {
    return CallError{{}, "the request is not valid UTF-8", 0, {}, Code::InvalidInput};
  }
  const int most = limits.attempts > 0 ? limits.attempts : options_.retry.attempts;
  const bool bounded = limits.end != CallLimits::Time::max();
  const auto remaining = [&] {
    return bounded ? std::chrono::ceil<milliseconds>(limits.end - options_.steady())
                   : milliseconds::max();
  };
  auto longest = options_.retry.base;
  for (int attempts = 1;; ++attempts) {
    const milliseconds left = remaining();
    if (left.count() <= 0) {
      return CallError{{}, "no time was left for the call", 0, {}, Code::Unavailable};
    }
    bool may_pass = false;
    auto reply = attempt(operation, body, bounded ? left : milliseconds(0), may_pass);
    if (reply || !may_pass || attempts >= most) return reply;
    const milliseconds pause(
        static_cast<std::int64_t>(options_.chance() * static_cast<double>(longest.count())));
    if (pause >= remaining()) return reply;
    options_.pause(pause);
    longest = std::min(longest * 2, options_.retry.longest);
  }
}

namespace {

// Appends `more` to the list or map `into`, up to `room` items; tells how many.
std::size_t append_items(json::Value& into, const json::Value& more, std::size_t room) {
  std::size_t taken = 0;
  for (const json::Value& item : more.items()) {
    if (taken == room) return taken;
    into.push_back(item);
    ++taken;
  }
  for (const json::Member& member : more.members()) {
    if (taken == room) return taken;
    into.set(member.name, member.value);
    ++taken;
  }
  return taken;
}

bool same_container(const json::Value* a, const json::Value& b) {
  return a != nullptr && a->kind() == b.kind() && (b.is_array() || b.is_object());
}

}  // namespace

Reply<json::Value> Client::all_pages(const glue_model::Operation& operation, void* input,
                                     std::size_t items_max) {
  const glue_model::Page& page = operation.page;
  const glue_model::Member* token = operation.input->find(page.input_token);
  LIMPET_ASSERT(token != nullptr && !page.result.empty());
  json::Value whole;
  json::Value items;
  std::size_t room = items_max;
  for (std::size_t pages = 0; pages < kPagesMax; ++pages) {
    json::Writer body;
    glue_model::encode_object(*operation.input, input, body, glue_model::Redact::No);
    auto reply = call_json(operation, std::move(body).take());
    if (!reply) return reply;
    const json::Value* found = reply->find(page.result);
    if (pages == 0) {
      whole = *reply;
      items =
          found != nullptr && found->is_object() ? json::Value::object({}) : json::Value::array({});
    }
    if (same_container(found, items)) room -= append_items(items, *found, room);
    const std::string next = text_member(*reply, page.output_token);
    auto* given = static_cast<std::string*>(token->slot(input, false));
    if (next.empty() || room == 0) {
      std::vector<json::Member> members;
      for (const json::Member& member : whole.members()) {
        if (member.name != page.output_token) members.push_back(member);
      }
      json::Value joined = json::Value::object(std::move(members));
      joined.set(page.result, std::move(items));
      return joined;
    }
    if (given != nullptr && *given == next) {
      return CallError{{}, "the server answered the same page token twice", 200, {}};
    }
    *static_cast<std::string*>(token->slot(input, true)) = next;
  }
  return CallError{{}, "the list has more than 100000 pages", 200, {}};
}

}  // namespace limpet::client
