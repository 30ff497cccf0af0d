// A bench ends with the first thing that goes wrong.
//
//   const auto schema = checked(avro::parse(text));      // throws std::runtime_error
#pragma once

#include "limpet/base/result.h"
#include "limpet/serde/error.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace limpet::bench {

[[noreturn]] inline void fail(const std::string& what) { throw std::runtime_error(what); }

template <class T>
T checked(Result<T> result) {
  if (!result) fail(describe(result.error()));
  return *std::move(result);
}
template <class T>
T checked(serde::Answer<T> answer) {
  if (!answer) fail(serde::describe(answer.failure()));
  return *std::move(answer);
}
inline void checked(const Status& status) {
  if (!status) [[unlikely]]
    fail(describe(status.error()));
}
template <class F>
void none(const std::optional<F>& failure) {
  if (failure) [[unlikely]]
    fail(describe(*failure));
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.empty()) fail("cannot read " + path.string());
  return text;
}

}  // namespace limpet::bench
