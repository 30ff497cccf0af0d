// Options of a definition as a .proto text writes them.
#pragma once

#include "limpet/protobuf/model.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

namespace pb = ::google::protobuf;

/// Built-in and custom options of `options` (a FieldOptions, FileOptions, …) by their number.
/// `pool` knows the custom ones.
std::vector<Option> options_of(const pb::Message& options, const pb::DescriptorPool& pool);

/// Custom options of `options` by their number, each once: however many statements set its parts.
void normalize_custom(pb::Message& options, const pb::DescriptorPool& pool);

/// `text` in double quotes, escaped as .proto texts are.
std::string quoted(std::string_view text);

}  // namespace limpet::protobuf
