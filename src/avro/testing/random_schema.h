// Seeded random Avro schemas as JSON text, with evolutions that keep most of a schema. Always
// valid.
//
//   RandomSchema random(seed);
//   std::string old_text = random.text();
//   random.evolve();
//   std::string new_text = random.text();
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::avro::testing {

/// Keeps a model, not a text: names are defined where they are first printed, unions drop branches
/// that stand there twice, defaults are made for the type that they belong to. A copy goes its own
/// way.
class RandomSchema {
 public:
  explicit RandomSchema(std::uint64_t seed, int types = 12) : random_(seed), left_(types) {
    root_ = chance(3) ? type(0) : named(Kind::Record, 0);
  }

  std::string text() const {
    Printer printer{*this, {}, std::vector<State>(named_.size(), State::New)};
    printer.print(root_, "");
    return std::move(printer.out);
  }

  /// One or two small changes.
  void evolve() {
    for (auto left = 1 + pick(2); left > 0; --left) change();
  }

  /// Goes on with other random numbers, so that copies differ.
  void reseed(std::uint64_t seed) { random_.seed(seed); }

 private:
  enum class Kind : std::uint8_t {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Array,
    Map,
    Union,
    Record,
    Enum,
    Fixed,
  };
  enum class State : std::uint8_t { New, Open, Done };
  struct Type {
    Kind kind = Kind::Null;
    std::size_t named = 0;         // Record, Enum, Fixed: position in named_
    std::vector<Type> inner = {};  // Array, Map: one; Union: its branches
    bool logical = false;
  };
  struct Field {
    std::string name;
    Type type = {};
    bool has_default = false;
    unsigned variant = 0;  // which default
    std::vector<std::string> aliases = {};
  };
  struct Named {
    Kind kind = Kind::Record;
    std::string name = {};
    std::string space = {};
    std::vector<std::string> aliases = {};
    std::vector<Field> fields = {};
    std::vector<std::string> symbols = {};
    bool has_default = false;  // of an enum
    std::size_t size = 0;
    bool error = false;
    bool open = true;  // its fields are being made

    std::string full() const { return space.empty() ? name : space + "." + name; }
  };

  static constexpr std::array<std::string_view, 8> kPrimitives{
      "null", "boolean", "int", "long", "float", "double", "bytes", "string"};
  static constexpr std::array<std::string_view, 6> kNames{"A", "B", "C", "Order", "Größe", "_x1"};
  static constexpr std::array<std::string_view, 4> kSpaces{"", "a", "a.b", "c"};
  static constexpr std::array<std::string_view, 6> kFields{"id",   "name", "total",
                                                           "next", "état", "f_1"};
  static constexpr std::array<std::string_view, 5> kSymbols{"RED", "GREEN", "BLUE", "X", "_y"};

  static bool is_named(Kind kind) { return kind >= Kind::Record; }

  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool chance(std::size_t one_in) { return pick(one_in) == 0; }
  template <std::size_t N>
  std::string choose(const std::array<std::string_view, N>& words) {
    return std::string(words[pick(N)]);
  }

  // ---- text ----

  // What a union is printed as: no unions within it, nothing twice.
  static std::vector<const Type*> branches(const Type& all) {
    std::vector<const Type*> out;
    for (const auto& branch : all.inner) {
      const bool taken =
          branch.kind == Kind::Union || std::ranges::any_of(out, [&](const Type* other) {
            return other->kind == branch.kind &&
                   (!is_named(branch.kind) || other->named == branch.named);
          });
      if (!taken) out.push_back(&branch);
    }
    return out;
  }

  struct Printer {
    const RandomSchema& schema;
    std::string out;
    std::vector<State> states;

    void quoted(std::string_view text) { out.append("\"").append(text).append("\""); }
    void list(std::string_view key, const std::vector<std::string>& words) {
      out.append(",\"").append(key).append("\":[");
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += ',';
        quoted(words[i]);
      }
      out += ']';
    }

    void print(const Type& type, std::string_view space) {
      switch (type.kind) {
        case Kind::Array:
        case Kind::Map:
          out += type.kind == Kind::Array ? R"({"type":"array","items":)"
                                          : R"({"type":"map","values":)";
          print(type.inner.front(), space);
          out += '}';
          return;
        case Kind::Union: {
          out += '[';
          bool first = true;
          for (const auto* branch : branches(type)) {
            if (!std::exchange(first, false)) out += ',';
            print(*branch, space);
          }
          out += ']';
          return;
        }
        case Kind::Record:
        case Kind::Enum:
        case Kind::Fixed:
          return named(type, space);
        default:
          break;
      }
      const auto word = kPrimitives[static_cast<std::size_t>(type.kind)];
      if (!type.logical) return quoted(word);
      out.append(R"({"type":")").append(word).append(R"(","logicalType":)");
      quoted(type.kind == Kind::Long    ? "timestamp-millis"
             : type.kind == Kind::Int   ? "date"
             : type.kind == Kind::Bytes ? "decimal\",\"precision\":4,\"x\":\""
                                        : "uuid");
      out += '}';
    }

    void named(const Type& type, std::string_view space) {
      const auto& definition = schema.named_[type.named];
      const auto full = definition.full();
      auto& state = states[type.named];
      if (state != State::New) {
        return quoted(definition.space.empty() && !space.empty() ? "." + full : full);
      }
      state = State::Open;
      out += definition.kind == Kind::Record
                 ? definition.error ? R"({"type":"error","name":)" : R"({"type":"record","name":)"
             : definition.kind == Kind::Enum ? R"({"type":"enum","name":)"
                                             : R"({"type":"fixed","name":)";
      quoted(definition.name);
      out += R"(,"namespace":)";
      quoted(definition.space);
      if (!definition.aliases.empty()) list("aliases", definition.aliases);
      if (definition.kind == Kind::Fixed) {
        out += R"(,"size":)" + std::to_string(definition.size);
      } else if (definition.kind == Kind::Enum) {
        list("symbols", definition.symbols);
        if (definition.has_default && !definition.symbols.empty()) {
          out += R"(,"default":)";
          quoted(definition.symbols.front());
        }
      } else {
        fields(definition);
      }
      out += '}';
      state = State::Done;
    }

    void fields(const Named& record) {
      out += R"(,"fields":[)";
      bool first = true;
      for (const auto& field : record.fields) {
        if (!std::exchange(first, false)) out += ',';
        out += R"({"name":)";
        quoted(field.name);
        out += R"(,"type":)";
        print(field.type, record.space);
        if (field.has_default) {
          const auto before = out.size();
          out += R"(,"default":)";
          if (!default_value(field.type, field.variant, 0)) out.resize(before);
        }
        if (!field.aliases.empty()) list("aliases", field.aliases);
        if (field.variant % 16 == 3) out += R"(,"doc":"zwei \"ü\"\n")";
        if (field.variant % 16 == 5) out += R"(,"custom":{"b":1.10,"a":[1e2,-0,null]})";
        out += '}';
      }
      out += ']';
    }

    // False where there is none: in a record that is not yet whole, or one without end.
    bool default_value(const Type& type, unsigned variant, int depth) {
      constexpr std::array<std::array<std::string_view, 3>, 8> kValues{{
          {"null", "null", "null"},
          {"true", "false", "true"},
          {"7", "-2147483648", "2147483647"},
          {"0", "-9223372036854775808", "9223372036854775807"},
          {"1.5", "3", "1e30"},
          {"-0.5", "12", "1e300"},
          {R"("ÿ\u0000")", R"("")", R"("ab")"},
          {R"("é")", R"("")", R"("ab")"},
      }};
      switch (type.kind) {
        case Kind::Array:
        case Kind::Map: {
          const bool array = type.kind == Kind::Array;
          out += array ? "[" : "{";
          if (variant % 2 == 1) {
            if (!array) out += R"("k":)";
            if (depth > 3 || !default_value(type.inner.front(), variant / 2, depth + 1))
              return false;
          }
          out += array ? "]" : "}";
          return true;
        }
        case Kind::Union: {
          const auto all = branches(type);
          return !all.empty() && default_value(*all.front(), variant, depth);
        }
        case Kind::Record:
          return record_value(schema.named_[type.named], states[type.named], variant, depth);
        case Kind::Enum: {
          const auto& symbols = schema.named_[type.named].symbols;
          if (symbols.empty()) return false;
          quoted(variant % 64 == 7 ? "NONE" : symbols[variant % symbols.size()]);
          return true;
        }
        case Kind::Fixed:
          quoted(variant % 2 == 0 ? "" : "ab");
          return true;
        default:
          out += kValues[static_cast<std::size_t>(type.kind)][variant % 3];
          return true;
      }
    }

    bool record_value(const Named& record, State state, unsigned variant, int depth) {
      if (state != State::Done || depth > 3) return false;
      out += '{';
      bool first = true;
      for (const auto& field : record.fields) {
        if (!std::exchange(first, false)) out += ',';
        quoted(field.name);
        out += ':';
        if (!default_value(field.type, variant + 1, depth + 1)) return false;
      }
      out += '}';
      return true;
    }
  };

  // ---- making ----

  Type primitive() {
    Type out{.kind = static_cast<Kind>(pick(8))};
    out.logical = chance(10) && (out.kind == Kind::Int || out.kind == Kind::Long ||
                                 out.kind == Kind::Bytes || out.kind == Kind::String);
    return out;
  }

  Type type(int depth) {
    if (--left_ <= 0 || depth > 5) return chance(3) ? reference() : primitive();
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
        return named(Kind::Record, depth);
      case 3:
        return named(Kind::Enum, depth);
      case 4:
        return named(Kind::Fixed, depth);
      case 5:
        return {.kind = Kind::Array, .inner = {type(depth + 1)}};
      case 6:
        return {.kind = Kind::Map, .inner = {type(depth + 1)}};
      case 7:
      case 8:
      case 9:
        return union_of(depth);
      case 10:
      case 11:
        return reference();
      default:
        return primitive();
    }
  }

  Type union_of(int depth) {
    Type out{.kind = Kind::Union};
    if (chance(2)) out.inner.push_back({});
    for (auto left = 1 + pick(3); left > 0; --left) out.inner.push_back(type(depth + 1));
    if (branches(out).empty()) out.inner.push_back({});
    return out;
  }

  Type reference() {
    if (named_.empty()) return primitive();
    const auto at = pick(named_.size());
    const Type plain{.kind = named_[at].kind, .named = at};
    // Inside its own definition, where a plain reference would have no finite value.
    if (!named_[at].open || named_[at].kind != Kind::Record || chance(200)) return plain;
    if (chance(3)) return {.kind = Kind::Array, .inner = {plain}};
    return {.kind = Kind::Union, .inner = {{}, plain}};
  }

  bool is_free(const std::string& full) const {
    return std::ranges::none_of(named_, [&](const Named& other) { return other.full() == full; });
  }

  void give_name(Named& definition) {
    definition.name = choose(kNames);
    definition.space = choose(kSpaces);
    for (int i = 0; !is_free(definition.full()); ++i) {
      definition.name = choose(kNames) + (i < 4 ? "" : std::to_string(i));
    }
  }

  Type named(Kind kind, int depth) {
    const auto at = named_.size();
    Named definition{.kind = kind};
    give_name(definition);
    if (chance(12)) definition.aliases.push_back(choose(kNames));
    definition.size = 4 * pick(3);
    definition.error = chance(12);
    for (const auto symbol : kSymbols) {
      if (kind == Kind::Enum && chance(2)) definition.symbols.emplace_back(symbol);
    }
    definition.has_default = chance(3);
    named_.push_back(std::move(definition));
    if (kind == Kind::Record) {
      const auto fields = pick(5);
      for (std::size_t i = 0; i < fields; ++i) add_field(at, depth + 1);
    }
    named_[at].open = false;
    return {.kind = kind, .named = at};
  }

  static bool has_field(const Named& record, std::string_view name) {
    return std::ranges::any_of(record.fields, [&](const Field& f) { return f.name == name; });
  }

  void add_field(std::size_t record, int depth) {
    Field field{.name = choose(kFields)};
    if (has_field(named_[record], field.name)) return;
    field.type = type(depth);
    field.has_default = chance(2);
    field.variant = static_cast<unsigned>(pick(1024));
    if (has_field(named_[record], field.name)) return;
    auto& fields = named_[record].fields;
    fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(pick(fields.size() + 1)),
                  std::move(field));
  }

  // ---- changing ----

  void change() {
    left_ = 4;
    if (!named_.empty() && chance(2)) {
      const auto at = pick(named_.size());
      switch (named_[at].kind) {
        case Kind::Record:
          return change_record(at);
        case Kind::Enum:
          return change_enum(named_[at]);
        default:
          break;
      }
      if (chance(3)) {
        named_[at].size = 4 * pick(3);
      } else {
        rename(named_[at]);
      }
      return;
    }
    change_type();
  }

  // A place of a type is kept as the way to it, for making types moves them.
  struct Place {
    std::size_t record = 0;  // named_.size(): the root
    std::size_t field = 0;
  };

  Type& at(const Place& place) {
    return place.record == named_.size() ? root_ : named_[place.record].fields[place.field].type;
  }

  void change_type() {
    std::vector<Place> places{{named_.size(), 0}};
    for (std::size_t i = 0; i < named_.size(); ++i) {
      for (std::size_t k = 0; k < named_[i].fields.size(); ++k) places.push_back({i, k});
    }
    auto place = places[pick(places.size())];
    // Making a fresh type may add definitions, so it is made first.
    const auto definitions = named_.size();
    Type fresh = chance(2) ? primitive() : type(3);
    if (place.record == definitions) place.record = named_.size();
    auto* target = &at(place);
    while (!target->inner.empty() && !chance(3))
      target = &target->inner[pick(target->inner.size())];
    if (target->kind == Kind::Union && !chance(3)) return change_union(*target, std::move(fresh));
    switch (pick(8)) {
      case 0:
      case 1:
        return promote(*target);
      case 2:
        *target = {.kind = Kind::Union, .inner = {{}, Type(*target)}};
        return;
      case 3:
        *target = {.kind = Kind::Union, .inner = {Type(*target), std::move(fresh)}};
        return;
      case 4:
        *target = {.kind = Kind::Array, .inner = {Type(*target)}};
        return;
      case 5:
        target->logical = target->kind == Kind::Int || target->kind == Kind::Long;
        return;
      case 6:
        if (!target->inner.empty()) {
          *target = Type(target->inner[pick(target->inner.size())]);
          return;
        }
        [[fallthrough]];
      default:
        *target = std::move(fresh);
    }
  }

  void promote(Type& type) {
    const bool up = !chance(4);
    switch (type.kind) {
      case Kind::Int:
      case Kind::Long:
      case Kind::Float:
      case Kind::Double: {
        const auto lowest = up ? type.kind : Kind::Int;
        const auto highest = up ? Kind::Double : type.kind;
        const auto span = static_cast<std::size_t>(highest) - static_cast<std::size_t>(lowest) + 1;
        type.kind = static_cast<Kind>(static_cast<std::size_t>(lowest) + pick(span));
        break;
      }
      case Kind::Bytes:
        type.kind = Kind::String;
        break;
      case Kind::String:
        type.kind = Kind::Bytes;
        break;
      default:
        break;
    }
    type.logical = false;
  }

  void change_union(Type& type, Type fresh) {
    auto& inner = type.inner;
    switch (pick(5)) {
      case 0:
        inner.insert(inner.begin() + static_cast<std::ptrdiff_t>(pick(inner.size() + 1)),
                     std::move(fresh));
        return;
      case 1:
        if (inner.size() > 1) {
          inner.erase(inner.begin() + static_cast<std::ptrdiff_t>(pick(inner.size())));
        }
        return;
      case 2:
        std::ranges::shuffle(inner, random_);
        return;
      case 3:
        return promote(inner[pick(inner.size())]);
      default:
        return add_twin(type);
    }
  }

  // One more record of nearly the same name and fields: which of the two is a reader to take?
  void add_twin(Type& type) {
    for (const auto& branch : type.inner) {
      if (branch.kind != Kind::Record) continue;
      auto twin = named_[branch.named];
      if (chance(2)) {
        twin.space = choose(kSpaces);
      } else {
        twin.name = choose(kNames);
      }
      if (!is_free(twin.full())) return;
      if (!twin.fields.empty() && chance(2)) twin.fields.pop_back();
      type.inner.insert(type.inner.begin() + static_cast<std::ptrdiff_t>(pick(2)),
                        {.kind = Kind::Record, .named = named_.size()});
      named_.push_back(std::move(twin));
      return;
    }
  }

  void change_record(std::size_t at) {
    const auto change = pick(12);
    if (change <= 2 || named_[at].fields.empty()) return add_field(at, 4);
    auto& record = named_[at];
    auto& fields = record.fields;
    auto& field = fields[pick(fields.size())];
    switch (change) {
      case 3:
      case 4:
        fields.erase(fields.begin() + (&field - fields.data()));
        return;
      case 5:
        std::ranges::shuffle(fields, random_);
        return;
      case 6: {
        auto name = choose(kFields);
        if (has_field(record, name)) return;
        if (chance(2)) field.aliases = {field.name};
        field.name = std::move(name);
        return;
      }
      case 7:
      case 8:
        field.has_default = !field.has_default;
        return;
      case 9:
        field.variant = static_cast<unsigned>(pick(1024));
        return;
      case 10:
        if (chance(4)) {
          field.aliases = {choose(kFields)};
        } else {
          field.aliases.clear();
        }
        return;
      default:
        return rename(record);
    }
  }

  void change_enum(Named& definition) {
    auto& symbols = definition.symbols;
    switch (pick(5)) {
      case 0: {
        auto symbol = choose(kSymbols);
        if (std::ranges::find(symbols, symbol) == symbols.end()) {
          symbols.insert(symbols.begin() + static_cast<std::ptrdiff_t>(pick(symbols.size() + 1)),
                         std::move(symbol));
        }
        return;
      }
      case 1:
        if (!symbols.empty()) {
          symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(pick(symbols.size())));
        }
        return;
      case 2:
        definition.has_default = !definition.has_default;
        return;
      case 3:
        std::ranges::shuffle(symbols, random_);
        return;
      default:
        return rename(definition);
    }
  }

  void rename(Named& definition) {
    const auto old = definition.full();
    auto renamed = definition;
    if (chance(2)) {
      renamed.name = choose(kNames);
    } else {
      renamed.space = choose(kSpaces);
    }
    if (!is_free(renamed.full())) return;
    definition.name = renamed.name;
    definition.space = renamed.space;
    // An alias without a dot is of the new name's namespace.
    if (chance(2)) definition.aliases = {old};
  }

  std::mt19937_64 random_;
  int left_;
  std::vector<Named> named_;
  Type root_;
};

}  // namespace limpet::avro::testing
