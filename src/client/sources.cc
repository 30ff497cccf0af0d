#include "sources.h"

#include "limpet/json/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace limpet::client {
namespace {

constexpr std::size_t kDocumentBytes = 64UL << 10;
constexpr std::size_t kTokenBytes = 64UL << 10;

std::string value_of(const Environment& environment, const std::string& name) {
  return environment(name).value_or("");
}

std::string text_of(const json::Value& document, std::string_view name) {
  const json::Value* value = document.find(name);
  return value != nullptr && value->is_string() ? value->text() : std::string();
}

/// RFC 3986 unreserved characters stay.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' ||
                       letter == '.' || letter == '~';
    if (plain) {
      out += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

void add_field(std::string& form, std::string_view name, std::string_view value) {
  form.append(form.empty() ? "" : "&").append(name).append("=").append(percent_encoded(value));
}

/// The text between <name> and </name>, with the five entities of XML 1.0; "" when it is not there.
std::string element(std::string_view xml, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t from = begin + open.size();
  const std::size_t end = xml.find("</" + std::string(name) + ">", from);
  if (end == std::string_view::npos) return {};
  std::string text(xml.substr(from, end - from));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEntities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}}};
  for (const auto& [entity, letter] : kEntities) {
    for (std::size_t at = text.find(entity); at != std::string::npos;
         at = text.find(entity, at + letter.size())) {
      text.replace(at, entity.size(), letter);
    }
  }
  return text;
}

Result<std::string> read_token(const std::string& path, std::string_view variable) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kTokenBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad()) {
    return Error::invalid_input("cannot read the file that " + std::string(variable) + " names",
                                path);
  }
  if (text.size() > kTokenBytes) {
    return Error::limit_exceeded("the file that " + std::string(variable) + " names is too large",
                                 path);
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

/// Statuses at which another attempt may do.
bool may_pass(int status) { return status == 429 || status >= 500; }

/// One request, tried again twice when that may help. An answer of any status is a value.
Result<http::Answer> ask(const World& world, const http::Url& url, http::Outgoing request,
                         std::chrono::milliseconds timeout, int attempts = 3) {
  request.timeout = timeout;
  for (int tries = 1;; ++tries) {
    auto answer = world.send(url, request);
    const bool passing =
        answer ? may_pass(answer->status) : answer.error().code == Code::Unavailable;
    if (!passing || tries >= attempts) return answer;
  }
}

Error refused(const std::string& source, int status, const std::string& type) {
  std::string message = source + " answered HTTP " + std::to_string(status);
  // A type is a word of the service's; nothing else of an answer is shown.
  const bool word = !type.empty() && type.size() <= 64 && std::ranges::all_of(type, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
  });
  if (word) message += " " + type;
  if (may_pass(status)) return Error::unavailable(std::move(message));
  return Error::access_denied(std::move(message));
}

std::string session_name(const World& world, const RoleRequest& role) {
  if (!role.session.empty()) return role.session;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(world.clock->now().time_since_epoch());
  return "limpet-" + std::to_string(seconds.count());
}

