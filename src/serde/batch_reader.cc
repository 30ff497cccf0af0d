#include "limpet/serde/batch_reader.h"

#include "batch_rows.h"

#include <utility>

namespace limpet::serde {

struct BatchReader::State {
  std::unique_ptr<BatchRows> rows;  // what `core` compiles appends to it
  std::shared_ptr<const detail::DeserializerCore> core;
  SchemaPointer reader;
  std::size_t keep_failures = 0;
  value::Arena arena{};
  Failure failure{};
  std::vector<RefusedMessage> failures{};
  std::uint64_t refused = 0;
};

Result<BatchReader> BatchReader::make(std::shared_ptr<SchemaSource> source, SchemaPointer reader,
                                      BatchOptions options) {
  if (reader == nullptr) return Error::invalid_input("columns need a schema");
  if (options.reading.reader) {
    return Error::invalid_input("the reader's schema is that of the columns, and no option");
  }
  auto state = std::make_unique<State>();
  state->keep_failures = options.keep_failures;
  LIMPET_TRY(state->rows, make_rows(*reader, options));
  state->reader = std::move(reader);
  LIMPET_TRY(state->core, detail::DeserializerCore::make(
                              std::move(source), std::move(options.reading), *state->rows, {}));
  return BatchReader(std::move(state));
}

BatchReader::BatchReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BatchReader::BatchReader(BatchReader&&) noexcept = default;
BatchReader& BatchReader::operator=(BatchReader&&) noexcept = default;
BatchReader::~BatchReader() = default;

Pushed BatchReader::push(const Context& context, std::span<const std::byte> message) {
  State& state = *state_;
  state.arena.reset();
  bool is_full = false;
  std::optional<Failure> failure;
  if (const detail::VersionReader* version = state.core->plain(context, message)) [[likely]] {
    std::size_t consumed = 0;
    failure =
        version->reader->read(message.subspan(kGlueHeaderBytes), state.arena, &is_full, consumed);
    if (failure) {
      failure = detail::at_place(*std::move(failure), Failure::Place::Message, kGlueHeaderBytes);
    }
  } else {
    failure = state.core->read(context, message, state.arena, &is_full, nullptr);
  }
  if (!failure) [[likely]]
    return Pushed::Row;
  if (is_full) return Pushed::Full;
  if (state.failures.size() < state.keep_failures) {
    state.failures.push_back({state.rows->rows() + state.refused, *failure});
  }
  ++state.refused;
  state.failure = *std::move(failure);
  return Pushed::Refused;
}

const Failure& BatchReader::failure() const { return state_->failure; }
std::span<const RefusedMessage> BatchReader::failures() const { return state_->failures; }
std::uint64_t BatchReader::refused() const { return state_->refused; }
std::uint64_t BatchReader::rows() const { return state_->rows->rows(); }
std::uint64_t BatchReader::bytes() const { return state_->rows->bytes(); }
const columns::ColumnType& BatchReader::type() const { return state_->rows->type(); }

Status BatchReader::finish(ArrowSchema* schema, ArrowArray* array) {
  LIMPET_CHECK(state_->rows->finish(schema, array));
  state_->failures.clear();
  state_->refused = 0;
  return {};
}

}  // namespace limpet::serde
