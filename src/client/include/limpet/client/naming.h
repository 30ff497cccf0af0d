// Naming strategies: which schema a record of a topic belongs to.
//
//   client::schema_name({.naming = client::Naming::PythonTopic}, {.topic = "orders"});
//   // "orders-value"
//
// The two official clients disagree, so the choice is never guessed: Java names the schema after
// the topic, for keys and values alike; the Python package appends "-key" or "-value".
#pragma once

#include "limpet/base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace limpet::client {

/// What a strategy may look at.
struct NamedRecord {
  std::string_view topic{};  ///< empty: none; Java then says "default-stream"
  bool is_key = false;
  std::string_view record_name{};  ///< full name of the record: "my.namespace.User"
};

enum class Naming : std::uint8_t {
  JavaTopic,    ///< TOPIC: AWSSchemaNamingStrategyDefaultImpl
  PythonTopic,  ///< TOPIC-key, TOPIC-value: topic_name_strategy
  Record,       ///< the record's full name: record_name_strategy
  TopicRecord,  ///< TOPIC-RECORD: topic_record_name_strategy
};

struct NamingStrategy {
  std::string fixed{};  ///< `schemaName`: wins over everything else
  Naming naming = Naming::JavaTopic;
  std::function<Result<std::string>(const NamedRecord&)> callback{};  ///< wins over `naming`
};

/// Errors: InvalidInput (the strategy needs a record's name that is not there, or the
/// callback gave none), and the callback's own. Threads: safe, if the callback is.
Result<std::string> schema_name(const NamingStrategy& strategy, const NamedRecord& record);

}  // namespace limpet::client
