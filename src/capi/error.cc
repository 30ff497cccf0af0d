#include "limpet/serde/error.h"

#include "handles.h"

namespace limpet::capi {

namespace {

/// Told when there is no memory for a better one; never freed.
limpet_error& no_memory() {
  static limpet_error error{{.kind = serde::FailureKind::TooLarge}, "no memory"};
  return error;
}

}  // namespace

limpet_status fail(serde::Failure failure, limpet_error** error) noexcept {
  const auto status = static_cast<limpet_status>(failure.kind);
  if (error == nullptr) return status;
  try {
    std::string words = serde::describe(failure);
    *error = new limpet_error{std::move(failure), std::move(words)};
  } catch (...) {
    *error = &no_memory();
  }
  return status;
}

limpet_status fail(serde::FailureKind kind, std::string_view message,
                   limpet_error** error) noexcept {
  try {
    return fail(serde::Failure{.kind = kind, .message = std::string(message)}, error);
  } catch (...) {
    if (error != nullptr) *error = &no_memory();
    return static_cast<limpet_status>(kind);
  }
}

}  // namespace limpet::capi

using limpet::capi::no_memory;

limpet_status limpet_error_status(const limpet_error* error) {
  return error == nullptr ? LIMPET_OK : static_cast<limpet_status>(error->failure.kind);
}

limpet_text limpet_error_message(const limpet_error* error) {
  return error == nullptr ? limpet_text{"", 0} : limpet::capi::text_of(error->words);
}

limpet_text limpet_error_path(const limpet_error* error) {
  return error == nullptr ? limpet_text{"", 0} : limpet::capi::text_of(error->failure.path);
}

uint64_t limpet_error_offset(const limpet_error* error) {
  return error == nullptr ? 0 : error->failure.offset;
}

int limpet_error_retryable(const limpet_error* error) {
  return error != nullptr && error->failure.retryable ? 1 : 0;
}

void limpet_error_free(limpet_error* error) {
  if (error != &no_memory()) delete error;
}

const char* limpet_status_name(limpet_status status) {
  if (status == LIMPET_OK) return "ok";
  // Names are literals, so they end with a zero byte.
  return limpet::serde::to_string(static_cast<limpet::serde::FailureKind>(status)).data();
}
