#include "offline_places.h"

#include "view.h"

#include "limpet/base/utf8.h"
#include "limpet/json/parse.h"
#include "limpet/json/value.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::app {
namespace {

constexpr std::size_t kExcerptColumns = 96;
constexpr json::ParseLimits kTextLimits{
    .max_bytes = 4UL << 20, .max_depth = 1100, .max_nodes = 2'000'000};

/// "/a~1b/0" → {"a/b", "0"}.
std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  while (!pointer.empty() && pointer != "/") {
    pointer.remove_prefix(1);
    const std::string_view raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string& step = steps.emplace_back();
    for (std::size_t at = 0; at < raw.size(); ++at) {
      if (raw[at] == '~' && at + 1 < raw.size() && (raw[at + 1] == '0' || raw[at + 1] == '1')) {
        step += raw[++at] == '0' ? '~' : '/';
      } else {
        step += raw[at];
      }
    }
  }
  return steps;
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const json::Value* child(const json::Value& value, const std::string& step) {
  if (!value.is_array()) return value.find(step);
  const auto index = number_in(step);
  return index && *index < value.items().size() ? &value.items()[*index] : nullptr;
}

/// The item of `list` that has the name of `named`; items without names have their position.
const json::Value* namesake(const json::Value& list, const json::Value& named,
                            const std::string& step) {
  const json::Value* name = named.find("name");
  if (name == nullptr || !name->is_string()) return child(list, step);
  for (const json::Value& item : list.items()) {
    const json::Value* other = item.find("name");
    if (other != nullptr && other->is_string() && other->text() == name->text()) return &item;
  }
  return nullptr;
}

/// Walks a text that is known to be JSON to where one of its values begins.
class Locator {
 public:
  explicit Locator(std::string_view text) : text_(text) { skip_space(); }

  void enter_item(std::size_t index) {
    begin_container();
    for (; index > 0; --index) next_item();
  }

  /// Of duplicate names the last one counts.
  void enter_member(std::string_view name) {
    begin_container();
    std::size_t found = at_;
    while (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t key = at_;
      skip_string();
      const auto decoded = json::parse(text_.substr(key, at_ - key));
      skip_space();
      ++at_;  // ':'
      skip_space();
      if (decoded && decoded->text() == name) found = at_;
      next_item();
    }
    at_ = found;
  }

