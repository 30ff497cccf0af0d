// From a Config to librdkafka's configuration. Private to the room.
#pragma once

#include "native.h"

#include "limpet/kafka/config.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::kafka {

/// Whether a property's value must not be repeated.
bool is_secret(std::string_view property);

/// Sets one property. Errors: InvalidInput, `where` = the property.
Status set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value);

/// A default that the caller chose, before Config.properties win over it.
using Property = std::pair<std::string, std::string>;

/// Typed members, then `defaults`, then Config.properties. No callbacks.
Result<OwnedConf> make_conf(const Config& config, std::span<const Property> defaults);

/// The region that tokens are made for. Errors: InvalidInput (none given, none in the broker's
/// name).
Result<std::string> msk_iam_region(const Config& config);

}  // namespace limpet::kafka
