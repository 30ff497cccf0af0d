// Overlay: the writes of a transaction over a sorted map that stays as it is.
#pragma once

#include "limpet/storage/store.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

using Rows = std::map<std::string, std::string, std::less<>>;

/// Reads a map. It must outlive this.
class RowsReader final : public Reader {
 public:
  explicit RowsReader(const Rows& rows) : rows_(rows) {}

  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override;
  Result<std::vector<Row>> scan(const Range& range) override;

 private:
  const Rows& rows_;
};

/// A transaction over a map, which must outlive it. Nothing reaches the map before apply_to().
class Overlay final : public Txn {
 public:
  explicit Overlay(const Rows& base) : base_(base) {}

  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override;
  Result<std::vector<Row>> scan(const Range& range) override;
  Status put(std::string_view key, std::string_view value) override;
  Status erase(std::string_view key) override;

  bool empty() const { return writes_.empty(); }
  void apply_to(Rows& rows) const;

 private:
  const Rows& base_;
  std::map<std::string, std::optional<std::string>, std::less<>> writes_;  // nullopt = erased
};

}  // namespace limpet::storage
