#include "equality.h"
#include "formats.h"
#include "program.h"

#include "limpet/base/limits.h"
#include "limpet/json_schema/validate.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace limpet::json_schema {
namespace {

std::uint8_t type_bit(std::string_view name) {
  if (name == "null") return kNull;
  if (name == "boolean") return kBoolean;
  if (name == "number") return kNumber;
  if (name == "string") return kString;
  if (name == "array") return kArray;
  if (name == "object") return kObject;
  return kInteger;
}

// Counts beyond 2^63 are as good as the greatest.
std::uint64_t count_of(const json::Value& value) {
  return Decimal::read(value.text()).as_count().value_or(INT64_MAX);
}

std::optional<std::int64_t> whole_of(const Decimal& value) {
  const auto text = value.text();
  std::int64_t whole = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return whole;
}

class Compiler {
 public:
  Compiler(Program& program, const CompileOptions& options)
      : program_(program), model_(*program.model), options_(options) {}

  void run() {
    for (const auto& node : model_.nodes) {
      auto& rules = program_.rules.emplace_back();
      rules.node = &node;
      rules.resource = node.resource;
    }
    for (auto& rules : program_.rules) {
      build(rules);
      foresee(rules);
    }
    std::vector<Rules*> chain;
    for (auto& rules : program_.rules) shorten(rules, chain);
  }

 private:
  const Rules* rules_at(const json::Value& value) const {
    return &program_.rules[model_.at(value).id];
  }

  template <class T>
  static T& made(std::unique_ptr<T>& pointer) {
    if (pointer == nullptr) pointer = std::make_unique<T>();
    return *pointer;
  }

  void build(Rules& rules) {
    const auto& node = *rules.node;
    const auto& value = *node.value;
    if (value.is_bool()) {
      rules.never = !value.as_bool();
      return;
    }
    if (node.ref != nullptr) rules.ref = &program_.of(*node.ref);
    if (node.dynamic_ref != nullptr) rules.dynamic_ref = &program_.of(*node.dynamic_ref);
    if (node.only_ref) return;
    const auto& resource = model_.resource_of(node);
    dialect_ = resource.dialect();
    if (resource.meta.validation) {
      build_values(rules, value);
      build_number(rules, value);
      build_counts(rules, value);
    }
    build_string(rules, value, resource);
    build_array(rules, value);
    build_object(rules, value, resource.meta.validation);
    build_in_place(rules, value);
  }

  // What is known from the kind of a value alone.
  static void foresee(Rules& rules) {
    rules.has_values = rules.allowed || rules.constant;
    rules.nests = rules.ref != nullptr || rules.dynamic_ref != nullptr || rules.in_place;
    rules.marks = (rules.array && rules.array->unevaluated != nullptr) ||
                  (rules.object && rules.object->unevaluated != nullptr);
    constexpr std::uint8_t kAll =
        kNull | kBoolean | kNumber | kString | kArray | kObject | kInteger;
    rules.right_types = rules.types == 0 ? kAll : rules.types;
    if ((rules.right_types & kNumber) != 0) rules.right_types |= kInteger;
    std::uint8_t typed = rules.never ? 0 : rules.right_types;
    // A number that is not known to be an integer may be one.
    const bool some_numbers = !rules.never && (rules.types & kInteger) != 0;
    rules.refused = kAll & ~typed & ~(some_numbers ? kNumber : 0);
    if (rules.has_values || rules.nests) return;
    const auto& array = rules.array;
    if (array && !array->unique && array->contains == nullptr && array->unevaluated == nullptr) {
      rules.plain |= typed & kArray;
    }
    const auto& object = rules.object;
    if (object && object->plain && object->dependencies.empty() && object->unevaluated == nullptr) {
      rules.plain |= typed & kObject;
    }
    if (rules.number) typed &= ~(kNumber | kInteger);
    if (rules.string) typed &= ~kString;
    if (rules.array) typed &= ~kArray;
    if (rules.object) typed &= ~kObject;
    rules.settled = typed;
  }

  static bool only_refers(const Rules& rules) {
    return rules.ref != nullptr && rules.ref->resource == rules.resource && rules.types == 0 &&
           rules.dynamic_ref == nullptr && !rules.has_values && !rules.in_place && !rules.number &&
           !rules.string && !rules.array && !rules.object;
  }

  // A chain of references ends: the parser has seen to it. Each is followed once.
  void shorten(Rules& rules, std::vector<Rules*>& chain) {
    chain.clear();
    Rules* next = &rules;
    for (; next->target == next && only_refers(*next);
         next = &program_.rules[next->ref->node->id]) {
      chain.push_back(next);
    }
    const Rules* target = next->target;
    std::uint32_t schemas = next->schemas;
    for (auto each = chain.rbegin(); each != chain.rend(); ++each) {
      (*each)->target = target;
      (*each)->schemas = ++schemas;
      (*each)->settled = target->settled;
      (*each)->refused = target->refused;
      (*each)->plain = target->plain;
    }
  }

