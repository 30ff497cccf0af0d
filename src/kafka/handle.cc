#include "handle.h"

#include "limpet/aws/msk_iam.h"

#include <algorithm>
#include <array>
#include <exception>

namespace limpet::kafka {
namespace {

/// How long what librdkafka said about a connection explains failures.
constexpr std::chrono::seconds kTroubleAge{30};
/// How often a call that waits looks whether logging in has failed.
constexpr std::chrono::milliseconds kSlice{100};

bool is_login_failure(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
         error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM;
}

/// The token of one refresh; what credentials throw stays here.
Result<aws::MskIamToken> make_token(const MskIam& iam) {
  try {
    LIMPET_TRY(const aws::Credentials credentials, iam.credentials());
    return aws::msk_iam_token(credentials, {.region = iam.region, .user_agent = iam.user_agent},
                              iam.clock->now());
  } catch (const std::exception& failure) {
    return Error::internal(std::string("the credentials' function threw: ") + failure.what());
  }
}

}  // namespace

void Handle::on_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  // Lines come while librdkafka is being made, too: then the opaque is set, native_ is not.
  const auto* self = static_cast<const Handle*>(rd_kafka_opaque(client));
  if (self != nullptr && self->log_) self->log_({level, facility, text});
}

void Handle::on_error(rd_kafka_t* client, int number, const char* text, void* opaque) {
  auto& self = of(opaque);
  auto error = static_cast<rd_kafka_resp_err_t>(number);
  std::array<char, 512> reason{};
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    error = rd_kafka_fatal_error(client, reason.data(), reason.size());
    text = reason.data();
  }
  Error made = make_error(error, text);
  const std::lock_guard lock(self.mutex_);
  if (is_login_failure(error)) self.login_failure_ = made;
  // That all are down says less than why one of them is.
  const bool summary = error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  if (!summary || !self.trouble_) {
    self.trouble_ = Trouble{std::move(made), std::chrono::steady_clock::now()};
  }
}

int Handle::on_statistics(rd_kafka_t*, char* text, std::size_t size, void* opaque) {
  const auto& self = of(opaque);
  if (self.statistics_) self.statistics_({text, size});
  return 0;  // librdkafka frees the text
}

void Handle::on_token(rd_kafka_t* client, const char*, void* opaque) {
  const auto& self = of(opaque);
  auto token = make_token(*self.msk_iam_);
  if (!token) {
    const std::string text = "no token for Amazon MSK: " + describe(token.error());
    rd_kafka_oauthbearer_set_token_failure(client, text.c_str());
    return;
  }
  std::array<char, 512> reason{};
  const auto error = rd_kafka_oauthbearer_set_token(
      client, token->text.c_str(), token->expires.time_since_epoch().count(), "limpet", nullptr, 0,
      reason.data(), reason.size());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_oauthbearer_set_token_failure(client, reason.data());
  }
}

Result<std::unique_ptr<Handle>> Handle::make(const Config& config, const HandleOptions& options) {
  LIMPET_TRY(OwnedConf conf, make_conf(config, options.defaults));
  std::unique_ptr<Handle> handle(new Handle());
  handle->owner_ = options.owner;
  handle->log_ = config.on_log;
  handle->statistics_ = config.on_statistics;
  handle->msk_iam_ = config.msk_iam;
  rd_kafka_conf_set_opaque(conf.get(), handle.get());
  rd_kafka_conf_set_log_cb(conf.get(), &on_log);
  rd_kafka_conf_set_error_cb(conf.get(), &on_error);
  rd_kafka_conf_set_stats_cb(conf.get(), &on_statistics);
  if (handle->msk_iam_) {
    LIMPET_TRY(handle->msk_iam_->region, msk_iam_region(config));
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(), &on_token);
    // Refreshed by a thread of librdkafka's, so that a client polled seldom keeps its token.
    rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  }
  if (options.prepare) options.prepare(conf.get());

  std::array<char, 512> text{};
  handle->native_ = rd_kafka_new(options.type, conf.get(), text.data(), text.size());
  if (handle->native_ == nullptr) return Error::invalid_input(text.data());
  (void)conf.release();  // it is the client's now
  if (handle->msk_iam_) {
    LIMPET_CHECK(status_of(rd_kafka_sasl_background_callbacks_enable(handle->native_)));
  }
  return handle;
}

Handle::~Handle() {
  if (native_ != nullptr) rd_kafka_destroy(native_);
}

std::optional<Error> Handle::take_login_failure() {
  rd_kafka_poll(native_, 0);
  const std::lock_guard lock(mutex_);
  return std::exchange(login_failure_, std::nullopt);
}

Error Handle::explained(Error error) {
  if (error.code != Code::Unavailable) return error;
  rd_kafka_poll(native_, 0);
  const std::lock_guard lock(mutex_);
  if (!trouble_ || std::chrono::steady_clock::now() - trouble_->at > kTroubleAge) return error;
  if (trouble_->error.code == Code::AccessDenied) return trouble_->error;
  if (trouble_->error.message != error.message) error.message += "; " + trouble_->error.message;
  return error;
}

std::optional<Error> Handle::fatal() const {
  std::array<char, 512> text{};
  const auto error = rd_kafka_fatal_error(native_, text.data(), text.size());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return make_error(error, text.data());
}

Result<OwnedEvent> Handle::wait(rd_kafka_queue_t* queue, const Remaining& remaining) {
  do {
    OwnedEvent event(rd_kafka_queue_poll(queue, remaining.milliseconds(kSlice)));
    if (event) {
      const auto error = rd_kafka_event_error(event.get());
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return explained(make_error(error, rd_kafka_event_error_string(event.get())));
      }
      return event;
    }
    if (auto failure = take_login_failure()) return *std::move(failure);
  } while (!remaining.over());
  return explained(make_error(RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer in time"));
}

Status check(const Config& config) {
  // What librdkafka judges only as a whole (files of TLS, pairs of settings) it judges when a
  // client is made; one that is made and dropped connects to nobody that matters.
  Config quiet = config;
  quiet.on_log = {};
  LIMPET_CHECK(Handle::make(quiet, {.type = RD_KAFKA_PRODUCER}));
  return {};
}

}  // namespace limpet::kafka
