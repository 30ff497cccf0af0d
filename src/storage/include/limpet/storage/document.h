// Read the members of a stored document: what RecordType::decode is made of.
//
//   Result<Schema> RecordType<Schema>::decode(Document in, int) {
//     Schema schema{.name = in.text("name"), .created = in.time("created")};
//     schema.note = in.optional_text("note").value_or("");
//     LIMPET_CHECK(in.status());               // the first thing that was wrong, with its pointer
//     return schema;
//   }
//
// A document is a tree, or a view of the text that it is stored as, which costs less. Reading
// members in the order in which they are stored is fastest. A missing or wrong member is remembered
// and reads as an empty value. Threads: confined.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/json/object_view.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

class Document {
 public:
  /// Borrows `document`, which must outlive this.
  Document(const json::Value& document, std::string where = {});  // NOLINT: implicit, for decode
  explicit Document(const json::ObjectView& document, std::string where = {});

  std::string text(std::string_view name);
  /// text() without a copy. Valid until the next call.
  std::string_view text_view(std::string_view name);
  std::int64_t integer(std::string_view name);
  bool boolean(std::string_view name);
  Timestamp time(std::string_view name);  ///< kept as ISO 8601 text, milliseconds
  std::vector<std::string> texts(std::string_view name);
  std::map<std::string, std::string> text_map(std::string_view name);
  /// An object within; reads of it report to the caller through its own status().
  Document object(std::string_view name);
  /// The value itself; nullopt when there is none.
  std::optional<json::Value> value(std::string_view name);

  /// nullopt when the member is absent or null.
  std::optional<std::string> optional_text(std::string_view name);
  std::optional<std::int64_t> optional_integer(std::string_view name);
  std::optional<Timestamp> optional_time(std::string_view name);

  /// Errors: InvalidInput, `where` = JSON pointer of the first bad member.
  const Status& status() const { return status_; }
  /// Remember a failure that the caller found (the first one counts).
  void fail(std::string_view name, std::string message);

 private:
  /// Where a member was found; in neither when it is absent.
  struct Found {
    const json::Value* tree = nullptr;
    const json::ObjectView::Field* field = nullptr;

    explicit operator bool() const { return tree != nullptr || field != nullptr; }
    json::Kind kind() const { return tree != nullptr ? tree->kind() : field->kind(); }
  };
  Found find(std::string_view name);
  Found present(std::string_view name, json::Kind kind);
  bool is_given(std::string_view name);  // neither absent nor null

  const json::Value* tree_ = nullptr;
  const json::ObjectView* view_ = nullptr;
  std::shared_ptr<const json::Value> owned_;  // an object within, read from a view
  std::size_t next_ = 0;                      // where the next member is expected in a view
  std::string room_;                          // of text_view()
  std::string where_;
  Status status_;
};

/// The other direction, for RecordType::encode.
json::Value encode_time(Timestamp time);
json::Value encode_texts(const std::vector<std::string>& texts);
json::Value encode_text_map(const std::map<std::string, std::string>& map);

}  // namespace limpet::storage