  static void add_value(ValueSet& set, const json::Value& value) {
    set.has_containers |= value.is_array() || value.is_object();
    auto text = *equality_text(value, limits::kSchemaDepth);
    if (set.shown.empty()) set.shown = text;
    if (value.is_string()) {
      set.strings.push_back(value.text());
    } else {
      set.texts.insert(std::move(text));
    }
  }

  void build_values(Rules& rules, const json::Value& value) {
    if (const auto* type = value.find("type")) {
      if (type->is_string()) rules.types = type_bit(type->text());
      for (const auto& item : type->items()) rules.types |= type_bit(item.text());
      rules.literal_integers = dialect_ == Dialect::Draft4;
    }
    if (const auto* allowed = value.find("enum")) {
      auto& set = made(rules.allowed);
      for (const auto& item : allowed->items()) add_value(set, item);
      std::ranges::sort(set.strings);
    }
    if (const auto* constant = value.find("const"); constant != nullptr && since(Dialect::Draft6)) {
      add_value(made(rules.constant), *constant);
    }
  }

  bool since(Dialect dialect) const { return dialect_ >= dialect; }

  static Bound bound_of(const json::Value& value, std::string_view keyword, bool exclusive) {
    auto decimal = Decimal::read(value.text());
    const auto whole = whole_of(decimal);
    return {std::move(decimal), whole, exclusive, keyword};
  }

  void build_number(Rules& rules, const json::Value& value) {
    const auto bound = [&](std::string_view keyword, std::string_view exclusive_keyword,
                           std::optional<Bound> NumberRules::* inclusive,
                           std::optional<Bound> NumberRules::* exclusive) {
      const auto* limit = value.find(keyword);
      const auto* flag = value.find(exclusive_keyword);
      if (limit != nullptr) {
        const bool draft4_exclusive = flag != nullptr && flag->is_bool() && flag->as_bool();
        made(rules.number).*inclusive = bound_of(*limit, keyword, draft4_exclusive);
      }
      if (flag != nullptr && flag->is_number()) {
        made(rules.number).*exclusive = bound_of(*flag, exclusive_keyword, true);
      }
    };
    bound("minimum", "exclusiveMinimum", &NumberRules::minimum, &NumberRules::exclusive_minimum);
    bound("maximum", "exclusiveMaximum", &NumberRules::maximum, &NumberRules::exclusive_maximum);
    if (const auto* multiple = value.find("multipleOf")) {
      auto& number = made(rules.number);
      number.multiple_of = Decimal::read(multiple->text());
      number.whole_multiple_of = whole_of(*number.multiple_of);
    }
    if (rules.number) build_whole(*rules.number);
  }

  static void build_whole(NumberRules& number) {
    number.whole = !number.multiple_of || number.whole_multiple_of;
    for (const auto* bound : {&number.minimum, &number.exclusive_minimum}) {
      if (!*bound) continue;
      const auto whole = (*bound)->whole.value_or(INT64_MAX);
      if (whole == INT64_MAX) number.whole = false;
      if (!number.whole) return;
      number.least = std::max(number.least, whole + ((*bound)->exclusive ? 1 : 0));
    }
    for (const auto* bound : {&number.maximum, &number.exclusive_maximum}) {
      if (!*bound) continue;
      const auto whole = (*bound)->whole.value_or(INT64_MIN);
      if (whole == INT64_MIN) number.whole = false;
      if (!number.whole) return;
      number.greatest = std::min(number.greatest, whole - ((*bound)->exclusive ? 1 : 0));
    }
  }

  void build_counts(Rules& rules, const json::Value& value) {
    if (const auto* v = value.find("minLength")) made(rules.string).min_length = count_of(*v);
    if (const auto* v = value.find("maxLength")) made(rules.string).max_length = count_of(*v);
    if (const auto* v = value.find("minItems")) made(rules.array).min_items = count_of(*v);
    if (const auto* v = value.find("maxItems")) made(rules.array).max_items = count_of(*v);
    if (const auto* v = value.find("minProperties")) {
      made(rules.object).min_properties = count_of(*v);
    }
    if (const auto* v = value.find("maxProperties")) {
      made(rules.object).max_properties = count_of(*v);
    }
    if (const auto* v = value.find("uniqueItems"); v != nullptr && v->as_bool()) {
      made(rules.array).unique = true;
    }
    if (const auto* v = value.find("pattern")) {
      auto& string = made(rules.string);
      string.pattern = &model_.pattern(v->text());
      string.pattern_text = &v->text();
    }
  }

  void build_string(Rules& rules, const json::Value& value, const Resource& resource) {
    const auto* name = value.find("format");
    if (name == nullptr || !(options_.assert_formats || resource.meta.format_assertion)) return;
    if (const auto format = find_format(name->text())) {
      auto& string = made(rules.string);
      string.format = format;
      string.format_name = name->text();
    }
  }

