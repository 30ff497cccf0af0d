#include "parser.h"

#include "attributes.h"
#include "defaults.h"
#include "document.h"
#include "logical.h"
#include "names.h"
#include "numbers.h"

#include "limpet/avro/schema.h"
#include "limpet/base/limits.h"
#include "limpet/json/parse.h"

#include <limits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace limpet::avro {
namespace {

constexpr std::size_t kTextBytes = 1UL << 20;
// A record within a record costs three JSON levels; the rest is for defaults and properties.
constexpr std::size_t kJsonDepth = 3 * limits::kSchemaDepth + 64;
// java.lang.Integer.MAX_VALUE - 8: no Java reader could hold a greater fixed.
constexpr std::int64_t kFixedBytesMax = std::numeric_limits<std::int32_t>::max() - 8;

// Turns a JSON document into nodes. The types within each other wait in frames_, so that depth
// costs heap, not stack.
class Parser {
 public:
  explicit Parser(Defaults defaults)
      : document_(std::make_shared<Document>()), defaults_(defaults) {
    for (std::size_t i = 0; i < kPrimitiveCount; ++i) add_node(static_cast<Type>(i));
  }

  Result<Schema> parse_document(const json::Value& value) {
    LIMPET_TRY(document_->root, parse_tree(value));
    return Schema(std::move(document_));
  }

 private:
  using Segment = std::variant<std::string_view, std::size_t>;

  // A record, array, map or union whose types are being read.
  struct Frame {
    Node* node;
    const json::Value* value;
    std::size_t path;          // length of the pointer to `value`
    std::string_view space;    // of a record: the namespace around it
    std::size_t children = 0;  // types begun so far
    Field field = {};          // of a record: the one whose type is being read
  };

  // One step of the JSON pointer to the value in hand.
  class Step {
   public:
    Step(Parser& parser, Segment segment) : path_(parser.path_) { path_.push_back(segment); }
    ~Step() { path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::vector<Segment>& path_;
  };

  Error refuse(std::string message) const {
    std::string pointer;
    for (const auto& segment : path_) {
      pointer.push_back('/');
      if (const auto* name = std::get_if<std::string_view>(&segment)) {
        pointer.append(*name);  // our own words: nothing to escape
      } else {
        pointer.append(std::to_string(std::get<std::size_t>(segment)));
      }
    }
    return Error::invalid_input(std::move(message), std::move(pointer));
  }
  Error refuse_at(Segment segment, std::string message) {
    const Step step(*this, segment);
    return refuse(std::move(message));
  }

  Node& add_node(Type type) {
    auto& node = document_->nodes.emplace_back();
    node.type = type;
    node.id = static_cast<std::uint32_t>(document_->nodes.size() - 1);
    return node;
  }

  Result<const Node*> parse_tree(const json::Value& root) {
    LIMPET_TRY(const Node* done, open(root));
    while (!frames_.empty()) {
      auto& frame = frames_.back();
      path_.resize(frame.path);
      if (done != nullptr) LIMPET_CHECK(take_child(frame, *done));
      path_.resize(frame.path);
      LIMPET_TRY(const auto* child, next_child(frame));
      if (child != nullptr) {
        LIMPET_TRY(done, open(*child));  // moves the frames
        continue;
      }
      path_.resize(frame.path);
      LIMPET_CHECK(close(frame));
      done = frame.node;
      frames_.pop_back();
    }
    return done;
  }

  // The type, or nullptr when a frame was opened for it.
  Result<const Node*> open(const json::Value& value) {
    if (frames_.size() == limits::kSchemaDepth) {
      return refuse("Types are nested deeper than " + std::to_string(limits::kSchemaDepth) +
                    " levels");
    }
    if (++types_ > limits::kSchemaNodes) {
      return refuse("The schema has more than " + std::to_string(limits::kSchemaNodes) + " types");
    }
    switch (value.kind()) {
      case json::Kind::String: {
        LIMPET_TRY(const auto* node, find_type(value.text()));
        if (node == nullptr) return refuse("Undefined name: " + excerpt(value));
        return node;
      }
      case json::Kind::Object:
        return open_object(value);
      case json::Kind::Array: {
        auto& node = add_node(Type::Union);
        node.branches.reserve(value.items().size());
        return open_frame(node, value);
      }
      default:
        return refuse("Schema not yet supported: " + excerpt(value));
    }
  }

  const Node* open_frame(Node& node, const json::Value& value) {
    frames_.push_back({&node, &value, path_.size(), space_});
    return nullptr;
  }

