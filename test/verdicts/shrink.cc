#include "shrink.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace limpet::verdicts {
namespace {

// Which of the documents an edit is tried on at once.
const std::array<std::vector<std::size_t>, 4> kTogether{{{0, 1}, {0}, {1}, {2}}};

// ---- JSON ----

// The way to a value: names of members, positions of items.
struct Step {
  std::string name;
  std::size_t index = 0;
};
using Way = std::vector<Step>;

void collect(const json::Value& value, Way& way, std::vector<Way>& out) {
  out.push_back(way);
  for (const auto& member : value.members()) {
    way.push_back({member.name, 0});
    collect(member.value, way, out);
    way.pop_back();
  }
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    way.push_back({"", i});
    collect(value.items()[i], way, out);
    way.pop_back();
  }
}

// What is put in place of a value: nothing (it goes), one value, or several (spread in a list).
using Edit = std::function<std::vector<json::Value>(const json::Value&)>;

std::vector<json::Value> edited(const json::Value& value, std::span<const Step> way,
                                const Edit& edit) {
  if (way.empty()) return edit(value);
  if (value.is_object()) {
    std::vector<json::Member> members;
    for (const auto& member : value.members()) {
      if (member.name != way.front().name) {
        members.push_back(member);
        continue;
      }
      auto changed = edited(member.value, way.subspan(1), edit);
      if (!changed.empty()) members.push_back({member.name, std::move(changed.front())});
    }
    return {json::Value::object(std::move(members))};
  }
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      if (i != way.front().index) {
        items.push_back(value.items()[i]);
        continue;
      }
      for (auto& item : edited(value.items()[i], way.subspan(1), edit)) items.push_back(item);
    }
    return {json::Value::array(std::move(items))};
  }
  return {value};
}

void collect_words(const json::Value& value, std::set<std::string>& out) {
  if (value.is_string()) out.insert(value.text());
  for (const auto& item : value.items()) collect_words(item, out);
  for (const auto& member : value.members()) {
    out.insert(member.name);
    collect_words(member.value, out);
  }
}

json::Value renamed(const json::Value& value, const std::string& from, const std::string& to) {
  if (value.is_string()) return value.text() == from ? json::Value::string(to) : value;
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const auto& item : value.items()) items.push_back(renamed(item, from, to));
    return json::Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (const auto& member : value.members()) {
    members.push_back({member.name == from ? to : member.name, renamed(member.value, from, to)});
  }
  return json::Value::object(std::move(members));
}

class JsonShrinker {
 public:
  JsonShrinker(Documents documents, const std::function<bool(const Documents&)>& fails,
               std::size_t tries)
      : documents_(std::move(documents)), fails_(fails), left_(tries) {}

  Documents run() {
    while (pass()) {
    }
    return std::move(documents_);
  }

 private:
  bool pass() {
    bool better = false;
    for (const auto& together : kTogether) {
      if (together.back() >= documents_.size()) continue;
      better |= edits(together);
    }
    return shorten() || better;
  }

  bool attempt(Documents candidate) {
    if (left_ == 0 || candidate == documents_) return false;
    --left_;
    if (!fails_(candidate)) return false;
    documents_ = std::move(candidate);
    return true;
  }

  bool attempt(const std::vector<std::size_t>& together, const Way& way, const Edit& edit) {
    auto candidate = documents_;
    for (const auto which : together) {
      auto changed = edited(candidate[which], way, edit);
      if (changed.size() != 1) return false;  // the whole document cannot go
      candidate[which] = std::move(changed.front());
    }
    return attempt(std::move(candidate));
  }

  // The ways are those of before the first edit that works; then they are looked up again.
  bool edits(const std::vector<std::size_t>& together) {
    bool better = false;
    for (bool again = true; again && left_ > 0;) {
      again = false;
      std::vector<Way> ways;
      Way way;
      collect(documents_[together.front()], way, ways);
      for (const auto& place : ways) {
        if (!simplify(together, place)) continue;
        better = again = true;
        break;
      }
    }
    return better;
  }

  bool simplify(const std::vector<std::size_t>& together, const Way& way) {
    const auto none = [](const json::Value&) { return std::vector<json::Value>(); };
    if (!way.empty() && attempt(together, way, none)) return true;
    // One of its parts instead of the whole.
    for (std::size_t part = 0; part < 4; ++part) {
      const auto hoisted = [part](const json::Value& value) -> std::vector<json::Value> {
        if (part < value.items().size()) return {value.items()[part]};
        if (part < value.members().size()) return {value.members()[part].value};
        return {value};
      };
      if (attempt(together, way, hoisted)) return true;
    }
    for (const auto* number : {"0", "1"}) {
      const auto smaller = [number](const json::Value& value) -> std::vector<json::Value> {
        if (!value.is_number() || value.text().size() < 2) return {value};
        return {json::Value::number(number)};
      };
      if (attempt(together, way, smaller)) return true;
    }
    return false;
  }

