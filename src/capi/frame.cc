#include "limpet/serde/frame.h"

#include "handles.h"

#include <array>
#include <cstdlib>

namespace limpet::capi {

BorrowedContext::BorrowedContext(const limpet_context* context) {
  const limpet_context known = known_part(context);
  if (known.headers != nullptr) {
    headers_.reserve(known.header_count);
    for (std::size_t i = 0; i < known.header_count; ++i) {
      const limpet_header& header = known.headers[i];
      headers_.push_back({view(header.name), bytes_of(header.value, header.value_size)});
    }
  }
  context_ = {.topic = view(known.topic), .is_key = known.is_key != 0, .headers = headers_};
}

void give(codec::ByteBuffer bytes, limpet_buffer* buffer) {
  limpet_buffer_free(buffer);
  auto owned = bytes.release();
  buffer->size = owned.size;
  buffer->data = reinterpret_cast<char*>(owned.bytes.release());  // NOLINT: bytes as characters
}

void give(std::string_view bytes, limpet_buffer* buffer) {
  codec::ByteBuffer copy;
  copy.append(bytes);
  give(std::move(copy), buffer);
}

}  // namespace limpet::capi

void limpet_buffer_free(limpet_buffer* buffer) {
  if (buffer == nullptr) return;
  std::free(buffer->data);  // NOLINT: ByteBuffer's memory is malloc()'s
  *buffer = {nullptr, 0};
}

limpet_status limpet_inspect(const void* message, size_t bytes, limpet_frame* frame) {
  using limpet::serde::Framing;
  if (message == nullptr) return LIMPET_TOMBSTONE;
  if (frame == nullptr) return LIMPET_CONFIG;
  const auto whole = limpet::capi::bytes_of(message, bytes);
  const limpet::serde::Frame found = limpet::serde::inspect(whole);
  limpet_frame out{};
  out.size = sizeof out;
  if (!found) {
    std::memcpy(frame, &out, std::min(frame->size, sizeof out));
    return static_cast<limpet_status>(limpet::serde::to_failure(found).kind);
  }
  out.framing = static_cast<int32_t>(found.kind);
  out.zlib = found.zlib ? 1 : 0;
  std::copy(found.version.bytes().begin(), found.version.bytes().end(), out.version);
  out.id = found.id;
  out.fingerprint = found.fingerprint;
  out.body_offset = static_cast<size_t>(found.body.data() - whole.data());
  const size_t known = std::min(frame->size, sizeof out);
  std::memcpy(frame, &out, known);
  return LIMPET_OK;
}