  // The next type inside the frame, with path_ leading to it; nullptr behind the last.
  Result<const json::Value*> next_child(Frame& frame) {
    const auto index = frame.children++;
    switch (frame.node->type) {
      case Type::Record: {
        const auto fields = frame.value->find("fields")->items();
        if (index == fields.size()) return nullptr;
        path_.insert(path_.end(), {"fields", index});
        LIMPET_TRY(frame.field, begin_field(fields[index]));
        path_.emplace_back("type");
        const auto* type = fields[index].find("type");
        LIMPET_CHECK(check_field_type(frame.field.name, *type));
        return type;
      }
      case Type::Union:
        if (index == frame.value->items().size()) return nullptr;
        path_.emplace_back(index);
        return &frame.value->items()[index];
      default: {
        if (index == 1) return nullptr;
        const std::string_view attribute = frame.node->type == Type::Array ? "items" : "values";
        path_.emplace_back(attribute);
        return frame.value->find(attribute);
      }
    }
  }

  Status take_child(Frame& frame, const Node& child) {
    auto& node = *frame.node;
    if (node.type == Type::Union) {
      node.branches.push_back(&child);
    } else if (node.type != Type::Record) {
      node.element = &child;
    } else {
      const auto index = node.fields.size();
      path_.insert(path_.end(), {"fields", index});
      frame.field.type = &child;
      LIMPET_CHECK(finish_field(frame.field, frame.value->find("fields")->items()[index]));
      node.fields.push_back(std::move(frame.field));
    }
    return {};
  }

  Status close(Frame& frame) {
    auto& node = *frame.node;
    if (node.type == Type::Union) return index_branches(node, *frame.value);
    if (node.type != Type::Record) {
      node.properties = type_properties(*frame.value);
      return {};
    }
    LIMPET_CHECK(index_fields(node));
    node.complete = true;
    space_ = frame.space;
    return close_named(*frame.value, node);
  }

  // A primitive, else a defined type of the namespace in hand, else one of the null namespace.
  Result<const Node*> find_type(std::string_view written) {
    if (const auto primitive = primitive_of(written)) return &primitive_node(*primitive);
    const auto name = resolve_name(written, space_);
    if (auto problem = name_problem(name.simple())) return refuse(*std::move(problem));
    if (const auto found = names_.find(name.full); found != names_.end()) return found->second;
    const auto found = names_.find(resolve_name(written, "").full);
    return found == names_.end() ? nullptr : found->second;
  }

  const Node& primitive_node(Type type) const {
    return document_->nodes[static_cast<std::size_t>(type)];
  }

  Result<const Node*> open_object(const json::Value& object) {
    const auto* word = find_text(object, "type");
    if (word == nullptr) return refuse("No type: " + excerpt(object));
    if (const auto primitive = primitive_of(*word)) return parse_primitive(object, *primitive);
    if (*word == "record" || *word == "error") return open_record(object, *word == "error");
    if (*word == "enum") return parse_enum(object);
    if (*word == "fixed") return parse_fixed(object);
    if (*word == "array") return open_container(object, Type::Array, "items");
    if (*word == "map") return open_container(object, Type::Map, "values");

    const auto name = resolve_name(*word, space_);
    if (auto problem = name_problem(name.simple())) return refuse_at("type", *std::move(problem));
    const auto found = names_.find(name.full);
    if (found == names_.end()) return refuse_at("type", "Type not supported: " + *word);
    return found->second;
  }

  Result<const Node*> parse_primitive(const json::Value& object, Type type) {
    auto properties = type_properties(object);
    if (properties.empty()) return &primitive_node(type);
    auto& node = add_node(type);
    node.properties = std::move(properties);
    node.logical = logical_type_of(node);
    return &node;
  }

  Result<const Node*> open_container(const json::Value& object, Type type,
                                     std::string_view attribute) {
    if (object.find(attribute) == nullptr) {
      return refuse(
          (type == Type::Array ? "Array has no items type: " : "Map has no values type: ") +
          excerpt(object));
    }
    return open_frame(add_node(type), object);
  }

  Status index_branches(Node& node, const json::Value& array) {
    for (std::size_t i = 0; i < node.branches.size(); ++i) {
      const auto& branch = *node.branches[i];
      if (branch.type == Type::Union) return refuse_at(i, "Nested union: " + excerpt(array));
      if (!node.at.emplace(branch_name(branch), static_cast<std::uint32_t>(i)).second) {
        return refuse_at(i, "Duplicate in union:" + std::string(branch_name(branch)));
      }
    }
    return {};
  }

