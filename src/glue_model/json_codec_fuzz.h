// One fuzz input as a request body: see json_codec_fuzz.cc.
#pragma once

#include "generated/every_operation.h"

#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"
#include "limpet/glue_model/check_request.h"
#include "limpet/glue_model/json_codec.h"
#include "limpet/json/parse.h"

#include <string_view>
#include <unordered_map>

namespace limpet::glue_model {

/// Input: a line with the operation's target, the request's body. Checks that what is accepted
/// reads back the same once written, and that every refusal is valid text of bounded length.
inline void fuzz_json_codec(std::string_view input) {
  using Body = void (*)(const Operation&, const json::Value&);
  static const auto bodies = [] {
    std::unordered_map<const Operation*, Body> out;
    for_each_operation([&]<class Op>() {
      out[&Op::kOperation] = [](const Operation& operation, const json::Value& document) {
        typename Op::Input first;
        if (const auto fault = decode(document, first)) {
          LIMPET_ASSERT(is_valid_utf8(fault->message) && fault->message.size() < 200);
          return;
        }
        const std::string text = encode(first);
        typename Op::Input second;
        LIMPET_ASSERT(!decode(*json::parse(text), second) && encode(second) == text);
        encode_redacted(first);
        if (const auto fault = check_request(operation, first)) {
          LIMPET_ASSERT(is_valid_utf8(fault->message));
        }
      };
    });
    return out;
  }();
  const std::size_t end = std::min(input.find('\n'), input.size());
  const Operation* operation = find_operation(input.substr(0, end));
  if (operation == nullptr) operation = operations()[end % operations().size()];
  const auto document = json::parse(input.substr(std::min(end + 1, input.size())));
  if (document) bodies.at(operation)(*operation, *document);
}

}  // namespace limpet::glue_model
