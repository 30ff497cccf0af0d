// History: every call of a run with its invocation and its answer, every fault and every crash, in
// one order; and whether they fit together.
#pragma once

#include "calls.h"
#include "linearizability.h"
#include "schema_model.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::simulation {

/// Threads: confined.
class History {
 public:
  /// A call begins; its number.
  std::size_t invoke(std::string_view who, const Request& request);
  void told(std::size_t call, const Response& response, std::string_view text);
  /// The call did not take place.
  void refused(std::size_t call, std::string_view text);
  /// The server does not know; or nobody hears the answer any more.
  void unknown(std::size_t call, std::string_view text);
  /// A new server has the last word on what was unknown: it took place by now, or never.
  void settle();
  /// Anything else that happened.
  void note(std::string_view what);

  std::size_t calls() const { return calls_.size(); }
  std::size_t refusals() const { return refusals_; }
  std::size_t unknowns() const { return unknowns_; }
  const std::string& text() const { return text_; }
  /// SHA-256 of the text.
  std::string hash() const;

  /// A sentence per contradiction: histories of a schema or registry that no order of their calls
  /// explains; an id that has named two things. Requires: every call is told, refused or settled.
  std::vector<std::string> contradictions() const;

 private:
  enum class Ended : std::uint8_t { Open, Told, Refused, Unknown, Settled };
  struct Call {
    Request request;
    std::optional<Response> response;
    Ended ended = Ended::Open;
    std::size_t invoked = 0;
    std::size_t returned = 0;
  };
  void add(std::size_t call, std::string_view sign, std::string_view text);
  std::vector<std::string> reused_ids() const;

  std::vector<Call> calls_;
  std::size_t moment_ = 0;
  std::size_t refusals_ = 0;
  std::size_t unknowns_ = 0;
  std::string text_;
};

}  // namespace limpet::simulation
