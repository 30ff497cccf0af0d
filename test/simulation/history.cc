#include "history.h"

#include "limpet/crypto/sha256.h"

#include <utility>

namespace limpet::simulation {

std::size_t History::invoke(std::string_view who, const Request& request) {
  const std::size_t call = calls_.size();
  calls_.push_back({.request = request, .response = {}, .invoked = ++moment_});
  add(call, ">", std::string(who) + " " + words(request));
  return call;
}

void History::told(std::size_t call, const Response& response, std::string_view text) {
  Call& record = calls_.at(call);
  record.response = response;
  record.ended = Ended::Told;
  record.returned = ++moment_;
  add(call, "<", text);
}

void History::refused(std::size_t call, std::string_view text) {
  calls_.at(call).ended = Ended::Refused;
  ++refusals_;
  add(call, "x", text);
}

void History::unknown(std::size_t call, std::string_view text) {
  calls_.at(call).ended = Ended::Unknown;
  ++unknowns_;
  add(call, "?", text);
}

void History::settle() {
  for (Call& call : calls_) {
    if (call.ended != Ended::Unknown) continue;
    call.ended = Ended::Settled;
    call.returned = ++moment_;
  }
  note("settled");
}

void History::note(std::string_view what) { text_.append("* ").append(what).append("\n"); }

void History::add(std::size_t call, std::string_view sign, std::string_view text) {
  text_.append(std::to_string(call)).append(" ").append(sign).append(" ").append(text).append("\n");
}

std::string History::hash() const { return crypto::sha256_hex(text_); }

std::vector<std::string> History::contradictions() const {
  std::map<std::string, std::vector<Invocation<SchemaModel>>> by_name;
  for (const Call& call : calls_) {
    if (call.ended == Ended::Refused) continue;
    if (call.ended == Ended::Settled && !writes(call.request.kind)) continue;
    by_name[call.request.name].push_back({.request = call.request,
                                          .response = call.response,
                                          .invoked = call.invoked,
                                          .returned = call.returned});
  }
  std::vector<std::string> found = reused_ids();
  for (const auto& [name, calls] : by_name) {
    const auto verdict = check_linearizable(calls);
    if (!verdict.holds) found.push_back(name + ": " + verdict.explanation);
  }
  return found;
}

std::vector<std::string> History::reused_ids() const {
  struct Named {
    std::string schema;
    std::int64_t number = 0;
    std::optional<Definition> definition = {};
  };
  std::map<std::string, Named> names;
  std::vector<std::string> found;
  for (const Call& call : calls_) {
    if (!call.response) continue;
    for (const VersionLine& line : call.response->versions) {
      if (line.id.empty()) continue;
      Named& known = names.try_emplace(line.id, Named{call.request.name}).first->second;
      const bool other_number =
          known.number != 0 && line.number != 0 && known.number != line.number;
      const auto& definition = call.response->definition;
      const bool other_text = known.definition && definition && *known.definition != *definition;
      if (known.schema != call.request.name || other_number || other_text) {
        found.push_back("the id " + line.id + " has named two things");
      }
      if (line.number != 0) known.number = line.number;
      if (definition) known.definition = definition;
    }
  }
  return found;
}

}  // namespace limpet::simulation
