// Avro: pairs are judged here; values are written and read by Avro Java (java/AvroReader.java).
#include "oracle.h"
#include "peer.h"
#include "shrink.h"
#include "src/avro/testing/random_schema.h"

#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>

namespace limpet::verdicts {
namespace {

constexpr std::size_t kFamiliesPerQuestion = 200;
constexpr std::uint32_t kLeastValues = 4;
constexpr std::uint32_t kProbeValues = 40;
constexpr std::uint64_t kTriedAnyway = 16;  // of so many families one tries incompatible pairs too

// What is said of a pair, as AvroReader.java knows it.
enum Said : std::uint8_t {
  kAsked = 1,
  kCompatible = 2,
  kLenient = 4,
  kTryAnyway = 8,
  kOtherwise = 16
};

enum class Wrong : std::uint8_t { Unreadable, Verdict, Parse };

struct Family {
  std::uint64_t seed = 0;
  std::vector<std::string> texts;
  std::vector<std::uint8_t> said;  // writer by writer
};

struct Failure {
  Wrong wrong = Wrong::Unreadable;
  std::size_t family = 0;
  std::size_t writer = 0;
  std::size_t reader = 0;
  std::string what;
};

struct Answer {
  std::uint64_t read = 0;
  std::uint64_t values = 0;
  std::uint64_t excused = 0;
  std::uint64_t stricter = 0;
  std::uint64_t judged = 0;
  std::vector<Failure> failures;
};

std::string question(const std::vector<Family>& families, std::uint32_t least) {
  ByteWriter out;
  out.u32(least).u32(static_cast<std::uint32_t>(families.size()));
  for (const auto& family : families) {
    out.u64(family.seed).u8(static_cast<std::uint8_t>(family.texts.size()));
    for (const auto& text : family.texts) out.text(text);
    for (const auto said : family.said) out.u8(said);
  }
  return std::move(out).take();
}

Answer read_answer(std::string bytes) {
  ByteReader in(std::move(bytes));
  Answer out{in.u64(), in.u64(), in.u64(), in.u64(), in.u64(), {}};
  for (auto left = in.u32(); left > 0; --left) {
    Failure failure;
    failure.wrong = static_cast<Wrong>(in.u8());
    failure.family = in.u32();
    failure.writer = in.u8();
    failure.reader = in.u8();
    failure.what = in.text();
    out.failures.push_back(std::move(failure));
  }
  return out;
}

class AvroOracle {
 public:
  explicit AvroOracle(const Settings& settings) : settings_(settings), peer_(settings.peer) {}

  Tally run() {
    // One question is always on its way while the next is made.
    for (auto seed = settings_.seed; tally_.pairs < settings_.pairs; ++seed) {
      asked_.back().push_back(family(seed));
      if (asked_.back().size() < kFamiliesPerQuestion) continue;
      send();
    }
    if (!asked_.back().empty()) send();
    while (asked_.size() > 1) receive();
    explain();
    return std::move(tally_);
  }

 private:
  struct Finding {
    Wrong wrong;
    std::uint64_t seed;
    std::string writer;
    std::string reader;
    std::string what;
  };

  std::uint8_t judge(const avro::Schema& writer, const avro::Schema& reader) const {
    const auto strict = avro::resolve({.reader = reader, .writer = writer});
    if (!strict) return kAsked;
    if (strict->empty()) return kAsked | kCompatible | kLenient;
    const auto lenient = avro::resolve(
        {.reader = reader, .writer = writer, .options = {.enum_symbols_strict = false}});
    const bool readable = lenient && lenient->empty();
    if (readable && settings_.planted) return kAsked | kCompatible | kLenient;
    // Aliases of aliases: Avro Java's parts do not agree with each other. Broken defaults: it may
    // come to them or not.
    const bool otherwise = std::ranges::any_of(*strict, [](const avro::Mismatch& mismatch) {
      return mismatch.kind == avro::MismatchKind::AmbiguousAlias ||
             mismatch.kind == avro::MismatchKind::UnusableDefault;
    });
    return kAsked | (readable ? kLenient : 0) | (otherwise ? kOtherwise : 0);
  }

