// ConfluentDiff: the rules of confluent_compare(), on schemas taken apart as Everit's library does.
//
// "Original" is the writer's side and "update" the reader's; under `not` they change places.
#pragma once

#include "part.h"

#include "limpet/base/result.h"
#include "limpet/json_schema/confluent.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace limpet::json_schema {

/// Threads: confined.
class ConfluentDiff {
 public:
  ConfluentDiff(const Comparison& comparison, std::uint64_t steps);

  Result<std::vector<ConfluentDifference>> run();
  std::uint64_t steps_left() const { return steps_left_; }

 private:
  /// Where two parts are met: Confluent's path, and the field for people.
  struct Place {
    std::string path = "#";
    std::string field = {};
  };
  struct Pair {
    const Part& original;
    const Part& update;
    const Place& place;
    bool compatible = true;
  };
  /// A keyword, and a member of its value.
  struct At {
    std::string_view keyword = {};
    std::optional<std::string_view> member = {};
  };
  struct FourRules {
    Rule added, removed, increased, decreased;
  };
  enum class State : std::uint8_t { Open, Compatible };
  enum class Limit : std::uint8_t { None, Steps, Depth };

  bool in(const Part& original, const Part& update);
  bool compute(const Part& original, const Part& update, const Place& place);
  /// The pair of two schemas at a keyword of this pair. Says whether they are compatible.
  bool sub(Pair& pair, const Node& original, const Node& update, const At& at);
  void explain(const Part& original, const Part& update, const Place& place);
  const Part& part_of(const Part& owner, const Node& node);
  const Part& dereferenced(const Part& part);
  const Model& model_of(const Part& part) const;

  bool unwraps(const Pair& pair);
  void compare_kinds(Pair& pair);
  void compare_combined(Pair& pair);
  std::vector<const Part*> distinct(const Part& combined);
  void compare_string(Pair& pair);
  void compare_number(Pair& pair);
  void compare_values(Pair& pair);
  void compare_not(Pair& pair);
  void compare_object(Pair& pair);
  void compare_required(Pair& pair);
  void compare_properties(Pair& pair);
  void property_removed(Pair& pair, std::string_view name, const Node& schema);
  void property_added(Pair& pair, std::string_view name, const Node& schema);
  void compare_dependencies(Pair& pair);
  void compare_array(Pair& pair);
  void compare_tuple(Pair& pair);
  void item_removed(Pair& pair, const Node& item, const At& at);
  void item_added(Pair& pair, const Node& item, const At& at);
  struct RestRules {
    std::string_view keyword;
    Rule added, removed, extended, narrowed;
  };
  void compare_additional(Pair& pair, const Rest& original, const Rest& update,
                          const RestRules& rules);
  void compare_unevaluated(Pair& pair, const Rest& original, const Rest& update,
                           const RestRules& rules);
  void compare_bound(Pair& pair, std::string_view keyword, const std::optional<Decimal>& original,
                     const std::optional<Decimal>& update, const FourRules& rules,
                     bool as_double = false);

  /// What a part says of members or items that it does not declare.
  struct Content {
    enum class Model : std::uint8_t { Open, Partial, Closed } model = Model::Open;
    const Node* schema = nullptr;  ///< Partial
  };
  Content content(const Part& part);
  Content content_for(const Part& part, std::string_view name);

  PartKind kind_of(const Part& owner, const Node& node);
  bool is_anything(const Part& owner, const Node& node);
  bool is_connect_bytes(const Part& part);

  void note(Pair& pair, Rule rule, const At& at);
  void note(Pair& pair, Rule rule) { note(pair, rule, At()); }
  std::string path_at(const Pair& pair, const At& at) const;
  std::string location(const Part& part, const At& at) const;
  static std::string value(const Part& part, const At& at);

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
  std::uint64_t repeat_until_ = 0;
  std::unordered_map<std::uint64_t, State> states_;
  std::unordered_set<std::uint64_t> refuted_;
  std::unordered_map<std::uint64_t, int> explaining_;  // times on the way to the place in hand
  std::unordered_set<std::uint64_t> explained_;
  std::vector<ConfluentDifference> found_;
};

}  // namespace limpet::json_schema
