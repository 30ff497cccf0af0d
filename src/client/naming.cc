#include "limpet/client/naming.h"

#include <string>

namespace limpet::client {
namespace {

/// What Java's strategy says when there is no topic.
constexpr std::string_view kNoTopic = "default-stream";

Result<std::string> of_record(const NamedRecord& record) {
  if (record.record_name.empty()) {
    return Error::invalid_input("the naming strategy needs the name of a record, and there is none",
                                "record");
  }
  return std::string(record.record_name);
}

std::string of_topic(const NamedRecord& record) {
  return std::string(record.topic.empty() ? kNoTopic : record.topic);
}

}  // namespace

Result<std::string> schema_name(const NamingStrategy& strategy, const NamedRecord& record) {
  if (!strategy.fixed.empty()) return strategy.fixed;
  if (strategy.callback) {
    LIMPET_TRY(auto name, strategy.callback(record));
    if (name.empty()) return Error::invalid_input("the naming strategy gave no name", "schemaName");
    return name;
  }
  switch (strategy.naming) {
    case Naming::PythonTopic:
      return of_topic(record) + (record.is_key ? "-key" : "-value");
    case Naming::Record:
      return of_record(record);
    case Naming::TopicRecord: {
      LIMPET_TRY(const auto name, of_record(record));
      return of_topic(record) + "-" + name;
    }
    case Naming::JavaTopic:
      break;
  }
  return of_topic(record);
}

}  // namespace limpet::client
