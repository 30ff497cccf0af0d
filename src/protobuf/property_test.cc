// What holds for every schema: over seeded random ones, and over the fuzzer's corpus.
#include "protobuf_fuzz.h"
#include "testing/random_schema.h"

#include "limpet/protobuf/bundle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::RandomFileSet;
using testing::RandomSchema;

constexpr std::uint64_t kSeeds = 1500;

Schema schema_of(const std::string& text) {
  auto schema = parse(text);
  EXPECT_TRUE(schema) << text << describe(schema.error());
  return *std::move(schema);
}

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void append_tag(std::string& out, std::int32_t number, unsigned wire_type) {
  append_varint(out, static_cast<std::uint64_t>(number) << 3U | wire_type);
}

// Writes a value of every kind that a schema allows, as the wire format says (protobuf.dev,
// "Encoding"). Enums get values that they have.
template <class Random>
class Writer {
 public:
  explicit Writer(Random& random) : random_(random) {}

  std::string message(const Message& message, int depth) {
    std::string out;
    std::vector<char> taken(message.oneofs.size());
    for (const auto& field : message.fields) {
      const bool must = field.label == Label::Required || message.map_entry;
      if (!must && (random_.chance(3) || (depth > 3 && field.message != nullptr))) continue;
      if (field.oneof && std::exchange(taken[*field.oneof], 1) != 0) continue;
      const auto count = field.repeated ? random_.pick(4) : 1;
      if (field.packed && count > 0) {
        std::string values;
        for (std::size_t i = 0; i < count; ++i) value(values, field, depth);
        append_tag(out, field.number, 2);
        append_varint(out, values.size());
        out += values;
        continue;
      }
      for (std::size_t i = 0; i < count; ++i) {
        append_tag(out, field.number, wire_type(field.type));
        value(out, field, depth);
      }
    }
    return out;
  }

 private:
  static unsigned wire_type(FieldType type) {
    switch (type) {
      case FieldType::Fixed64:
      case FieldType::SFixed64:
      case FieldType::Double:
        return 1;
      case FieldType::String:
      case FieldType::Bytes:
      case FieldType::Message:
        return 2;
      case FieldType::Fixed32:
      case FieldType::SFixed32:
      case FieldType::Float:
        return 5;
      default:
        return 0;
    }
  }

  void value(std::string& out, const Field& field, int depth) {
    switch (wire_type(field.type)) {
      case 1:
        out.append(8, static_cast<char>(random_.pick(64)));
        return;
      case 5:
        out.append(4, static_cast<char>(random_.pick(64)));
        return;
      case 2: {
        const auto text = field.message != nullptr ? message(*field.message, depth + 1)
                                                   : std::string(random_.pick(5), 'x');
        append_varint(out, text.size());
        out += text;
        return;
      }
      default:
        if (field.enumeration != nullptr) {
          const auto& values = field.enumeration->values;
          append_varint(out,
                        static_cast<std::uint64_t>(values[random_.pick(values.size())].number));
        } else {
          append_varint(out, random_.pick(3));
        }
    }
  }

  Random& random_;
};

bool is_closed_enum(const Message& message, const Field& field) {
  return field.enumeration != nullptr && message.file->syntax == Syntax::Proto2;
}

// What the reader failed to recognize although it has the field; empty = nothing.
std::string lost(const Schema& reader, const Decoded& decoded) {
  for (const auto& unknown : decoded.unknown) {
    const auto* message = reader.find_message(unknown.message);
    if (message == nullptr) return "a record of " + unknown.message;
    const auto* field = message->find_field(static_cast<std::int32_t>(unknown.number));
    if (field != nullptr && !is_closed_enum(*message, *field)) {
      return unknown.message + "." + field->name;
    }
  }
  return {};
}

TEST(Random, FormsAreStableAndSchemasReadThemselves) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ASSERT_TRUE(fuzz_schema(RandomSchema(seed).text()));
  }
}

