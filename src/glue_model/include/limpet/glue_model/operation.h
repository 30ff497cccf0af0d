// Operation: one row of the API's table of operations.
//
//   const Operation* operation = find_operation("AWSGlue.CreateSchema");   // nullptr: unknown
//   op::CreateSchema::Input input;      // typed: a struct of the group's header
//   if (auto fault = decode(body, input)) return answer(*fault);
//   if (auto fault = check_request(*operation, input)) return answer(*fault);
//
// All of it is constant. Threads: safe.
#pragma once

#include "limpet/glue_model/shape.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace limpet::glue_model {

/// How requests and answers look on the wire; each has its codec over the same shapes.
enum class Protocol : std::uint8_t { Json11 };

/// Which set of operations: AWS's or our own.
struct Service {
  std::string_view target_prefix;  ///< "AWSGlue"
  std::string_view signing_name;   ///< "glue"
  Protocol protocol;
};

/// An exception that operations declare.
struct ErrorShape {
  std::string_view name;  ///< "EntityNotFoundException"
  int status;             ///< HTTP
  bool server_fault;
};

/// Where a paged operation keeps its page.
struct Page {
  const Member* limit = nullptr;   ///< of the input: "MaxResults"
  std::string_view input_token{};  ///< "NextToken"; empty when the operation is not paged
  std::string_view output_token{};
  std::string_view result{};  ///< list member of the output: "Schemas"
};

struct Operation {
  std::string_view name;  ///< "CreateSchema"
  const Service* service;
  const Shape* input;
  const Shape* output;
  std::span<const ErrorShape* const> errors;  ///< declared, in the model's order
  Page page{};
  bool readonly = false;
  bool idempotent = false;
  std::string_view group;  ///< "schema_registry": the header that holds its structs

  bool declares(std::string_view error_name) const;
};

/// Every operation of every service, ordered by service, then name.
std::span<const Operation* const> operations();
std::span<const Service* const> services();
std::span<const ErrorShape* const> errors();

/// By the value of X-Amz-Target, "AWSGlue.CreateSchema"; nullptr when there is none.
const Operation* find_operation(std::string_view target);
/// The exception of that name, or nullptr.
const ErrorShape* find_error(std::string_view name);

}  // namespace limpet::glue_model
