#include "line_writer.h"

#include <utility>

namespace limpet::app {

LineWriter::LineWriter(const RecordWriter& values, const RecordWriter* keys, LineOptions options)
    : values_(values), keys_(keys), options_(std::move(options)) {}

void LineWriter::write_key(std::string_view text, const std::string& path, LineRecord& record,
                           std::vector<RecordProblem>& problems) const {
  record.has_key = true;
  if (keys_ == nullptr) return record.key.append(text);
  for (RecordProblem& problem : keys_->append(text, record.key)) {
    problems.push_back({path + problem.path, "the key: " + std::move(problem.reason)});
  }
}

bool LineWriter::is_blank(std::string_view line) const {
  if (line.find_first_not_of(" \t") != std::string_view::npos) return false;
  if (options_.key_separator.empty()) return !is_null(line);
  return line.find(options_.key_separator) == std::string_view::npos;
}

std::vector<RecordProblem> LineWriter::write(std::string_view line, LineRecord& record) const {
  record.has_key = record.has_value = false;
  record.key.clear();
  record.value.clear();
  std::vector<RecordProblem> problems;
  std::string_view value = line;
  if (!options_.key_separator.empty()) {
    const std::size_t end = line.find(options_.key_separator);
    if (end == std::string_view::npos) {
      return {{.path = "", .reason = "no key: the separator (--key-separator) is not there"}};
    }
    if (const auto key = line.substr(0, end); !is_null(key)) write_key(key, "", record, problems);
    value = line.substr(end + options_.key_separator.size());
  }
  if (is_null(value)) {
    if (options_.key_field) {
      problems.push_back({.path = "", .reason = "no value, so no field that its key could be"});
    }
    return problems;
  }
  record.has_value = true;
  FoundKey key{.path = options_.key_field ? &*options_.key_field : nullptr,
               .as_json = keys_ != nullptr};
  auto wrong = values_.append(value, record.value, &key);
  problems.insert(problems.end(), std::make_move_iterator(wrong.begin()),
                  std::make_move_iterator(wrong.end()));
  if (key.text) write_key(*key.text, pointer_to(*options_.key_field), record, problems);
  return problems;
}

}  // namespace limpet::app
