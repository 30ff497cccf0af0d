#include "request_file.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace limpet::bench {

namespace {

std::uint32_t length_at(std::string_view bytes) {
  std::uint32_t length = 0;
  for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  return length;
}

}  // namespace

RequestFile::RequestFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  text_.assign(std::istreambuf_iterator<char>(in), {});
  for (std::string_view rest = text_; !rest.empty();) {
    if (rest.size() < 4 || rest.size() - 4 < length_at(rest)) {
      throw std::runtime_error(path + " is cut short");
    }
    const std::size_t length = length_at(rest);
    requests_.push_back(rest.substr(4, length));
    rest.remove_prefix(4 + length);
  }
  if (requests_.empty()) throw std::runtime_error(path + " holds no request");
}

}  // namespace limpet::bench
