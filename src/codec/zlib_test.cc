#include "limpet/codec/zlib.h"

#include "limpet/base/hex.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <vector>
#include <zlib.h>

namespace limpet::codec {
namespace {

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}
std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as text
}

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(*lower_hex_digit(hex[i]) << 4 | *lower_hex_digit(hex[i + 1])));
  }
  return out;
}

// zlib itself, with a dictionary if one is given.
std::string zlib_deflate(std::string_view plain, int level = 6, int window = 15,
                         int strategy = Z_DEFAULT_STRATEGY, std::string_view dictionary = {}) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, window, 8, strategy), Z_OK);
  auto bytes = [](std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT: zlib
  };
  if (!dictionary.empty()) {
    deflateSetDictionary(&stream, bytes(dictionary), static_cast<uInt>(dictionary.size()));
  }
  std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = bytes(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = bytes(out);
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

// Words in a seeded order: shrinks as text does.
std::string words(std::size_t bytes, unsigned seed = 1) {
  constexpr std::array<std::string_view, 8> kWords{"order",   "customer", "price", "42",
                                                   "pending", "name",     "\n",    "address"};
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < bytes) {
    out += kWords[random() % kWords.size()];
    out += static_cast<char>(' ' + random() % 64);
  }
  out.resize(bytes);
  return out;
}

std::string noise(std::size_t bytes, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string out(bytes, '\0');
  for (auto& c : out) c = static_cast<char>(random());
  return out;
}

