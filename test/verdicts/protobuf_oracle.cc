// Protobuf: pairs are judged here; values are written and read by libprotobuf, from descriptors of
// its own, and compared field by field.
#include "oracle.h"
#include "shrink.h"
#include "src/protobuf/testing/random_schema.h"

#include "limpet/base/hex.h"
#include "limpet/protobuf/compare.h"
#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace limpet::verdicts {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

constexpr int kValuesPerMessage = 4;
constexpr int kProbeValues = 60;
constexpr std::uint64_t kJudgedAnyway = 16;  // of so many families one tries incompatible pairs too

// ---- libprotobuf's own view of a text ----

class Linked {
 public:
  static std::unique_ptr<Linked> of(const std::string& text) {
    struct Silent : pb::io::ErrorCollector {
      void AddError(int, int, const std::string&) override {}
    } silent;
    struct SilentLinker : pb::DescriptorPool::ErrorCollector {
      void AddError(const std::string&, const std::string&, const pb::Message*, ErrorLocation,
                    const std::string&) override {}
    } silent_linker;
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    pb::io::Tokenizer tokens(&stream, &silent);
    pb::FileDescriptorProto proto;
    pb::compiler::Parser parser;
    parser.RecordErrorsTo(&silent);
    if (!parser.Parse(&tokens, &proto)) return nullptr;
    proto.set_name("test.proto");
    auto out = std::unique_ptr<Linked>(new Linked);
    out->file_ = out->pool_.BuildFileCollectingErrors(proto, &silent_linker);
    return out->file_ == nullptr ? nullptr : std::move(out);
  }

  const pb::FileDescriptor& file() const { return *file_; }
  std::unique_ptr<pb::Message> make(const pb::Descriptor& type) {
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(&type)->New());
  }

 private:
  Linked() = default;
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_{&pool_};
  const pb::FileDescriptor* file_ = nullptr;
};

// ---- writing ----

// Fills a message with values of every kind, typical and extreme ones. `string` and `bytes` get the
// same texts: that bytes are valid UTF-8 is what their being exchanged asks for.
class Filler {
 public:
  explicit Filler(std::uint64_t seed) : random_(seed) {}

  // A message that requires itself stays without, and is not written.
  void fill(pb::Message& message, int depth) {
    if (depth > 20) return;
    const auto& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      const bool must = field.is_required() || type.options().map_entry();
      if (!must &&
          (pick(3) == 0 || (depth > 3 && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)))
        continue;
      if (!field.is_repeated()) {
        set(message, field, depth);  // of a oneof the last one stays
        continue;
      }
      for (auto left = pick(30) == 0 ? 20 : pick(4); left > 0; --left) set(message, field, depth);
    }
  }

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

  std::uint64_t number() {
    static constexpr std::array<std::uint64_t, 9> kNumbers{
        0, 1, 2, 127, 128, 0x7fffffff, 0x80000000, 0x7fffffffffffffff, 0x8000000000000000};
    const auto number = kNumbers[pick(kNumbers.size())];
    return pick(3) == 0 ? ~number : number;
  }

  double real() {
    static constexpr std::array<double, 6> kReals{0,
                                                  -0.0,
                                                  1.5,
                                                  -1e30,
                                                  std::numeric_limits<double>::infinity(),
                                                  std::numeric_limits<float>::min()};
    return kReals[pick(kReals.size())];
  }

  std::string text() {
    static const std::array<std::string, 5> kTexts{"", "a", "é𝄞", std::string("\0b", 2),
                                                   std::string(200, 'x')};
    return kTexts[pick(kTexts.size())];
  }

  void set(pb::Message& message, const FieldDescriptor& field, int depth) {
    const auto& reflection = *message.GetReflection();
    const bool many = field.is_repeated();
    const auto with = [&](auto setter, auto adder, auto value) {
      many ? (reflection.*adder)(&message, &field, value)
           : (reflection.*setter)(&message, &field, value);
    };
    using pb::Reflection;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return with(&Reflection::SetInt32, &Reflection::AddInt32,
                    static_cast<std::int32_t>(number()));
      case FieldDescriptor::CPPTYPE_INT64:
        return with(&Reflection::SetInt64, &Reflection::AddInt64,
                    static_cast<std::int64_t>(number()));
      case FieldDescriptor::CPPTYPE_UINT32:
        return with(&Reflection::SetUInt32, &Reflection::AddUInt32,
                    static_cast<std::uint32_t>(number()));
      case FieldDescriptor::CPPTYPE_UINT64:
        return with(&Reflection::SetUInt64, &Reflection::AddUInt64, number());
      case FieldDescriptor::CPPTYPE_BOOL:
        return with(&Reflection::SetBool, &Reflection::AddBool, pick(2) == 0);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return with(&Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(real()));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return with(&Reflection::SetDouble, &Reflection::AddDouble, real());
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto& type = *field.enum_type();
        const auto* value =
            type.value(static_cast<int>(pick(static_cast<std::size_t>(type.value_count()))));
        return with(&Reflection::SetEnumValue, &Reflection::AddEnumValue, value->number());
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? reflection.AddString(&message, &field, text())
                    : reflection.SetString(&message, &field, text());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return fill(many ? *reflection.AddMessage(&message, &field)
                         : *reflection.MutableMessage(&message, &field),
                    depth + 1);
    }
  }

  std::mt19937_64 random_;
};

