// limpet keys create|list|revoke: access keys of a Limpet server (AWS has none of these
// operations).
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/limpet.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

void add_create(CLI::App& group, int& status) {
  auto description = std::make_shared<std::optional<std::string>>();
  auto& command =
      add_command(group, "create", "Create a key pair. The secret is shown once and never again.",
                  "limpet keys create --description \"order service\"\n"
                  "  limpet keys create --data /var/lib/limpet");
  command.add_option("--description", *description, "What the key is for.");
  on_run(
      command, status,
      [description](Session& session) {
        const auto answer = session.call<op::CreateAccessKey>({.description = *description});
        session.show_object(answer.document);
        session.say("");
        session.say("export AWS_ACCESS_KEY_ID=" + answer.output.access_key_id.value_or(""));
        session.say("export AWS_SECRET_ACCESS_KEY=" + answer.output.secret_access_key.value_or(""));
        return 0;
      },
      Reach::ServerOrFolder);
}

void add_list(CLI::App& group, int& status) {
  auto max_items = std::make_shared<std::size_t>(0);
  auto& command =
      add_command(group, "list", "List the keys that were made here.", "limpet keys list");
  add_max_items(command, *max_items);
  on_run(
      command, status,
      [max_items](Session& session) {
        session.show_list(session.call_all<op::ListAccessKeys>({}, *max_items).document,
                          "AccessKeys", {"AccessKeyId", "Status", "CreatedTime", "Description"});
        return 0;
      },
      Reach::ServerOrFolder);
}

void add_revoke(CLI::App& group, int& status) {
  auto id = std::make_shared<std::string>();
  auto& command = add_command(group, "revoke", "Revoke a key for good.",
                              "limpet keys revoke AKIA0123456789ABCDEF");
  command.add_option("ACCESS_KEY_ID", *id, "The key's id.")->required();
  on_run(
      command, status,
      [id](Session& session) {
        session.show_object(session.call<op::RevokeAccessKey>({.access_key_id = *id}).document);
        return 0;
      },
      Reach::ServerOrFolder);
}

}  // namespace

void add_keys_commands(CLI::App& app, int& status) {
  auto* group = app.add_subcommand("keys", "Access keys of a Limpet server: create, list, revoke.");
  group->require_subcommand(1);
  add_create(*group, status);
  add_list(*group, status);
  add_revoke(*group, status);
}

}  // namespace limpet::app
