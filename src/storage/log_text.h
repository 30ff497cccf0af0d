// An entry of the change log as text, from documents that are text already.
#pragma once

#include "limpet/storage/change_log.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::storage {

/// A change whose documents are stored texts; empty = there was none.
struct ChangeText {
  std::string_view type;
  std::string_view key;
  std::string_view before;
  std::string_view after;
};

/// The row of `entry`, which has `changes` in place of its own: what encoding it would give.
std::string entry_text(const LogEntry& entry, std::span<const ChangeText> changes);

}  // namespace limpet::storage
