#include "limpet/json/parse.h"

#include "limpet/base/utf8.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace limpet::json {

// Receives Boost.JSON's events and builds a Value. Iterative: depth costs heap, not stack.
class TreeBuilder {
 public:
  // Names that basic_parser looks for; "no limit" here, ours are checked in begin_value().
  constexpr static std::size_t max_object_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_array_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_key_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_string_size = static_cast<std::size_t>(-1);

  using error_code = boost::json::error_code;
  using text_view = boost::json::string_view;

  void start(std::string_view text, const ParseLimits& limits) {
    text_ = text;
    max_nodes_ = limits.max_nodes;
    distinct_names_ = limits.distinct_names;
  }
  bool too_many() const { return nodes_ > max_nodes_; }
  // The name that an object has twice.
  const std::optional<std::string>& repeated() const { return repeated_; }
  Value take() { return std::move(root_); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) { return open(Value::object({}), ec); }
  bool on_object_end(std::size_t, error_code&) {
    deduplicate(std::get<Value::Object>(open_.back().value.data_));
    return close();
  }
  bool on_array_begin(error_code& ec) { return open(Value::array({}), ec); }
  bool on_array_end(std::size_t, error_code&) { return close(); }

  bool on_key_part(text_view part, std::size_t, error_code&) { return append(part); }
  bool on_key(text_view part, std::size_t, error_code& ec) {
    append(part);
    Open& object = open_.back();
    object.name = std::exchange(buffer_, {});
    if (!distinct_names_ || object.names.insert(object.name).second) return true;
    repeated_ = object.name;
    ec = boost::json::error::exception;
    return false;
  }
  bool on_string_part(text_view part, std::size_t, error_code&) { return append(part); }
  bool on_string(text_view part, std::size_t, error_code& ec) {
    const auto offset = offset_of(part);
    append(part);
    return leaf(Value::string(std::exchange(buffer_, {})), offset == 0 ? 0 : offset - 1, ec);
  }
  bool on_number_part(text_view part, error_code&) { return append(part); }
  bool on_int64(std::int64_t, text_view part, error_code& ec) { return number(part, ec); }
  bool on_uint64(std::uint64_t, text_view part, error_code& ec) { return number(part, ec); }
  bool on_double(double, text_view part, error_code& ec) { return number(part, ec); }
  bool on_bool(bool value, error_code& ec) { return leaf(Value::boolean(value), last_, ec); }
  bool on_null(error_code& ec) { return leaf(Value(), last_, ec); }
  bool on_comment_part(text_view, error_code&) { return true; }
  bool on_comment(text_view, error_code&) { return true; }

 private:
  struct Open {
    Value value;
    std::string name;                       // of the member that comes next
    std::unordered_set<std::string> names;  // so far, where they must be distinct
  };

  bool append(text_view part) {
    buffer_.append(part.data(), part.size());
    return true;
  }

  bool number(text_view part, error_code& ec) {
    const auto offset = offset_of(part);
    append(part);
    return leaf(Value::number(std::exchange(buffer_, {})), offset, ec);
  }

  // Unescaped text is handed out as a view of the input, so its place is known; otherwise the place
  // of the value before it is the best that can be said.
  std::size_t offset_of(text_view part) {
    if (!part.empty() && part.data() >= text_.data() && part.data() < text_.data() + text_.size()) {
      last_ = static_cast<std::size_t>(part.data() - text_.data());
    }
    return last_;
  }

  bool count(error_code& ec) {
    if (++nodes_ <= max_nodes_) return true;
    ec = boost::json::error::exception;  // any error stops the parser; too_many() tells which
    return false;
  }

  bool open(Value value, error_code& ec) {
    if (!count(ec)) return false;
    value.offset_ = last_;
    open_.push_back(Open{std::move(value), {}, {}});
    return true;
  }

  bool leaf(Value value, std::size_t offset, error_code& ec) {
    if (!count(ec)) return false;
    value.offset_ = offset;
    place(std::move(value));
    return true;
  }

  bool close() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    place(std::move(value));
    return true;
  }

  void place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& parent = open_.back();
    if (auto* array = std::get_if<Value::Array>(&parent.value.data_)) {
      array->push_back(std::move(value));
    } else {
      auto& object = std::get<Value::Object>(parent.value.data_);
      object.push_back(Member{std::exchange(parent.name, {}), std::move(value)});
    }
  }

  /// Most objects: no map is needed to see it.
  static bool are_few_and_distinct(const std::vector<Member>& members) {
    constexpr std::size_t kFew = 16;
    if (members.size() > kFew) return false;
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return false;
      }
    }
    return true;
  }

  // The last value of a repeated name wins and stands where the name first stood.
  static void deduplicate(std::vector<Member>& members) {
    if (members.size() < 2 || are_few_and_distinct(members)) return;
    std::unordered_map<std::string_view, std::size_t> first;
    first.reserve(members.size());
    std::vector<std::pair<std::size_t, std::size_t>> moves;  // from, to
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto [at, fresh] = first.emplace(members[i].name, i);
      if (!fresh) moves.emplace_back(i, at->second);
    }
    if (moves.empty()) return;
    for (const auto& [from, to] : moves) members[to].value = std::move(members[from].value);
    std::size_t next = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (next < moves.size() && moves[next].first == i) {
        ++next;
        continue;
      }
      if (kept != i) members[kept] = std::move(members[i]);
      ++kept;
    }
    members.resize(kept);
  }

  std::string_view text_;
  std::size_t max_nodes_ = 0;
  bool distinct_names_ = false;
  std::optional<std::string> repeated_;
  std::size_t nodes_ = 0;
  std::size_t last_ = 0;
  std::string buffer_;
  std::vector<Open> open_;
  Value root_;
};

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error::limit_exceeded("JSON text has " + std::to_string(text.size()) +
                                 " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  boost::json::parse_options options;
  options.max_depth = limits.max_depth;
  boost::json::basic_parser<TreeBuilder> parser(options);
  parser.handler().start(text, limits);
  boost::json::error_code ec;
  const auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = boost::json::error::extra_data;
  if (!ec && !parser.done()) ec = boost::json::error::incomplete;
  if (!ec) return parser.handler().take();
  if (parser.handler().too_many()) {
    return Error::limit_exceeded("JSON text has more than " + std::to_string(limits.max_nodes) +
                                 " values");
  }
  const auto where = "byte " + std::to_string(used);
  if (const auto& name = parser.handler().repeated()) {
    // The parser stopped behind the name; without escapes it is as long as it looks.
    const bool plain = used > name->size() && text.substr(0, used).ends_with(*name);
    return Error::invalid_input(
        "the member \"" + std::string(truncate_utf8(*name, 100)) + "\" stands twice in one object",
        "byte " + std::to_string(plain ? used - name->size() - 1 : used));
  }
  if (ec == boost::json::error::too_deep) {
    return Error::invalid_input(
        "JSON text is nested deeper than " + std::to_string(limits.max_depth) + " levels", where);
  }
  return Error::invalid_input("not valid JSON: " + ec.message(), where);
}

}  // namespace limpet::json
