#include "limpet/client/credentials.h"

#include "chain.h"
#include "profiles.h"
#include "sources.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace limpet::client {
namespace {

class Fixed final : public CredentialsProvider {
 public:
  explicit Fixed(aws::Credentials keys) : keys_(std::move(keys)) {}
  Result<LimitedCredentials> get() override { return LimitedCredentials{.keys = keys_}; }

 private:
  const aws::Credentials keys_;
};

class Refreshing final : public CredentialsProvider {
 public:
  Refreshing(FetchCredentials fetch, const Clock& clock, RefreshPolicy policy)
      : fetch_(std::move(fetch)), clock_(clock), policy_(policy) {}

  Result<LimitedCredentials> get() override {
    std::unique_lock lock(mutex_);
    if (good(policy_.early)) return *current_;
    if (good({}) && (fetching_ || clock_.now() < retry_at_)) return *current_;
    if (fetching_) {
      const auto round = round_;
      fetched_.wait(lock, [&] { return round_ != round; });
      if (good({})) return *current_;
      return error_ ? *error_ : Error::unavailable("the credentials have ended");
    }
    fetching_ = true;
    lock.unlock();
    auto answer = fetch_();
    lock.lock();
    fetching_ = false;
    ++round_;
    fetched_.notify_all();
    retry_at_ = clock_.now() + policy_.retry;
    if (answer && *answer) {
      current_ = **std::move(answer);
      error_.reset();
      if (good({})) return *current_;
      error_ = Error::unavailable("the credentials that were answered have ended already");
    } else {
      error_ =
          answer ? Error::invalid_input("no source has credentials") : std::move(answer).error();
    }
    if (good({})) return *current_;
    return *error_;
  }

 private:
  /// Is there something that is in force for more than `rest`?
  bool good(std::chrono::seconds rest) const {
    return current_ && (!current_->expires || clock_.now() + rest < *current_->expires);
  }

  const FetchCredentials fetch_;
  const Clock& clock_;
  const RefreshPolicy policy_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable fetched_;
  bool fetching_ = false;
  std::uint64_t round_ = 0;
  std::optional<LimitedCredentials> current_;
  std::optional<Error> error_;
  Timestamp retry_at_{};
};

std::string value_of(const Environment& environment, const std::string& name) {
  return environment(name).value_or("");
}

Result<aws::Credentials> checked_pair(aws::Credentials pair, const std::string& source) {
  if (pair.access_key_id.empty() || pair.secret_access_key.empty()) {
    return Error::invalid_input(source + " holds only half of a key pair");
  }
  return pair;
}

Error nothing_found() {
  return Error::invalid_input(
      "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile, or "
      "--no-sign for a server that runs with --auth off");
}

FetchCredentials always(aws::Credentials keys) {
  return [keys = std::move(keys)]() -> Fetched {
    return std::optional(LimitedCredentials{.keys = keys});
  };
}

std::string first_of(std::initializer_list<std::string> values) {
  for (const std::string& value : values) {
    if (!value.empty()) return value;
  }
  return {};
}

/// One source of the chain; `fixed` when it is a pair.
struct Link {
  FetchCredentials fetch;
  std::optional<aws::Credentials> fixed{};

  static Link of(aws::Credentials keys) { return {.fetch = always(keys), .fixed = keys}; }
};

/// Follows a profile to where its credentials come from.
class ProfileReader {
 public:
  ProfileReader(const World& world, const Profiles& profiles, std::string region)
      : world_(world), profiles_(profiles), region_(std::move(region)) {}

  /// nullopt: it says nothing of credentials.
  Result<std::optional<Link>> read(const std::string& name) {
    const Profile profile = profiles_.find(name);
    if (std::ranges::find(seen_, name) != seen_.end()) {
      return Error::invalid_input("the profiles name each other as source_profile: " + name);
    }
    seen_.push_back(name);
    if (!profile.value("role_arn").empty()) return role(name, profile);
    for (const char* kind : {"sso_session", "sso_start_url"}) {
      if (profile.value(kind).empty()) continue;
      return Error::invalid_input(
          "profile " + name + " gets its credentials through " + kind +
          ", which limpet does not read; export them first: aws configure export-credentials "
          "--profile " +
          name + " --format env");
    }
    LIMPET_TRY(auto pair, keys(name, profile));
    if (pair) return std::optional(Link::of(*std::move(pair)));
    if (const std::string command = profile.value("credential_process"); !command.empty()) {
      return std::optional(
          Link{.fetch = [world = world_, command] { return from_process(world, command); }});
    }
    return std::optional<Link>();
  }

