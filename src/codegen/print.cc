// A unit as the text of a C++ header.
#include "unit.h"

#include <set>

namespace limpet::codegen {

namespace {

class Printer {
 public:
  Printer(const Unit& unit, std::string_view schema_text, const CppOptions& options)
      : unit_(unit), schema_text_(schema_text), options_(options) {}

  std::string run() {
    for (const Struct& type : unit_.structs) {
      for (const Member& member : type.members) collect(member.type);
    }
    head();
    declare_ahead();
    for (const Enum& type : unit_.enums) definition(type);
    for (const std::size_t index : unit_.order) definition(unit_.structs[index]);
    for (const Enum& type : unit_.enums) binding(type);
    for (const std::size_t index : unit_.order) binding(unit_.structs[index]);
    if (unit_.avro) {
      // Records that hold each other: every specialisation is declared before one is used.
      for (const std::size_t index : unit_.order) codec_declaration(unit_.structs[index], index);
      for (const std::size_t index : unit_.order) codec(unit_.structs[index]);
    } else {
      schema_constant();
    }
    return std::move(out_);
  }

 private:
  void collect(const TypeRef& type) {
    static constexpr auto header = [](Shape shape) -> std::string_view {
      switch (shape) {
        case Shape::Int32:
        case Shape::Int64:
        case Shape::UInt32:
        case Shape::UInt64:
          return "cstdint";
        case Shape::Fixed:
          return "array";
        case Shape::Optional:
          return "optional";
        case Shape::Boxed:
          return "memory";
        case Shape::Sequence:
          return "vector";
        case Shape::Map:
          return "map";
        case Shape::Variant:
        case Shape::Nothing:
          return "variant";
        default:
          return {};
      }
    };
    if (const auto name = header(type.shape); !name.empty()) headers_.insert(std::string(name));
    if (type.shape == Shape::String || type.shape == Shape::Map) headers_.insert("string");
    const bool views = options_.strings == Strings::Views;
    if (type.shape == Shape::String && views) headers_.insert("string_view");
    if (type.shape == Shape::Bytes) headers_.insert(views ? "span" : "vector");
    if (type.shape == Shape::Bytes || type.shape == Shape::Fixed) headers_.insert("cstddef");
    for (const TypeRef& element : type.elements) collect(element);
  }

  void line(std::string_view text = {}) { out_.append(text).append("\n"); }

  void head() {
    line("// Made by `limpet codegen`" +
         (options_.source.empty() ? std::string() : " from " + options_.source) +
         ". Do not edit: make it again.");
    line("#pragma once");
    line();
    if (unit_.avro) line("#include <limpet/avro/exact.h>");
    line("#include <limpet/value/binding.h>");
    line();
    headers_.insert("cstdint");
    headers_.insert("string_view");
    for (const std::string& header : headers_) line("#include <" + header + ">");
  }

  void open(const std::string& name_space) {
    line();
    if (!name_space.empty()) line("namespace " + name_space + " {\n");
  }
  void close(const std::string& name_space) {
    if (!name_space.empty()) line("\n}  // namespace " + name_space);
  }

  void declare_ahead() {
    for (const std::size_t index : unit_.ahead) {
      const Struct& type = unit_.structs[index];
      open(type.name_space);
      line("struct " + type.name + ";");
      close(type.name_space);
    }
  }

  void definition(const Enum& type) {
    open(type.name_space);
    out_ += comment_lines(type.comment, "");
    line("enum class " + type.name + " : std::int32_t {");
    for (const Enumerator& value : type.values) {
      line("  " + value.name + (value.value ? " = " + std::to_string(*value.value) : "") + ",");
    }
    line("};");
    close(type.name_space);
  }

  void definition(const Struct& type) {
    open(type.name_space);
    out_ += comment_lines(type.comment, "");
    line("struct " + type.name + " {");
    for (const Member& member : type.members) {
      out_ += comment_lines(member.comment, "  ");
      line("  " + cpp_type(member.type) + " " + member.name + initial(member.type) + ";");
    }
    if (type.comparable) {
      if (!type.members.empty()) line();
      line("  friend bool operator==(const " + type.name + "&, const " + type.name +
           "&) = default;");
    }
    line("};");
    close(type.name_space);
  }

  static std::string qualified(const std::string& name_space, const std::string& name) {
    return (name_space.empty() ? "::" : "::" + name_space + "::") + name;
  }
  std::string name_of(const Struct& type) const { return qualified(type.name_space, type.name); }
  std::string name_of(const Enum& type) const { return qualified(type.name_space, type.name); }