// ---- comparing ----

// One value as it goes over the wire, or a message.
struct Datum {
  std::uint64_t bits = 0;
  std::string text;
  const pb::Message* message = nullptr;
};

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

Datum datum(const pb::Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const auto get = [&](auto single, auto repeated) {
    return field.is_repeated() ? (reflection.*repeated)(message, &field, index)
                               : (reflection.*single)(message, &field);
  };
  using pb::Reflection;
  const bool zig =
      field.type() == FieldDescriptor::TYPE_SINT32 || field.type() == FieldDescriptor::TYPE_SINT64;
  const auto number = [zig](std::int64_t value) {
    return Datum{zig ? zigzag(value) : static_cast<std::uint64_t>(value), {}, nullptr};
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return number(get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return number(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return {get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32), {}, nullptr};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64), {}, nullptr};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? 1U : 0U, {}, nullptr};
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {
          std::bit_cast<std::uint32_t>(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat)),
          {},
          nullptr};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {
          std::bit_cast<std::uint64_t>(get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble)),
          {},
          nullptr};
    case FieldDescriptor::CPPTYPE_ENUM:
      return number(get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue));
    case FieldDescriptor::CPPTYPE_STRING:
      return {0, get(&Reflection::GetString, &Reflection::GetRepeatedString), nullptr};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return {0,
              {},
              field.is_repeated() ? &reflection.GetRepeatedMessage(message, &field, index)
                                  : &reflection.GetMessage(message, &field)};
  }
  return {};
}

std::vector<Datum> data(const pb::Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  std::vector<Datum> out;
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) out.push_back(datum(message, field, i));
  return out;
}

// What the reader's type makes of a number on the wire: 32 bits of it, and "not 0" for bool
// (protobuf.dev, "Updating A Message Type").
std::uint64_t narrowed(std::uint64_t bits, const FieldDescriptor& reader) {
  switch (reader.type()) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_ENUM:
      return static_cast<std::uint64_t>(static_cast<std::int32_t>(bits));
    case FieldDescriptor::TYPE_SFIXED32:
      return static_cast<std::uint64_t>(static_cast<std::int32_t>(bits));
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_FLOAT:
      return static_cast<std::uint32_t>(bits);
    case FieldDescriptor::TYPE_BOOL:
      return bits != 0 ? 1 : 0;
    default:
      return bits;
  }
}

bool is_closed(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_ENUM &&
         field.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO2;
}

// A closed enum keeps values that it does not have among the unknown fields, which is no loss.
bool is_kept_aside(const Datum& written, const FieldDescriptor& reader) {
  return is_closed(reader) && reader.enum_type()->FindValueByNumber(
                                  static_cast<int>(narrowed(written.bits, reader))) == nullptr;
}

// The first thing that was written, that the reader has a field for, and that is not there;
// empty = nothing. What the reader has no field for it passes over, by the rules.
std::string lost(const pb::Message& written, const pb::Message& read);

