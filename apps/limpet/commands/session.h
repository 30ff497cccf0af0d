// Session: what a sub-command that talks to a server gets: a signed client, a way to show answers.
//
//   auto options = std::make_shared<Options>();
//   auto& command = add_command(group, "get", "Show a registry.", "limpet registry get orders");
//   command.add_option("REGISTRY", options->registry, "Name or ARN.")->required();
//   on_run(command, status, [options](Session& session) {
//     session.show_object(session.call<op::GetRegistry>({.registry_id = …}).document);
//     return 0;
//   });
//
// A failed call ends the command: its text goes to standard error, the exit status is 1.
#pragma once

#include "limpet/client/client.h"
#include "limpet/client/settings.h"
#include "limpet/json/value.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

namespace limpet::app {

enum class OutputForm : std::uint8_t { Table, Json };

/// Ends a sub-command; `status` is the program's exit status (1 = failed, 2 = wrong use).
struct CommandFailed {
  std::string message;
  int status = 1;
};

class Session {
 public:
  Session(client::Client client, OutputForm form, std::ostream& out)
      : client_(std::move(client)), form_(form), out_(out) {}

  /// Throws CommandFailed.
  template <class Op>
  client::Answered<typename Op::Output> call(const typename Op::Input& input) {
    return checked(client_.call<Op>(input));
  }

  /// All pages, up to `items_max` items; 0: all. Throws CommandFailed.
  template <class Op>
  client::Answered<typename Op::Output> call_all(typename Op::Input input, std::size_t items_max) {
    return checked(client_.call_all<Op>(std::move(input), items_max == 0 ? SIZE_MAX : items_max));
  }

  /// The call, with its failure as a value.
  template <class Op>
  client::Reply<client::Answered<typename Op::Output>> try_call(const typename Op::Input& input) {
    return client_.call<Op>(input);
  }

  /// One thing: a line per member. In JSON form, the API's answer.
  void show_object(const json::Value& document);
  /// Things: a line each. In JSON form, the whole answer.
  void show_list(const json::Value& document, std::string_view list,
                 std::initializer_list<std::string_view> columns);
  /// `text` as it is. In JSON form, the API's answer.
  void show_text(const json::Value& document, std::string_view text);
  /// A line for people; nothing in JSON form.
  void say(std::string_view line);
  void show_json(const json::Value& document);

  OutputForm form() const { return form_; }

 private:
  template <class T>
  T checked(client::Reply<T> reply) {
    if (!reply) throw CommandFailed{describe_failure(reply.error())};
    return *std::move(reply);
  }
  std::string describe_failure(const client::CallError& error) const;

  client::Client client_;
  OutputForm form_;
  std::ostream& out_;
};

/// A sub-command with an example in its help page.
CLI::App& add_command(CLI::App& group, const std::string& name, const std::string& purpose,
                      const std::string& examples);

/// `--output FORM`: table or json.
CLI::Option* add_output_option(CLI::App& command, std::string& form, const std::string& help);

/// Where a server is and how calls are signed, as the options of a command give it.
struct ConnectionOptions {
  client::Arguments arguments;
  bool no_sign = false;
  std::string form = "table";
  std::string folder;                    // empty: a server
  std::string account = "123456789012";  // of calls on a folder
};
/// All but `--output`.
void add_connection_options(CLI::App& command, ConnectionOptions& options);
/// For commands that need a server only at times. Throws CommandFailed.
int with_session(const ConnectionOptions& options, const std::function<int(Session&)>& action);

/// What a command may work on.
enum class Reach : std::uint8_t {
  Server,          ///< a server, over HTTP
  ServerOrFolder,  ///< also a data folder that no server has open: `--data`
};

/// Gives `command` the options of a connection; when it is chosen, runs `action` and stores its
/// result as the program's exit status.
void on_run(CLI::App& command, int& status, std::function<int(Session&)> action,
            Reach reach = Reach::Server);

/// Joins `--max-items` to a command that lists. 0: all.
void add_max_items(CLI::App& command, std::size_t& max_items);

}  // namespace limpet::app