  Result<const Node*> open_record(const json::Value& object, bool is_error) {
    LIMPET_TRY(auto* node, open_named(object, Type::Record));
    node->is_error = is_error;
    node->complete = false;
    LIMPET_CHECK(define(*node));
    const auto* fields = object.find("fields");
    if (fields == nullptr || !fields->is_array()) {
      return refuse("Record has no fields: " + excerpt(object));
    }
    node->fields.reserve(fields->items().size());  // `at` points into it
    const auto* opened = open_frame(*node, object);
    space_ = node->name.space();
    return opened;
  }

  Status index_fields(Node& node) {
    const Step step(*this, "fields");
    for (std::size_t i = 0; i < node.fields.size(); ++i) {
      const auto& field = node.fields[i];
      if (!node.at.emplace(field.name, static_cast<std::uint32_t>(i)).second) {
        return refuse_at(i, "Duplicate field " + field.name + " in record " + node.name.full);
      }
      if (!field.default_value) ++node.required_fields;
      if (!field.default_usable) {
        ++node.unusable_defaults;
        document_->unusable_defaults = true;
      }
    }
    return {};
  }

  // What Java looks at before a field's type, and what it looks at afterwards.
  Result<Field> begin_field(const json::Value& object) {
    Field field;
    const auto* name = find_text(object, "name");
    if (name == nullptr) return refuse("No field name: " + excerpt(object));
    if (object.find("type") == nullptr) return refuse("No field type: " + excerpt(object));
    field.name = *name;
    field.doc = optional_text(object, "doc");
    return field;
  }

  Status finish_field(Field& field, const json::Value& object) {
    if (const auto* order = object.find("order"); order != nullptr) {
      const auto known = order->is_string() ? order_of(order->text()) : std::nullopt;
      if (!known) {
        return refuse_at("order",
                         "Order is not ascending, descending or ignore: " + excerpt(*order));
      }
      field.order = *known;
    }
    if (auto problem = name_problem(field.name)) return refuse_at("name", *std::move(problem));
    if (const auto* value = object.find("default"); value != nullptr) {
      LIMPET_CHECK(set_default(field, *value));
    }
    field.properties = field_properties(object);
    LIMPET_TRY(field.aliases, parse_aliases(object));
    return {};
  }

  Status check_field_type(const std::string& field, const json::Value& type) {
    if (!type.is_string()) return {};
    LIMPET_TRY(const auto* known, find_type(type.text()));
    if (known != nullptr) return {};
    return refuse(excerpt(type) + " is not a defined name. The type of the " +
                  excerpt(json::Value::string(field)) +
                  " field must be a defined name or a {\"type\": ...} expression.");
  }

  Status set_default(Field& field, const json::Value& value) {
    const auto& type = *field.type;
    std::optional<double> number;
    if (value.is_string() && (type.type == Type::Float || type.type == Type::Double)) {
      number = java_double(value.text());
      if (!number && defaults_ == Defaults::Checked) {
        return refuse_at("default", "Invalid default for field " + field.name + ": " +
                                        excerpt(value) + " not a " + describe(type));
      }
      field.default_value = number ? double_value(*number) : value;
      return {};
    }
    const auto verdict =
        defaults_ == Defaults::Checked ? check_default(type, value) : DefaultVerdict::Valid;
    if (verdict == DefaultVerdict::Invalid) {
      return refuse_at("default", "Invalid default for field " + field.name + ": " +
                                      excerpt(value) + " not a " + describe(type));
    }
    field.default_value = value;
    field.default_usable = verdict == DefaultVerdict::Valid;
    return {};
  }

  Result<const Node*> parse_enum(const json::Value& object) {
    LIMPET_TRY(auto* node, open_named(object, Type::Enum));
    const auto* symbols = object.find("symbols");
    if (symbols == nullptr || !symbols->is_array()) {
      return refuse("Enum has no symbols: " + excerpt(object));
    }
    LIMPET_CHECK(add_symbols(*node, *symbols));
    if (const auto* symbol = find_text(object, "default"); symbol != nullptr) {
      if (!node->has_symbol(*symbol)) {
        return refuse_at("default", "The Enum Default: " + *symbol +
                                        " is not in the enum symbol set: " + excerpt(*symbols));
      }
      node->enum_default = *symbol;
    }
    LIMPET_CHECK(define(*node));
    LIMPET_CHECK(close_named(object, *node));
    return node;
  }

  Status add_symbols(Node& node, const json::Value& symbols) {
    const Step step(*this, "symbols");
    node.symbols.reserve(symbols.items().size());  // `at` points into it
    for (const auto& item : symbols.items()) {
      const Step index(*this, node.symbols.size());
      if (!item.is_string()) return refuse("Null name: the symbol is no string: " + excerpt(item));
      if (auto problem = name_problem(item.text())) return refuse(*std::move(problem));
      const auto& symbol = node.symbols.emplace_back(item.text());
      const auto ordinal = static_cast<std::uint32_t>(node.symbols.size() - 1);
      if (!node.at.emplace(symbol, ordinal).second) {
        return refuse("Duplicate enum symbol: " + symbol);
      }
    }
    return {};
  }

