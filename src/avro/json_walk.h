// JsonWalk: down a JSON value beside its type, with what was found wrong with it so far.
//
//   class Checker : private JsonWalk { … };      // what to do with each type is the class's own
//
// Each step down goes into the value, so the work is the value's size, and the depth is counted.
#pragma once

#include "json_words.h"

#include "limpet/avro/node.h"
#include "limpet/avro/validate_json.h"
#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::avro {

class JsonWalk {
 public:
  explicit JsonWalk(const ValidateJsonLimits& limits) : limits_(limits) {}

  /// What was found, unless the value is too deep. Errors: LimitExceeded.
  Result<std::vector<Violation>> take() &&;

 protected:
  /// Calls `action` one level deeper, unless there is no more to be found out.
  template <class Action>
  void enter(Action action) {
    if (full()) return;
    const std::size_t depth = depth_++;
    if (depth > limits_.max_depth) {
      too_deep_ = true;
    } else {
      action();
    }
    depth_ = depth;
  }
  /// Calls `action` with the path one step longer.
  template <class Action>
  void below(std::string_view step, Action action) {
    const std::size_t length = path_.size();
    append_step(path_, step);
    action();
    path_.resize(length);
  }

  /// No more is looked for.
  bool full() const { return too_deep_ || violations_.size() >= limits_.max_violations; }

  void refuse(std::string expected, std::string found, std::string hint = {});
  void refuse(const Node& type, const json::Value& value, std::string hint = {});
  /// A value that is no int or no long.
  void refuse_integer(const Node& type, const json::Value& value);
  /// Members of an object that are no fields of the record.
  void refuse_unknown(const Node& record, const json::Value& object);

 private:
  const ValidateJsonLimits& limits_;
  std::vector<Violation> violations_;
  std::string path_;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace limpet::avro
