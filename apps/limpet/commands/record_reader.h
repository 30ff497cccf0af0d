// RecordReader: keys and values of any topic, as far as they can be read.
//
//   RecordReader reader(registry_source(options), {});
//   ReadPart value;
//   arena.reset();
//   reader.read({.topic = "orders", .headers = headers}, message.value, arena, value);
//
// What has a frame is decoded by its schema. What has none is JSON, else a text, else bytes; with a
// schema for such records, it is decoded by that one.
// Threads: confined.
#pragma once

#include "record_text.h"

#include "limpet/serde/deserializer.h"
#include "limpet/serde/schema.h"
#include "limpet/value/arena.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace limpet::app {

struct RecordReaderOptions {
  serde::SchemaPointer unframed{};  ///< of values without a frame; nullptr: they have no schema
  std::string unframed_message{};   ///< PROTOBUF: full name; empty: the only one of the schema
  /// Without a name, and when there is not just one, `unframed` is not used; else that is an error.
  bool unframed_if_clear = false;
  bool validate_json = false;
  bool whole = false;  ///< bytes behind a value are an error
};

class RecordReader {
 public:
  /// Throws CommandFailed with status 2.
  RecordReader(std::shared_ptr<serde::SchemaSource> source, const RecordReaderOptions& options);

  /// `part` points into `bytes`, the arena and this reader.
  void read(const serde::Context& context, const std::optional<kafka::Bytes>& bytes,
            value::Arena& arena, ReadPart& part) const;
  /// How frames are looked for.
  static serde::InspectOptions look(bool is_key);

 private:
  void read_framed(const serde::Context& context, kafka::Bytes bytes, value::Arena& arena,
                   ReadPart& part) const;
  void read_unframed(const serde::Context& context, kafka::Bytes bytes, value::Arena& arena,
                     ReadPart& part) const;

  /// The schema that a message names, for what is said about it when it cannot be read.
  const serde::Schema* named_by(const serde::Frame& frame) const;

  std::shared_ptr<serde::SchemaSource> source_;
  bool has_unframed_ = false;
  std::optional<serde::Deserializer<value::View>> deserializer_;
  mutable std::map<Uuid, serde::SchemaPointer> named_;  // of messages that could not be read
};

}  // namespace limpet::app
