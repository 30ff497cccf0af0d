#include "settings.h"

#include "limpet/aws/msk_iam.h"

#include <algorithm>
#include <array>

namespace limpet::kafka {
namespace {

constexpr std::size_t kPropertiesBytesMax = std::size_t{1} << 20U;

/// Properties of Java clients that people copy from there.
struct Foreign {
  std::string_view name;
  std::string_view instead;
};
constexpr std::array kForeign{
    Foreign{"sasl.jaas.config", "sasl.username and sasl.password"},
    Foreign{"sasl.client.callback.handler.class", "--msk-iam (Config::msk_iam) for Amazon MSK"},
    Foreign{"sasl.login.callback.handler.class", "--msk-iam (Config::msk_iam) for Amazon MSK"},
    Foreign{"ssl.truststore.location", "ssl.ca.location with a PEM file"},
    Foreign{"ssl.truststore.password", "ssl.ca.location with a PEM file"},
    Foreign{"ssl.truststore.type", "ssl.ca.location with a PEM file"},
    Foreign{"ssl.truststore.certificates", "ssl.ca.pem"},
    Foreign{"ssl.keystore.type", "ssl.keystore.location with a PKCS#12 file"},
    Foreign{"ssl.keystore.key", "ssl.key.pem"},
    Foreign{"ssl.keystore.certificate.chain", "ssl.certificate.pem"},
    Foreign{"key.serializer", "nothing: records are bytes here"},
    Foreign{"value.serializer", "nothing: records are bytes here"},
    Foreign{"key.deserializer", "nothing: records are bytes here"},
    Foreign{"value.deserializer", "nothing: records are bytes here"},
    Foreign{"max.poll.records", "the messages_max of poll()"},
    Foreign{"buffer.memory", "queue.buffering.max.kbytes"},
};

const Foreign* foreign(std::string_view name) {
  const auto* found = std::find_if(kForeign.begin(), kForeign.end(),
                                   [&](const Foreign& row) { return row.name == name; });
  return found == kForeign.end() ? nullptr : found;
}

Error foreign_property(const Foreign& row) {
  return Error::invalid_input("a property of Java clients; use " + std::string(row.instead),
                              std::string(row.name));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\f";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view name_of(Security security) {
  switch (security) {
    case Security::Auto:
    case Security::Plaintext:
      return "plaintext";
    case Security::Ssl:
      return "ssl";
    case Security::SaslPlaintext:
      return "sasl_plaintext";
    case Security::SaslSsl:
      return "sasl_ssl";
  }
  return "plaintext";
}

std::string_view name_of(SaslMechanism mechanism) {
  switch (mechanism) {
    case SaslMechanism::None:
      return "";
    case SaslMechanism::Plain:
      return "PLAIN";
    case SaslMechanism::ScramSha256:
      return "SCRAM-SHA-256";
    case SaslMechanism::ScramSha512:
      return "SCRAM-SHA-512";
    case SaslMechanism::OAuthBearer:
      return "OAUTHBEARER";
  }
  return "";
}

bool equal_folded(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

template <class Enum>
bool read_name(std::string_view text, std::initializer_list<Enum> values, Enum& out) {
  for (const Enum value : values) {
    if (!equal_folded(text, name_of(value))) continue;
    out = value;
    return true;
  }
  return false;
}

/// Where SASL was asked for, or files of TLS were named, what that needs.
Security effective_security(const Config& config) {
  if (config.security != Security::Auto) return config.security;
  if (config.msk_iam) return Security::SaslSsl;
  const bool tls = !config.tls.ca.empty() || !config.tls.certificate.empty();
  if (config.sasl != SaslMechanism::None) return tls ? Security::SaslSsl : Security::SaslPlaintext;
  return tls ? Security::Ssl : Security::Plaintext;
}

}  // namespace

bool is_secret(std::string_view property) {
  for (const std::string_view word :
       {"password", "secret", "pem", "jaas", "token", "oauthbearer.config", "passphrase"}) {
    if (property.find(word) != std::string_view::npos) return true;
  }
  return false;
}

Status set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  if (const auto* row = foreign(name)) return foreign_property(*row);
  std::array<char, 512> text{};
  const auto outcome =
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size());
  if (outcome == RD_KAFKA_CONF_OK) return {};
  if (is_secret(name)) return Error::invalid_input("librdkafka does not take this value", name);
  return Error::invalid_input(text.data(), name);
}

Result<std::string> msk_iam_region(const Config& config) {
  if (!config.msk_iam->region.empty()) return config.msk_iam->region;
  if (auto region = aws::msk_region(config.bootstrap)) return *std::move(region);
  return Error::invalid_input("the first broker's name says no region, and none is given",
                              "msk_iam.region");
}

