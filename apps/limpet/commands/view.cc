#include "view.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <vector>

namespace limpet::app {
namespace {

using Row = std::vector<std::string>;

std::string cell(const json::Value* value) {
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return value->text().empty() ? "-" : printable(value->text());
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  const bool empty = !value->is_number() && value->items().empty() && value->members().empty();
  return empty ? "-" : printable(json::to_text(*value));
}

std::size_t width(std::string_view text) {
  return is_valid_utf8(text) ? code_points(text) : text.size();
}

// Columns padded to their widest cell, the last one not.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

// "VersionNumber" is "VERSION NUMBER" in a heading.
std::string heading(std::string_view column) {
  column = column.substr(0, column.find('|'));
  std::string out;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const char c = column[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && i > 0 && column[i - 1] >= 'a' && column[i - 1] <= 'z') out += ' ';
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out;
}

const json::Value* pick(const json::Value& item, std::string_view column) {
  while (!column.empty()) {
    const std::size_t end = std::min(column.find('|'), column.size());
    if (const json::Value* value = item.find(column.substr(0, end))) return value;
    column.remove_prefix(std::min(end + 1, column.size()));
  }
  return nullptr;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const auto code_point = next_code_point(text, at);
    if (!code_point) {
      out += '.';
      at = start + 1;
    } else if (*code_point < 0x20 || (*code_point >= 0x7F && *code_point < 0xA0)) {
      out += *code_point == '\n' || *code_point == '\t' ? ' ' : '.';
    } else {
      out += text.substr(start, at - start);
    }
  }
  return out;
}

std::string object_view(const json::Value& object) {
  std::vector<Row> rows;
  for (const json::Member& member : object.members()) {
    rows.push_back({printable(member.name), cell(&member.value)});
  }
  return aligned(rows);
}

std::string list_view(const json::Value& list, std::initializer_list<std::string_view> columns) {
  if (list.items().empty()) return "nothing to list\n";
  std::vector<Row> rows(1);
  for (const std::string_view column : columns) rows[0].push_back(heading(column));
  for (const json::Value& item : list.items()) {
    Row row;
    for (const std::string_view column : columns) row.push_back(cell(pick(item, column)));
    rows.push_back(std::move(row));
  }
  return aligned(rows);
}

}  // namespace limpet::app
