// codegen_driver FILE OUT [views]: a schema file as a C++ header, for the tests of what is made.
#include "limpet/codegen/cpp.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

limpet::Result<std::string> make(const std::string& path, const std::string& text,
                                 const limpet::codegen::CppOptions& options) {
  if (path.ends_with(".avsc")) {
    LIMPET_TRY(const auto schema, limpet::avro::parse(text));
    return limpet::codegen::cpp_header(schema, text, options);
  }
  if (path.ends_with(".proto")) {
    LIMPET_TRY(const auto schema, limpet::protobuf::parse(text));
    return limpet::codegen::cpp_header(schema, text, options);
  }
  LIMPET_TRY(const auto schema, limpet::json_schema::parse(text));
  return limpet::codegen::cpp_header(schema, text, options);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string path = argv[1];
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  limpet::codegen::CppOptions options{.source = path.substr(path.rfind('/') + 1)};
  if (argc > 3) {
    options.strings = limpet::codegen::Strings::Views;
    options.name_space = "made_views";
  }
  const auto header = make(path, text, options);
  if (!header) {
    std::cerr << path << ": " << limpet::describe(header.error()) << '\n';
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary | std::ios::trunc);
  out << *header;
  return out.flush() ? 0 : 1;
}