TEST(Zlib, InflatesWhatItDeflates) {
  Inflater inflater;
  ByteBuffer packed;
  ByteBuffer plain;
  for (int level = 0; level <= 9; ++level) {
    Deflater deflater(level);
    for (const std::size_t size : {0, 1, 20, 255, 256, 257, 4'000, 200'000}) {
      for (const std::string& text : {words(size), noise(size), std::string(size, 'a')}) {
        packed.clear();
        plain.clear();
        packed.append("before");
        plain.append("kept");
        deflater.deflate(as_bytes(text), packed);
        ASSERT_EQ(packed.text().substr(0, 6), "before");
        const auto stream = packed.bytes().subspan(6);
        const auto inflated = inflater.inflate(stream, plain, {.max_ratio = 2'000});
        ASSERT_TRUE(inflated) << level << ' ' << size << ' ' << to_string(inflated.fault);
        ASSERT_EQ(as_text(inflated.bytes), text);
        ASSERT_EQ(plain.text(), "kept" + text);
        ASSERT_EQ(inflated.consumed, stream.size());
      }
    }
  }
}

TEST(Zlib, DeflatesAsZlibDoes) {
  Deflater deflater;
  for (const std::size_t size : {0, 20, 4'000, 100'000}) {
    ByteBuffer packed;
    deflater.deflate(as_bytes(words(size)), packed);
    EXPECT_EQ(packed.text(), zlib_deflate(words(size))) << size;
  }
}

TEST(Zlib, InflatesAnyWindowAndStrategy) {
  Inflater inflater;
  const std::string text = words(100'000);
  for (int window = 9; window <= 15; ++window) {
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
      ByteBuffer plain;
      const auto packed = zlib_deflate(text, 6, window, strategy);
      ASSERT_TRUE(inflater.inflate(as_bytes(packed), plain)) << window << ' ' << strategy;
      ASSERT_EQ(plain.text(), text);
    }
  }
}

struct Refused {
  std::string name;
  std::string input;
  InflateFault fault;
  std::string message;
  InflateLimits limits{};
};

class InflateTest : public testing::TestWithParam<Refused> {};

TEST_P(InflateTest, Refuses) {
  const Refused& row = GetParam();
  Inflater inflater;
  ByteBuffer plain;
  plain.append("kept");
  const auto inflated = inflater.inflate(as_bytes(row.input), plain, row.limits);
  EXPECT_EQ(inflated.fault, row.fault) << to_string(inflated.fault);
  EXPECT_FALSE(inflated);
  const Error error = to_error(inflated, row.limits, 18);
  EXPECT_EQ(error.message, row.message);
  EXPECT_EQ(error.where, "byte " + std::to_string(18 + inflated.consumed));
  EXPECT_LE(inflated.consumed, row.input.size());
  const bool limit = row.fault >= InflateFault::LimitExceeded;
  EXPECT_EQ(to_error(inflated, row.limits).code, limit ? Code::LimitExceeded : Code::InvalidInput);
  EXPECT_EQ(plain.text(), "kept");
  // It is as good as new after that.
  plain.clear();
  EXPECT_TRUE(inflater.inflate(as_bytes(zlib_deflate("next")), plain));
  EXPECT_EQ(plain.text(), "next");
}

std::string changed(std::string text, std::size_t at, unsigned bits) {
  text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ bits);
  return text;
}
const std::string kHello = zlib_deflate("hello, hello, hello");

INSTANTIATE_TEST_SUITE_P(
    Rows, InflateTest,
    testing::Values(
        Refused{"Nothing", "", InflateFault::CutOff, "the zlib stream is cut off after 0 bytes"},
        Refused{"OneByte", "\x78", InflateFault::CutOff, "the zlib stream is cut off after 1 byte"},
        Refused{"HeaderAlone", from_hex("789c"), InflateFault::CutOff,
                "the zlib stream is cut off after 2 bytes"},
        Refused{"CutOff", from_hex("789c13f0cacfc85370c94fe5112acecf4d2dc9c8cc4b"),
                InflateFault::CutOff, "the zlib stream is cut off after 22 bytes"},
        Refused{"ChecksumCutOff", kHello.substr(0, kHello.size() - 1), InflateFault::CutOff,
                "the zlib stream is cut off after " + std::to_string(kHello.size() - 1) + " bytes"},
        Refused{"OtherBytes", from_hex("6e6f747a6c6962"), InflateFault::NotZlib,
                "expected a zlib stream, found other bytes"},
        Refused{"Gzip", from_hex("1f8b0800000000000003030000000000"), InflateFault::NotZlib,
                "expected a zlib stream, found other bytes"},
        Refused{"RawDeflate", from_hex("cbcd07"), InflateFault::NotZlib,
                "expected a zlib stream, found other bytes"},
        Refused{"WindowTooLarge", from_hex("8819"), InflateFault::NotZlib,
                "expected a zlib stream, found other bytes"},
        Refused{"MethodUnknown", from_hex("7981"), InflateFault::NotZlib,
                "expected a zlib stream, found other bytes"},
        Refused{"Dictionary", zlib_deflate("hello", 6, 15, Z_DEFAULT_STRATEGY, "hello"),
                InflateFault::PresetDictionary,
                "expected a zlib stream that stands alone, found one that needs a dictionary"},
        Refused{"BlockTypeUnknown", from_hex("789c07"), InflateFault::Corrupt,
                "expected compressed data, found other bytes"},
        Refused{"StoredLengthWrong", from_hex("78010114000000"), InflateFault::Corrupt,
                "expected compressed data, found other bytes"},
        Refused{"ChecksumWrong", changed(kHello, kHello.size() - 1, 1), InflateFault::Checksum,
                "the checksum of the zlib stream is not that of its 19 bytes of output"},
        Refused{"AboveBytes", kHello, InflateFault::LimitExceeded,
                "the zlib stream holds more than the allowed 18 bytes",
                InflateLimits{.max_bytes = 18}},
        Refused{"AboveNothing", kHello, InflateFault::LimitExceeded,
                "the zlib stream holds more than the allowed 0 bytes",
                InflateLimits{.max_bytes = 0}},
        Refused{"AboveRatio", zlib_deflate(std::string(2'000'000, 'a')),
                InflateFault::RatioExceeded,
                "the zlib stream holds more than the allowed 256 times its size"}),
    [](const auto& row) { return row.param.name; });

TEST(Zlib, LimitsAreExact) {
  Inflater inflater;
  const std::string text = words(5'000);
  const std::string packed = zlib_deflate(text);
  ByteBuffer plain;
  EXPECT_TRUE(inflater.inflate(as_bytes(packed), plain, {.max_bytes = 5'000}));
  EXPECT_EQ(inflater.inflate(as_bytes(packed), plain, {.max_bytes = 4'999}).fault,
            InflateFault::LimitExceeded);
  // Cut off where all that is allowed is written: that is no excess.
  EXPECT_EQ(inflater.inflate(as_bytes(packed).first(packed.size() - 4), plain, {.max_bytes = 5'000})
                .fault,
            InflateFault::CutOff);
  EXPECT_EQ(
      inflater.inflate(as_bytes(changed(packed, packed.size() - 1, 1)), plain, {.max_bytes = 5'000})
          .fault,
      InflateFault::Checksum);

  const std::string bomb(3'000'000, 'a');
  const std::string small = zlib_deflate(bomb);
  const std::size_t ratio = (bomb.size() + small.size() - 1) / small.size();
  plain.clear();
  EXPECT_TRUE(inflater.inflate(as_bytes(small), plain, {.max_ratio = ratio}));
  EXPECT_EQ(inflater.inflate(as_bytes(small), plain, {.max_ratio = ratio - 1}).fault,
            InflateFault::RatioExceeded);
  plain.clear();
  EXPECT_TRUE(
      inflater.inflate(as_bytes(small), plain, {.max_ratio = static_cast<std::size_t>(-1)}));
  // What Kafka sends by default is never too much.
  const std::string megabyte(kFreeBytes, 'a');
  plain.clear();
  EXPECT_TRUE(inflater.inflate(as_bytes(zlib_deflate(megabyte)), plain, {.max_ratio = 1}));
  EXPECT_EQ(inflater.inflate(as_bytes(zlib_deflate(megabyte + 'a')), plain, {.max_ratio = 1}).fault,
            InflateFault::RatioExceeded);
}

TEST(Zlib, BombsCostNoMoreThanIsAllowed) {
  Inflater inflater;
  const std::string packed = zlib_deflate(std::string(200UL << 20, '\0'));
  std::size_t asked = 0;
  std::vector<std::byte> memory;
  const auto inflated = inflater.inflate_growing(as_bytes(packed),
                                                 [&](std::span<std::byte>, std::size_t capacity) {
                                                   asked = capacity;
                                                   memory.resize(capacity);
                                                   return std::span(memory);
                                                 },
                                                 {.max_ratio = 2'000});
  EXPECT_EQ(inflated.fault, InflateFault::LimitExceeded);
  EXPECT_EQ(asked, InflateLimits{}.max_bytes);
}

TEST(Zlib, IgnoresWhatIsBehindTheStream) {
  Inflater inflater;
  ByteBuffer plain;
  const auto inflated = inflater.inflate(as_bytes(kHello + "XYZ"), plain);
  ASSERT_TRUE(inflated);
  EXPECT_EQ(plain.text(), "hello, hello, hello");
  EXPECT_EQ(inflated.consumed, kHello.size());
}

TEST(Zlib, RefusesEveryTruncation) {
  Inflater inflater;
  const std::string packed = zlib_deflate(words(3'000));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    // On the heap, so that a sanitizer sees any byte that is read too much.
    const std::vector<char> cut(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
    ByteBuffer plain;
    const auto inflated = inflater.inflate(as_bytes({cut.data(), cut.size()}), plain);
    ASSERT_EQ(inflated.fault, InflateFault::CutOff) << size;
    ASSERT_EQ(inflated.consumed, size);
  }
}

TEST(Zlib, NoticesEveryFlippedBit) {
  Inflater inflater;
  const std::string text = words(600);
  const std::string packed = zlib_deflate(text);
  int same = 0;
  for (std::size_t at = 0; at < packed.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      ByteBuffer plain;
      const auto inflated = inflater.inflate(as_bytes(changed(packed, at, 1U << bit)), plain);
      if (!inflated) continue;
      ++same;  // a bit that says nothing: spare ones before the checksum
      ASSERT_EQ(plain.text(), text) << at << ' ' << bit;
    }
  }
  EXPECT_LT(same, 10);
}

TEST(Zlib, FillsMemoryThatIsThere) {
  Inflater inflater;
  std::array<std::byte, 19> exact{};
  const auto inflated = inflater.inflate(as_bytes(kHello), exact);
  ASSERT_TRUE(inflated);
  EXPECT_EQ(as_text(inflated.bytes), "hello, hello, hello");
  std::array<std::byte, 18> small{};
  EXPECT_EQ(inflater.inflate(as_bytes(kHello), small).fault, InflateFault::NoRoom);
  EXPECT_EQ(inflater.inflate(as_bytes(kHello), std::span<std::byte>()).fault, InflateFault::NoRoom);
  EXPECT_TRUE(inflater.inflate(as_bytes(zlib_deflate("")), std::span<std::byte>()));
}

TEST(Zlib, StopsWhenThereIsNoMoreRoom) {
  Inflater inflater;
  const std::string text(100'000, 'a');  // shrinks so much that room is asked for again
  const std::string packed = zlib_deflate(text);
  std::vector<std::vector<std::byte>> given;
  const auto grow = [&](std::size_t times) {
    given.clear();
    return
        [&given, times](std::span<std::byte> filled, std::size_t capacity) -> std::span<std::byte> {
          if (given.size() == times) return {};
          auto& next = given.emplace_back(capacity);
          if (!filled.empty()) std::memcpy(next.data(), filled.data(), filled.size());
          return next;
        };
  };
  const auto whole = inflater.inflate_growing(as_bytes(packed), grow(100));
  ASSERT_TRUE(whole);
  EXPECT_EQ(as_text(whole.bytes), text);
  const std::size_t pieces = given.size();
  EXPECT_GE(pieces, 2U);
  EXPECT_LE(pieces, 10U);
  EXPECT_EQ(inflater.inflate_growing(as_bytes(packed), grow(0)).fault, InflateFault::NoRoom);
  EXPECT_EQ(Inflater().inflate_growing(as_bytes(packed), grow(pieces - 1)).fault,
            InflateFault::NoRoom);
}

// It asks for more at once after streams that needed more, and forgets it.
TEST(Zlib, LearnsHowMuchRoomIsNeeded) {
  Inflater inflater;
  std::vector<std::byte> memory;
  int asked = 0;
  std::size_t first = 0;
  const auto inflate = [&](const std::string& packed) {
    asked = 0;
    return inflater.inflate_growing(as_bytes(packed),
                                    [&](std::span<std::byte>, std::size_t capacity) {
                                      if (asked++ == 0) first = capacity;
                                      memory.resize(capacity);
                                      return std::span(memory);
                                    });
  };
  const std::string tight = zlib_deflate(words(40'000) + std::string(120'000, 'a'));
  const std::string loose = zlib_deflate(noise(40'000));
  ASSERT_TRUE(inflate(tight));
  EXPECT_EQ(asked, 3);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(inflate(tight));
  EXPECT_EQ(asked, 1);
  EXPECT_LE(first, 16 * tight.size());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(inflate(loose));
  EXPECT_LE(first, 4 * loose.size());
}

TEST(Zlib, MovesWithItsState) {
  Inflater first;
  Deflater deflater(9);
  ByteBuffer packed;
  deflater.deflate(as_bytes("one"), packed);
  ByteBuffer plain;
  ASSERT_TRUE(first.inflate(packed.bytes(), plain));
  Inflater second(std::move(first));
  Deflater moved(std::move(deflater));
  moved.deflate(as_bytes("two"), packed);
  plain.clear();
  ASSERT_TRUE(second.inflate(packed.bytes(), plain));
  EXPECT_EQ(plain.text(), "one");
}

}  // namespace
}  // namespace limpet::codec