// Where the verdict is compatible, whatever the writer can write is read, and no record of a field
// that the reader has is passed over.
TEST(Random, CompatibleMeansReadable) {
  std::size_t compatible = 0;
  // LIMPET_PAIRS asks for more; scripts/verdicts goes much further.
  const auto* wanted = std::getenv("LIMPET_PAIRS");
  const auto seeds = wanted == nullptr ? kSeeds : std::strtoull(wanted, nullptr, 10);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    RandomSchema random(seed);
    const auto old_text = random.text();
    random.evolve();
    const auto new_text = random.text();
    const auto writer = schema_of(old_text);
    const auto reader = schema_of(new_text);
    const auto differences = compare({.reader = reader, .writer = writer});
    ASSERT_TRUE(differences);
    if (!differences->empty()) continue;
    ++compatible;
    for (int i = 0; i < 5; ++i) {
      SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + old_text + "\n" + new_text);
      for (const auto* message : writer.messages()) {
        if (message->map_entry) continue;
        const auto bytes = Writer(random).message(*message, 0);
        ASSERT_TRUE(decode(writer, *message, bytes));
        const auto decoded = decode(reader, *reader.find_message(message->full_name), bytes);
        ASSERT_TRUE(decoded) << describe(decoded.error());
        ASSERT_EQ(lost(reader, *decoded), "");
      }
    }
  }
  EXPECT_GT(compatible, seeds / 10);
  EXPECT_LT(compatible, seeds * 9 / 10);
}

// What the profile of Glue accepts and Confluent's refuses is named by AWS: required fields.
TEST(Random, ProfilesDifferOnlyWhereTheyMay) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    RandomSchema random(seed);
    const auto writer = schema_of(random.text());
    random.evolve();
    const auto reader = schema_of(random.text());
    const auto glue = compare({.reader = reader, .writer = writer});
    const auto confluent =
        compare({.reader = reader, .writer = writer, .options = {.profile = Profile::Confluent}});
    ASSERT_TRUE(glue && confluent);
    for (const auto& difference : *confluent) {
      const bool named = difference.rule == Rule::RequiredFieldRemoved ||
                         difference.rule == Rule::FieldNumericLabelChanged;
      EXPECT_TRUE(named || std::ranges::find(*glue, difference) != glue->end())
          << describe(difference);
    }
  }
}

// Messages of the separate files are messages of the bundle; root's keep their names.
TEST(Random, BundlesReadAndWriteTheSameData) {
  for (std::uint64_t seed = 0; seed < kSeeds / 3; ++seed) {
    RandomFileSet random(seed);
    std::vector<NamedText> imports;
    ParseOptions options;
    std::string facts = "seed " + std::to_string(seed) + "\n";
    for (const auto& [path, package, text] : random.files()) {
      facts += "-- " + path + "\n" + text;
      if (path != random.root().path) imports.push_back({path, text});
    }
    SCOPED_TRACE(facts);
    options.imports = [&imports](std::string_view path) -> std::optional<std::string> {
      const auto found = std::ranges::find(imports, path, &NamedText::name);
      if (found == imports.end()) return std::nullopt;
      return std::string(found->text);
    };
    const auto separate = parse(random.root().text, options);
    ASSERT_TRUE(separate) << describe(separate.error());
    const auto whole = bundle(random.root().text, imports);
    ASSERT_TRUE(whole) << describe(whole.error());
    std::ranges::reverse(imports);
    EXPECT_EQ(bundle(random.root().text, imports).value_or(""), *whole);
    const auto bundled = fuzz_schema(*whole);
    ASSERT_TRUE(bundled);
    EXPECT_EQ(canonical_text(*bundled), *whole);
    for (const auto* message : separate->messages()) {
      const auto* same = bundled->find_message(message->full_name);
      ASSERT_NE(same, nullptr) << *whole;
      EXPECT_EQ(message_path(*same), message_path(*message));
      if (message->map_entry) continue;
      const auto bytes = Writer(random).message(*message, 0);
      const auto decoded = decode(*separate, *message, bytes);
      const auto again = decode(*bundled, *same, bytes);
      ASSERT_TRUE(decoded && again) << *whole;
      EXPECT_EQ(again->json, decoded->json);
      EXPECT_EQ(again->unknown_count, 0U);
      const auto written = encode(*separate, *message, decoded->json);
      const auto rewritten = encode(*bundled, *same, decoded->json);
      ASSERT_TRUE(written && rewritten);
      EXPECT_EQ(*rewritten, *written);
    }
  }
}

// Without imports there is nothing to merge.
TEST(Random, BundleOfOneFileIsItsCanonicalText) {
  for (std::uint64_t seed = 0; seed < kSeeds / 3; ++seed) {
    SCOPED_TRACE(seed);
    const auto text = RandomSchema(seed).text();
    EXPECT_EQ(bundle(text, {}).value_or(""), canonical_text(schema_of(text)));
  }
}

TEST(Fuzz, ReplaysTheCorpus) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/protobuf")) {
    SCOPED_TRACE(file.path());
    std::ifstream in(file.path(), std::ios::binary);
    fuzz_protobuf(std::string(std::istreambuf_iterator<char>(in), {}));
    ++files;
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace limpet::protobuf