Result<OwnedConf> make_conf(const Config& config, std::span<const Property> defaults) {
  OwnedConf conf(rd_kafka_conf_new());
  const auto put = [&](const std::string& name, const std::string& value) -> Status {
    return value.empty() ? Status() : set(conf.get(), name, value);
  };
  if (config.bootstrap.empty()) {
    return Error::invalid_input("names no broker", "bootstrap.servers");
  }
  if (config.msk_iam) {
    if (!config.msk_iam->credentials || config.msk_iam->clock == nullptr) {
      return Error::invalid_input("needs credentials and a clock", "msk_iam");
    }
    LIMPET_CHECK(msk_iam_region(config));
  }
  LIMPET_CHECK(put("bootstrap.servers", config.bootstrap));
  LIMPET_CHECK(put("client.id", config.client_id));
  LIMPET_CHECK(put("security.protocol", std::string(name_of(effective_security(config)))));
  const auto mechanism = config.msk_iam ? SaslMechanism::OAuthBearer : config.sasl;
  LIMPET_CHECK(put("sasl.mechanism", std::string(name_of(mechanism))));
  LIMPET_CHECK(put("sasl.username", config.username));
  LIMPET_CHECK(put("sasl.password", config.password));
  LIMPET_CHECK(put("ssl.ca.location", config.tls.ca));
  LIMPET_CHECK(put("ssl.certificate.location", config.tls.certificate));
  LIMPET_CHECK(put("ssl.key.location", config.tls.key));
  LIMPET_CHECK(put("ssl.key.password", config.tls.key_password));
  for (const auto& [name, value] : defaults) LIMPET_CHECK(set(conf.get(), name, value));
  for (const auto& [name, value] : config.properties) LIMPET_CHECK(set(conf.get(), name, value));
  return conf;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_properties(std::string_view text) {
  if (text.size() > kPropertiesBytesMax) {
    return Error::limit_exceeded("a properties file has at most 1 MiB");
  }
  std::vector<std::pair<std::string, std::string>> properties;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == '!') continue;
    const std::string where = "line " + std::to_string(number);
    const auto equals = line.find('=');
    const std::string_view name = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || name.empty()) {
      return Error::invalid_input("want name=value", where);
    }
    if (const auto* row = foreign(name)) {
      Error error = foreign_property(*row);
      error.message = error.where + ": " + error.message;
      error.where = where;
      return error;
    }
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (value.ends_with('\\')) {
      return Error::invalid_input("a value that goes on in the next line is not read", where);
    }
    const auto same = std::find_if(properties.begin(), properties.end(),
                                   [&](const auto& property) { return property.first == name; });
    if (same != properties.end()) {
      same->second = value;
    } else {
      properties.emplace_back(name, value);
    }
  }
  return properties;
}

Status set_property(Config& config, std::string_view name, std::string_view value) {
  struct Text {
    std::string_view name;
    std::string* member;
  };
  const Text texts[] = {
      {"bootstrap.servers", &config.bootstrap},
      {"metadata.broker.list", &config.bootstrap},
      {"client.id", &config.client_id},
      {"sasl.username", &config.username},
      {"sasl.password", &config.password},
      {"ssl.ca.location", &config.tls.ca},
      {"ssl.certificate.location", &config.tls.certificate},
      {"ssl.key.location", &config.tls.key},
      {"ssl.key.password", &config.tls.key_password},
  };
  for (const auto& text : texts) {
    if (text.name != name) continue;
    *text.member = value;
    return {};
  }
  if (name == "security.protocol") {
    if (read_name(value,
                  {Security::Plaintext, Security::Ssl, Security::SaslPlaintext, Security::SaslSsl},
                  config.security)) {
      return {};
    }
    return Error::invalid_input("want plaintext, ssl, sasl_plaintext or sasl_ssl",
                                std::string(name));
  }
  if (name == "sasl.mechanism" || name == "sasl.mechanisms") {
    // GSSAPI and what may come is for librdkafka to judge.
    if (read_name(value,
                  {SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512,
                   SaslMechanism::OAuthBearer},
                  config.sasl)) {
      return {};
    }
  }
  if (name.empty()) return Error::invalid_input("a property needs a name");
  if (const auto* row = foreign(name)) return foreign_property(*row);
  const auto same = std::find_if(config.properties.begin(), config.properties.end(),
                                 [&](const auto& property) { return property.first == name; });
  if (same != config.properties.end()) {
    same->second = value;
  } else {
    config.properties.emplace_back(name, value);
  }
  return {};
}

std::string_view librdkafka_version() { return rd_kafka_version_str(); }

}  // namespace limpet::kafka
