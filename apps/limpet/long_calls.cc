#include "long_calls.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace limpet::app {

namespace {

/// A body that is shorter than this costs little, whatever stands in it.
constexpr std::size_t kShortBody = 16UL << 10;

}  // namespace

bool LongCalls::may_be_long(const http::Request& request) {
  if (request.body.size() > kShortBody) return true;
  // Two numbers name two definitions of any length.
  const auto target = request.headers.find("X-Amz-Target");
  return target == "AWSGlue.GetSchemaVersionsDiff";
}

void LongCalls::run(std::function<void()> work) {
  boost::asio::post(pool_.context(), std::move(work));
}

}  // namespace limpet::app
