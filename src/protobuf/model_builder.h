// Our model out of libprotobuf's descriptors.
#pragma once

#include "document.h"

#include <cstddef>
#include <google/protobuf/descriptor.h>
#include <string>
#include <string_view>

namespace limpet::protobuf {

struct SourceFile;

/// Fill `model` (where it will stay) and add its types to `own`. `source` gives the lines; may be
/// null. Requires: the types of everything it imports are in `bundled` or `own`.
void build_model(const pb::FileDescriptor& file, const SourceFile* source, const Types& bundled,
                 Types& own, File& model);

/// Fields of the message that has most of them.
std::size_t widest_message(const File& file);

/// "order_id" is "orderId" in JSON.
std::string default_json_name(std::string_view name);

}  // namespace limpet::protobuf
