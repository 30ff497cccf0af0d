#include "limpet/codec/zlib.h"

#include "limpet/base/assert.h"

#include <algorithm>
#include <libdeflate.h>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <zlib.h>

namespace limpet::codec {
namespace {

constexpr std::size_t kMostBytes = std::numeric_limits<uInt>::max();
constexpr std::size_t kSmallRoom = 256;
constexpr std::size_t kLeastRatio = 4;
constexpr std::size_t kMostRatio = 16;

Bytef* writable(std::byte* bytes) { return reinterpret_cast<Bytef*>(bytes); }  // NOLINT: zlib
// zlib does not write to its input; without ZLIB_CONST its type says it might.
Bytef* readable(const std::byte* bytes) {
  return writable(const_cast<std::byte*>(bytes));
}  // NOLINT

unsigned at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}

// RFC 1950 2.2: deflate with a window that exists, and a check on these two bytes.
bool has_zlib_header(std::span<const std::byte> input) {
  return (at(input, 0) & 0x0FU) == Z_DEFLATED && at(input, 0) >> 4U <= 7 &&
         (at(input, 0) << 8U | at(input, 1)) % 31 == 0;
}

// Output that the ratio allows for so much input, which is below 4 GiB.
std::size_t by_ratio(std::size_t input, std::size_t max_ratio) {
  return std::max(kFreeBytes, std::min(max_ratio, kMostBytes) * input);
}

std::string count_bytes(std::size_t count) {
  return count == 1 ? "1 byte" : std::to_string(count) + " bytes";
}

}  // namespace

void Inflater::End::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

void Inflater::EndWhole::operator()(libdeflate_decompressor* whole) const {
  libdeflate_free_decompressor(whole);
}

Inflater::Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;
Inflater::~Inflater() = default;

bool Inflater::begin(std::span<const std::byte> input, const InflateLimits& limits,
                     std::size_t room, Inflated& out) noexcept {
  const auto fail = [&out](InflateFault fault) {
    out.fault = fault;
    return false;
  };
  if (input.size() > kMostBytes) return fail(InflateFault::InputTooLarge);
  if (input.size() < 2) {
    out.consumed = input.size();
    return fail(InflateFault::CutOff);
  }
  if (!has_zlib_header(input)) return fail(InflateFault::NotZlib);
  if ((at(input, 1) & 0x20U) != 0) return fail(InflateFault::PresetDictionary);
  allowed_ = std::min(limits.max_bytes, kMostBytes);
  beyond_ = InflateFault::LimitExceeded;
  if (const std::size_t most = by_ratio(input.size(), limits.max_ratio); most < allowed_) {
    allowed_ = most;
    beyond_ = InflateFault::RatioExceeded;
  }
  if (room < allowed_) {
    allowed_ = room;
    beyond_ = InflateFault::NoRoom;
  }
  if (!whole_) whole_.reset(libdeflate_alloc_decompressor());
  input_ = input;
  at_once_ = whole_ != nullptr;
  grown_ = false;
  return at_once_ || begin_stream(out);
}

bool Inflater::begin_stream(Inflated& out) noexcept {
  if (stream_) {
    inflateReset(stream_.get());
  } else {
    std::unique_ptr<z_stream_s> made(new (std::nothrow) z_stream_s{});
    if (!made || inflateInit(made.get()) != Z_OK) {
      out.fault = InflateFault::NoRoom;
      return false;
    }
    stream_.reset(made.release());
  }
  stream_->next_in = readable(input_.data());
  stream_->avail_in = static_cast<uInt>(input_.size());
  return true;
}

