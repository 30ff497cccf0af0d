// Assertions on what our own code guarantees. What a client, a disk or a broker can cause is a
// handled error instead.
#pragma once

namespace limpet::detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace limpet::detail

/// End the process with a message when our own invariant does not hold. On in every build.
#define LIMPET_ASSERT(...)              \
  ((__VA_ARGS__) ? static_cast<void>(0) \
                 : ::limpet::detail::assertion_failed(#__VA_ARGS__, __FILE__, __LINE__))
