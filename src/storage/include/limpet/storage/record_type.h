// RecordType: the one place that says how a type is stored.
//
//   template <>
//   struct limpet::storage::RecordType<Schema> {
//     static constexpr std::string_view name = "schema";   // [a-z][a-z0-9-]*, unique in the
//     program static constexpr int format = 1;                     // grows when an old program
//     must not read static Key key(const Schema& schema) { return {schema.registry, schema.name}; }
//     static std::vector<IndexEntry> indexes(const Schema& schema) {            // optional
//       return {{"by-incarnation", {schema.incarnation}, Unique::Yes}};
//     }
//     static json::Value encode(const Schema& schema);
//     static Result<Schema> decode(Document in, int format);                    // format <= ours
//   };
//
// A row's key is partition!account!region!<name>!<key>; an index row's is
// partition!account!region!<name>.<index>!<entry>[!<key>, unless unique], its value the record's
// key. A stored document is what encode() answers and the member "_format". Members that decode()
// ignores survive a rewrite, at any depth of objects: they are a newer program's. A decode() that
// needs the whole tree takes `const json::Value&`; one that takes a Document reads without one.
//
// More optional members of the trait:
//   static constexpr bool scoped = false;          // belongs to no account; rows are <name>!<key>
//   static constexpr bool in_change_log = false;   // bookkeeping that nobody needs to audit
//   static json::Value logged(const json::Value& document, LogSide side);
//                                                  // what the change log shows (leave secrets out)
#pragma once

#include "limpet/base/result.h"
#include "limpet/json/value.h"
#include "limpet/storage/document.h"
#include "limpet/storage/keys.h"

#include <concepts>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::storage {

enum class Unique : bool { No, Yes };
enum class LogSide : bool { Before, After };

/// One row of a secondary index: `index` names it ([a-z][a-z0-9-]*), `key` is what is looked up.
struct IndexEntry {
  std::string_view index;
  Key key;
  Unique unique = Unique::No;
};

template <class T>
struct RecordType;

template <class T>
concept Record = requires(const T& record, const json::Value& document) {
  { RecordType<T>::name } -> std::convertible_to<std::string_view>;
  { RecordType<T>::format } -> std::convertible_to<int>;
  { RecordType<T>::key(record) } -> std::same_as<Key>;
  { RecordType<T>::encode(record) } -> std::same_as<json::Value>;
  { RecordType<T>::decode(document, 1) } -> std::same_as<Result<T>>;
};

/// Whether decode() needs no tree.
template <class T>
concept ReadsView = requires(Document document) {
  { RecordType<T>::decode(std::move(document), 1) };
};

/// What a record amounts to on disk, before unknown members join it.
struct RecordImage {
  Key key;
  json::Value document;
  std::vector<IndexEntry> indexes;
};

/// A RecordType without its type: what code that handles every record needs.
struct RecordKind {
  std::string_view name;
  int format = 1;
  bool scoped = true;
  bool in_change_log = true;
  bool indexed = false;
  /// Decode and encode again. Errors: whatever decode answers.
  Result<RecordImage> (*reread)(const json::Value& document, int format) = nullptr;
  json::Value (*logged)(const json::Value& document, LogSide side) = nullptr;
};

template <Record T>
RecordImage image_of(const T& record) {
  RecordImage image{RecordType<T>::key(record), RecordType<T>::encode(record), {}};
  if constexpr (requires { RecordType<T>::indexes(record); }) {
    image.indexes = RecordType<T>::indexes(record);
  }
  return image;
}

/// For lists of every type of the program: {kind_of<Registry>(), kind_of<Schema>(), …}.
template <Record T>
RecordKind kind_of() {
  using Type = RecordType<T>;
  RecordKind kind{.name = Type::name, .format = Type::format};
  if constexpr (requires { Type::scoped; }) kind.scoped = Type::scoped;
  if constexpr (requires { Type::in_change_log; }) kind.in_change_log = Type::in_change_log;
  kind.indexed = requires(const T& record) { Type::indexes(record); };
  if constexpr (requires(const json::Value& document) { Type::logged(document, LogSide::After); }) {
    kind.logged = &Type::logged;
  }
  kind.reread = [](const json::Value& document, int format) -> Result<RecordImage> {
    LIMPET_TRY(const T record, Type::decode(document, format));
    return image_of(record);
  };
  return kind;
}

}  // namespace limpet::storage
