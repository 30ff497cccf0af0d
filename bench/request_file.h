// RequestFile: the requests of a run, made before it, so that sending one costs nothing but a
// write.
//
// The file is a sequence of requests, each a length (32 bits, little-endian) and as many bytes,
// sent as they are. Threads: safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace limpet::bench {

class RequestFile {
 public:
  /// Throws std::runtime_error: unreadable, empty, cut short.
  explicit RequestFile(const std::string& path);
  RequestFile(const RequestFile&) = delete;  // the views point into text_
  RequestFile& operator=(const RequestFile&) = delete;

  std::size_t size() const { return requests_.size(); }
  std::string_view operator[](std::size_t number) const { return requests_[number]; }

 private:
  std::string text_;
  std::vector<std::string_view> requests_;
};

}  // namespace limpet::bench