std::string lost_map(const pb::Message& written, const FieldDescriptor& from,
                     const pb::Message& read, const FieldDescriptor& to) {
  const auto& key_from = *from.message_type()->map_key();
  const auto& key_to = *to.message_type()->map_key();
  const auto& value_from = *from.message_type()->map_value();
  const auto& value_to = *to.message_type()->map_value();
  using Key = std::pair<std::uint64_t, std::string>;
  std::map<Key, std::vector<Datum>> wanted;
  for (const auto& entry : data(written, from)) {
    auto key = datum(*entry.message, key_from, 0);
    wanted[{narrowed(key.bits, key_to), key.text}].push_back(datum(*entry.message, value_from, 0));
  }
  std::map<Key, Datum> found;
  for (const auto& entry : data(read, to)) {
    auto key = datum(*entry.message, key_to, 0);
    found[{narrowed(key.bits, key_to), key.text}] = datum(*entry.message, value_to, 0);
  }
  for (const auto& [key, values] : wanted) {
    const auto aside = std::ranges::count_if(
        values, [&](const Datum& value) { return is_kept_aside(value, value_to); });
    // Of one key, or of keys that become one by being cut, any value may be left.
    if (aside > 0) continue;
    const auto at = found.find(key);
    if (at == found.end()) return "an entry of " + to.full_name();
    if (values.size() > 1) continue;
    const auto& value = values.front();
    if ((value.message != nullptr) != (at->second.message != nullptr)) return to.full_name();
    if (value.message != nullptr) {
      auto inner = lost(*value.message, *at->second.message);
      if (!inner.empty()) return inner;
    } else if (narrowed(value.bits, value_to) != narrowed(at->second.bits, value_to) ||
               value.text != at->second.text) {
      return "the value of an entry of " + to.full_name();
    }
  }
  return {};
}

std::string lost_field(const pb::Message& written, const FieldDescriptor& from,
                       const pb::Message& read, const FieldDescriptor& to) {
  if (from.is_map() != to.is_map()) return "map " + to.full_name();
  if (from.is_map()) return lost_map(written, from, read, to);
  auto wanted = data(written, from);
  std::erase_if(wanted, [&to](const Datum& value) { return is_kept_aside(value, to); });
  if (wanted.empty()) return {};
  const bool single = !to.is_repeated();
  if (single && to.has_presence() && !read.GetReflection()->HasField(read, &to)) {
    return to.full_name();
  }
  const auto found = data(read, to);
  if (!single && found.size() != wanted.size()) return "items of " + to.full_name();
  if (single && wanted.size() > 1) {
    if (wanted.front().message != nullptr) return {};  // they are merged
    wanted = {wanted.back()};                          // the last one is taken
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& value = wanted[i];
    if (value.message != nullptr) {
      auto inner = lost(*value.message, *found[i].message);
      if (!inner.empty()) return inner;
    } else if (narrowed(value.bits, to) != narrowed(found[i].bits, to) ||
               value.text != found[i].text) {
      return "the value of " + to.full_name();
    }
  }
  return {};
}

std::string lost(const pb::Message& written, const pb::Message& read) {
  std::vector<const FieldDescriptor*> fields;
  written.GetReflection()->ListFields(written, &fields);
  for (const auto* from : fields) {
    const auto* to = read.GetDescriptor()->FindFieldByNumber(from->number());
    if (to == nullptr) continue;
    if ((from->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) !=
            (to->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) ||
        (from->cpp_type() == FieldDescriptor::CPPTYPE_STRING) !=
            (to->cpp_type() == FieldDescriptor::CPPTYPE_STRING)) {
      return to->full_name();
    }
    auto what = lost_field(written, *from, read, *to);
    if (!what.empty()) return what;
  }
  return {};
}

// ---- the oracle ----

struct Value {
  std::unique_ptr<pb::Message> message;
  std::string bytes;
};

// Values of every message of a file, nested ones included.
std::vector<Value> write_all(Linked& writer, std::uint64_t seed, int each) {
  Filler filler(seed);
  std::vector<Value> out;
  std::vector<const pb::Descriptor*> types;
  for (int i = 0; i < writer.file().message_type_count(); ++i) {
    types.push_back(writer.file().message_type(i));
  }
  for (std::size_t at = 0; at < types.size(); ++at) {
    const auto& type = *types[at];
    for (int i = 0; i < type.nested_type_count(); ++i) {
      if (!type.nested_type(i)->options().map_entry()) types.push_back(type.nested_type(i));
    }
    for (int i = 0; i < each; ++i) {
      auto message = writer.make(type);
      filler.fill(*message, 0);
      std::string bytes;
      if (message->IsInitialized() && message->SerializeToString(&bytes)) {
        out.push_back({std::move(message), std::move(bytes)});
      }
    }
  }
  return out;
}

