#include "text_scan.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace limpet::protobuf {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// Walks over the text as libprotobuf's tokenizer does: comments and strings hold no brackets, and a
// string ends with its line.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  Status run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (starts("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (starts("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (is_name_byte(c)) {
        LIMPET_CHECK(name());
      } else {
        LIMPET_CHECK(bracket(c));
        ++at_;
      }
    }
    return {};
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void skip_string(char quote) {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
        ++at_;
      } else if (c == quote || c == '\n') {
        ++at_;
        return;
      }
    }
  }

  Status name() {
    const auto begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    if (at_ - begin > kNameBytes) {
      return refuse("a name is longer than " + std::to_string(kNameBytes) + " bytes", begin);
    }
    if (!std::exchange(first_word_seen_, true) && text_.substr(begin, at_ - begin) == "edition") {
      return refuse(R"(editions are not supported: write syntax = "proto2" or syntax = "proto3")",
                    begin);
    }
    return {};
  }

  // Each kind is counted alone, because a reader that recovers from an error may skip brackets of
  // another kind; and never below zero, because it also skips what closes nothing.
  Status bracket(char c) {
    constexpr std::string_view kOpening = "{[(<";
    constexpr std::string_view kClosing = "}])>";
    if (const auto kind = kOpening.find(c); kind != std::string_view::npos) {
      if (++depth_[kind] > kBracketDepth) {
        return refuse("nested deeper than " + std::to_string(kBracketDepth) + " levels", at_);
      }
    } else if (const auto closed = kClosing.find(c); closed != std::string_view::npos) {
      depth_[closed] = std::max(0, depth_[closed] - 1);
    }
    return {};
  }

  Error refuse(std::string message, std::size_t at) const {
    const auto before = text_.substr(0, at);
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
    const auto begin = before.rfind('\n');
    const auto column = begin == std::string_view::npos ? at + 1 : at - begin;
    return Error::invalid_input(std::move(message), place(line, column));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool first_word_seen_ = false;
  std::array<int, 4> depth_{};
};

}  // namespace

std::string place(std::size_t line, std::size_t column) {
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Status scan_text(std::string_view text) {
  if (!is_valid_utf8(text)) return Error::invalid_input("the text is not UTF-8");
  return Scanner(text).run();
}

}  // namespace limpet::protobuf
