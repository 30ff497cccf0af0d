# Files of the sub-commands that talk to a server, and the rooms that they use.
set(LIMPET_COMMAND_SOURCES
  commands/arguments.cc
  commands/backup_command.cc
  commands/check_command.cc
  commands/copy_report.cc
  commands/keys_commands.cc
  commands/local.cc
  commands/local_folder.cc
  commands/metadata_commands.cc
  commands/offline_bundle.cc
  commands/offline_check.cc
  commands/offline_commands.cc
  commands/offline_definition.cc
  commands/offline_diff.cc
  commands/offline_fmt.cc
  commands/offline_imports.cc
  commands/offline_judge.cc
  commands/offline_lint.cc
  commands/offline_lint_report.cc
  commands/offline_places.cc
  commands/offline_report.cc
  commands/offline_validate.cc
  commands/offline_words.cc
  commands/operations_command.cc
  commands/register.cc
  commands/registry_commands.cc
  commands/restore_command.cc
  commands/schema_commands.cc
  commands/session.cc
  commands/tags_commands.cc
  commands/version_commands.cc
  commands/view.cc)
set(LIMPET_COMMAND_DEPS avro client compat crypto glue_model json_schema lint protobuf)
set(LIMPET_COMMAND_TESTS commands/arguments_test.cc commands/local_test.cc commands/offline_test.cc commands/view_test.cc)