 private:
  static Result<std::optional<aws::Credentials>> keys(const std::string& name,
                                                      const Profile& profile) {
    aws::Credentials pair{profile.value("aws_access_key_id"),
                          profile.value("aws_secret_access_key"),
                          profile.value("aws_session_token")};
    if (pair.access_key_id.empty() && pair.secret_access_key.empty()) {
      return std::optional<aws::Credentials>();
    }
    LIMPET_TRY(auto checked, checked_pair(std::move(pair), "profile " + name));
    return std::optional(std::move(checked));
  }

  Result<RoleRequest> request(const std::string& name, const Profile& profile) const {
    RoleRequest role{.arn = profile.value("role_arn"),
                     .session = profile.value("role_session_name"),
                     .external_id = profile.value("external_id"),
                     .mfa_serial = profile.value("mfa_serial")};
    if (const std::string text = profile.value("duration_seconds"); !text.empty()) {
      std::int64_t seconds = 0;
      const char* end = text.data() + text.size();
      if (std::from_chars(text.data(), end, seconds).ptr != end || seconds <= 0) {
        return Error::invalid_input("profile " + name +
                                    " has a duration_seconds that is no number");
      }
      role.duration = std::chrono::seconds(seconds);
    }
    return role;
  }

  Result<std::optional<Link>> role(const std::string& name, const Profile& profile) {
    LIMPET_TRY(const auto role, request(name, profile));
    const Sts sts =
        sts_of(world_.environment, region_,
               first_of({profile.service("sts.endpoint_url"), profile.value("endpoint_url")}));
    if (const std::string file = profile.value("web_identity_token_file"); !file.empty()) {
      return std::optional(Link{.fetch = [world = world_, sts, role, file] {
        return assume_role_with_web_identity(world, sts, role, file);
      }});
    }
    LIMPET_TRY(auto from, role_source(name, profile));
    return std::optional(Link{.fetch = [world = world_, sts, role,
                                        from = std::move(from)]() -> Fetched {
      LIMPET_TRY(const auto keys, from());
      if (!keys) {
        return Error::invalid_input("the source of the role " + role.arn + " has no credentials");
      }
      return assume_role(world, sts, role, keys->keys);
    }});
  }

  Result<FetchCredentials> role_source(const std::string& name, const Profile& profile) {
    const std::string source = profile.value("source_profile");
    const std::string kind = profile.value("credential_source");
    if (source.empty() == kind.empty()) {
      return Error::invalid_input("profile " + name +
                                  " has a role_arn, and needs one of source_profile and "
                                  "credential_source");
    }
    if (kind == "Environment") return environment_keys();
    if (kind == "EcsContainer") {
      return FetchCredentials([world = world_] { return from_container(world); });
    }
    if (kind == "Ec2InstanceMetadata") {
      return FetchCredentials([world = world_] { return from_instance(world); });
    }
    if (!kind.empty()) {
      return Error::invalid_input("profile " + name + " has a credential_source of no known kind");
    }
    if (!profiles_.find(source).exists) {
      return Error::invalid_input("profile " + name +
                                  " names a source_profile that does not exist: " + source);
    }
    if (source == name) {  // its own keys, which then are not the profile's credentials
      LIMPET_TRY(auto own, keys(name, profile));
      if (!own) return Error::invalid_input("profile " + name + " is its own source_profile");
      return always(*std::move(own));
    }
    LIMPET_TRY(auto link, read(source));
    if (!link) return Error::invalid_input("profile " + source + " has no credentials");
    return std::move(link->fetch);
  }

  Result<FetchCredentials> environment_keys() const {
    aws::Credentials pair{value_of(world_.environment, "AWS_ACCESS_KEY_ID"),
                          value_of(world_.environment, "AWS_SECRET_ACCESS_KEY"),
                          value_of(world_.environment, "AWS_SESSION_TOKEN")};
    LIMPET_TRY(auto checked, checked_pair(std::move(pair), "the environment"));
    return always(std::move(checked));
  }

