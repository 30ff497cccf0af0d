// Coroutines of this program: their executor, their type, and how to await an operation.
//
//   net::Async<void> echo(net::Socket socket) {
//     std::array<char, 1024> bytes;
//     const auto [error, n] = co_await socket.async_read_some(asio::buffer(bytes), net::kAwait);
//     …
//   }
//
// g++ 12.2 destroys aggregates and capturing lambdas twice when they are temporaries inside an
// expression with co_await: give them a name first, then move them in.
#pragma once

#include "limpet/base/result.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace limpet::net {

namespace asio = boost::asio;

/// The threads of a pool. One coroutine runs on one of them at a time, so what belongs to a single
/// coroutine needs no strand; what others reach as well needs one, or a lock.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

template <class T>
using Async = asio::awaitable<T, Executor>;
/// A coroutine that may fail.
template <class T>
using Task = Async<Result<T>>;

/// Await an operation and get (error_code, values…); nothing is thrown.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{};

/// Runs one thing after the other: for what several tasks reach.
using Strand = asio::strand<Executor>;
using StrandTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Strand>;
template <class T>
using StrandAsync = asio::awaitable<T, Strand>;
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Strand>> kAwaitOnStrand{};

}  // namespace limpet::net

#define LIMPET_CO_TRY_(temporary, declaration, ...)       \
  auto temporary = (__VA_ARGS__);                         \
  if (!temporary) co_return std::move(temporary).error(); \
  declaration = *std::move(temporary)

/// LIMPET_TRY for coroutines.
#define LIMPET_CO_TRY(declaration, ...) \
  LIMPET_CO_TRY_(LIMPET_CONCAT_(limpet_result_, __LINE__), declaration, __VA_ARGS__)
