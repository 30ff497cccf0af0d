#include "canonical.h"

#include "ascii.h"

#include "limpet/crypto/sha256.h"

#include <algorithm>

namespace limpet::aws {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";

bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_collapsed(std::string& out, std::string_view value) {
  const auto text = trim(value);
  if (std::ranges::none_of(text, is_blank)) {
    out.append(text);
    return;
  }
  bool gap = false;
  for (const char c : text) {
    if (is_blank(c)) {
      gap = true;
      continue;
    }
    if (gap) out.push_back(' ');
    gap = false;
    out.push_back(c);
  }
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view keep) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kUpperHex[byte >> 4], kUpperHex[byte & 15]};
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

Query parse_query(std::string_view query) {
  Query out;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty()) continue;
    const std::string_view name = take_until(value, '=');
    out.emplace_back(percent_decode(name), percent_decode(value));
  }
  return out;
}

const std::string* find(const Query& query, std::string_view name) {
  const auto found = std::ranges::find(query, name, &Query::value_type::first);
  return found == query.end() ? nullptr : &found->second;
}

Target split_target(std::string_view target) {
  const auto path = take_until(target, '?');
  return {path, target};
}

std::string canonical_path(std::string_view path) {
  if (path == "/") return std::string(path);
  const bool trailing_slash = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const auto segment = take_until(path, '/');
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  }
  std::string out;
  for (const auto segment : segments) out.append("/").append(percent_encode(segment));
  if (out.empty() || trailing_slash) out.push_back('/');
  return out;
}

std::string canonical_query(const Query& query) {
  Query encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    if (name == "X-Amz-Signature") continue;
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

bool append_canonical_header(std::string& lines, const Headers& headers, std::string_view name) {
  bool found = false;
  for (const auto& header : headers) {
    if (!equal_ignoring_case(header.name, name)) continue;
    if (found) {
      lines.push_back(',');
    } else {
      lines.append(name).push_back(':');
    }
    found = true;
    append_collapsed(lines, header.value);
  }
  if (found) lines.push_back('\n');
  return found;
}

std::string canonical_request(const CanonicalParts& parts) {
  std::string out;
  out.reserve(128 + parts.headers.size() + parts.signed_headers.size());
  out.append(parts.method).append("\n");
  out.append(canonical_path(parts.path)).append("\n");
  out.append(canonical_query(parts.query)).append("\n");
  out.append(parts.headers).append("\n");
  out.append(parts.signed_headers).append("\n");
  out.append(parts.payload_hash);
  return out;
}

std::string string_to_sign(std::string_view time, std::string_view scope,
                           std::string_view canonical_request) {
  std::string out;
  out.reserve(kAlgorithm.size() + time.size() + scope.size() + 3 + 64);
  out.append(kAlgorithm).append("\n").append(time).append("\n").append(scope).append("\n");
  out.append(crypto::sha256_hex(canonical_request));
  return out;
}

}  // namespace limpet::aws