// What the reader loses of one value; empty = nothing.
std::string lost_in(Linked& reader, const Value& value) {
  // Fields refer to messages by name, so that of the reader is the one of that name.
  std::string_view name = value.message->GetDescriptor()->full_name();
  const pb::Descriptor* type = reader.file().pool()->FindMessageTypeByName(std::string(name));
  if (type == nullptr) return "message " + std::string(name);
  const auto read = reader.make(*type);
  if (!read->ParsePartialFromString(value.bytes)) return "all: bytes are not taken";
  if (!read->IsInitialized()) return "required " + read->InitializationErrorString();
  return lost(*value.message, *read);
}

struct Member {
  std::string text;
  protobuf::Schema schema;
  std::unique_ptr<Linked> linked;
  std::vector<Value> values;
};

class ProtobufOracle {
 public:
  explicit ProtobufOracle(const Settings& settings) : settings_(settings) {}

  Tally run() {
    for (auto seed = settings_.seed; tally_.pairs < settings_.pairs; ++seed)
      judge(seed, draw(seed));
    return std::move(tally_);
  }

 private:
  static std::optional<Member> member(std::string text, std::uint64_t seed, int values) {
    auto schema = protobuf::parse(text);
    auto linked = Linked::of(text);
    if (!schema || linked == nullptr) return std::nullopt;
    auto written = write_all(*linked, seed, values);
    return Member{std::move(text), *std::move(schema), std::move(linked), std::move(written)};
  }

  static std::vector<Member> draw(std::uint64_t seed) {
    std::vector<Member> members;
    std::vector<protobuf::testing::RandomSchema> randoms;
    randoms.emplace_back(seed);
    for (std::size_t i = 0; i < kMembers; ++i) {
      if (i > 0) {
        randoms.push_back(randoms[(seed + i) % i]);
        randoms.back().reseed(seed * kMembers + i);
        randoms.back().evolve();
      }
      auto made = member(randoms.back().text(), seed * kMembers + i, kValuesPerMessage);
      if (!made) {
        std::fprintf(stderr, "error: the generator made what is no schema: %s\n",
                     randoms.back().text().c_str());
        std::exit(2);
      }
      members.push_back(*std::move(made));
    }
    return members;
  }

  bool says_compatible(const Member& writer, const Member& reader) const {
    const auto differences = protobuf::compare({.reader = reader.schema, .writer = writer.schema});
    return differences &&
           std::ranges::all_of(*differences, [this](const protobuf::Difference& difference) {
             return settings_.planted && difference.rule == protobuf::Rule::FieldScalarKindChanged;
           });
  }

  static std::string first_lost(const Member& writer, const Member& reader) {
    for (const auto& value : writer.values) {
      auto what = lost_in(*reader.linked, value);
      if (!what.empty()) return what + " of " + to_hex(value.bytes);
    }
    return {};
  }

  void judge(std::uint64_t seed, const std::vector<Member>& members) {
    for (const auto& writer : members) {
      for (const auto& reader : members) {
        if (writer.text == reader.text) continue;
        ++tally_.pairs;
        if (!says_compatible(writer, reader)) {
          if (seed % kJudgedAnyway != 0 || writer.values.empty()) continue;
          ++tally_.judged;
          tally_.stricter += first_lost(writer, reader).empty() ? 1 : 0;
          continue;
        }
        ++tally_.compatible;
        tally_.values += writer.values.size();
        const auto what = first_lost(writer, reader);
        if (what.empty()) continue;
        ++tally_.unsound;
        explain(seed, writer.text, reader.text, what);
      }
    }
  }

  void explain(std::uint64_t seed, const std::string& writer, const std::string& reader,
               std::string what) {
    if (tally_.findings.size() >= kFindings) return;
    const auto fails = [&](const Texts& texts) {
      const auto from = member(texts[0], 1, kProbeValues);
      const auto to = member(texts[1], 1, 0);
      if (!from || !to || !says_compatible(*from, *to)) return false;
      auto still = first_lost(*from, *to);
      if (still.empty()) return false;
      what = std::move(still);
      return true;
    };
    Texts small{writer, reader};
    if (fails(small)) small = shrink_lines(small, fails);
    (void)fails(small);
    const auto name = std::to_string(seed);
    tally_.findings.push_back("seed " + name + ": the reader loses " + what + "\n  Row{\"Seed" +
                              name + "\", R\"(" + small[0] + ")\", R\"(" + small[1] +
                              ")\", \"…\", \"…\"},  // old, new");
  }

  const Settings& settings_;
  Tally tally_;
};

}  // namespace

Tally try_protobuf(const Settings& settings) { return ProtobufOracle(settings).run(); }

}  // namespace limpet::verdicts
