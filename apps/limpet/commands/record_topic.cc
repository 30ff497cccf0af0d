#include "record_topic.h"

#include "limpet/kafka/admin.h"

#include <algorithm>

namespace limpet::app {
namespace {

constexpr std::size_t kBatchMessages = 500;  // that the processor's cache holds

/// Of the program, not of its use.
template <class T>
T needed(Result<T> result) {
  if (result) return *std::move(result);
  const Error& error = result.error();
  throw CommandFailed{error.where.empty() ? error.message : error.where + ": " + error.message};
}

void needed(const Status& status) {
  if (status) return;
  const Error& error = status.error();
  throw CommandFailed{error.where.empty() ? error.message : error.where + ": " + error.message};
}

}  // namespace

TopicReader::TopicReader(const kafka::Config& config, const TopicOptions& options,
                         std::chrono::milliseconds patience)
    : consumer_(done(kafka::Consumer::make(config))),
      until_end_(options.until_end),
      patience_(patience),
      heard_(std::chrono::steady_clock::now()) {
  const kafka::Position from = position(options.from);
  needed(consumer_.assign(options.topic, options.partitions, from, patience));
  chosen_ = consumer_.assignment();
  if (!until_end_) return;
  auto admin = done(kafka::Admin::make(config));
  const auto held = needed(admin.watermarks(chosen_, patience));
  std::int32_t last = 0;
  for (const auto& at : chosen_) last = std::max(last, at.partition);
  ends_.resize(static_cast<std::size_t>(last) + 1, 0);
  next_.resize(ends_.size(), 0);
  for (const auto& [at, marks] : held) {
    ends_[static_cast<std::size_t>(at.partition)] = marks.high;
    // Nothing is held: there is no end to come to.
    if (marks.low == marks.high) next_[static_cast<std::size_t>(at.partition)] = marks.high;
    expected_ += marks.high - marks.low;
  }
}

bool TopicReader::finished() {
  if (!until_end_) return false;
  return std::all_of(chosen_.begin(), chosen_.end(), [this](const auto& at) {
    const auto i = static_cast<std::size_t>(at.partition);
    // What stands last may be a transaction's mark, which never comes: then the end does.
    return next_[i] >= ends_[i] || consumer_.at_end(at);
  });
}

bool TopicReader::next(const StopSignals& signals, std::chrono::milliseconds pause) {
  batch_.clear();
  if (signals.asked() || finished()) return false;
  needed(consumer_.poll(batch_, kBatchMessages, pause));
  if (until_end_) {
    const auto now = std::chrono::steady_clock::now();
    if (!batch_.empty()) heard_ = now;
    for (const auto& message : batch_) {
      next_[static_cast<std::size_t>(message.partition)] = message.offset + 1;
    }
    if (batch_.empty() && now - heard_ > patience_ && !finished()) {
      throw CommandFailed{
          "the brokers sent nothing for so long (--timeout), and the end of the "
          "topic is not reached"};
    }
  }
  return true;
}

std::span<const serde::RecordHeader> FrameHeaders::of(const kafka::Headers& headers) {
  found_.clear();
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const kafka::Header header = headers[i];
    if (header.name == serde::kKeySchemaIdHeader || header.name == serde::kValueSchemaIdHeader) {
      found_.push_back({header.name, header.value.value_or(kafka::Bytes())});
    }
  }
  return found_;
}

void add_topic_options(CLI::App& command, TopicOptions& options) {
  command.add_option("-t,--topic", options.topic, "The topic.")->required()->type_name("TOPIC");
  command.add_option("-p,--partition", options.partitions, "Only this one; may be repeated.")
      ->type_name("NUMBER")
      ->allow_extra_args(false);
}

}  // namespace limpet::app