  std::string cpp_type(const TypeRef& type) const {
    const bool views = options_.strings == Strings::Views;
    switch (type.shape) {
      case Shape::Nothing:
        return "std::monostate";
      case Shape::Boolean:
        return "bool";
      case Shape::Int32:
        return "std::int32_t";
      case Shape::Int64:
        return "std::int64_t";
      case Shape::UInt32:
        return "std::uint32_t";
      case Shape::UInt64:
        return "std::uint64_t";
      case Shape::Float:
        return "float";
      case Shape::Double:
        return "double";
      case Shape::String:
        return views ? "std::string_view" : "std::string";
      case Shape::Bytes:
        return views ? "std::span<const std::byte>" : "std::vector<std::byte>";
      case Shape::Fixed:
        return "std::array<std::byte, " + std::to_string(type.size) + ">";
      case Shape::Enum:
        return name_of(unit_.enums[type.index]);
      case Shape::Struct:
        return name_of(unit_.structs[type.index]);
      case Shape::Optional:
        return "std::optional<" + cpp_type(type.elements.front()) + ">";
      case Shape::Boxed:
        return "std::unique_ptr<" + cpp_type(type.elements.front()) + ">";
      case Shape::Sequence:
        return "std::vector<" + cpp_type(type.elements.front()) + ">";
      case Shape::Map:
        return "std::map<std::string, " + cpp_type(type.elements.front()) + ">";
      case Shape::Variant: {
        std::string out = "std::variant<";
        for (std::size_t i = 0; i < type.elements.size(); ++i) {
          if (i != 0) out += ", ";
          out += cpp_type(type.elements[i]);
        }
        return out + ">";
      }
    }
    return {};
  }

  static std::string initial(const TypeRef& type) {
    switch (type.shape) {
      case Shape::Boolean:
        return " = false";
      case Shape::Int32:
      case Shape::Int64:
      case Shape::UInt32:
      case Shape::UInt64:
      case Shape::Float:
      case Shape::Double:
        return " = 0";
      case Shape::Enum:
      case Shape::Fixed:
      case Shape::Bytes:
        return "{}";
      default:
        return "";
    }
  }

  void binding(const Enum& type) {
    const std::string name = name_of(type);
    line();
    line("template <>\nstruct limpet::value::EnumBinding<" + name + "> {");
    line("  static constexpr auto symbols = limpet::value::symbols<" + name + ">({");
    for (const Enumerator& value : type.values) {
      line("      {" + quoted(value.symbol) + ", " + name + "::" + value.name + "},");
    }
    line("  });\n};");
  }

  void binding(const Struct& type) {
    const std::string name = name_of(type);
    line();
    line("template <>\nstruct limpet::value::Binding<" + name + "> {");
    out_ +=
        "  static constexpr auto type = limpet::value::record(\n      " + quoted(type.schema_name);
    for (const Member& member : type.members) {
      out_ += ",\n      limpet::value::field<" + quoted(member.schema_name) + ">(&" + name +
              "::" + member.name + (member.may_be_absent ? ", limpet::value::kMayBeAbsent" : "") +
              ")";
    }
    line(");\n};");
  }

  /// The text as a raw string literal, in pieces that every compiler takes.
  std::string literal() const {
    // What ends the literal must not stand in the text: comments say what they like.
    std::string mark = "limpet";
    for (int number = 1; schema_text_.find(")" + mark + "\"") != std::string_view::npos; ++number) {
      mark = "limpet" + std::to_string(number);
    }
    std::string out;
    std::string_view rest = schema_text_;
    static constexpr std::size_t kPiece = 16'000;
    do {
      const std::string_view piece = rest.substr(0, kPiece);
      rest.remove_prefix(piece.size());
      out += "\n      R\"" + mark + "(";
      out += piece;
      out += ")" + mark + "\"";
    } while (!rest.empty());
    return out;
  }

  void schema_constant() {
    const Struct& root = unit_.structs[unit_.root];
    open(root.name_space);
    line("/// What these types were made from.");
    line("inline constexpr std::string_view k" + root.name + "Schema =" + literal() + ";");
    close(root.name_space);
  }

  // ---- the straight-line codec ----

  void codec_declaration(const Struct& type, std::size_t index) {
    const std::string name = name_of(type);
    line();
    line("template <>\nstruct limpet::avro::Exact<" + name + "> {");
    if (index == unit_.root)
      line("  static constexpr std::string_view kSchema =" + literal() + ";");
    line("  static bool read(ExactReader& in, " + name + "& to);");
    line("  static void write(ExactWriter& out, const " + name + "& from);");
    line("};");
  }

