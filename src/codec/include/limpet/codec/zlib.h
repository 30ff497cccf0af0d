// zlib streams (RFC 1950): compress, and inflate what may be hostile.
//
//   codec::Deflater deflater;                             // level 6, as Java's and Python's
//   default codec::ByteBuffer packed, plain; deflater.deflate(record, packed);
//
//   codec::Inflater inflater;
//   const auto inflated = inflater.inflate(packed.bytes(), plain);      // appends to `plain`
//   if (!inflated) return codec::to_error(inflated, limits);
//   use(inflated.bytes);
//
// Make one of each and use it again: setting a stream up costs more than a small message does.
//
// Taken: any level, strategy and window; bytes behind the stream are left alone (`consumed` tells).
// Refused: a stream that is cut off, gzip and raw deflate, a preset dictionary, a wrong checksum,
// and more output than InflateLimits allow. Memory: at most 16 x the input or 2 x the output,
// whichever is more, and never more than the limits, but for the libraries' own 60 KiB.
//
// A whole stream is inflated at once by libdeflate. What that does not take, zlib reads again from
// its start, so that an error is the one that zlib finds, with what came before it. Streams of
// codes that no encoder makes, and zlib does not know either, are taken if their checksum is right.
#pragma once

#include "limpet/base/error.h"
#include "limpet/codec/byte_buffer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

struct z_stream_s;
struct libdeflate_decompressor;

namespace limpet::codec {

struct InflateLimits {
  /// Bytes of output. At most 4 GiB - 1 counts.
  std::size_t max_bytes = 64UL << 20;
  /// Output over input. Deflate's own bound is 1032; data of people stays far below 256. The first
  /// kFreeBytes are free of it, since a message of Kafka's default size must never be refused.
  std::size_t max_ratio = 256;
};
inline constexpr std::size_t kFreeBytes = 1UL << 20;

enum class InflateFault : std::uint8_t {
  None,
  NotZlib,           ///< no zlib header at the start
  PresetDictionary,  ///< it needs a dictionary that is not in it
  Corrupt,           ///< no deflate data
  Checksum,          ///< the Adler-32 of the output is another
  CutOff,            ///< the input ends within the stream
  LimitExceeded,     ///< more output than max_bytes
  RatioExceeded,     ///< more output than max_ratio allows
  NoRoom,            ///< whoever gives room for the output gave none, or there is no memory
  InputTooLarge,     ///< 4 GiB or more
};
std::string_view to_string(InflateFault fault);  ///< "not zlib", "cut off", …; "none"

/// What became of one stream.
struct Inflated {
  InflateFault fault = InflateFault::None;
  std::span<const std::byte> bytes{};  ///< the output; when it failed, what came before
  std::size_t consumed = 0;            ///< bytes of input up to the stream's end, or to the fault

  explicit operator bool() const { return fault == InflateFault::None; }
};

/// What was expected and what was found. Requires: a fault. InvalidInput, or LimitExceeded for the
/// limits, NoRoom and InputTooLarge; `where` is "byte N" of what the input lies in from byte
/// `begins_at` on.
Error to_error(const Inflated& inflated, const InflateLimits& limits = {},
               std::size_t begins_at = 0);

/// Threads: confined.
class Inflater {
 public:
  Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;
  ~Inflater();

  /// Into memory that is there. NoRoom: the output is larger than `room`.
  Inflated inflate(std::span<const std::byte> input, std::span<std::byte> room,
                   const InflateLimits& limits = {}) noexcept;

  /// Behind what `out` holds. Inflated::bytes are good until `out` changes; when it fails, `out`
  /// is as it was.
  Inflated inflate(std::span<const std::byte> input, ByteBuffer& out,
                   const InflateLimits& limits = {});

  /// Into memory that `grow` gives, as an arena has it:
  ///
  ///   std::span<std::byte> grow(std::span<std::byte> filled, std::size_t capacity);
  ///
  /// answers memory of at least `capacity` bytes (more is used too) that begins with a copy of
  /// `filled`, which is empty at first; or an empty span: there is none. Asked first for what a
  /// stream like the last one would fill (256 bytes to 16 x the input), then for doubles.
  template <class Grow>
  Inflated inflate_growing(std::span<const std::byte> input, Grow&& grow,
                           const InflateLimits& limits = {}) {
    Inflated out;  // written in its place: a copy would wait for its members
    if (!begin(input, limits, kAnyRoom, out)) return out;
    std::span<std::byte> room = grow(std::span<std::byte>(), first_capacity(input.size()));
    while (advance(room, out)) {
      room = grow(room.first(out.bytes.size()), next_capacity(room.size()));
    }
    return out;
  }

 private:
  static constexpr std::size_t kAnyRoom = static_cast<std::size_t>(-1);
  bool begin(std::span<const std::byte> input, const InflateLimits& limits, std::size_t room,
             Inflated& out) noexcept;
  // Whether it stopped for want of room; else `out` tells what became of the stream.
  bool advance(std::span<std::byte> room, Inflated& out) noexcept;
  bool advance_stream(std::span<std::byte> room, Inflated& out) noexcept;
  bool begin_stream(Inflated& out) noexcept;
  void learn(std::size_t written) noexcept;
  bool probe_end(Inflated& out) noexcept;
  std::size_t consumed() const noexcept;
  InflateFault classify() const noexcept;
  std::size_t first_capacity(std::size_t input) const noexcept;
  std::size_t next_capacity(std::size_t capacity) const noexcept;

  struct End {
    void operator()(z_stream_s* stream) const;
  };
  struct EndWhole {
    void operator()(libdeflate_decompressor* whole) const;
  };
  std::unique_ptr<libdeflate_decompressor, EndWhole> whole_;
  std::unique_ptr<z_stream_s, End> stream_;            // made when it is needed
  std::span<const std::byte> input_{};                 // of the call that runs
  bool at_once_ = true;                                // libdeflate has not refused it
  bool grown_ = false;                                 // more room was asked for
  std::size_t allowed_ = 0;                            // bytes of output
  InflateFault beyond_ = InflateFault::LimitExceeded;  // what it is to have more
  std::size_t ratio_ = 4;  // of output to input that the next stream may well have
};

/// Threads: confined.
class Deflater {
 public:
  static constexpr int kDefaultLevel = 6;

  /// Requires: 0 (stored) to 9 (smallest).
  explicit Deflater(int level = kDefaultLevel);
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;
  ~Deflater();

  /// Append one stream. The same level gives the same bytes as Java's Deflater and Python's
  /// zlib.compress, as long as they stand on the same library. Requires: less than 2 GiB.
  /// Throws std::bad_alloc as containers do.
  void deflate(std::span<const std::byte> input, ByteBuffer& out);

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<z_stream_s, End> stream_;
  int level_;
};

}  // namespace limpet::codec