bool Inflater::advance(std::span<std::byte> room, Inflated& out) noexcept {
  if (!at_once_) return advance_stream(room, out);
  room = room.first(std::min(room.size(), allowed_));
  if (room.empty() && allowed_ > 0) {
    out.fault = InflateFault::NoRoom;
    return false;
  }
  std::size_t written = 0;
  const auto result =
      libdeflate_zlib_decompress_ex(whole_.get(), input_.data(), input_.size(), room.data(),
                                    room.size(), &out.consumed, &written);
  if (result == LIBDEFLATE_SUCCESS) [[likely]] {
    out.bytes = room.first(written);
    learn(written);
    return false;
  }
  out.consumed = 0;
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room.size() < allowed_) {
    grown_ = true;  // and begun anew: together that is less than twice the work
    return true;
  }
  at_once_ = false;
  return begin_stream(out) && advance_stream(room, out);
}

// What the next stream may need.
void Inflater::learn(std::size_t written) noexcept {
  if (grown_) ratio_ = std::min(ratio_ * 2, kMostRatio);
  if (written * 4 < input_.size() * ratio_) ratio_ = std::max(ratio_ / 2, kLeastRatio);
}

bool Inflater::advance_stream(std::span<std::byte> room, Inflated& out) noexcept {
  const std::size_t before = out.bytes.size();
  room = room.first(std::min(room.size(), allowed_));
  if (room.size() <= before && before < allowed_) {
    out.fault = InflateFault::NoRoom;
    return false;
  }
  int status = Z_BUF_ERROR;
  if (room.size() > before) {
    stream_->next_out = writable(room.data() + before);
    stream_->avail_out = static_cast<uInt>(room.size() - before);
    status = ::inflate(stream_.get(), Z_FINISH);
    out.bytes = room.first(room.size() - stream_->avail_out);
  }
  out.consumed = consumed();
  const std::size_t written = out.bytes.size();
  if (status == Z_STREAM_END) {
    grown_ = grown_ || before != 0;
    learn(written);
    return false;
  }
  if (status != Z_BUF_ERROR && status != Z_OK) {
    out.fault = classify();
    return false;
  }
  if (written < room.size()) {
    out.fault = InflateFault::CutOff;
    return false;
  }
  return written < allowed_ || probe_end(out);
}

// All that is allowed is written. Whether the stream ends here, goes on or is cut off shows when
// it has room for one byte more.
bool Inflater::probe_end(Inflated& out) noexcept {
  std::byte extra{};
  stream_->next_out = writable(&extra);
  stream_->avail_out = 1;
  const int status = ::inflate(stream_.get(), Z_FINISH);
  out.consumed = consumed();
  if (stream_->avail_out == 0) {
    out.fault = beyond_;
  } else if (status == Z_BUF_ERROR || status == Z_OK) {
    out.fault = InflateFault::CutOff;
  } else if (status != Z_STREAM_END) {
    out.fault = classify();
  }
  return false;
}

std::size_t Inflater::consumed() const noexcept { return input_.size() - stream_->avail_in; }

// The header was looked at before, so that an error is in what follows.
InflateFault Inflater::classify() const noexcept {
  if (stream_->msg == nullptr) return InflateFault::NoRoom;  // Z_MEM_ERROR: the window
  return std::string_view(stream_->msg) == "incorrect data check" ? InflateFault::Checksum
                                                                  : InflateFault::Corrupt;
}

std::size_t Inflater::first_capacity(std::size_t input) const noexcept {
  return std::min(std::max(kSmallRoom, input * ratio_), std::max(allowed_, std::size_t{1}));
}
std::size_t Inflater::next_capacity(std::size_t capacity) const noexcept {
  return std::min(std::max(kSmallRoom, capacity * 2), allowed_);
}

Inflated Inflater::inflate(std::span<const std::byte> input, std::span<std::byte> room,
                           const InflateLimits& limits) noexcept {
  Inflated out;
  if (begin(input, limits, room.size(), out)) advance(room, out);
  return out;
}

