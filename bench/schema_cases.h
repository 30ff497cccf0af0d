// What bench_schema measures: operations on schema definitions and on values, by name.
//
//   for (const SchemaCase& each : schema_cases(folder, 1000)) time_operation(each.run, plan);
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace limpet::bench {

struct SchemaCase {
  std::string name;           ///< "AVRO register"
  std::function<void()> run;  ///< one operation
  double units = 1;           ///< what an operation does so many times: its time is divided by it
};

/// For each data format, with the definitions order.* and order-next.* of `folder` (the second may
/// follow the first under BACKWARD):
///
///   parse      the definition's text
///   identity   the form by which the registry tells definitions apart
///   pair       the verdict under BACKWARD_ALL against one version, another each time
///   register   what a new version costs: parse, identity, and the verdict against one version
///   versions   the verdict under BACKWARD_ALL against all of `versions`, per version; all are
///              parsed, as the server's cache keeps them, and no two have one text
///
/// For each file NAME-values.json (a schema, values that it allows and values that it does not):
///
///   NAME valid, NAME invalid             the verdict on a parsed value, per value
///   NAME explained                       the same of invalid values, with every reason
///   NAME valid, text                     from the value's text
///
/// Throws std::runtime_error when a definition is not what it should be.
std::vector<SchemaCase> schema_cases(const std::filesystem::path& folder, std::size_t versions);

}  // namespace limpet::bench
