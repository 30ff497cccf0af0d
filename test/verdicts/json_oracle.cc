// JSON Schema: pairs are judged here, and values tried with our own validator, which passes the
// whole official suite; a share goes to an independent one as well (json_reader.py).
#include "oracle.h"
#include "peer.h"
#include "shrink.h"
#include "src/json_schema/testing/random_schema.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/compare.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace limpet::verdicts {
namespace {

using json_schema::Dialect;

constexpr std::array kDialects{Dialect::Draft7, Dialect::Draft202012, Dialect::Draft4,
                               Dialect::Draft6, Dialect::Draft201909};
constexpr std::size_t kFamiliesPerQuestion = 20;
constexpr int kValuesPerMember = 12;
constexpr std::uint64_t kJudgedAnyway = 16;  // of so many families one tries incompatible pairs too

// How one value fares with one schema.
enum class Fate : std::uint8_t { Refused, Accepted, Unknown };

Fate fate_of(const json_schema::Plan& plan, const json::Value& value) {
  const auto valid = json_schema::is_valid(plan, value);
  if (!valid) return Fate::Unknown;  // out of steps
  return *valid ? Fate::Accepted : Fate::Refused;
}

struct Member {
  json::Value document;
  json_schema::Schema schema;
  json_schema::Plan plan;
  std::vector<Fate> fates;  // by value
};

struct Family {
  std::uint64_t seed = 0;
  bool formats = false;
  std::vector<Member> members;
  std::vector<json::Value> values;
  std::vector<std::pair<std::size_t, std::size_t>> compatible;  // writer, reader
};

class JsonOracle {
 public:
  explicit JsonOracle(const Settings& settings) : settings_(settings) {
    if (!settings.peer.empty()) peer_ = std::make_unique<Peer>(settings.peer);
  }

  Tally run() {
    for (auto seed = settings_.seed; tally_.pairs < settings_.pairs; ++seed) {
      auto family = draw(seed);
      judge(family);
      if (peer_ == nullptr || seed % settings_.peer_share != 0) continue;
      asked_.back().push_back(std::move(family));
      if (asked_.back().size() >= kFamiliesPerQuestion) send();
    }
    if (!asked_.back().empty()) send();
    while (asked_.size() > 1) receive();
    return std::move(tally_);
  }

 private:
  static std::optional<json_schema::Schema> schema_of(const json::Value& document) {
    auto schema = json_schema::parse(json::to_text(document));
    if (!schema) return std::nullopt;
    return *std::move(schema);
  }

  bool says_compatible(const json_schema::Schema& writer, const json_schema::Schema& reader) const {
    const auto differences = json_schema::compare({.reader = reader, .writer = writer});
    if (!differences) return false;
    return std::ranges::all_of(*differences, [&](const json_schema::Difference& difference) {
      return settings_.planted && difference.rule == json_schema::Rule::MaxLengthDecreased;
    });
  }

  static Family draw(std::uint64_t seed) {
    Family family;
    family.seed = seed;
    family.formats = seed / kDialects.size() % 4 == 0;
    json_schema::testing::RandomSchemas random(seed, kDialects[seed % kDialects.size()],
                                               family.formats);
    // A document that applies itself to the same value without end is none.
    for (std::size_t attempts = 0; attempts < 2 * kMembers && family.members.size() < kMembers;
         ++attempts) {
      auto document =
          family.members.empty()
              ? random.document()
              : random.changed(family.members[(seed + attempts) % family.members.size()].document);
      auto schema = schema_of(document);
      if (!schema) continue;
      auto plan = json_schema::compile(*schema, {.assert_formats = family.formats});
      family.members.push_back({std::move(document), *std::move(schema), std::move(plan), {}});
    }
    for (const auto& member : family.members) {
      for (int i = 0; i < kValuesPerMember; ++i) {
        family.values.push_back(random.value_for(member.document, member.document));
      }
    }
    for (int i = 0; i < kValuesPerMember; ++i) family.values.push_back(random.value());
    for (auto& member : family.members) {
      for (const auto& value : family.values) member.fates.push_back(fate_of(member.plan, value));
    }
    return family;
  }

  void judge(Family& family) {
    for (std::size_t w = 0; w < family.members.size(); ++w) {
      for (std::size_t r = 0; r < family.members.size(); ++r) {
        const auto& writer = family.members[w];
        const auto& reader = family.members[r];
        if (writer.document == reader.document) continue;
        ++tally_.pairs;
        std::size_t written = 0;
        std::optional<std::size_t> refused;
        for (std::size_t i = 0; i < family.values.size(); ++i) {
          if (writer.fates[i] != Fate::Accepted) continue;
          ++written;
          if (reader.fates[i] == Fate::Refused && !refused) refused = i;
        }
        if (!says_compatible(writer.schema, reader.schema)) {
          if (family.seed % kJudgedAnyway != 0 || written == 0) continue;
          ++tally_.judged;
          tally_.stricter += refused ? 0 : 1;
          continue;
        }
        ++tally_.compatible;
        tally_.values += written;
        family.compatible.emplace_back(w, r);
        if (!refused) continue;
        ++tally_.unsound;
        explain(family, writer.document, reader.document, family.values[*refused]);
      }
    }
  }