Inflated Inflater::inflate(std::span<const std::byte> input, ByteBuffer& out,
                           const InflateLimits& limits) {
  const std::size_t before = out.size();
  Inflated inflated = inflate_growing(
      input,
      [&out, before](std::span<std::byte> filled, std::size_t capacity) {
        // What is filled moves along only when the buffer knows of it.
        out.end_at(out.data() + before + filled.size());
        std::byte* to = out.room(capacity - filled.size()) - filled.size();
        out.shrink(before);
        return std::span(to, out.capacity() - before);
      },
      limits);
  if (inflated) out.end_at(out.data() + before + inflated.bytes.size());
  return inflated;
}

void Deflater::End::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

Deflater::Deflater(int level) : level_(level) {
  LIMPET_ASSERT(level >= Z_NO_COMPRESSION && level <= Z_BEST_COMPRESSION);
}
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;
Deflater::~Deflater() = default;

void Deflater::deflate(std::span<const std::byte> input, ByteBuffer& out) {
  LIMPET_ASSERT(input.size() < (std::size_t{1} << 31U));
  if (stream_) {
    deflateReset(stream_.get());
  } else {
    auto made = std::make_unique<z_stream_s>();
    if (deflateInit(made.get(), level_) != Z_OK) throw std::bad_alloc();
    stream_.reset(made.release());
  }
  const std::size_t most = deflateBound(stream_.get(), input.size());
  std::byte* to = out.room(most);
  stream_->next_in = readable(input.data());
  stream_->avail_in = static_cast<uInt>(input.size());
  stream_->next_out = writable(to);
  stream_->avail_out = static_cast<uInt>(most);
  // Within deflateBound() it is one call.
  const int status = ::deflate(stream_.get(), Z_FINISH);
  LIMPET_ASSERT(status == Z_STREAM_END);
  out.end_at(to + (most - stream_->avail_out));
}

std::string_view to_string(InflateFault fault) {
  switch (fault) {
    case InflateFault::None:
      return "none";
    case InflateFault::NotZlib:
      return "not zlib";
    case InflateFault::PresetDictionary:
      return "preset dictionary";
    case InflateFault::Corrupt:
      return "corrupt";
    case InflateFault::Checksum:
      return "checksum";
    case InflateFault::CutOff:
      return "cut off";
    case InflateFault::LimitExceeded:
      return "limit exceeded";
    case InflateFault::RatioExceeded:
      return "ratio exceeded";
    case InflateFault::NoRoom:
      return "no room";
    case InflateFault::InputTooLarge:
      return "input too large";
  }
  return "unknown";
}

Error to_error(const Inflated& inflated, const InflateLimits& limits, std::size_t begins_at) {
  const std::string place = "byte " + std::to_string(begins_at + inflated.consumed);
  const std::string output = count_bytes(inflated.bytes.size()) + " of output";
  const auto malformed = [&](std::string message) {
    return Error::invalid_input(std::move(message), place);
  };
  const auto beyond = [&](std::string message) {
    return Error::limit_exceeded(std::move(message), place);
  };
  switch (inflated.fault) {
    case InflateFault::None:
      break;
    case InflateFault::NotZlib:
      return malformed("expected a zlib stream, found other bytes");
    case InflateFault::PresetDictionary:
      return malformed(
          "expected a zlib stream that stands alone, found one that needs a dictionary");
    case InflateFault::Corrupt:
      return malformed("expected compressed data, found other bytes");
    case InflateFault::Checksum:
      return malformed("the checksum of the zlib stream is not that of its " + output);
    case InflateFault::CutOff:
      return malformed("the zlib stream is cut off after " + count_bytes(inflated.consumed));
    case InflateFault::LimitExceeded:
      return beyond("the zlib stream holds more than the allowed " + count_bytes(limits.max_bytes));
    case InflateFault::RatioExceeded:
      return beyond("the zlib stream holds more than the allowed " +
                    std::to_string(limits.max_ratio) + " times its size");
    case InflateFault::NoRoom:
      return beyond("there is no more memory for the zlib stream after " + output);
    case InflateFault::InputTooLarge:
      return beyond("the zlib stream has 4 GiB or more");
  }
  return Error::internal("the zlib stream has no fault");
}

}  // namespace limpet::codec