  Family family(std::uint64_t seed) {
    Family out{.seed = seed, .texts = {}, .said = {}};
    std::vector<avro::testing::RandomSchema> members;
    std::vector<avro::Schema> schemas;
    members.emplace_back(seed, 3 + static_cast<int>(seed % 12));
    for (std::size_t i = 0; i < kMembers; ++i) {
      if (i > 0) {
        members.push_back(members[(seed + i) % i]);
        members.back().reseed(seed * kMembers + i);
        members.back().evolve();
      }
      out.texts.push_back(members.back().text());
      auto schema = avro::parse(out.texts.back());
      if (!schema) {
        std::fprintf(stderr, "error: the generator made what is no schema: %s\n%s\n",
                     out.texts.back().c_str(), describe(schema.error()).c_str());
        std::exit(2);
      }
      schemas.push_back(*std::move(schema));
    }
    for (std::size_t w = 0; w < kMembers; ++w) {
      for (std::size_t r = 0; r < kMembers; ++r) {
        if (out.texts[w] == out.texts[r]) {
          out.said.push_back(0);
          continue;
        }
        auto said = judge(schemas[w], schemas[r]);
        ++tally_.pairs;
        tally_.compatible += (said & kCompatible) != 0 ? 1 : 0;
        if (seed % kTriedAnyway == 0) said |= kTryAnyway;
        out.said.push_back(said);
      }
    }
    return out;
  }

  void send() {
    peer_.ask(question(asked_.back(), kLeastValues));
    asked_.emplace_back();
    if (asked_.size() > 2) receive();
  }

  void receive() {
    const auto answer = read_answer(peer_.answer());
    tally_.peer_pairs += answer.read;
    tally_.values += answer.values;
    tally_.excused += answer.excused;
    tally_.stricter += answer.stricter;
    tally_.judged += answer.judged;
    for (const auto& failure : answer.failures) {
      if (failure.wrong == Wrong::Unreadable) {
        ++tally_.unsound;
      } else {
        ++tally_.disputed;
      }
      const auto alike = std::ranges::count(open_, failure.wrong, &Finding::wrong);
      if (static_cast<std::size_t>(alike) >= kFindings) continue;
      const auto& family = asked_.front()[failure.family];
      open_.push_back({failure.wrong, family.seed, family.texts[failure.writer],
                       family.texts[failure.reader], failure.what});
    }
    asked_.pop_front();
  }

  // ---- counter-examples ----

  // What goes wrong with two texts; nullopt = nothing, or they are no schemas.
  std::optional<Failure> probe(const std::string& writer, const std::string& reader) {
    const auto from = avro::parse(writer);
    const auto to = avro::parse(reader);
    if (!from || !to) return std::nullopt;
    const std::vector<Family> pair{{1, {writer, reader}, {0, judge(*from, *to), 0, 0}}};
    peer_.ask(question(pair, kProbeValues));
    auto answer = read_answer(peer_.answer());
    if (answer.failures.empty()) return std::nullopt;
    return std::move(answer.failures.front());
  }

  void explain() {
    for (const auto& finding : open_) {
      const auto writer = json::parse(finding.writer);
      const auto reader = json::parse(finding.reader);
      const auto fails = [&](const Documents& documents) {
        const auto failure = probe(json::to_text(documents[0]), json::to_text(documents[1]));
        return failure && failure->wrong == finding.wrong;
      };
      Documents documents{*writer, *reader};
      // Found with other values than a probe makes? Then it is shown as it was found.
      if (fails(documents)) documents = shrink(std::move(documents), fails);
      const auto from = json::to_text(documents[0]);
      const auto to = json::to_text(documents[1]);
      const auto failure = probe(from, to);
      tally_.findings.push_back("seed " + std::to_string(finding.seed) + ": " +
                                (failure ? failure->what : finding.what) + "\n  Row{\"Seed" +
                                std::to_string(finding.seed) + "\", R\"(" + to + ")\", R\"(" +
                                from + ")\", \"\"},  // reader, writer");
    }
  }

  const Settings& settings_;
  Peer peer_;
  Tally tally_;
  std::deque<std::vector<Family>> asked_{1};  // the last one is being made
  std::vector<Finding> open_;
};

}  // namespace

Tally try_avro(const Settings& settings) { return AvroOracle(settings).run(); }

}  // namespace limpet::verdicts
