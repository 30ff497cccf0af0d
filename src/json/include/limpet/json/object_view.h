// ObjectView: the members of one JSON object, found in its text without a tree of it.
//
//   const auto object = json::ObjectView::read(text);        // nullopt: parse() tells why
//   if (const auto* age = object->find("age")) age->as_int64();
//
// For documents that are read often and looked at once, as stored records are. The whole text is
// checked: what parse() refuses is refused, and members are those that parse() finds.
#pragma once

#include "limpet/json/parse.h"
#include "limpet/json/value.h"

#include <cstdint>
#include <forward_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json {

/// Borrows the text. Threads: compatible.
class ObjectView {
 public:
  class Field {
   public:
    std::string_view name() const { return name_; }
    Kind kind() const { return kind_; }

    /// Requires: a boolean.
    bool as_bool() const;
    /// A number written without fraction and exponent that fits; nullopt otherwise.
    std::optional<std::int64_t> as_int64() const;
    /// The characters of a string, or a number as it was written; a container's own text.
    std::string text() const;
    /// text() without a copy: a view of the document, or of `room` where it had to be decoded.
    std::string_view text(std::string& room) const;
    /// The value with all that is in it.
    Value value() const;

   private:
    friend class ObjectView;
    friend class ObjectScanner;
    std::string_view name_;
    std::string_view raw_;  // a string's without its quotes
    Kind kind_ = Kind::Null;
    bool escaped_ = false;          // a string with a backslash in it
    bool unicode_escaped_ = false;  // by \u
  };

  /// nullopt: not one whole object, or beyond the limits.
  static std::optional<ObjectView> read(std::string_view text, const ParseLimits& limits = {});

  /// In their order; of duplicate names the last value, where the first stood.
  std::span<const Field> fields() const { return fields_; }
  /// nullptr when there is none.
  const Field* find(std::string_view name) const;

 private:
  friend class ObjectScanner;
  ObjectView() = default;
  std::vector<Field> fields_;
  std::forward_list<std::string> names_;  // those that had to be decoded
};

}  // namespace limpet::json