  Result<const Node*> parse_fixed(const json::Value& object) {
    LIMPET_TRY(auto* node, open_named(object, Type::Fixed));
    const auto* value = object.find("size");
    const auto size = value == nullptr ? std::nullopt : value->as_int64();
    if (!size || *size > std::numeric_limits<std::int32_t>::max() ||
        *size < std::numeric_limits<std::int32_t>::min()) {
      return refuse("Invalid or no size: " + excerpt(object));
    }
    if (*size < 0) {
      return refuse_at("size", "Malformed data. Length is negative: " + std::to_string(*size));
    }
    if (*size > kFixedBytesMax) {
      return refuse_at("size", "Cannot read arrays longer than " + std::to_string(kFixedBytesMax) +
                                   " bytes in Java library");
    }
    node->size = static_cast<std::int32_t>(*size);
    LIMPET_CHECK(define(*node));
    LIMPET_CHECK(close_named(object, *node));
    return node;
  }

  Result<Node*> open_named(const json::Value& object, Type type) {
    const auto* space = find_text(object, "namespace");
    const auto* written = find_text(object, "name");
    if (written == nullptr) return refuse("No name in schema: " + excerpt(object));
    auto name = resolve_name(*written, space == nullptr ? space_ : std::string_view(*space));
    if (auto problem = name_problem(name.simple())) return refuse_at("name", *std::move(problem));
    if (primitive_of(name.full)) {
      return refuse_at("name", "Schemas may not be named after primitives: " + name.full);
    }
    auto& node = add_node(type);
    node.name = std::move(name);
    node.doc = optional_text(object, "doc");
    return &node;
  }

  Status define(const Node& node) {
    if (names_.emplace(node.name.full, &node).second) return {};
    return refuse_at("name", "Can't redefine: " + node.name.full);
  }

  // What Java does last with a record, enum or fixed.
  Status close_named(const json::Value& object, Node& node) {
    node.properties = type_properties(object);
    if (node.type == Type::Enum) {
      std::erase_if(node.properties, [](const auto& member) { return member.name == "default"; });
    }
    node.logical = logical_type_of(node);
    LIMPET_TRY(const auto aliases, parse_aliases(object));
    std::unordered_set<std::string> seen;
    for (const auto& alias : aliases) {
      auto name = resolve_name(alias, node.name.space());
      if (auto problem = name_problem(name.simple())) {
        return refuse_at("aliases", *std::move(problem));
      }
      if (seen.insert(name.full).second) node.aliases.push_back(std::move(name));
    }
    return {};
  }

  Result<std::vector<std::string>> parse_aliases(const json::Value& object) {
    std::vector<std::string> aliases;
    const auto* value = object.find("aliases");
    if (value == nullptr) return aliases;
    const Step step(*this, "aliases");
    if (!value->is_array()) return refuse("aliases not an array: " + excerpt(object));
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < value->items().size(); ++i) {
      const auto& item = value->items()[i];
      if (!item.is_string()) return refuse_at(i, "alias not a string: " + excerpt(item));
      if (seen.insert(item.text()).second) aliases.push_back(item.text());
    }
    return aliases;
  }

  std::shared_ptr<Document> document_;
  Defaults defaults_;
  std::unordered_map<std::string, const Node*> names_;
  std::string_view space_;  // points into the name of the enclosing record
  std::vector<Segment> path_;
  std::vector<Frame> frames_;
  std::size_t types_ = 0;
};

}  // namespace

Schema::Schema(std::shared_ptr<const Document> document) : document_(std::move(document)) {}
const Node& Schema::root() const& { return *document_->root; }
std::size_t Schema::node_count() const { return document_->nodes.size(); }
bool Schema::has_unusable_defaults() const { return document_->unusable_defaults; }

Result<json::Value> read_json(std::string_view text) {
  auto document = json::parse(
      text, {.max_bytes = kTextBytes, .max_depth = kJsonDepth, .max_nodes = kTextBytes});
  if (document) return document;
  auto error = std::move(document).error();
  error.code = Code::InvalidInput;
  return error;
}

Result<Schema> parse_tree(const json::Value& tree, Defaults defaults) {
  return Parser(defaults).parse_document(tree);
}

Result<Schema> parse(std::string_view text) {
  LIMPET_TRY(const auto tree, read_json(text));
  return parse_tree(tree);
}

}  // namespace limpet::avro
