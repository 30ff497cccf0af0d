// The canonical text; layout and order of Square Wire's schema elements, as Java's serializers
// register them.
#include "canonical.h"

#include "options.h"

#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace limpet::protobuf {
namespace {

// File options in the order in which Java's serializers write them; others follow.
constexpr std::array<std::string_view, 18> kFileOptions{
    "java_package",           "java_outer_classname",   "java_multiple_files",
    "java_generic_services",  "java_string_check_utf8", "cc_generic_services",
    "cc_enable_arenas",       "csharp_namespace",       "go_package",
    "objc_class_prefix",      "php_class_prefix",       "php_generic_services",
    "php_metadata_namespace", "php_namespace",          "py_generic_services",
    "ruby_package",           "swift_prefix",           "optimize_for"};

// Options of a field likewise; others stand before the default.
constexpr std::array<std::string_view, 5> kFieldOptions{"packed", "json_name", "deprecated",
                                                        "ctype", "jstype"};

// Known ones in their order, then the others as they are.
template <std::size_t N>
std::vector<Option> ordered(const std::vector<Option>& options,
                            const std::array<std::string_view, N>& known) {
  std::vector<std::pair<std::ptrdiff_t, std::size_t>> order;
  for (std::size_t i = 0; i < options.size(); ++i) {
    order.emplace_back(std::ranges::find(known, options[i].name) - known.begin(), i);
  }
  std::ranges::sort(order);
  std::vector<Option> out;
  out.reserve(options.size());
  for (const auto& [place, i] : order) out.push_back(options[i]);
  return out;
}

// "(acme.rule)" from the outermost scope, whatever stands nearer.
std::string option_text(const Option& option) {
  const bool custom = option.name.starts_with('(');
  return (custom ? "(." + option.name.substr(1) : option.name) + " = " + option.value;
}

class Printer {
 public:
  std::string take() && { return std::move(out_); }

  void file(const File& file) {
    if (file.syntax == Syntax::Proto3) {
      section();
      line("syntax = \"proto3\";");
    }
    if (!file.package.empty()) {
      section();
      line("package " + file.package + ";");
    }
    imports(file);
    if (!file.options.empty()) {
      section();
      statements(ordered(file.options, kFileOptions));
    }
    for (const auto& message : file.messages) {
      if (message.group) continue;  // printed with its field
      section();
      this->message(message);
    }
    for (const auto& enumeration : file.enums) {
      section();
      this->enumeration(enumeration);
    }
    extends(file.extensions, [this] { section(); });
    for (const auto& service : file.services) {
      section();
      this->service(service);
    }
  }

 private:
  // Between two sections of the file stands an empty line.
  void section() {
    if (!out_.empty()) out_ += '\n';
  }

  void line(std::string_view text) { out_.append(indent_, ' ').append(text) += '\n'; }

  // The first thing in a block ends the line of its brace, later ones follow an empty line.
  void part() { out_ += '\n'; }

  void open(std::string_view text) {
    out_.append(indent_, ' ').append(text).append(" {");
    indent_ += 2;
  }

  void close() {
    indent_ -= 2;
    if (out_.back() == '\n') out_.append(indent_, ' ');
    out_ += "}\n";
  }

  void imports(const File& file) {
    if (file.imports.empty()) return;
    section();
    for (const bool publicly : {false, true}) {
      for (const auto& import : file.imports) {
        if ((import.kind == Import::Kind::Public) != publicly) continue;
        std::string text = "import ";
        if (publicly) text += "public ";
        if (import.kind == Import::Kind::Weak) text += "weak ";
        line(text + quoted(import.path) + ";");
      }
    }
  }

  void statements(const std::vector<Option>& options) {
    for (const auto& option : options) line("option " + option_text(option) + ";");
  }

  static std::string range_text(const Range& range, std::int32_t max) {
    return std::to_string(range.first) + " to " +
           (range.last == max ? "max" : std::to_string(range.last));
  }

  void reserved(const std::vector<Range>& ranges, const std::vector<std::string>& names,
                std::int32_t max) {
    if (ranges.empty() && names.empty()) return;
    part();
    for (const auto& range : ranges) line("reserved " + range_text(range, max) + ";");
    for (const auto& name : names) line("reserved " + quoted(name) + ";");
  }

  void bracketed(const std::vector<Option>& options) {
    if (options.empty()) return;
    if (options.size() == 1) {
      out_ += " [" + option_text(options[0]) + "]";
      return;
    }
    out_ += " [\n";
    for (std::size_t i = 0; i < options.size(); ++i) {
      out_.append(indent_ + 2, ' ').append(option_text(options[i]));
      out_ += i + 1 < options.size() ? ",\n" : "\n";
    }
    out_.append(indent_, ' ') += "]";
  }