Fetched from_sts(const World& world, const Sts& sts, std::string form,
                 const aws::Credentials* keys) {
  LIMPET_TRY(const auto url, http::parse_url(sts.endpoint));
  aws::HttpRequest request{
      .method = "POST", .target = url.path, .headers = {}, .body = std::move(form), .peer = {}};
  request.headers = {{"Host", url.host_header()},
                     {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  if (keys != nullptr) {
    aws::sign(request, *keys, {.region = sts.region, .service = "sts"}, world.clock->now());
  }
  http::Outgoing outgoing{.method = "POST", .body = std::move(request.body)};
  outgoing.headers = std::move(request.headers);
  outgoing.headers.erase("Host");
  LIMPET_TRY(const auto answer, ask(world, url, std::move(outgoing), world.deadline));
  const std::string_view xml = answer.content().substr(0, kDocumentBytes);
  if (answer.status != 200) return refused("STS", answer.status, element(xml, "Code"));
  LimitedCredentials found{.keys = {element(xml, "AccessKeyId"), element(xml, "SecretAccessKey"),
                                    element(xml, "SessionToken")},
                           .expires = parse_expiration(element(xml, "Expiration"))};
  if (found.keys.access_key_id.empty() || found.keys.secret_access_key.empty() || !found.expires) {
    return Error::unavailable("STS answered no credentials");
  }
  return std::optional(std::move(found));
}

}  // namespace

std::optional<Timestamp> parse_expiration(std::string_view text) {
  // 2026-01-02T03:04:05[.fraction](Z|+hh:mm|-hh:mm)
  constexpr std::size_t kSeconds = 19;
  if (text.size() <= kSeconds) return std::nullopt;
  auto time = parse_iso8601(std::string(text.substr(0, kSeconds)) + ".000Z");
  if (!time) return std::nullopt;
  std::string_view rest = text.substr(kSeconds);
  if (rest.front() == '.') {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    rest.remove_prefix(end);  // seconds are enough
  }
  if (rest == "Z") return time;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return std::nullopt;
  int hours = 0;
  int minutes = 0;
  const auto number = [&](std::size_t at, int& value) {
    const char* begin = rest.data() + at;
    return std::from_chars(begin, begin + 2, value).ptr == begin + 2;
  };
  if (!number(1, hours) || !number(4, minutes) || hours > 23 || minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return rest[0] == '+' ? *time - offset : *time + offset;
}

Fetched parse_credentials_json(std::string_view text, std::string_view token_name,
                               const std::string& source) {
  if (text.size() > kDocumentBytes) return Error::limit_exceeded(source + " answered too much");
  const auto document = json::parse(text, {.max_bytes = kDocumentBytes, .max_depth = 8});
  if (!document || !document->is_object()) {
    return Error::unavailable(source + " answered no JSON object");
  }
  LimitedCredentials found{.keys = {text_of(*document, "AccessKeyId"),
                                    text_of(*document, "SecretAccessKey"),
                                    text_of(*document, token_name)}};
  if (found.keys.access_key_id.empty() || found.keys.secret_access_key.empty()) {
    return Error::unavailable(source + " answered no credentials");
  }
  if (const std::string expires = text_of(*document, "Expiration"); !expires.empty()) {
    found.expires = parse_expiration(expires);
    if (!found.expires)
      return Error::unavailable(source + " answered an Expiration that is no time");
  }
  return std::optional(std::move(found));
}

Sts sts_of(const Environment& environment, const std::string& region,
           const std::string& profile_endpoint) {
  Sts sts{.endpoint =
              "https://sts." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : ""),
          .region = region};
  if (value_of(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") return sts;
  for (const std::string& configured :
       {value_of(environment, "AWS_ENDPOINT_URL_STS"), value_of(environment, "AWS_ENDPOINT_URL"),
        profile_endpoint}) {
    if (configured.empty()) continue;
    sts.endpoint = configured;
    break;
  }
  return sts;
}

Fetched assume_role(const World& world, const Sts& sts, const RoleRequest& role,
                    const aws::Credentials& keys) {
  if (!role.mfa_serial.empty()) {
    return Error::invalid_input("the role " + role.arn +
                                " needs a code of a device (mfa_serial), which nobody can enter "
                                "here; export the credentials first: aws configure "
                                "export-credentials --format env");
  }
  std::string form = "Action=AssumeRole&Version=2011-06-15";
  add_field(form, "RoleArn", role.arn);
  add_field(form, "RoleSessionName", session_name(world, role));
  if (!role.external_id.empty()) add_field(form, "ExternalId", role.external_id);
  add_field(form, "DurationSeconds", std::to_string(role.duration.count()));
  return from_sts(world, sts, std::move(form), &keys);
}

Fetched assume_role_with_web_identity(const World& world, const Sts& sts, const RoleRequest& role,
                                      const std::string& token_file) {
  LIMPET_TRY(const auto token, read_token(token_file, "AWS_WEB_IDENTITY_TOKEN_FILE"));
  if (token.empty()) {
    return Error::invalid_input("the file that AWS_WEB_IDENTITY_TOKEN_FILE names is empty",
                                token_file);
  }
  std::string form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
  add_field(form, "RoleArn", role.arn);
  add_field(form, "RoleSessionName", session_name(world, role));
  add_field(form, "WebIdentityToken", token);
  return from_sts(world, sts, std::move(form), nullptr);
}

Fetched from_process(const World& world, const std::string& command) {
  LIMPET_TRY(const auto output, world.run(command));
  const std::string source = "credential_process";
  const auto document = json::parse(output, {.max_bytes = kDocumentBytes, .max_depth = 8});
  const json::Value* version = document ? document->find("Version") : nullptr;
  if (version == nullptr || version->as_int64() != 1) {
    return Error::unavailable(source + " answered no JSON object of Version 1");
  }
  return parse_credentials_json(output, "SessionToken", source);
}

bool is_container_host(const http::Url& url) {
  if (url.tls) return true;
  const std::string& host = url.host;
  return host == "localhost" || host == "::1" || host.starts_with("127.") ||
         host == "169.254.170.2" || host == "169.254.170.23" || host == "fd00:ec2::23";
}

Fetched from_container(const World& world) {
  const std::string relative =
      value_of(world.environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = value_of(world.environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::optional<LimitedCredentials>();
  const std::string place = relative.empty() ? full : "http://169.254.170.2" + relative;
  const auto url = http::parse_url(place);
  if (!url) {
    return Error::invalid_input("AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https address");
  }
  if (!is_container_host(*url)) {
    return Error::invalid_input(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that no credentials are asked from "
        "without "
        "TLS: " +
        url->host);
  }
  std::string token = value_of(world.environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string file = value_of(world.environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) {
    LIMPET_TRY(token, read_token(file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return Error::invalid_input("the authorization token of the container has a line break in it");
  }
  http::Outgoing request{.method = "GET", .headers = {{"Accept", "application/json"}}};
  if (!token.empty()) request.headers.set("Authorization", token);
  constexpr std::chrono::seconds kTimeout{2};  // as botocore's
  LIMPET_TRY(const auto answer, ask(world, *url, std::move(request), kTimeout));
  if (answer.status != 200) return refused("the container's endpoint", answer.status, "");
  return parse_credentials_json(answer.content(), "Token", "the container's endpoint");
}

Fetched from_instance(const World& world) {
  std::string disabled = value_of(world.environment, "AWS_EC2_METADATA_DISABLED");
  std::ranges::transform(disabled, disabled.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (disabled == "true") return std::optional<LimitedCredentials>();
  std::string endpoint = value_of(world.environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (endpoint.empty()) {
    const bool six =
        value_of(world.environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") == "IPv6";
    endpoint = six ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  LIMPET_TRY(http::Url url, http::parse_url(endpoint));
  const auto get = [&](const std::string& method, const std::string& path,
                       const http::Headers& headers) {
    url.path = path;
    constexpr std::chrono::seconds kTimeout{1};  // AWS_METADATA_SERVICE_TIMEOUT's default
    return ask(world, url, {.method = method, .headers = headers}, kTimeout, 1);
  };
  const auto token =
      get("PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}});
  // No machine of AWS's: nothing answers there, or not to that.
  if (!token || token->status != 200) return std::optional<LimitedCredentials>();
  if (token->content().empty() || token->content().size() > kTokenBytes ||
      token->content().find_first_of("\r\n") != std::string_view::npos) {
    return Error::unavailable("the instance's metadata service answered no token");
  }
  const http::Headers with_token{{"X-aws-ec2-metadata-token", std::string(token->content())}};
  const std::string folder = "/latest/meta-data/iam/security-credentials/";
  LIMPET_TRY(const auto roles, get("GET", folder, with_token));
  if (roles.status == 404) return std::optional<LimitedCredentials>();  // no role
  if (roles.status != 200) {
    return refused("the instance's metadata service", roles.status, "");
  }
  const std::string role(roles.content().substr(0, roles.content().find('\n')));
  constexpr std::size_t kRoleNameBytes = 256;
  if (role.empty() || role.size() > kRoleNameBytes) {
    return Error::unavailable("the instance's metadata service answered no role");
  }
  LIMPET_TRY(const auto answer, get("GET", folder + percent_encoded(role), with_token));
  if (answer.status != 200) {
    return refused("the instance's metadata service", answer.status, "");
  }
  return parse_credentials_json(answer.content(), "Token", "the instance's metadata service");
}

}  // namespace limpet::client
