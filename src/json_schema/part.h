// Part: a schema taken apart for comparison. One schema object becomes one Part of a kind, or
// several under an allOf.
#pragma once

#include "model.h"
#include "number.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::json_schema {

enum class PartKind : std::uint8_t {
  True,
  False,
  Empty,
  String,
  Number,
  Boolean,
  Null,
  Object,
  Array,
  Enum,
  Const,
  Not,
  Combined,
  Conditional,
  Reference,
  DynamicReference,
};
enum class Criterion : std::uint8_t { AllOf, AnyOf, OneOf };
std::string_view to_string(Criterion criterion);  ///< "allOf", …

/// How a schema is read. They part where schemas are of one meaning and two shapes.
enum class Reading : std::uint8_t {
  Meaning,  ///< by what values it takes: {} is as good as nothing
  /// As the classes of Everit's library (org.everit.json.schema) hold it, and what Confluent's
  /// registry makes of the newer dialects: {} is a schema, draft-04's exclusive bounds are
  /// inclusive ones with a flag, a list of types is an anyOf, what is unevaluated stands by itself.
  Everit,
};

/// `additionalProperties` and its like: what holds for members or items that nothing else names.
struct Rest {
  bool allowed = true;
  const Node* schema = nullptr;  ///< nullptr: anything, or nothing
  bool present = false;
};

struct Dependencies {
  std::map<std::string_view, std::set<std::string_view>> names;
  /// By property and keyword: "dependencies" and "dependentSchemas" may name the same one.
  std::map<std::pair<std::string_view, std::string_view>, const Node*> schemas;
};

struct Part {
  PartKind kind = PartKind::Empty;
  const Node* node = nullptr;
  std::uint32_t id = 0;
  bool requires_type = false;  ///< false: values of other types pass

  // String. Array and Object have bounds as well, Number four.
  std::optional<Decimal> maximum, minimum, exclusive_maximum, exclusive_minimum, multiple_of;
  std::optional<std::string_view> pattern, format;
  bool integer = false, literal_integer = false;

  std::vector<std::string> values;  ///< Enum, Const: equality texts, sorted

  Criterion criterion = Criterion::AllOf;
  bool synthetic = false;          ///< an allOf that nobody wrote
  std::vector<const Part*> parts;  ///< Combined
  const Node* target = nullptr;    ///< Not, Reference

  // Object
  std::map<std::string_view, const Node*> properties;
  std::set<std::string_view> required;
  std::map<std::string_view, const Node*> patterns;
  const Node* names = nullptr;
  Dependencies dependencies;
  // Array
  const Node* items = nullptr;  ///< for all of them
  std::vector<const Node*> tuple;
  const Node* contains = nullptr;
  std::optional<Decimal> max_contains, min_contains;
  bool unique = false;
  // Both
  Rest additional, unevaluated;      ///< Everit: `unevaluated.schema` may be true or false
  bool evaluates_elsewhere = false;  ///< unevaluated… depends on schemas beside this one
};

/// Takes the schemas of one document apart when they are asked for. Threads: confined.
class Parts {
 public:
  Parts(const Model& model, std::uint32_t first_id, Reading reading = Reading::Meaning)
      : model_(model), next_id_(first_id), everit_(reading == Reading::Everit) {}

  const Part& of(const Node& node);
  const Model& model() const { return model_; }

 private:
  Part& add(PartKind kind, const Node& node);
  const Part& take_apart(const Node& node);
  void add_type(const Node& node, std::string_view type, bool required,
                std::vector<const Part*>& out);
  /// Resources that have the dynamic anchor.
  std::ptrdiff_t holders_of(const std::string& anchor);
  bool has_any(const Node& node, std::span<const std::string_view> keywords) const;
  const json::Value* keyword(const Node& node, std::string_view name) const;
  const Node* child(const Node& node, std::string_view name) const;
  std::optional<Decimal> decimal(const Node& node, std::string_view name) const;
  Rest rest(const Node& node, std::string_view name) const;
  Rest unevaluated(const Node& node, std::string_view name) const;
  void fill_number(const Node& node, Part& part);
  void fill_string(const Node& node, Part& part);
  void fill_object(const Node& node, Part& part);
  void fill_array(const Node& node, Part& part);
  void fill_everit_array(const Node& node, Part& part);

  const Model& model_;
  std::uint32_t next_id_;
  bool everit_;
  std::deque<Part> parts_;
  std::unordered_map<const Node*, const Part*> by_node_;
  std::unordered_map<std::string, std::ptrdiff_t> anchor_holders_;
};

}  // namespace limpet::json_schema
