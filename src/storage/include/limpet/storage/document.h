// Read the members of a stored document: what RecordType::decode is made of.
//
//   storage::Document in(document);
//   Schema schema{.name = in.text("name"), .created = in.time("created")};
//   schema.note = in.optional_text("note").value_or("");
//   LIMPET_CHECK(in.status());                 // the first thing that was wrong, with its pointer
//
// A missing or wrong member is remembered and reads as an empty value. Threads: confined.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/json/value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

class Document {
 public:
  /// Borrows `document`, which must outlive this.
  explicit Document(const json::Value& document, std::string where = {});

  std::string text(std::string_view name);
  std::int64_t integer(std::string_view name);
  bool boolean(std::string_view name);
  Timestamp time(std::string_view name);  ///< kept as ISO 8601 text, milliseconds
  std::vector<std::string> texts(std::string_view name);
  std::map<std::string, std::string> text_map(std::string_view name);
  /// An object within; reads of it report to the caller through its own status().
  Document object(std::string_view name);
  /// The raw value, or nullptr.
  const json::Value* find(std::string_view name) const { return document_.find(name); }

  /// nullopt when the member is absent or null.
  std::optional<std::string> optional_text(std::string_view name);
  std::optional<std::int64_t> optional_integer(std::string_view name);
  std::optional<Timestamp> optional_time(std::string_view name);

  /// Errors: InvalidInput, `where` = JSON pointer of the first bad member.
  const Status& status() const { return status_; }
  /// Remember a failure that the caller found (the first one counts).
  void fail(std::string_view name, std::string message);

 private:
  const json::Value* present(std::string_view name, json::Kind kind);
  const json::Value& document_;
  std::string where_;
  Status status_;
};

/// The other direction, for RecordType::encode.
json::Value encode_time(Timestamp time);
json::Value encode_texts(const std::vector<std::string>& texts);
json::Value encode_text_map(const std::map<std::string, std::string>& map);

}  // namespace limpet::storage
