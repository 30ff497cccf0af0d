// Validation: is a JSON value what a schema describes?
//
//   const json_schema::Plan plan = json_schema::compile(*schema);        // once
//   auto valid = json_schema::is_valid(plan, *json::parse(body));        // many times
//   auto errors = json_schema::validate(plan, *json::parse(body));
//   for (const auto& error : *errors) say(error.instance_path + ": " + error.message);
//   value::View record;                                                  // records: without a tree
//   if (!value::read_json(payload, arena, record)) valid = json_schema::is_valid(plan, record);
//
// A Plan is immutable; copies share it and are cheap. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/json/value.h"
#include "limpet/json_schema/schema.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

class Program;

/// A schema made ready to check values with.
class Plan {
 public:
  explicit Plan(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  /// For this room.
  const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;
};

struct CompileOptions {
  /// Treat a known `format` as a rule. Otherwise it is only a remark, unless the document's
  /// meta-schema asks for the format-assertion vocabulary.
  bool assert_formats = false;
};

Plan compile(const Schema& schema, const CompileOptions& options = {});

/// One rule that a value breaks.
struct ValidationError {
  std::string instance_path;     ///< JSON pointer into the value; "" = the whole of it
  std::string keyword_location;  ///< "#/properties/age/minimum"
  std::string keyword;           ///< "minimum"; "" = the schema `false`
  std::string message;           ///< a sentence without full stop: "must be at least 0, not -3"

  friend bool operator==(const ValidationError&, const ValidationError&) = default;
};

struct ValidateOptions {
  /// Schemas applied, members and items looked at, notes of which have been evaluated.
  std::uint64_t max_steps = 10'000'000;
  std::size_t max_depth = 2'000;  ///< schemas applied within each other
  std::size_t max_errors = 100;   ///< later ones are not reported
  /// When given: what was used of max_steps.
  std::uint64_t* steps_used = nullptr;
};

/// Everything that is wrong, in the order of the schema; empty = valid. Numbers are compared
/// exactly, 1.0 is an integer (not in draft-04), strings are counted in code points. Of anyOf,
/// oneOf, not and contains the outcome is reported, not what their branches said.
/// Errors: LimitExceeded (more steps or depth than allowed, or a regular expression that backtracks
/// without end): there is no verdict.
Result<std::vector<ValidationError>> validate(const Plan& plan, const json::Value& value,
                                              const ValidateOptions& options = {});

/// The same verdict, without reasons and faster. Errors: LimitExceeded.
Result<bool> is_valid(const Plan& plan, const json::Value& value,
                      const ValidateOptions& options = {});

/// The same of a view, as value::read_json() makes them: no tree is needed. Other views count as
/// the JSON that they would be: a Record is an object, an Enum and a number that is not finite are
/// strings, Bytes a string of those bytes. Requires: maps have String keys.
Result<std::vector<ValidationError>> validate(const Plan& plan, const value::View& value,
                                              const ValidateOptions& options = {});
Result<bool> is_valid(const Plan& plan, const value::View& value,
                      const ValidateOptions& options = {});

}  // namespace limpet::json_schema