  World world_;
  const Profiles& profiles_;
  std::string region_;
  std::vector<std::string> seen_;
};

World world_of(ChainOptions& options, const Environment& environment, const Clock& clock) {
  World world{.environment = environment,
              .send = std::move(options.send),
              .run = std::move(options.run),
              .clock = &clock,
              .deadline = options.deadline};
  if (!world.send) {
    const auto client = std::make_shared<http::Client>(http::ClientOptions{
        .answer_bytes_max = 1UL << 20, .ca_file = value_of(environment, "AWS_CA_BUNDLE")});
    world.send = [client](const http::Url& url, const http::Outgoing& request) {
      return client->send(url, request);
    };
  }
  if (!world.run) {
    world.run = [deadline = options.deadline](const std::string& command) {
      return run_process(command, deadline);
    };
  }
  return world;
}

/// The sources in their order, up to the first that cannot be without credentials.
Result<std::vector<Link>> links(const ChainOptions& options, const World& world,
                                const Profiles& profiles, const std::string& region,
                                const std::string& name) {
  const Environment& environment = world.environment;
  std::vector<Link> found;
  if (options.explicit_keys) {
    found.push_back(Link::of(*options.explicit_keys));
    return found;
  }
  if (options.profile.empty()) {
    aws::Credentials pair{value_of(environment, "AWS_ACCESS_KEY_ID"),
                          value_of(environment, "AWS_SECRET_ACCESS_KEY"),
                          value_of(environment, "AWS_SESSION_TOKEN")};
    if (!pair.access_key_id.empty() || !pair.secret_access_key.empty()) {
      LIMPET_TRY(auto checked, checked_pair(std::move(pair), "the environment"));
      found.push_back(Link::of(std::move(checked)));
      return found;
    }
    const std::string file = value_of(environment, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const std::string arn = value_of(environment, "AWS_ROLE_ARN");
    if (!file.empty() && !arn.empty()) {
      const RoleRequest role{.arn = arn, .session = value_of(environment, "AWS_ROLE_SESSION_NAME")};
      const Sts sts = sts_of(environment, region, "");
      found.push_back({.fetch = [world, sts, role, file] {
        return assume_role_with_web_identity(world, sts, role, file);
      }});
      return found;
    }
  }
  LIMPET_TRY(auto link, ProfileReader(world, profiles, region).read(name));
  if (link) {
    found.push_back(*std::move(link));
    return found;
  }
  if (options.reach == Reach::Machine) {
    found.push_back({.fetch = [world] { return from_container(world); }});
    found.push_back({.fetch = [world] { return from_instance(world); }});
  }
  return found;
}

}  // namespace

std::shared_ptr<CredentialsProvider> fixed_credentials(aws::Credentials keys) {
  return std::make_shared<Fixed>(std::move(keys));
}

std::shared_ptr<CredentialsProvider> refreshing_credentials(FetchCredentials fetch,
                                                            const Clock& clock,
                                                            RefreshPolicy policy) {
  return std::make_shared<Refreshing>(std::move(fetch), clock, policy);
}

Result<Chain> make_chain(ChainOptions options, const Environment& environment,
                         const Profiles& profiles, const Clock& clock) {
  const std::string name = first_of({options.profile, value_of(environment, "AWS_PROFILE"),
                                     value_of(environment, "AWS_DEFAULT_PROFILE"), "default"});
  const Profile profile = profiles.find(name);
  if (!profile.exists && name != "default") {
    return Error::invalid_input("there is no profile " + name + " in the AWS config files");
  }
  const std::string region =
      first_of({options.region, value_of(environment, "AWS_REGION"),
                value_of(environment, "AWS_DEFAULT_REGION"), profile.value("region"), "us-east-1"});
  const World world = world_of(options, environment, clock);
  LIMPET_TRY(auto sources, links(options, world, profiles, region, name));
  if (sources.empty()) return nothing_found();
  if (!options.assume && sources.front().fixed) {
    return Chain{.provider = fixed_credentials(*sources.front().fixed),
                 .fixed = *sources.front().fixed};
  }
  FetchCredentials first = [sources]() -> Fetched {
    for (const Link& link : sources) {
      LIMPET_TRY(auto keys, link.fetch());
      if (keys) return std::optional(*std::move(keys));
    }
    return nothing_found();
  };
  if (options.assume) {
    const RoleRequest role{.arn = options.assume->arn,
                           .session = options.assume->session_name,
                           .external_id = options.assume->external_id,
                           .duration = options.assume->duration};
    first = [world, sts = sts_of(environment, region, ""), role,
             base = std::move(first)]() -> Fetched {
      LIMPET_TRY(const auto keys, base());
      return assume_role(world, sts, role, keys->keys);
    };
  }
  return Chain{.provider = refreshing_credentials(std::move(first), clock, options.refresh)};
}

Result<std::shared_ptr<CredentialsProvider>> credentials_chain(ChainOptions options,
                                                               const Environment& environment,
                                                               const SharedFiles& files,
                                                               const Clock& clock) {
  LIMPET_TRY(const Profiles profiles, Profiles::read(files));
  LIMPET_TRY(Chain chain, make_chain(std::move(options), environment, profiles, clock));
  return std::move(chain.provider);
}

}  // namespace limpet::client
