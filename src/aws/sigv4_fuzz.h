// One fuzz input as a request: see sigv4_fuzz.cc.
#pragma once

#include "ascii.h"

#include "limpet/aws/protocol.h"
#include "limpet/aws/sigv4.h"
#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"

namespace limpet::aws {

/// Input: request line, header lines, an empty line, the body. Lines that are no header are left
/// out, as an HTTP server would. Checks that nothing forged is accepted, that errors are valid
/// text, and that what we sign ourselves we accept.
inline void fuzz_sigv4(std::string_view input) {
  static const Timestamp now = *parse_iso8601_basic("20260102T030405Z");
  static const Credentials key{"AKIDEXAMPLE", "the fuzzer does not know this", ""};
  static const Verifier verifier({.cached_signing_keys = 4}, [](std::string_view id) {
    return id == key.access_key_id
               ? std::optional(KnownKey{key.secret_access_key, "123456789012", "p", std::nullopt})
               : std::nullopt;
  });

  HttpRequest request;
  std::string_view line = take_until(input, '\n');
  request.method = take_until(line, ' ');
  request.target = take_until(line, ' ');
  while (!input.empty()) {
    line = take_until(input, '\n');
    if (line.empty()) break;
    const auto name = take_until(line, ':');
    if (!name.empty()) request.headers.add(name, trim(line));
  }
  request.body = input;

  claimed_identity(request);
  const auto outcome = verifier.verify(request, now);
  LIMPET_ASSERT(std::holds_alternative<WireError>(outcome));
  const auto answer = aws_json_1_1().error(std::get<WireError>(outcome), "id");
  LIMPET_ASSERT(answer.status == 400 && is_valid_utf8(answer.body) && answer.body.size() < 4096);
  aws_json_1_1().operation(request);
  aws_json_1_1().input(request);

  if (!request.header("host")) request.headers.add("Host", "h");
  if (request.headers.size() > 100) return;
  request.headers.erase("x-amz-content-sha256");
  sign(request, key, {.region = "us-east-1", .service = "glue"}, now);
  bool plain_names = true;
  for (const auto& [name, value] : request.headers) {
    plain_names &= std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-'; });
  }
  if (plain_names) LIMPET_ASSERT(std::holds_alternative<Identity>(verifier.verify(request, now)));
}

}  // namespace limpet::aws
