// What stands behind the handles of limpet.h, and how nothing gets past them.
#pragma once

#include "limpet.h"

#include "limpet/base/result.h"
#include "limpet/client/schema_registry.h"
#include "limpet/client/schema_source.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/error.h"
#include "limpet/serde/serializer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

struct limpet_error {
  limpet::serde::Failure failure;
  std::string words;
};

struct limpet_schema {
  explicit limpet_schema(limpet::serde::SchemaPointer version) : schema(std::move(version)) {}

  /// Made at the first record with these options, then kept.
  template <class T>
  limpet::Result<std::shared_ptr<const limpet::serde::Serializer<T>>> serializer(
      const std::shared_ptr<limpet::serde::SchemaSource>& source, bool zlib,
      std::string message) const;

  const limpet::serde::SchemaPointer schema;

 private:
  template <class T>
  using Kept =
      std::map<std::pair<bool, std::string>, std::shared_ptr<const limpet::serde::Serializer<T>>>;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::tuple<Kept<std::string_view>, Kept<limpet::serde::Encoded>> kept_;
};

template <class T>
limpet::Result<std::shared_ptr<const limpet::serde::Serializer<T>>> limpet_schema::serializer(
    const std::shared_ptr<limpet::serde::SchemaSource>& source, bool zlib,
    std::string message) const {
  const std::lock_guard lock(mutex_);
  auto& kept = std::get<Kept<T>>(kept_);
  const std::pair key(zlib, std::move(message));
  if (const auto found = kept.find(key); found != kept.end()) return found->second;
  LIMPET_TRY(auto made, limpet::serde::Serializer<T>::make(
                            source, {.format = schema->format(),
                                     .definition = schema->definition(),
                                     .message = key.second,
                                     .text = limpet::serde::SchemaText::Verbatim,
                                     .compression = zlib ? limpet::serde::Compression::Zlib
                                                         : limpet::serde::Compression::None,
                                     .version = schema->id()}));
  auto shared = std::make_shared<const limpet::serde::Serializer<T>>(std::move(made));
  kept.emplace(key, shared);
  return shared;
}

struct limpet_registry {
  std::shared_ptr<limpet::client::SchemaRegistry> registry;
  std::shared_ptr<limpet::serde::SchemaSource> source;
  limpet::serde::DeserializerOptions reading;
  std::optional<limpet::serde::Deserializer<std::string>> to_json;
  std::optional<limpet::serde::Deserializer<limpet::serde::Payload>> to_payload;
};

namespace limpet::capi {

inline std::string_view view(limpet_text text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}
inline limpet_text text_of(std::string_view text) { return {text.data(), text.size()}; }

/// Bytes of a caller. No data is a message without value, not an empty one.
inline std::span<const std::byte> bytes_of(const void* data, std::size_t size) {
  if (data == nullptr) return {};
  return {static_cast<const std::byte*>(data), size};
}

/// The caller's structure as far as it knows it, everything else zero.
template <class T>
T known_part(const T* given) {
  T out{};
  if (given != nullptr) {
    std::memcpy(&out, given, std::min(given->size, sizeof(T)));
    out.size = sizeof(T);
  }
  return out;
}

/// Stores the failure and answers its status.
limpet_status fail(serde::Failure failure, limpet_error** error) noexcept;
limpet_status fail(serde::FailureKind kind, std::string_view message,
                   limpet_error** error) noexcept;

/// Runs `work`, which answers a status; what it throws becomes an error.
template <class Work>
limpet_status guarded(limpet_error** error, Work&& work) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(serde::FailureKind::TooLarge, "no memory", error);
  } catch (...) {
    return fail(serde::FailureKind::Internal, "an exception reached the C interface", error);
  }
}

/// Replaces what the buffer holds.
void give(codec::ByteBuffer bytes, limpet_buffer* buffer);
void give(std::string_view bytes, limpet_buffer* buffer);

/// A caller's context with its headers.
class BorrowedContext {
 public:
  explicit BorrowedContext(const limpet_context* context);
  const serde::Context& get() const { return context_; }

 private:
  std::vector<serde::RecordHeader> headers_;
  serde::Context context_;
};

}  // namespace limpet::capi
