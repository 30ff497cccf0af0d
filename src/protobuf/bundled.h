// The files that every schema may import, parsed once.
#pragma once

#include "document.h"

#include <deque>
#include <google/protobuf/descriptor.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

struct BundledFiles {
  pb::DescriptorPool pool;
  std::deque<File> files;
  Types types;
  std::vector<std::string> paths;  ///< sorted
  std::size_t widest = 0;          ///< fields of the widest message
};

/// Built at the first call. Threads: safe.
const BundledFiles& bundled_files();

struct BundledText {
  std::string_view path;
  std::string_view text;
};
/// google/type/*.proto as the build embeds them, imports before importers.
std::span<const BundledText> bundled_texts();

}  // namespace limpet::protobuf
