// What reading and writing a number costs, beside the loop that takes one byte after the other.
#include "limpet/codec/varint.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace limpet::codec {
namespace {

constexpr std::size_t kNumbers = 65'536;  // more than a branch predictor learns by heart

// Numbers of 1 to `most` bytes, all lengths alike; most = 1: as ids and lengths mostly are.
std::vector<std::uint64_t> numbers(std::int64_t most) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> out(kNumbers);
  for (auto& number : out) {
    const auto bytes = 1 + random() % static_cast<std::uint64_t>(most);
    number = bytes == 10 ? random() : random() & ((std::uint64_t{1} << (7 * bytes)) - 1);
  }
  return out;
}

std::vector<std::byte> written(const std::vector<std::uint64_t>& values) {
  std::vector<std::byte> out(values.size() * kVarint64Bytes + kVarint64Bytes);
  std::byte* at = out.data();
  for (const std::uint64_t value : values) at = write_varint64(at, value);
  out.resize(static_cast<std::size_t>(at - out.data()));
  return out;
}

Varint64 read_by_loop(const std::byte* at, const std::byte* end) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at != end; shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(*at++);
    value |= (byte & 0x7FU) << shift;
    if (byte < 0x80) return {value, at};
  }
  return {};
}

template <Varint64 (*Read)(const std::byte*, const std::byte*)>
void read_numbers(benchmark::State& state) {
  const auto bytes = written(numbers(state.range(0)));
  const std::byte* end = bytes.data() + bytes.size();
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::byte* at = bytes.data(); at != end;) {
      const Varint64 read = Read(at, end);
      if (!read) return state.SkipWithError("refused");
      sum += read.value;
      at = read.next;
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNumbers));
}
BENCHMARK(read_numbers<read_by_loop>)->Name("read_by_loop")->Arg(1)->Arg(2)->Arg(5)->Arg(10);
BENCHMARK(read_numbers<read_varint64>)->Name("read_varint64")->Arg(1)->Arg(2)->Arg(5)->Arg(10);

void write_numbers(benchmark::State& state) {
  const auto values = numbers(state.range(0));
  std::vector<std::byte> room(values.size() * kVarint64Bytes);
  for (auto _ : state) {
    std::byte* at = room.data();
    for (const std::uint64_t value : values) at = write_varint64(at, value);
    benchmark::DoNotOptimize(at);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNumbers));
}
BENCHMARK(write_numbers)->Name("write_varint64")->Arg(1)->Arg(2)->Arg(5)->Arg(10);

}  // namespace
}  // namespace limpet::codec
