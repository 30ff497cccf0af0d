// Peer: another program that answers questions over pipes; and the bytes of questions and answers.
//
//   Peer peer({"java", "-cp", classpath, "AvroReader"});
//   peer.ask(std::move(bytes).take());                // the next one may be sent before the answer
//   ByteReader answer(peer.answer());
//
// A frame is its length in four bytes, most significant first, and then that many bytes. A peer
// that dies or lies ends this program with a message: a test harness has nobody to tell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace limpet::verdicts {

/// Integers most significant byte first, texts behind their length.
class ByteWriter {
 public:
  ByteWriter& u8(std::uint8_t value);
  ByteWriter& u32(std::uint32_t value);
  ByteWriter& u64(std::uint64_t value);
  ByteWriter& text(std::string_view value);
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string text();

 private:
  std::uint64_t number(std::size_t size);
  std::string bytes_;
  std::size_t at_ = 0;
};

/// Threads: confined.
class Peer {
 public:
  /// Starts `command`; its standard error stays ours.
  explicit Peer(std::vector<std::string> command);
  /// Closes its input and waits for its end.
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void ask(std::string_view frame);
  /// Waits for the answer to the oldest question that has none yet.
  std::string answer();

 private:
  std::string name_;
  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
};

}  // namespace limpet::verdicts
