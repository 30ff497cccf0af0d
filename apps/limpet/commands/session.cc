#include "session.h"

#include "local_folder.h"
#include "system.h"
#include "version.h"
#include "view.h"

#include "limpet/client/settings.h"
#include "limpet/json/writer.h"

#include <iostream>
#include <memory>

namespace limpet::app {
namespace {

constexpr const char* kConnectionGroup = "Connection";

void add_folder_options(CLI::App& command, ConnectionOptions& options) {
  const char* group = "Without a server";
  auto* folder = command
                     .add_option("--data", options.folder,
                                 "Work on this data folder, which no server has open: for the "
                                 "first key of a new server.")
                     ->type_name("DIR")
                     ->excludes("--endpoint")
                     ->group(group);
  command.add_option("--account", options.account, "Account of the keys. Default: 123456789012.")
      ->needs(folder)
      ->group(group);
}

}  // namespace

void add_connection_options(CLI::App& command, ConnectionOptions& options) {
  const char* group = kConnectionGroup;
  command
      .add_option("--endpoint", options.arguments.endpoint,
                  "Address of the server, or \"aws\". Default: AWS_ENDPOINT_URL_GLUE, "
                  "AWS_ENDPOINT_URL, the profile, " +
                      std::string(client::kLocalEndpoint) + ".")
      ->group(group);
  command
      .add_option("--region", options.arguments.region,
                  "Default: AWS_REGION, AWS_DEFAULT_REGION, the profile, us-east-1.")
      ->group(group);
  command
      .add_option("--profile", options.arguments.profile,
                  "Profile of ~/.aws/config and ~/.aws/credentials. Default: AWS_PROFILE.")
      ->group(group);
  command
      .add_option("--ca-file", options.arguments.ca_file,
                  "PEM file of the authorities that an https server is checked with. Default: "
                  "AWS_CA_BUNDLE, the profile, the system's.")
      ->type_name("FILE")
      ->group(group);
  command
      .add_flag("--no-sign", options.no_sign,
                "Send no signature: for a server that runs with --auth off.")
      ->group(group);
}

int with_session(const ConnectionOptions& options, const std::function<int(Session&)>& action) {
  static const SystemClock clock;
  client::Arguments arguments = options.arguments;
  arguments.sign = !options.no_sign && options.folder.empty();
  client::Send send;
  if (!options.folder.empty()) {
    auto local = send_to_folder(options.folder, options.account);
    if (!local) throw CommandFailed{describe(local.error())};
    send = *std::move(local);
  }
  auto settings = client::load_settings(arguments, client::process_environment());
  if (!settings) throw CommandFailed{describe(settings.error()), 2};
  auto client = client::Client::make({.settings = *std::move(settings),
                                      .clock = &clock,
                                      .send = std::move(send),
                                      .user_agent = std::string("limpet/") + kVersion});
  if (!client) throw CommandFailed{describe(client.error()), 2};
  const auto form = options.form == "json" ? OutputForm::Json : OutputForm::Table;
  Session session(*std::move(client), form, std::cout);
  const int status = action(session);
  if (!std::cout.flush()) throw CommandFailed{"cannot write to standard output"};
  return status;
}

void Session::show_json(const json::Value& document) {
  out_ << json::to_pretty_text(document) << '\n';
}

void Session::show_object(const json::Value& document) {
  if (form_ == OutputForm::Json) return show_json(document);
  out_ << object_view(document);
}

void Session::show_list(const json::Value& document, std::string_view list,
                        std::initializer_list<std::string_view> columns) {
  if (form_ == OutputForm::Json) return show_json(document);
  const json::Value* items = document.find(list);
  out_ << list_view(items == nullptr ? json::Value::array({}) : *items, columns);
}

void Session::show_text(const json::Value& document, std::string_view text) {
  if (form_ == OutputForm::Json) return show_json(document);
  out_ << text << (text.ends_with('\n') ? "" : "\n");
}

void Session::say(std::string_view line) {
  if (form_ == OutputForm::Table) out_ << printable(line) << '\n';
}

std::string Session::describe_failure(const client::CallError& error) const {
  std::string text = error.type.empty() ? error.message : error.type + ": " + error.message;
  if (error.status == 0) text += " (endpoint " + client_.settings().endpoint + ")";
  if (!error.request_id.empty()) text += " (request " + error.request_id + ")";
  return text;
}

CLI::Option* add_output_option(CLI::App& command, std::string& form, const std::string& help) {
  // Without a description the check does not repeat the forms behind FORM.
  return command.add_option("--output", form, help)
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->type_name("FORM");
}

CLI::App& add_command(CLI::App& group, const std::string& name, const std::string& purpose,
                      const std::string& examples) {
  CLI::App* command = group.add_subcommand(name, purpose);
  command->footer("Examples:\n  " + examples);
  return *command;
}

void on_run(CLI::App& command, int& status, std::function<int(Session&)> action, Reach reach) {
  auto options = std::make_shared<ConnectionOptions>();
  add_connection_options(command, *options);
  add_output_option(command, options->form, "table (default), or json as the API answers.")
      ->group(kConnectionGroup);
  if (reach == Reach::ServerOrFolder) add_folder_options(command, *options);
  command.callback([options, action = std::move(action), &status] {
    try {
      status = with_session(*options, action);
    } catch (const CommandFailed& failed) {
      std::cout.flush();
      std::cerr << "limpet: " << printable(failed.message) << std::endl;
      status = failed.status;
    }
  });
}

void add_max_items(CLI::App& command, std::size_t& max_items) {
  command.add_option("--max-items", max_items, "List at most so many; 0 (default) lists all.")
      ->check([](const std::string& text) {
        return text.starts_with('-') ? text + " is not a number from 0 on" : std::string();
      })
      ->type_name("NUMBER");
}

}  // namespace limpet::app