  std::size_t offset() const { return std::min(at_, text_.size()); }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void begin_container() {
    ++at_;
    skip_space();
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  /// Behind the value here and the comma after it.
  void next_item() {
    for (std::size_t depth = 0; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      ++at_;
    }
    if (at_ < text_.size() && text_[at_] == ',') ++at_;
    skip_space();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// How far one side of a walk has come.
struct Spot {
  const json::Value* value;
  Locator locator;
  bool exact = true;

  void move_to(const json::Value* next, const std::string& step) {
    exact = exact && next != nullptr;
    if (!exact) return;
    if (value->is_array()) {
      locator.enter_item(static_cast<std::size_t>(next - value->items().data()));
    } else {
      locator.enter_member(step);
    }
    value = next;
  }
};

Place place_of_byte(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::string_view in_line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          .column = 1 + (is_valid_utf8(in_line) ? code_points(in_line) : in_line.size())};
}

Place place_at(std::string_view text, const Spot& spot) {
  Place place = place_of_byte(text, spot.locator.offset());
  place.exact = spot.exact;
  return place;
}

/// {reader, writer}. Both texts are JSON: their engines have read them.
std::pair<std::optional<Place>, std::optional<Place>> places_in_json(std::string_view path,
                                                                     std::string_view reader,
                                                                     std::string_view writer) {
  const auto reader_root = json::parse(reader, kTextLimits);
  const auto writer_root = json::parse(writer, kTextLimits);
  if (!reader_root || !writer_root) return {};
  Spot read{&*reader_root, Locator(reader)};
  Spot written{&*writer_root, Locator(writer)};
  for (const std::string& step : steps_of(path)) {
    const json::Value* next = read.exact ? child(*read.value, step) : nullptr;
    const json::Value* counterpart = nullptr;
    if (written.exact) {
      counterpart = next != nullptr && read.value->is_array() && written.value->is_array()
                        ? namesake(*written.value, *next, step)
                        : child(*written.value, step);
    }
    read.move_to(next, step);
    written.move_to(counterpart, step);
  }
  return {place_at(reader, read), place_at(writer, written)};
}

template <class Items>
auto* named(const Items& items, std::string_view name) {
  const auto found = std::ranges::find_if(items, [&](const auto& it) { return it.name == name; });
  return found == items.end() ? nullptr : &*found;
}

/// "/Order/Line/payment/3": messages, a oneof, the number of a field; or a service and its method.
std::optional<Place> place_in_proto(const protobuf::File& file, std::string_view path) {
  const protobuf::Message* message = nullptr;
  const protobuf::Service* service = nullptr;
  std::uint32_t line = 0;
  bool exact = true;
  for (const std::string& step : steps_of(path)) {
    if (const auto* inner = named(message ? message->messages : file.messages, step)) {
      message = inner;
      line = inner->line;
    } else if (const auto* values = named(message ? message->enums : file.enums, step)) {
      line = values->line;
    } else if (const auto* methods = message ? nullptr : named(file.services, step)) {
      service = methods;
      line = methods->line;
    } else if (const auto* method = service ? named(service->methods, step) : nullptr) {
      line = method->line;
    } else if (message != nullptr && named(message->oneofs, step) != nullptr) {
      continue;  // its fields are the message's
    } else {
      const auto number = number_in(step);
      const protobuf::Field* field =
          message != nullptr && number && *number <= protobuf::kMaxFieldNumber
              ? message->find_field(static_cast<std::int32_t>(*number))
              : nullptr;
      // Names of oneofs may differ between the sides; a number that is missing is missing.
      if (field != nullptr) {
        line = field->line;
      } else if (number || message == nullptr) {
        exact = false;
      }
    }
  }
  if (line == 0) return std::nullopt;
  return Place{.line = line, .column = 0, .exact = exact};
}

std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1 && !text.empty(); --line) {
    const std::size_t newline = text.find('\n');
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  std::string_view found = text.substr(0, text.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

/// Code points [first, first + count) of valid UTF-8.
std::string_view cut(std::string_view text, std::size_t first, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && first-- > 0 && next_code_point(text, at)) {
  }
  const std::size_t begin = at;
  while (at < text.size() && count-- > 0 && next_code_point(text, at)) {
  }
  return text.substr(begin, at - begin);
}

}  // namespace

Sides find_places(const compat::Finding& finding, const OfflineDefinition& candidate,
                  const OfflineDefinition& stored) {
  const bool backward = finding.direction == compat::Direction::Backward;
  if (candidate.parsed.format() == compat::Format::Protobuf) {
    const auto place = [&](const OfflineDefinition& definition) {
      auto found = place_in_proto(std::get<protobuf::Schema>(definition.parsed.model()).file(),
                                  finding.path);
      if (found) {
        const std::string_view line = line_of(definition.text, found->line);
        const std::size_t indent = line.find_first_not_of(" \t");
        found->column = indent == std::string_view::npos ? 1 : indent + 1;
      }
      return found;
    };
    return {.candidate = place(candidate), .stored = place(stored)};
  }
  const auto& [reader, writer] =
      backward ? std::tie(candidate, stored) : std::tie(stored, candidate);
  auto [read, written] = places_in_json(finding.path, reader.text, writer.text);
  if (!backward) std::swap(read, written);
  return {.candidate = read, .stored = written};
}

std::optional<Place> find_place(std::string_view text, std::string_view pointer) {
  const auto root = json::parse(text, kTextLimits);
  if (!root) return std::nullopt;
  Spot spot{&*root, Locator(text)};
  for (const std::string& step : steps_of(pointer)) {
    spot.move_to(spot.exact ? child(*spot.value, step) : nullptr, step);
  }
  return place_at(text, spot);
}

std::optional<Place> find_place(std::string_view text, std::size_t byte) {
  if (byte > text.size()) return std::nullopt;
  return place_of_byte(text, byte);
}

std::optional<Place> find_place(std::string_view text, const Error& error) {
  constexpr std::string_view kByte = "byte ";
  if (!error.where.starts_with(kByte)) return std::nullopt;
  const auto offset = number_in(std::string_view(error.where).substr(kByte.size()));
  return offset ? find_place(text, *offset) : std::nullopt;
}

std::string describe_in(std::string_view text, const Error& error) {
  const auto place = find_place(text, error);
  if (!place) return describe(error);
  return error.message + " (line " + std::to_string(place->line) + ", column " +
         std::to_string(place->column) + ")";
}

std::string excerpt(std::string_view text, const Place& place) {
  const std::string line = printable(line_of(text, place.line));
  const std::size_t length = code_points(line);
  const std::size_t column = std::min(std::max<std::size_t>(place.column, 1) - 1, length);
  std::size_t first = 0;
  if (length > kExcerptColumns && column > kExcerptColumns / 2) {
    first = std::min(column - kExcerptColumns / 2, length - kExcerptColumns);
  }
  std::string shown(cut(line, first, kExcerptColumns));
  std::string indent(column - first, ' ');
  if (first > 0) {
    shown = "…" + shown;
    indent += ' ';
  }
  if (first + kExcerptColumns < length) shown += "…";
  const std::string number = std::to_string(place.line);
  const std::string gutter(std::max<std::size_t>(number.size(), 5) - number.size(), ' ');
  return gutter + number + " | " + shown + '\n' + std::string(gutter.size() + number.size(), ' ') +
         " | " + indent + "^\n";
}

}  // namespace limpet::app
