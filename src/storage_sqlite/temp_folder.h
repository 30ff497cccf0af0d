// TempFolder: a folder for one test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace limpet::storage {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = testing::TempDir() + "limpet-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  /// Not there yet.
  std::filesystem::path data() const { return path_ / "data"; }
  std::filesystem::path at(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace limpet::storage
