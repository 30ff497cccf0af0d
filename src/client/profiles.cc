#include "profiles.h"

#include <utility>

namespace limpet::client {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Error malformed(std::size_t line, std::string message) {
  return Error::invalid_input(std::move(message), "line " + std::to_string(line));
}

}  // namespace

Result<Sections> parse_sections(std::string_view text) {
  Sections sections;
  Section* section = nullptr;
  std::string outer;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string_view line = trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      if (line.back() != ']') return malformed(number, "a section name needs a closing bracket");
      section = &sections[std::string(trim(line.substr(1, line.size() - 2)))];
      outer.clear();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || section == nullptr) {
      return malformed(number, section == nullptr ? "a value stands before the first section"
                                                  : "expected name = value");
    }
    const std::string name(trim(line.substr(0, equals)));
    const std::string value(trim(line.substr(equals + 1)));
    const bool nested = (raw[0] == ' ' || raw[0] == '\t') && !outer.empty();
    if (nested) {
      (*section)[outer + "." + name] = value;
    } else {
      outer = name;
      (*section)[name] = value;
    }
  }
  return sections;
}

namespace {

std::string value_of(const Section& section, const std::string& name) {
  const auto at = section.find(name);
  return at == section.end() ? std::string() : at->second;
}

}  // namespace

std::string Profile::value(const std::string& name) const { return value_of(values, name); }

std::string Profile::service(const std::string& name) const { return value_of(services, name); }

namespace {

void merge(Profile& profile, const Sections& sections, const std::string& name) {
  const auto at = sections.find(name);
  if (at == sections.end()) return;
  profile.exists = true;
  for (const auto& [key, value] : at->second) profile.values[key] = value;
}

Result<Sections> read_sections(std::string_view text, std::string_view file) {
  auto sections = parse_sections(text);
  if (!sections) {
    return Error::invalid_input(
        "cannot read the AWS " + std::string(file) + " file: " + sections.error().message,
        sections.error().where);
  }
  return sections;
}

}  // namespace

Result<Profiles> Profiles::read(const SharedFiles& files) {
  Profiles profiles;
  LIMPET_TRY(profiles.config_, read_sections(files.config, "config"));
  LIMPET_TRY(profiles.credentials_, read_sections(files.credentials, "credentials"));
  return profiles;
}

Profile Profiles::find(const std::string& name) const {
  Profile profile;
  if (name == "default") merge(profile, config_, "default");
  merge(profile, config_, "profile " + name);
  merge(profile, credentials_, name);
  const auto services = config_.find("services " + profile.value("services"));
  if (services != config_.end()) profile.services = services->second;
  return profile;
}

}  // namespace limpet::client