  // Names and texts, wherever they stand, one letter each.
  bool shorten() {
    bool better = false;
    std::set<std::string> words;
    for (const auto& document : documents_) collect_words(document, words);
    for (const auto& word : words) {
      if (word.size() < 2) continue;
      for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'}) {
        const std::string name(1, letter);
        if (words.contains(name)) continue;
        auto candidate = documents_;
        for (auto& document : candidate) document = renamed(document, word, name);
        if (attempt(std::move(candidate))) {
          words.insert(name);
          better = true;
        }
        break;
      }
    }
    return better;
  }

  Documents documents_;
  const std::function<bool(const Documents&)>& fails_;
  std::size_t left_;
};

// ---- lines ----

using Lines = std::vector<std::string>;

Lines split(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string join(const Lines& lines) {
  std::string out;
  for (const auto& line : lines) out.append(line).append("\n");
  return out;
}

// The line that closes the block that `first` opens, or first itself.
std::size_t block_end(const Lines& lines, std::size_t first) {
  int open = 0;
  for (std::size_t i = first; i < lines.size(); ++i) {
    for (const char c : lines[i]) open += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (open <= 0) return i;
  }
  return first;
}

class LineShrinker {
 public:
  LineShrinker(const Texts& texts, const std::function<bool(const Texts&)>& fails,
               std::size_t tries)
      : fails_(fails), left_(tries) {
    for (const auto& text : texts) texts_.push_back(split(text));
  }

  Texts run() {
    while (pass()) {
    }
    return joined(texts_);
  }

 private:
  static Texts joined(const std::vector<Lines>& texts) {
    Texts out;
    for (const auto& lines : texts) out.push_back(join(lines));
    return out;
  }

  bool attempt(std::vector<Lines> candidate) {
    if (left_ == 0 || candidate == texts_) return false;
    --left_;
    if (!fails_(joined(candidate))) return false;
    texts_ = std::move(candidate);
    return true;
  }

  bool pass() {
    bool better = false;
    for (const auto& together : kTogether) {
      if (together.back() >= texts_.size()) continue;
      for (std::size_t i = texts_[together.front()].size(); i-- > 0;) {
        if (i < texts_[together.front()].size()) better |= without_line(together, i);
      }
    }
    return shorten() || better;
  }

  // In the other text it is the line that reads the same.
  bool without_line(const std::vector<std::size_t>& together, std::size_t line) {
    for (const bool whole : {true, false}) {
      auto candidate = texts_;
      const auto wanted = texts_[together.front()][line];
      for (const auto which : together) {
        auto& lines = candidate[which];
        const auto at = which == together.front()
                            ? lines.begin() + static_cast<std::ptrdiff_t>(line)
                            : std::ranges::find(lines, wanted);
        if (at == lines.end()) return false;
        const auto first = static_cast<std::size_t>(at - lines.begin());
        const auto last = block_end(lines, first);
        const auto closing = lines.begin() + static_cast<std::ptrdiff_t>(last);
        if (whole) {
          lines.erase(at, closing + 1);
        } else {
          if (last == first) return false;
          lines.erase(closing);
          lines.erase(at);
        }
      }
      if (attempt(std::move(candidate))) return true;
    }
    return false;
  }

  bool shorten() {
    std::set<std::string> words;
    for (const auto& lines : texts_) {
      for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size();) {
          const auto begin = i;
          while (i < line.size() &&
                 (std::isalnum(static_cast<unsigned char>(line[i])) != 0 || line[i] == '_')) {
            ++i;
          }
          if (i - begin > 1) words.insert(line.substr(begin, i - begin));
          if (i == begin) ++i;
        }
      }
    }
    bool better = false;
    for (const auto& word : words) {
      for (const char letter : {'a', 'b', 'c', 'd', 'M', 'N'}) {
        auto candidate = texts_;
        for (auto& lines : candidate) replace(lines, word, std::string(1, letter));
        if (!attempt(std::move(candidate))) continue;
        better = true;
        break;
      }
    }
    return better;
  }

  static void replace(Lines& lines, const std::string& word, const std::string& by) {
    const auto in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (auto& line : lines) {
      for (auto at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at > 0 && in_word(line[at - 1])) || (end < line.size() && in_word(line[end])))
          continue;
        line.replace(at, word.size(), by);
      }
    }
  }

  std::vector<Lines> texts_;
  const std::function<bool(const Texts&)>& fails_;
  std::size_t left_;
};

}  // namespace

Documents shrink(Documents documents, const std::function<bool(const Documents&)>& fails,
                 std::size_t tries) {
  return JsonShrinker(std::move(documents), fails, tries).run();
}

Texts shrink_lines(Texts texts, const std::function<bool(const Texts&)>& fails, std::size_t tries) {
  return LineShrinker(texts, fails, tries).run();
}

}  // namespace limpet::verdicts