  void codec(const Struct& type) {
    const std::string name = name_of(type);
    line();
    const bool used = !type.members.empty();
    line("inline bool limpet::avro::Exact<" + name + ">::read(" +
         (used ? "ExactReader& reader, " : "ExactReader&, ") + name + (used ? "& to) {" : "&) {"));
    if (used) line("  ExactReader in = reader;");
    for (const Member& member : type.members) {
      read_statement(member.type, "to." + member.name, "  ", 0);
    }
    if (used) line("  reader.follow(in);");
    line("  return true;\n}");
    line();
    line("inline void limpet::avro::Exact<" + name + ">::write(" +
         (used ? "ExactWriter& out, " : "ExactWriter&, ") + "const " + name +
         (used ? "& from) {" : "&) {"));
    for (const Member& member : type.members) {
      write_statement(member.type, "from." + member.name, "  ", 0);
    }
    line("}");
  }

  // What ExactReader::nullable takes.
  static bool is_plain(Shape shape) {
    switch (shape) {
      case Shape::Boolean:
      case Shape::Int32:
      case Shape::Int64:
      case Shape::Float:
      case Shape::Double:
      case Shape::String:
      case Shape::Bytes:
        return true;
      default:
        return false;
    }
  }

  // A name of its own for each level.
  static std::string local(std::string_view word, int level) {
    return std::string(word) + (level == 0 ? "" : std::to_string(level));
  }

  void read_statement(const TypeRef& type, const std::string& to, const std::string& indent,
                      int level) {
    const std::string deeper = indent + "  ";
    switch (type.shape) {
      case Shape::Nothing:
        return;
      case Shape::Enum: {
        const Enum& symbols = unit_.enums[type.index];
        const std::string at = local("symbol", level);
        line(indent + "{");
        line(deeper + "std::uint32_t " + at + " = 0;");
        line(deeper + "if (!in.index(" + std::to_string(symbols.values.size()) + ", " + at +
             ")) return false;");
        line(deeper + to + " = static_cast<" + name_of(symbols) + ">(" + at + ");");
        line(indent + "}");
        return;
      }
      case Shape::Struct:
        line(indent + "if (!Exact<" + name_of(unit_.structs[type.index]) + ">::read(in, " + to +
             ")) return false;");
        return;
      case Shape::Boxed:
      case Shape::Optional: {
        const std::string branch = local("branch", level);
        const TypeRef& held = type.elements.front();
        if (type.shape == Shape::Optional && is_plain(held.shape)) {
          line(indent + "if (!in.nullable<" + (type.null_first ? "0" : "1") + ">(" + to +
               ")) return false;");
          return;
        }
        line(indent + "{");
        line(deeper + "std::uint32_t " + branch + " = 0;");
        line(deeper + "if (!in.index(2, " + branch + ")) return false;");
        line(deeper + "if (" + branch + " == " + (type.null_first ? "0" : "1") + ") {");
        line(deeper + "  " + to + ".reset();");
        line(deeper + "} else {");
        if (type.shape == Shape::Boxed) {
          line(deeper + "  " + to + " = std::make_unique<" + cpp_type(held) + ">();");
          line(deeper + "  if (!in.enter()) return false;");
          read_statement(held, "(*" + to + ")", deeper + "  ", level + 1);
          line(deeper + "  in.leave();");
        } else {
          line(deeper + "  auto& " + local("held", level) + " = " + to + ".emplace();");
          read_statement(held, local("held", level), deeper + "  ", level + 1);
        }
        line(deeper + "}");
        line(indent + "}");
        return;
      }
      case Shape::Sequence: {
        const std::string item = local("item", level);
        line(indent + to + ".clear();");
        line(indent + "if (!in.blocks([&] {");
        line(indent + "      auto& " + item + " = " + to + ".emplace_back();");
        read_statement(type.elements.front(), item, indent + "      ", level + 1);
        unused(type.elements.front(), item, indent + "      ");
        line(indent + "      return true;");
        line(indent + "    })) {");
        line(deeper + "return false;");
        line(indent + "}");
        return;
      }
      case Shape::Map: {
        const std::string key = local("key", level);
        const std::string item = local("item", level);
        line(indent + to + ".clear();");
        line(indent + "if (!in.blocks([&] {");
        line(indent + "      std::string " + key + ";");
        line(indent + "      if (!in.read(" + key + ")) return false;");
        line(indent + "      auto& " + item + " = " + to + "[std::move(" + key + ")];");
        read_statement(type.elements.front(), item, indent + "      ", level + 1);
        unused(type.elements.front(), item, indent + "      ");
        line(indent + "      return true;");
        line(indent + "    })) {");
        line(deeper + "return false;");
        line(indent + "}");
        return;
      }
      case Shape::Variant: {
        const std::string branch = local("branch", level);
        line(indent + "{");
        line(deeper + "std::uint32_t " + branch + " = 0;");
        line(deeper + "if (!in.index(" + std::to_string(type.elements.size()) + ", " + branch +
             ")) return false;");
        line(deeper + "switch (" + branch + ") {");
        for (std::size_t i = 0; i < type.elements.size(); ++i) {
          line(deeper + "  case " + std::to_string(i) + ": {");
          if (type.elements[i].shape == Shape::Nothing) {
            line(deeper + "    " + to + ".template emplace<" + std::to_string(i) + ">();");
          } else {
            line(deeper + "    auto& " + local("held", level) + " = " + to + ".template emplace<" +
                 std::to_string(i) + ">();");
            read_statement(type.elements[i], local("held", level), deeper + "    ", level + 1);
          }
          line(deeper + "    break;");
          line(deeper + "  }");
        }
        line(deeper + "  default:");
        line(deeper + "    return false;");
        line(deeper + "}");
        line(indent + "}");
        return;
      }
      default:
        line(indent + "if (!in.read(" + to + ")) return false;");
    }
  }