  void build_array(Rules& rules, const json::Value& value) {
    const bool newest = since(Dialect::Draft202012);
    const auto* prefix = value.find(newest ? "prefixItems" : "items");
    if (prefix != nullptr && prefix->is_array()) {
      auto& array = made(rules.array);
      array.prefix_keyword = newest ? "prefixItems" : "items";
      for (const auto& item : prefix->items()) array.prefix.push_back(rules_at(item));
    }
    const auto* items = value.find("items");
    const bool rest_is_items = newest || (items != nullptr && !items->is_array());
    const auto* rest = rest_is_items      ? items
                       : items == nullptr ? nullptr
                                          : value.find("additionalItems");
    if (rest != nullptr) {
      made(rules.array).rest = rules_at(*rest);
      rules.array->rest_keyword = rest_is_items ? "items" : "additionalItems";
    }
    if (const auto* contains = value.find("contains"); contains && since(Dialect::Draft6)) {
      auto& array = made(rules.array);
      array.contains = rules_at(*contains);
      array.contains_evaluates = newest;
      if (since(Dialect::Draft201909)) {
        if (const auto* v = value.find("minContains")) array.min_contains = count_of(*v);
        if (const auto* v = value.find("maxContains")) array.max_contains = count_of(*v);
      }
    }
    if (const auto* v = value.find("unevaluatedItems"); v && since(Dialect::Draft201909)) {
      made(rules.array).unevaluated = rules_at(*v);
    }
  }

  void build_object(Rules& rules, const json::Value& value, bool validation) {
    if (const auto* properties = value.find("properties")) {
      auto& object = made(rules.object);
      for (const auto& [name, schema] : properties->members()) {
        object.properties.at(name).rules = rules_at(schema);
      }
    }
    if (const auto* required = value.find("required"); required != nullptr && validation) {
      auto& object = made(rules.object);
      for (const auto& item : required->items()) {
        auto& property = object.properties.at(item.text());
        if (!property.required) object.required.push_back(item.text());
        property.required = true;
      }
    }
    if (const auto* patterns = value.find("patternProperties")) {
      auto& object = made(rules.object);
      for (const auto& [name, schema] : patterns->members()) {
        object.patterns.emplace_back(&model_.pattern(name), rules_at(schema));
      }
    }
    if (const auto* v = value.find("additionalProperties")) {
      made(rules.object).additional = rules_at(*v);
    }
    if (const auto* v = value.find("propertyNames"); v && since(Dialect::Draft6)) {
      made(rules.object).names = rules_at(*v);
    }
    if (const auto* v = value.find("unevaluatedProperties"); v && since(Dialect::Draft201909)) {
      made(rules.object).unevaluated = rules_at(*v);
    }
    if (rules.object) rules.object->plain = rules.object->patterns.empty() && !rules.object->names;
    build_dependencies(rules, value, "dependencies");
    if (since(Dialect::Draft201909)) {
      if (validation) build_dependencies(rules, value, "dependentRequired");
      build_dependencies(rules, value, "dependentSchemas");
    }
  }

  void build_dependencies(Rules& rules, const json::Value& value, std::string_view keyword) {
    const auto* dependencies = value.find(keyword);
    if (dependencies == nullptr) return;
    for (const auto& [name, needed] : dependencies->members()) {
      auto& dependency = made(rules.object).dependencies.emplace_back();
      dependency.name = name;
      dependency.keyword = keyword;
      if (needed.is_array()) {
        for (const auto& item : needed.items()) dependency.required.push_back(item.text());
      } else {
        dependency.rules = rules_at(needed);
      }
    }
  }

  void build_in_place(Rules& rules, const json::Value& value) {
    const auto list = [&](std::string_view keyword, std::vector<const Rules*> InPlaceRules::* to) {
      if (const auto* schemas = value.find(keyword)) {
        for (const auto& item : schemas->items()) {
          (made(rules.in_place).*to).push_back(rules_at(item));
        }
      }
    };
    list("allOf", &InPlaceRules::all_of);
    list("anyOf", &InPlaceRules::any_of);
    list("oneOf", &InPlaceRules::one_of);
    if (const auto* v = value.find("not")) made(rules.in_place).negated = rules_at(*v);
    const auto* condition = value.find("if");
    if (condition == nullptr || !since(Dialect::Draft7)) return;
    const auto* then = value.find("then");
    const auto* otherwise = value.find("else");
    auto& in_place = made(rules.in_place);
    in_place.condition = rules_at(*condition);
    if (then != nullptr) in_place.then = rules_at(*then);
    if (otherwise != nullptr) in_place.otherwise = rules_at(*otherwise);
  }

  Program& program_;
  const Model& model_;
  CompileOptions options_;
  Dialect dialect_ = Dialect::Draft7;
};

}  // namespace

Plan compile(const Schema& schema, const CompileOptions& options) {
  auto program = std::make_shared<Program>();
  program->model = schema.model();
  Compiler(*program, options).run();
  return Plan(std::move(program));
}

}  // namespace limpet::json_schema