  void explain(const Family& family, const json::Value& writer, const json::Value& reader,
               const json::Value& value) {
    if (tally_.findings.size() >= kFindings) return;
    const json_schema::CompileOptions options{.assert_formats = family.formats};
    const auto fails = [&](const Documents& documents) {
      const auto from = schema_of(documents[0]);
      const auto to = schema_of(documents[1]);
      return from && to && says_compatible(*from, *to) &&
             fate_of(json_schema::compile(*from, options), documents[2]) == Fate::Accepted &&
             fate_of(json_schema::compile(*to, options), documents[2]) == Fate::Refused;
    };
    const auto small = shrink({writer, reader, value}, fails);
    const auto seed = std::to_string(family.seed);
    tally_.findings.push_back("seed " + seed + ": the reader refuses " + json::to_text(small[2]) +
                              (family.formats ? " (formats are rules)" : "") + "\n  Row{\"Seed" +
                              seed + "\", R\"(" + json::to_text(small[0]) + ")\", R\"(" +
                              json::to_text(small[1]) + ")\", \"…\", \"…\"},  // before, after");
  }

  // ---- the independent validator ----

  static json::Value question(const Family& family) {
    auto out = json::Value::object({});
    out.set("formats", json::Value::boolean(family.formats));
    std::vector<json::Value> schemas;
    std::vector<json::Value> accepted;
    for (const auto& member : family.members) {
      schemas.push_back(member.document);
      std::string fates;
      for (const auto fate : member.fates) {
        fates += fate == Fate::Accepted ? '1' : fate == Fate::Refused ? '0' : '?';
      }
      accepted.push_back(json::Value::string(std::move(fates)));
    }
    std::vector<json::Value> pairs;
    for (const auto& [writer, reader] : family.compatible) {
      pairs.push_back(
          json::Value::array({json::Value::integer(static_cast<std::int64_t>(writer)),
                              json::Value::integer(static_cast<std::int64_t>(reader))}));
    }
    out.set("schemas", json::Value::array(std::move(schemas)));
    out.set("values", json::Value::array(family.values));
    out.set("accepted", json::Value::array(std::move(accepted)));
    out.set("compatible", json::Value::array(std::move(pairs)));
    return out;
  }

  void send() {
    std::vector<json::Value> families;
    for (const auto& family : asked_.back()) families.push_back(question(family));
    peer_->ask(json::to_text(json::Value::array(std::move(families))));
    asked_.emplace_back();
    if (asked_.size() > 2) receive();
  }

  // {"pairs": N, "refused": N, "unsound": [[family, writer, reader, value]…], "disputed": [[family,
  // member, value]…]}
  void receive() {
    const auto answer = json::parse(peer_->answer());
    const auto number = [](const json::Value& value) {
      return static_cast<std::size_t>(value.as_int64().value_or(0));
    };
    tally_.peer_pairs += number(*answer->find("pairs"));
    tally_.excused += number(*answer->find("refused"));
    const auto& families = asked_.front();
    for (const auto& row : answer->find("unsound")->items()) {
      const auto at = row.items();
      const auto& family = families[number(at[0])];
      ++tally_.unsound;
      if (tally_.findings.size() >= kFindings) continue;
      tally_.findings.push_back("seed " + std::to_string(family.seed) + ", by the peer: writer " +
                                json::to_text(family.members[number(at[1])].document) +
                                "\n reader " +
                                json::to_text(family.members[number(at[2])].document) +
                                "\n value " + json::to_text(family.values[number(at[3])]));
    }
    for (const auto& row : answer->find("disputed")->items()) {
      const auto at = row.items();
      ++tally_.disputed;
      dispute(families[number(at[0])], number(at[1]), number(at[2]));
    }
    asked_.pop_front();
  }

  // The two validators differ over one value.
  void dispute(const Family& family, std::size_t member, std::size_t value) {
    if (tally_.findings.size() >= kFindings) return;
    const auto& plan = family.members[member];
    tally_.findings.push_back("seed " + std::to_string(family.seed) + ", validators differ: we " +
                              (plan.fates[value] == Fate::Accepted ? "accept " : "refuse ") +
                              json::to_text(family.values[value]) + " by " +
                              json::to_text(plan.document));
  }

  const Settings& settings_;
  std::unique_ptr<Peer> peer_;
  Tally tally_;
  std::deque<std::vector<Family>> asked_{1};  // the last one is being made
};

}  // namespace

Tally try_json(const Settings& settings) { return JsonOracle(settings).run(); }

}  // namespace limpet::verdicts
