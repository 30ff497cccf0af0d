// What is asked of libprotobuf: text to descriptors. Its logging stays silent, its fatal checks and
// errors become Results.
#pragma once

#include "limpet/base/result.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <string>
#include <string_view>

namespace limpet::protobuf {

namespace pb = ::google::protobuf;

/// One file as it was written: not linked yet.
struct SourceFile {
  pb::FileDescriptorProto proto;
  pb::compiler::SourceLocationTable lines;
};

/// Read one text into `file`. Requires: scan_text(text). Errors: InvalidInput.
Status read_source(std::string_view text, SourceFile& file);

/// Link a file whose imports are in the pool. Errors: InvalidInput.
Result<const pb::FileDescriptor*> link(pb::DescriptorPool& pool, const SourceFile& file);

/// Where in its text a definition's name stands, line from 1; 0 = unknown.
std::uint32_t line_of(const SourceFile* file, const pb::Message& definition);

/// No message of libprotobuf reaches standard error from here on.
void silence_libprotobuf();

}  // namespace limpet::protobuf
