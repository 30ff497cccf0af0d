#include "banner.h"

#include "tls_settings.h"
#include "version.h"

namespace limpet::app {

namespace {

constexpr std::string_view kRegion = "us-east-1";

std::string auth_line(const Banner& banner) {
  if (banner.config.service.auth == glue_api::AuthMode::Off) {
    return "off: whoever reaches this address may do everything";
  }
  if (!banner.has_keys) {
    return "sigv4, but there is no access key yet: stop, run `limpet keys create --data " +
           banner.config.data +
           "`,\n         or start with LIMPET_ACCESS_KEY_ID and LIMPET_SECRET_ACCESS_KEY set";
  }
  const auto& keys = banner.config.service.access_keys;
  return "sigv4" + (keys.empty() ? "" : ", access key " + keys.front().id) +
         (keys.size() > 1 ? " and " + std::to_string(keys.size() - 1) + " more" : "");
}

}  // namespace

std::string serve_banner(const Banner& banner) {
  const std::string url = std::string(scheme_of(banner.config)) + "://" + banner.address;
  return std::string("limpet ") + kVersion + " serves the AWS Glue Schema Registry on " + url +
         "\n"
         "  data     " +
         banner.config.data +
         "\n"
         "  auth     " +
         auth_line(banner) +
         "\n"
         "  account  " +
         banner.config.service.account +
         "\n"
         "  connect  export AWS_ENDPOINT_URL_GLUE=" +
         url + "\n";
}

std::string dev_banner(const DevBanner& banner) {
  const std::string url = std::string(banner.scheme) + "://" + banner.address;
  const std::string region(kRegion);
  std::string out = std::string("# limpet ") + kVersion + " dev: AWS Glue Schema Registry on " +
                    url + "\n# state: " + banner.folder +
                    (banner.temporary ? " (goes when this program ends)\n" : "\n");
  out +=
      "\n# shell, aws CLI, boto3, aws-glue-schema-registry\n"
      "export AWS_ENDPOINT_URL_GLUE=" +
      url +
      "\n"
      "export AWS_ACCESS_KEY_ID=" +
      banner.access_key_id +
      "\n"
      "export AWS_SECRET_ACCESS_KEY=" +
      banner.secret_access_key +
      "\n"
      "export AWS_DEFAULT_REGION=" +
      region + "\n";
  out +=
      "\n# aws CLI\n"
      "#   aws glue list-registries --endpoint-url " +
      url + "\n";
  out +=
      "\n# boto3\n"
      "#   boto3.client(\"glue\", endpoint_url=\"" +
      url + "\", region_name=\"" + region +
      "\",\n"
      "#                aws_access_key_id=\"" +
      banner.access_key_id +
      "\",\n"
      "#                aws_secret_access_key=\"" +
      banner.secret_access_key + "\")\n";
  out += "\n# Java (AWS SDK; Glue Schema Registry serializers: properties endpoint=" + url +
         " and region=" + region + ")\n" + "export AWS_REGION=" + region + "\n";
  out +=
      "\n# empty the state, for test suites\n"
      "#   curl -X POST " +
      url + "/_limpet/reset\n";
  return out;
}

}  // namespace limpet::app
