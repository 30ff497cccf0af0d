#include "limpet/aws/msk_iam.h"

#include "canonical.h"

#include "limpet/crypto/base64.h"

namespace limpet::aws {
namespace {

/// What Amazon MSK calls its brokers, serverless ones too: "….kafka.REGION.amazonaws.com[.cn]".
constexpr std::string_view kServices[] = {".kafka.", ".kafka-serverless."};
constexpr std::string_view kSuffix = ".amazonaws.com";

bool is_china(std::string_view region) { return region.starts_with("cn-"); }

}  // namespace

std::string msk_iam_host(std::string_view region) {
  std::string host = "kafka.";
  host.append(region).append(kSuffix);
  return is_china(region) ? host + ".cn" : host;
}

MskIamToken msk_iam_token(const Credentials& credentials, const MskIamCall& call, Timestamp now) {
  PresignedCall request;
  request.host = msk_iam_host(call.region);
  request.query = {{"Action", "kafka-cluster:Connect"}};
  request.expires = call.expires;
  const Timestamp second = std::chrono::floor<std::chrono::seconds>(now);
  std::string url = "https://" + request.host;
  url += presign(request, credentials, {.region = call.region, .service = "kafka-cluster"}, second);
  // Behind the signature: brokers leave it out of what they verify.
  url += "&User-Agent=" + percent_encode(call.user_agent);
  return {crypto::base64url_encode(url), second + call.expires};
}

std::optional<std::string> msk_region(std::string_view broker) {
  broker = broker.substr(0, broker.find(':'));
  for (const std::string_view service : kServices) {
    const auto at = broker.find(service);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = broker.substr(at + service.size());
    const std::string_view region = rest.substr(0, rest.find('.'));
    const std::string_view suffix = rest.substr(region.size());
    const bool known = suffix == kSuffix || (is_china(region) && suffix == ".amazonaws.com.cn");
    if (!region.empty() && known) return std::string(region);
  }
  return std::nullopt;
}

}  // namespace limpet::aws
