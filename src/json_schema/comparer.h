// Comparer: the rules of compare(), on schemas taken apart.
//
// "Original" is the writer's side and "update" the reader's; under `not` they change places.
#pragma once

#include "part.h"

#include "limpet/base/result.h"
#include "limpet/json_schema/compare.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace limpet::json_schema {

/// Threads: confined.
class Comparer {
 public:
  Comparer(const Comparison& comparison, std::uint64_t steps);

  Result<std::vector<Difference>> run();
  std::uint64_t steps_left() const { return steps_left_; }

 private:
  // One pair of parts being compared.
  struct Pair {
    const Part& original;
    const Part& update;
    const std::string& field;
    bool compatible = true;
  };
  enum class State : std::uint8_t { Open, Compatible };
  enum class Limit : std::uint8_t { None, Steps, Depth };
  struct FourRules {
    Rule added, removed, increased, decreased;
  };

  // The relation. in(): is every value of `original` one of `update`'s?
  bool in(const Part& original, const Part& update);
  bool compute(const Part& original, const Part& update, const std::string& field);
  bool sub(Pair& pair, const Node& original, const Node& update, const std::string& field);
  bool quiet(const Pair& pair, const Node& original, const Node& update);
  void explain(const Part& original, const Part& update, const std::string& field);
  const Part& dereferenced(const Part& part);
  const Part& part_of(const Part& owner, const Node& node);
  const Model& model_of(const Part& part) const;

  std::optional<bool> unwrap(Pair& pair);
  void compare_kinds(Pair& pair);
  void compare_combined(Pair& pair);
  std::vector<const Part*> distinct(const Part& combined, bool drop_equal);
  void compare_string(Pair& pair);
  void compare_number(Pair& pair);
  void compare_values(Pair& pair);
  void compare_not(Pair& pair);
  void compare_conditional(Pair& pair);
  void compare_object(Pair& pair);
  void compare_required(Pair& pair);
  void compare_properties(Pair& pair);
  void property_removed(Pair& pair, std::string_view name, const Node& schema);
  void property_added(Pair& pair, std::string_view name, const Node& schema);
  void compare_patterns(Pair& pair);
  void compare_dependencies(Pair& pair);
  void compare_names(Pair& pair);
  void compare_array(Pair& pair);
  void compare_tuple(Pair& pair);
  void compare_contains(Pair& pair);
  struct RestRules {
    std::string_view keyword;
    Rule added, removed, extended, narrowed;
  };
  void compare_rest(Pair& pair, const Rest& original, const Rest& update, const RestRules& rules,
                    const std::string& field);
  void compare_unevaluated(Pair& pair, Rule changed);
  void compare_type_required(Pair& pair);
  void compare_bound(Pair& pair, std::string_view keyword, const std::optional<Decimal>& original,
                     const std::optional<Decimal>& update, const FourRules& rules);

  // What holds for a name that `part` does not declare.
  struct Undeclared {
    enum class Model : std::uint8_t { Open, Partial, Closed } model = Model::Open;
    std::vector<const Node*> schemas;
  };
  Undeclared undeclared(const Part& part, std::string_view name, bool as_original);
  bool has_pattern_match(const Part& part, std::string_view pattern, std::string_view name);
  bool is_trivial(const Part& owner, const Node& node);

  // Notes a difference at a keyword, or at a member of it, of both sides.
  void note(Pair& pair, Rule rule, std::string_view keyword = {}, std::string_view member = {});
  std::string path_of(const Part& part, std::string_view keyword, std::string_view member) const;
  std::string value_of(const Part& part, std::string_view keyword, std::string_view member) const;
  std::string field_of(const Pair& pair, std::string_view name) const;

  bool spend(std::uint64_t steps = 1);
  bool stopped() const { return limit_ != Limit::None; }
  static std::uint64_t key(const Part& original, const Part& update) {
    return (static_cast<std::uint64_t>(original.id) << 32) | update.id;
  }

  const Comparison& comparison_;
  Parts writer_;
  Parts reader_;
  std::uint64_t steps_max_;
  std::uint64_t steps_left_;
  std::size_t depth_ = 0;
  Limit limit_ = Limit::None;
  bool optimistic_ = false;
  bool reporting_ = false;
  std::unordered_map<std::uint64_t, State> states_;
  std::unordered_set<std::uint64_t> refuted_;
  std::unordered_set<std::uint64_t> explained_;
  std::vector<Difference> differences_;
};

}  // namespace limpet::json_schema