  // Nothing is read into an item that has no bytes.
  void unused(const TypeRef& type, const std::string& name, const std::string& indent) {
    if (type.shape == Shape::Nothing) line(indent + "static_cast<void>(" + name + ");");
  }

  void write_statement(const TypeRef& type, const std::string& from, const std::string& indent,
                       int level) {
    const std::string deeper = indent + "  ";
    switch (type.shape) {
      case Shape::Nothing:
        return;
      case Shape::Enum:
        line(indent + "out.index(static_cast<std::uint32_t>(" + from + "));");
        return;
      case Shape::Struct:
        line(indent + "Exact<" + name_of(unit_.structs[type.index]) + ">::write(out, " + from +
             ");");
        return;
      case Shape::Boxed:
      case Shape::Optional:
        line(indent + "out.index(" + from + (type.null_first ? " ? 1 : 0);" : " ? 0 : 1);"));
        line(indent + "if (" + from + ") {");
        write_statement(type.elements.front(), "(*" + from + ")", deeper, level + 1);
        line(indent + "}");
        return;
      case Shape::Sequence:
      case Shape::Map: {
        const std::string item = local("item", level);
        line(indent + "if (!" + from + ".empty()) {");
        line(deeper + "out.count(" + from + ".size());");
        if (type.shape == Shape::Sequence) {
          line(deeper + "for (const auto& " + item + " : " + from + ") {");
        } else {
          line(deeper + "for (const auto& [" + local("key", level) + ", " + item + "] : " + from +
               ") {");
          line(deeper + "  out.write(" + local("key", level) + ");");
        }
        write_statement(type.elements.front(), item, deeper + "  ", level + 1);
        unused(type.elements.front(), item, deeper + "  ");
        line(deeper + "}");
        line(indent + "}");
        line(indent + "out.end();");
        return;
      }
      case Shape::Variant:
        line(indent + "out.index(static_cast<std::uint32_t>(" + from + ".index()));");
        line(indent + "switch (" + from + ".index()) {");
        for (std::size_t i = 0; i < type.elements.size(); ++i) {
          if (type.elements[i].shape == Shape::Nothing) continue;
          line(deeper + "case " + std::to_string(i) + ":");
          write_statement(type.elements[i], "std::get<" + std::to_string(i) + ">(" + from + ")",
                          deeper + "  ", level + 1);
          line(deeper + "  break;");
        }
        line(deeper + "default:");
        line(deeper + "  break;");
        line(indent + "}");
        return;
      default:
        line(indent + "out.write(" + from + ");");
    }
  }

  const Unit& unit_;
  std::string_view schema_text_;
  const CppOptions& options_;
  std::set<std::string> headers_;
  std::string out_;
};

}  // namespace

std::string print(const Unit& unit, std::string_view schema_text, const CppOptions& options) {
  return Printer(unit, schema_text, options).run();
}

}  // namespace limpet::codegen
