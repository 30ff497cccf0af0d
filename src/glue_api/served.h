// Served: an operation's handler behind one face for all, whatever its input and output are.
//
//   std::vector<Served> registry_operations() {
//     return {serve<op::CreateRegistry>(create_registry, named_registry), …};
//   }
//
// This is all that the driver knows of an operation. Adding one is a handler and its line.
#pragma once

#include "resources.h"
#include "step.h"

#include "limpet/aws/wire_error.h"
#include "limpet/glue_model/check_request.h"
#include "limpet/glue_model/json_codec.h"
#include "limpet/glue_model/operation.h"
#include "limpet/json/value.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::glue_api {

/// Writes the answer's body.
using Encode = std::function<std::string()>;
/// Runs in the transaction; what it answers is called after the commit.
using ErasedWrite = std::function<Result<Encode>(Writing&)>;
using ErasedStep = std::variant<Encode, ErasedWrite>;

/// A request whose input is decoded and complete; may run as often as it takes.
struct Prepared {
  std::function<Arns(const Scope&)> resources;
  std::function<Result<ErasedStep>(Call&)> run;
};

/// Whether answers of an operation may be kept (answer_cache.h). Requires: the handler's answer
/// depends on its input, the scope and the rows it reads; not on the caller or the time.
enum class Keep : bool { No, Yes };

struct Served {
  const glue_model::Operation* operation;
  std::string action;  ///< "glue:CreateSchema"
  std::string name;    ///< "CreateSchema", "Limpet.ExplainSchemaVersion": for logs and metrics
  Keep keep = Keep::No;
  /// Deserialise and check. Errors: SerializationException, ValidationException.
  std::function<aws::Outcome<Prepared>(const json::Value& body)> prepare;
};

template <class Op>
using Handler = Result<Step<typename Op::Output>> (*)(Call&, const typename Op::Input&);
template <class Op>
using ResourcesOf = Arns (*)(const Scope&, const typename Op::Input&);

namespace detail {

template <class Output>
Encode encode_later(Output output) {
  auto kept = std::make_shared<const Output>(std::move(output));
  return [kept] { return glue_model::encode(*kept); };
}

template <class Output>
ErasedStep erase(Step<Output> step) {
  if (Output* output = step.output()) return encode_later(std::move(*output));
  return ErasedWrite([write = std::move(step.write())](Writing& writing) -> Result<Encode> {
    LIMPET_TRY(Output output, write(writing));
    return encode_later(std::move(output));
  });
}

inline aws::WireError wire_error(glue_model::Fault fault) {
  return {.status = 400, .type = std::string(fault.type), .message = std::move(fault.message)};
}

}  // namespace detail

/// "glue:CreateSchema", "limpet:ExplainSchemaVersion".
std::string action_of(const glue_model::Operation& operation);
/// AWS's by name, ours with the service before it.
std::string display_name(const glue_model::Operation& operation);

template <class Op>
Served serve(Handler<Op> handler, ResourcesOf<Op> resources, Keep keep = Keep::No) {
  auto prepare = [handler, resources](const json::Value& body) -> aws::Outcome<Prepared> {
    auto input = std::make_shared<typename Op::Input>();
    if (auto fault = glue_model::decode(body, *input)) return detail::wire_error(*std::move(fault));
    if (auto fault = glue_model::check_request(Op::kOperation, *input)) {
      return detail::wire_error(*std::move(fault));
    }
    return Prepared{
        .resources = [input, resources](const Scope& scope) { return resources(scope, *input); },
        .run = [input, handler](Call& call) -> Result<ErasedStep> {
          LIMPET_TRY(auto step, handler(call, *input));
          return detail::erase(std::move(step));
        }};
  };
  return {.operation = &Op::kOperation,
          .action = action_of(Op::kOperation),
          .name = display_name(Op::kOperation),
          .keep = keep,
          .prepare = std::move(prepare)};
}

/// The handlers, group by group (one file each).
std::vector<Served> registry_operations();
std::vector<Served> schema_operations();
std::vector<Served> version_operations();
std::vector<Served> metadata_operations();
std::vector<Served> tag_operations();
std::vector<Served> access_key_operations();
std::vector<Served> explain_operations();
std::vector<Served> import_operations();
std::vector<Served> reference_operations();

/// nullptr when this version does not serve the operation.
const Served* find_served(const glue_model::Operation& operation);
/// By X-Amz-Target, to the byte: "AWSGlue.GetSchemaVersion".
const Served* find_served(std::string_view target);

}  // namespace limpet::glue_api
