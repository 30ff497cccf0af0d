#include "config_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace limpet::app {

namespace {

constexpr std::size_t kFileBytes = 1UL << 20;
constexpr int kDepth = 8;

int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

Error at_line(int line, std::string message) {
  return Error::invalid_input(std::move(message), "line " + std::to_string(line));
}

const Option* find_option(std::string_view path) {
  const auto found = std::ranges::find(options(), path, &Option::path);
  return found == options().end() ? nullptr : &*found;
}

bool is_group(std::string_view path) {
  return std::ranges::any_of(options(), [&](const Option& option) {
    return option.path.size() > path.size() && option.path.starts_with(path) &&
           option.path[path.size()] == '.';
  });
}

class Reader {
 public:
  Status read(const YAML::Node& node, const std::string& path, int depth) {
    if (node.IsNull() && path.empty()) return {};  // an empty file
    if (!node.IsMap() || depth > kDepth) {
      return at_line(line_of(node), (path.empty() ? "the file" : path) + " must hold named values");
    }
    for (const auto& entry : node) {
      if (!entry.first.IsScalar())
        return at_line(line_of(entry.first), "a name must be plain text");
      const std::string name = path + (path.empty() ? "" : ".") + entry.first.Scalar();
      const int line = line_of(entry.first);
      if (!seen_.insert(name).second) return at_line(line, name + " is given twice");
      if (const Option* option = find_option(name)) {
        LIMPET_CHECK(read_value(*option, entry.second, line));
      } else if (is_group(name)) {
        LIMPET_CHECK(read(entry.second, name, depth + 1));
      } else {
        return at_line(line, "there is no option " + name);
      }
    }
    return {};
  }

  ConfigFile take() { return std::move(file_); }

 private:
  Status read_value(const Option& option, const YAML::Node& node, int line) {
    const std::string name(option.path);
    if (option.type == OptionType::Keys) return read_keys(name, node, line);
    if (node.IsScalar()) {
      file_.settings.push_back({&option, node.Scalar(), line});
      return {};
    }
    if (option.type != OptionType::List || !node.IsSequence()) {
      return at_line(line, name + " must have one plain value");
    }
    std::string joined;
    for (const auto& item : node) {
      if (!item.IsScalar()) return at_line(line_of(item), name + " must hold plain values");
      joined += (joined.empty() ? "" : ",") + item.Scalar();
    }
    file_.settings.push_back({&option, std::move(joined), line});
    return {};
  }

  Status read_keys(const std::string& name, const YAML::Node& node, int line) {
    if (!node.IsSequence()) return at_line(line, name + " must be a list of entries");
    for (const auto& entry : node) {
      const int at = line_of(entry);
      if (!entry.IsMap()) return at_line(at, "an access key has the members id and secret");
      ConfiguredKey key;
      for (const auto& member : entry) {
        const std::string& what = member.first.Scalar();
        if (!member.second.IsScalar()) return at_line(at, "an access key holds plain values");
        if (what == "id") {
          key.id = member.second.Scalar();
        } else if (what == "secret") {
          key.secret = member.second.Scalar();
        } else if (what == "account") {
          key.account = member.second.Scalar();
        } else {
          return at_line(line_of(member.first), "an access key has no member " + what);
        }
      }
      if (key.id.empty() || key.secret.empty()) {
        return at_line(at, "an access key has the members id and secret");
      }
      file_.keys.push_back(std::move(key));
    }
    return {};
  }

  ConfigFile file_;
  std::set<std::string> seen_;
};

}  // namespace

Result<ConfigFile> parse_config_file(std::string_view text) {
  if (text.size() > kFileBytes) return Error::invalid_input("the file is larger than 1 MiB");
  try {
    Reader reader;
    LIMPET_CHECK(reader.read(YAML::Load(std::string(text)), "", 0));
    return reader.take();
  } catch (const YAML::Exception& error) {
    return at_line(error.mark.line + 1, "the file is not YAML: " + error.msg);
  }
}

}  // namespace limpet::app
