#include "record_cases.h"

#include "checked.h"
#include "made_user.h"
#include "made_wide.h"
#include "order.pb.h"
#include "record_types.h"
#include "timing.h"

#include "limpet/avro/column_reader.h"
#include "limpet/avro/datum_reader.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/codec/varint.h"
#include "limpet/codec/zlib.h"
#include "limpet/columns/arrow_abi.h"
#include "limpet/json/parse.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/schema.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/arena.h"

#include <cstddef>
#include <google/protobuf/arena.h>
#include <google/protobuf/util/json_util.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zlib.h>

namespace limpet::bench {
namespace {

std::vector<std::byte> from_hex(const std::string& hex) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

Uuid id_of(std::uint8_t last) {
  std::array<std::uint8_t, 16> bytes{0xb7, 0xb4, 0xa7, 0xf0, 0x9c, 0x96, 0x4e, 0x4a,
                                     0xa6, 0x87, 0xfb, 0x5d, 0xe9, 0xef, 0x0c, last};
  return Uuid(bytes);
}

/// Documents, and a source that knows them all.
struct Documents {
  explicit Documents(const std::filesystem::path& folder)
      : payloads(checked(json::parse(read_file(folder / "payloads.json")))),
        user(read_file(folder / "user.avsc")),
        next(read_file(folder / "user-next.avsc")),
        wide(read_file(folder / "wide.avsc")),
        order_proto(read_file(folder / "order.proto")),
        order_json(read_file(folder / "order.json")),
        order_value(read_file(folder / "order-value.json")) {
    while (order_value.ends_with('\n')) order_value.pop_back();
    add(1, DataFormat::Avro, user);
    add(2, DataFormat::Avro, wide);
    add(3, DataFormat::Protobuf, order_proto);
    add(4, DataFormat::Json, order_json);
  }

  void add(std::uint8_t id, DataFormat format, const std::string& definition) {
    checked(source->add(
        {.id = id_of(id), .format = format, .definition = definition, .name = "bench"}));
  }

  std::vector<std::byte> payload(std::string_view name) const {
    return from_hex(payloads.find(name)->text());
  }

  std::vector<std::byte> framed(std::uint8_t id, std::span<const std::byte> payload) const {
    codec::ByteBuffer out;
    serde::append_glue_header(out, id_of(id));
    out.append(payload);
    return {out.bytes().begin(), out.bytes().end()};
  }