  static std::string type_text(const Field& field) {
    if (field.message != nullptr) return "." + field.message->full_name;
    if (field.enumeration != nullptr) return "." + field.enumeration->full_name;
    return std::string(to_string(field.type));
  }

  void field(const Field& field) {
    out_.append(indent_, ' ');
    // A map is printed as what it is on the wire: repeated entries.
    const auto label = field.is_map() ? Label::Repeated : field.label;
    if (label != Label::None) out_.append(to_string(label)) += ' ';
    const bool group = field.type == FieldType::Group;
    out_ += group ? "group " + field.message->name : type_text(field) + " " + field.name;
    out_ += " = " + std::to_string(field.number);
    auto options = field.options;
    if (field.json_name_given) options.push_back({"json_name", quoted(field.json_name)});
    options = ordered(options, kFieldOptions);
    if (field.default_value) options.push_back({"default", *field.default_value});
    bracketed(options);
    if (!group) {
      out_ += ";\n";
      return;
    }
    out_ += " {";
    indent_ += 2;
    block(*field.message);
  }

  void message(const Message& message) {
    open("message " + message.name);
    block(message);
  }

  void block(const Message& message) {
    reserved(message.reserved_ranges, message.reserved_names, kMaxFieldNumber);
    auto options = message.options;
    if (!options.empty()) {
      part();
      statements(options);
    }
    fields(message);
    for (const auto& oneof : message.oneofs) {
      part();
      open("oneof " + oneof.name);
      part();
      statements(oneof.options);
      if (!oneof.options.empty()) part();
      for (const auto i : oneof.fields) field(message.fields[i]);
      close();
    }
    if (!message.extension_ranges.empty()) {
      part();
      for (const auto& range : message.extension_ranges) {
        out_.append(indent_, ' ') += "extensions " + range_text(range.numbers, kMaxFieldNumber);
        bracketed(range.options);
        out_ += ";\n";
      }
    }
    extends(message.extensions, [this] { part(); });
    for (const auto& nested : message.messages) {
      if (nested.group) continue;  // printed with its field
      part();
      this->message(nested);
    }
    for (const auto& enumeration : message.enums) {
      part();
      this->enumeration(enumeration);
    }
    close();
  }

  // Plain fields, then the optional ones of proto3; members of oneofs come with their oneof.
  void fields(const Message& message) {
    const bool proto3 = message.file->syntax == Syntax::Proto3;
    for (const bool optional : {false, true}) {
      for (const auto& field : message.fields) {
        if (field.oneof || (proto3 && field.label == Label::Optional) != optional) continue;
        part();
        this->field(field);
      }
    }
  }

  template <class Before>
  void extends(const std::vector<Field>& extensions, const Before& before) {
    for (std::size_t i = 0; i < extensions.size();) {
      before();
      open("extend " + extensions[i].extendee);
      part();
      const auto& extendee = extensions[i].extendee;
      for (; i < extensions.size() && extensions[i].extendee == extendee; ++i) {
        field(extensions[i]);
      }
      close();
    }
  }

  void enumeration(const Enum& enumeration) {
    open("enum " + enumeration.name);
    reserved(enumeration.reserved_ranges, enumeration.reserved_names, INT32_MAX);
    if (out_.back() != '\n') out_ += '\n';
    statements(enumeration.options);
    for (const auto& value : enumeration.values) {
      out_.append(indent_, ' ') += value.name + " = " + std::to_string(value.number);
      bracketed(value.options);
      out_ += ";\n";
    }
    close();
  }

  void service(const Service& service) {
    open("service " + service.name);
    if (!service.options.empty()) {
      part();
      statements(service.options);
    }
    if (!service.methods.empty()) part();
    for (const auto& method : service.methods) {
      std::string text = "rpc " + method.name + " (";
      if (method.client_streaming) text += "stream ";
      text += "." + method.input + ") returns (";
      if (method.server_streaming) text += "stream ";
      text += "." + method.output + ")";
      if (method.options.empty()) {
        line(text + ";");
        continue;
      }
      open(text);
      part();
      statements(method.options);
      close();
    }
    close();
  }

  std::string out_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string canonical_text(const File& file) {
  Printer printer;
  printer.file(file);
  return std::move(printer).take();
}

std::string canonical_text(const Schema& schema) { return canonical_text(schema.file()); }

}  // namespace limpet::protobuf
