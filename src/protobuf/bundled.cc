#include "bundled.h"

#include "adapter.h"
#include "model_builder.h"

#include "limpet/base/assert.h"
#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/api.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/source_context.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/type.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <memory>

namespace limpet::protobuf {
namespace {

void add(BundledFiles& all, const SourceFile& source) {
  const auto linked = link(all.pool, source);
  LIMPET_ASSERT(linked);
  File& file = all.files.emplace_back();
  file.bundled = true;
  build_model(**linked, nullptr, {}, all.types, file);
  all.widest = std::max(all.widest, widest_message(file));
  all.paths.push_back(file.path);
}

// libprotobuf carries its own files compiled in.
void add_compiled(BundledFiles& all, const pb::FileDescriptor& compiled) {
  SourceFile source;
  compiled.CopyTo(&source.proto);
  add(all, source);
}

std::unique_ptr<const BundledFiles> build_files() {
  silence_libprotobuf();
  auto all = std::make_unique<BundledFiles>();
  for (const pb::Descriptor* sample :
       {// imports before importers
        pb::Any::descriptor(), pb::FileDescriptorProto::descriptor(), pb::Duration::descriptor(),
        pb::Empty::descriptor(), pb::FieldMask::descriptor(), pb::SourceContext::descriptor(),
        pb::Struct::descriptor(), pb::Timestamp::descriptor(), pb::DoubleValue::descriptor(),
        pb::Type::descriptor(), pb::Api::descriptor()}) {
    add_compiled(*all, *sample->file());
  }
  for (const auto& [path, text] : bundled_texts()) {
    SourceFile source;
    const auto read = read_source(text, source);
    LIMPET_ASSERT(read);
    source.proto.set_name(std::string(path));
    add(*all, source);
  }
  std::ranges::sort(all->paths);
  return all;
}

}  // namespace

const BundledFiles& bundled_files() {
  // Never destroyed: schemas of static storage may outlive this file's statics.
  static const BundledFiles* const kFiles = build_files().release();
  return *kFiles;
}

std::span<const std::string> bundled_imports() { return bundled_files().paths; }

}  // namespace limpet::protobuf
