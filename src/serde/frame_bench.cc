// What a frame costs: it is read for every message. Floors in the same run: the four bytes that
// tell a Glue frame apart, and zlib itself with its stream kept.
#include "limpet/serde/frame.h"
#include "limpet/serde/payload.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace limpet::serde {
namespace {

const Uuid kVersion = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
constexpr std::string_view kRecord = "\x10John Doe\x0C\x12something";

std::string text_of(const codec::ByteBuffer& buffer) { return std::string(buffer.text()); }

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string glue_message_of(std::string_view payload, Compression compression) {
  codec::ByteBuffer out;
  append_glue_header(out, kVersion, compression);
  if (compression == Compression::Zlib) {
    codec::Deflater().deflate(as_bytes(payload), out);
  } else {
    out.append(payload);
  }
  return text_of(out);
}

// Records one after the other, as a batch in one message has them.
std::string payload_of(std::size_t bytes) {
  std::string out;
  for (unsigned i = 0; out.size() < bytes; ++i) {
    out += "\x10John D" + std::to_string(i % 1000) + "\x0C\x12something";
  }
  out.resize(bytes);
  return out;
}

void read_header_by_hand(benchmark::State& state) {
  const std::string message = glue_message_of(kRecord, Compression::None);
  const char* data = message.data();
  std::size_t size = message.size();
  for (auto _ : state) {
    benchmark::DoNotOptimize(data);
    benchmark::DoNotOptimize(size);
    std::uint64_t id[2] = {0, 0};  // NOLINT: plain bytes
    if (size >= 18 && data[0] == 3 && (data[1] == 0 || data[1] == 5)) {
      std::memcpy(id, data + 2, 16);
    }
    benchmark::DoNotOptimize(id);
  }
}
BENCHMARK(read_header_by_hand);

void inspect_glue(benchmark::State& state) {
  const std::string message = glue_message_of(kRecord, Compression::None);
  auto bytes = as_bytes(message);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes);
    const Frame frame = inspect(bytes);
    benchmark::DoNotOptimize(frame);
  }
}
BENCHMARK(inspect_glue);

void inspect_confluent(benchmark::State& state) {
  codec::ByteBuffer buffer;
  append_confluent_id(buffer, 1);
  buffer.append(kRecord);
  auto bytes = buffer.bytes();
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes);
    const Frame frame = inspect(bytes);
    benchmark::DoNotOptimize(frame);
  }
}
BENCHMARK(inspect_confluent);

void inspect_header_guid(benchmark::State& state) {
  codec::ByteBuffer value;
  append_confluent_guid(value, kVersion);
  const std::vector<RecordHeader> headers{{"trace", as_bytes("0123456789")},
                                          {kValueSchemaIdHeader, value.bytes()}};
  auto bytes = as_bytes(kRecord);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes);
    const Frame frame = inspect(bytes, headers);
    benchmark::DoNotOptimize(frame);
  }
}
BENCHMARK(inspect_header_guid);

void write_header(benchmark::State& state) {
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    append_glue_header(out, kVersion);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(write_header);

void inflate_by_zlib(benchmark::State& state) {
  const std::string payload = payload_of(static_cast<std::size_t>(state.range(0)));
  const std::string message = glue_message_of(payload, Compression::Zlib);
  std::vector<Bytef> room(payload.size() + 1);
  z_stream stream{};
  inflateInit(&stream);
  for (auto _ : state) {
    inflateReset(&stream);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data())) + 18;  // NOLINT
    stream.avail_in = static_cast<uInt>(message.size() - 18);
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(room.size());
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END) state.SkipWithError("refused");
    benchmark::DoNotOptimize(room.data());
  }
  inflateEnd(&stream);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(inflate_by_zlib)->Arg(20)->Arg(300)->Arg(4'000)->Arg(100'000);

void open_zlib_payload(benchmark::State& state) {
  const std::string payload = payload_of(static_cast<std::size_t>(state.range(0)));
  const std::string message = glue_message_of(payload, Compression::Zlib);
  codec::Inflater inflater;
  value::Arena arena;
  for (auto _ : state) {
    arena.reset();
    const auto opened = open_payload(inspect(as_bytes(message)), inflater, arena);
    if (!opened || opened.bytes.size() != payload.size()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(opened);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(open_zlib_payload)->Arg(20)->Arg(300)->Arg(4'000)->Arg(100'000);

void deflate_payload(benchmark::State& state) {
  const std::string payload = payload_of(static_cast<std::size_t>(state.range(0)));
  codec::Deflater deflater;
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    deflater.deflate(as_bytes(payload), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(deflate_payload)->Arg(20)->Arg(4'000);

}  // namespace
}  // namespace limpet::serde
