// Name<Tag>: text that has been checked. Only Name::parse makes one, so a function that takes a
// SchemaName cannot be handed a registry's name or raw input.
//
//   struct SchemaNameRules { static Status check(std::string_view text); };
//   using SchemaName = Name<SchemaNameRules>;
#pragma once

#include "limpet/base/result.h"

#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace limpet {

template <class Rules>
class Name {
 public:
  /// Errors: whatever Rules::check answers (usually InvalidInput).
  static Result<Name> parse(std::string_view text) {
    LIMPET_CHECK(Rules::check(text));
    return Name(std::string(text));
  }

  const std::string& str() const { return text_; }

  friend auto operator<=>(const Name&, const Name&) = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace limpet
