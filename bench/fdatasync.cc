// bench_fdatasync: how long one append of 4 KiB and its fdatasync take: the floor of a durable
// write.
//
//   bench_fdatasync --folder DIR --count 2000
//
// Writes to a file of its own in DIR and removes it. As a write-ahead log does after its first
// round, it overwrites a file that has its size already (--grow: appends, so that each sync writes
// the file's size as well). Prints JSON.
#include "histogram.h"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace limpet::bench {
namespace {

constexpr std::size_t kBlock = 4096;
using Block = std::array<char, kBlock>;

void write_block(int file, const Block& block, std::size_t number) {
  if (pwrite(file, block.data(), block.size(), static_cast<off_t>(number * kBlock)) !=
      static_cast<ssize_t>(kBlock)) {
    throw std::runtime_error("cannot write");
  }
}

Histogram measure(const std::string& folder, std::size_t count, bool grow) {
  std::string path = folder + "/fdatasync-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) throw std::runtime_error("cannot make a file in " + folder);
  unlink(path.c_str());
  Block block{};
  block.fill('x');
  if (!grow) {
    for (std::size_t i = 0; i < count; ++i) write_block(file, block, i);
    if (fsync(file) != 0) throw std::runtime_error("cannot sync");
  }
  Histogram latency;
  for (std::size_t i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    write_block(file, block, i);
    if (fdatasync(file) != 0) throw std::runtime_error("cannot sync");
    latency.record(std::chrono::steady_clock::now() - start);
  }
  close(file);
  return latency;
}

}  // namespace
}  // namespace limpet::bench

int main(int argc, char** argv) {
  std::string folder = ".";
  std::size_t count = 2000;
  bool grow = false;
  CLI::App app("Time one 4 KiB write and its fdatasync.", "bench_fdatasync");
  app.add_option("--folder", folder, "Where")->capture_default_str();
  app.add_option("--count", count, "How many")->capture_default_str();
  app.add_flag("--grow", grow, "Append to the file");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto latency = limpet::bench::measure(folder, count, grow);
    const auto micros = [&](double share) {
      return std::chrono::duration<double, std::micro>(latency.quantile(share)).count();
    };
    std::cout << "{\"count\":" << latency.count() << ",\"latency_us\":{\"p50\":" << micros(0.5)
              << ",\"p90\":" << micros(0.9) << ",\"p99\":" << micros(0.99) << "}}" << std::endl;
  } catch (const std::exception& error) {
    std::cerr << "bench_fdatasync: " << error.what() << std::endl;
    return 1;
  }
}