  json::Value payloads;
  std::string user, next, wide, order_proto, order_json, order_value;
  std::shared_ptr<serde::MemorySource> source = std::make_shared<serde::MemorySource>();
};

using Cases = std::vector<RecordCase>;

/// Reads one message again and again.
template <class T>
void add_read(Cases& cases, const std::string& name, const Documents& documents,
              std::vector<std::byte> message, serde::DeserializerOptions options = {}) {
  auto reader = std::make_shared<serde::Deserializer<T>>(
      checked(serde::Deserializer<T>::make(documents.source, std::move(options))));
  auto arena = std::make_shared<value::Arena>();
  auto target = std::make_shared<T>();
  const std::size_t bytes = message.size() - serde::kGlueHeaderBytes;
  auto run = [reader, arena, target, message = std::move(message)] {
    arena->reset();
    none(reader->read({.topic = "bench"}, message, *arena, *target));
    keep(*target);
  };
  run();
  cases.push_back({.name = name, .run = std::move(run), .bytes = bytes});
}

template <class T>
void add_write(Cases& cases, const std::string& name, const Documents& documents, T record,
               serde::SerializerOptions options) {
  auto writer = std::make_shared<serde::Serializer<T>>(
      checked(serde::Serializer<T>::make(documents.source, std::move(options))));
  auto out = std::make_shared<codec::ByteBuffer>();
  auto held = std::make_shared<T>(std::move(record));
  auto run = [writer, out, held] {
    out->clear();
    none(writer->append({.topic = "bench"}, *held, *out));
    keep(*out);
  };
  run();
  cases.push_back({.name = name, .run = run, .bytes = out->size() - serde::kGlueHeaderBytes});
}

/// What decoding costs at least: no plan, no frame, no UTF-8 check, views.
bool read_by_hand(std::span<const std::byte> payload, User& to) {
  const std::byte* at = payload.data();
  const std::byte* end = at + payload.size();
  const auto text = [&](std::string_view& out) {
    const auto size = codec::read_varint64(at, end);
    if (!size || (size.value & 1U) != 0) return false;
    const std::uint64_t length = size.value >> 1U;
    if (length > static_cast<std::uint64_t>(end - size.next)) return false;
    out = {reinterpret_cast<const char*>(size.next), length};  // NOLINT: bytes as characters
    at = size.next + length;
    return true;
  };
  if (!text(to.name)) return false;
  const auto age = codec::read_varint32(at, end);
  if (!age) return false;
  to.age = codec::unzigzag32(age.value);
  at = age.next;
  return text(to.subject);
}

void add_user(Cases& cases, const Documents& documents) {
  const auto payload = documents.payload("user");
  const auto message = documents.framed(1, payload);
  cases.push_back({.name = "user frame",
                   .run = [message] { keep(serde::inspect(message)); },
                   .bytes = payload.size()});
  cases.push_back({.name = "user floor",
                   .run =
                       [payload, user = std::make_shared<User>()] {
                         if (!read_by_hand(payload, *user)) fail("floor");
                         keep(*user);
                       },
                   .bytes = payload.size()});
  add_read<User>(cases, "user decode", documents, message);
  add_read<bench_made::User>(cases, "user made", documents, message);
  add_read<OwnedUser>(cases, "user owned", documents, message);
  add_read<NextUser>(cases, "user resolve", documents, message,
                     {.reader = checked(avro::parse(documents.next))});
  add_read<value::View>(cases, "user view", documents, message);
  add_read<std::string>(cases, "user json", documents, message);

  const serde::SerializerOptions writing{.definition = documents.user, .version = id_of(1)};
  const User user{"John Doe", 6, "something"};
  add_write<User>(cases, "user encode", documents, user, writing);
  add_write<bench_made::User>(cases, "user encode made", documents,
                              {user.name, user.age, user.subject}, writing);

  codec::ByteBuffer zipped;
  codec::Deflater deflater;
  serde::append_glue_header(zipped, id_of(1), serde::Compression::Zlib);
  deflater.deflate(payload, zipped);
  add_read<User>(cases, "user inflate", documents, {zipped.bytes().begin(), zipped.bytes().end()});
}

/// zlib alone, its stream used again, on what `user inflate` inflates.
void add_raw_inflate(Cases& cases, const Documents& documents) {
  const auto payload = documents.payload("user");
  codec::ByteBuffer zipped;
  codec::Deflater deflater;
  deflater.deflate(payload, zipped);
  auto stream = std::shared_ptr<z_stream>(new z_stream{}, [](z_stream* done) {
    inflateEnd(done);
    delete done;  // NOLINT: the deleter of a shared_ptr
  });
  if (inflateInit(stream.get()) != Z_OK) fail("inflateInit");
  const std::string packed(zipped.text());
  cases.push_back({.name = "raw inflate",
                   .run =
                       [stream, packed] {
                         std::array<unsigned char, 256> room;  // NOLINT: inflate fills it
                         inflateReset(stream.get());
                         stream->next_in = reinterpret_cast<unsigned char*>(  // NOLINT
                             const_cast<char*>(packed.data()));               // NOLINT
                         stream->avail_in = static_cast<unsigned>(packed.size());
                         stream->next_out = room.data();
                         stream->avail_out = room.size();
                         if (inflate(stream.get(), Z_FINISH) != Z_STREAM_END) fail("inflate");
                         keep(room);
                       },
                   .bytes = payload.size()});
}

void add_columns(Cases& cases, const std::string& name, const std::string& definition,
                 std::vector<std::byte> payload) {
  constexpr std::size_t kRows = 10'000;
  const avro::Schema schema = checked(avro::parse(definition));
  auto reader = std::make_shared<avro::ColumnReader>(checked(avro::ColumnReader::make(schema)));
  const avro::ColumnPlan plan = checked(reader->layout().plan(schema));
  const std::size_t bytes = payload.size();
  cases.push_back({.name = name,
                   .run =
                       [reader, plan, payload = std::move(payload)] {
                         for (std::size_t i = 0; i < kRows; ++i) {
                           if (reader->add(plan, payload) != avro::Added::Row) fail("columns");
                         }
                         ArrowSchema names{};
                         ArrowArray data{};
                         if (auto done = reader->finish(&names, &data); !done) fail("finish");
                         data.release(&data);
                         names.release(&names);
                       },
                   .units = static_cast<double>(kRows),
                   .bytes = bytes});
}

void add_wide(Cases& cases, const Documents& documents) {
  const auto payload = documents.payload("wide");
  const auto message = documents.framed(2, payload);
  const avro::Schema schema = checked(avro::parse(documents.wide));
  auto plan = std::make_shared<avro::TypedReader<bench_made::Wide>>(
      checked(avro::TypedReader<bench_made::Wide>::make(schema)));
  auto arena = std::make_shared<value::Arena>();
  auto wide = std::make_shared<bench_made::Wide>();
  cases.push_back({.name = "wide decode",
                   .run =
                       [plan, arena, wide, payload] {
                         arena->reset();
                         none(plan->read(payload, *arena, *wide));
                         keep(*wide);
                       },
                   .bytes = payload.size()});
  add_read<bench_made::Wide>(cases, "wide made", documents, message);
  add_read<value::View>(cases, "wide view", documents, message);
  add_read<std::string>(cases, "wide json", documents, message);
  none(plan->read(payload, *arena, *wide));
  add_write<bench_made::Wide>(cases, "wide encode", documents, *wide,
                              {.definition = documents.wide, .version = id_of(2)});
}

void add_order(Cases& cases, const Documents& documents) {
  auto parsed = std::make_shared<::bench::Order>();
  if (!google::protobuf::util::JsonStringToMessage(documents.order_value, parsed.get()).ok()) {
    fail("order-value.json is no bench.Order");
  }
  const std::string encoded = parsed->SerializeAsString();
  std::vector<std::byte> payload{std::byte{0}};  // the message's index
  const auto bytes = bytes_of(encoded);
  payload.insert(payload.end(), bytes.begin(), bytes.end());
  const auto message = documents.framed(3, payload);
  add_read<Order>(cases, "order protobuf decode", documents, message);
  add_read<value::View>(cases, "order protobuf view", documents, message);
  add_read<std::string>(cases, "order protobuf json", documents, message);
  cases.push_back({.name = "order protobuf library",
                   .run =
                       [parsed, encoded] {
                         parsed->ParseFromString(encoded);
                         keep(*parsed);
                       },
                   .bytes = encoded.size()});
  cases.push_back({.name = "order protobuf library, arena",
                   .run =
                       [encoded] {
                         google::protobuf::Arena arena;
                         auto* order =
                             google::protobuf::Arena::CreateMessage<::bench::Order>(&arena);
                         order->ParseFromString(encoded);
                         keep(*order);
                       },
                   .bytes = encoded.size()});

  const auto json = documents.framed(4, bytes_of(documents.order_value));
  add_read<value::View>(cases, "order json view", documents, json);
  add_read<value::View>(cases, "order json validated", documents, json, {.validate_json = true});
  add_read<Order>(cases, "order json decode", documents, json);
}

}  // namespace

std::vector<RecordCase> record_cases(const std::filesystem::path& folder) {
  const Documents documents(folder);
  Cases cases;
  add_user(cases, documents);
  add_raw_inflate(cases, documents);
  add_columns(cases, "user columns", documents.user, documents.payload("user"));
  add_wide(cases, documents);
  add_columns(cases, "wide columns", documents.wide, documents.payload("wide"));
  add_order(cases, documents);
  return cases;
}

}  // namespace limpet::bench
