#include "limpet/glue_model/operation.h"

#include "limpet/glue_model/exceptions.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace limpet::glue_model {
namespace {

using testing::ElementsAre;

TEST(Operation, IsFoundByItsTarget) {
  EXPECT_EQ(find_operation("AWSGlue.CreateSchema"), &op::CreateSchema::kOperation);
  EXPECT_EQ(find_operation("Limpet.ExplainSchemaVersion"), &op::ExplainSchemaVersion::kOperation);
  for (const std::string_view unknown :
       {"", ".", "CreateSchema", "AWSGlue.", ".CreateSchema", "AWSGlue.createschema",
        "Limpet.CreateSchema", "AWSGlue.ExplainSchemaVersion", "AWSGlue.CreateSchema ",
        "AWSGlue.CheckCompatibility", "DynamoDB_20120810.ListTables"}) {
    EXPECT_EQ(find_operation(unknown), nullptr) << unknown;
  }
  for (const Operation* operation : operations()) {
    const std::string target =
        std::string(operation->service->target_prefix) + "." + std::string(operation->name);
    EXPECT_EQ(find_operation(target), operation) << target;
  }
}

TEST(Operation, TheTableIsWhole) {
  std::set<std::string_view> glue;
  std::vector<std::string_view> own;
  for (const Operation* operation : operations()) {
    EXPECT_EQ(operation->service->signing_name, "glue");
    EXPECT_EQ(operation->service->protocol, Protocol::Json11);
    if (operation->service->target_prefix == "Limpet") {
      own.push_back(operation->name);
    } else {
      glue.insert(operation->name);
    }
  }
  EXPECT_GE(glue.size(), 314U);
  EXPECT_THAT(own,
              ElementsAre("CreateAccessKey", "ExplainSchemaVersion", "GetSchemaVersionReferences",
                          "ImportSchemaVersion", "ListAccessKeys", "ListReferencingSchemaVersions",
                          "RegisterSchemaVersion", "RevokeAccessKey"));
  // Both services have one; the target tells them apart.
  EXPECT_EQ(&op::LimpetRegisterSchemaVersion::kOperation,
            find_operation("Limpet.RegisterSchemaVersion"));
  EXPECT_EQ(&op::RegisterSchemaVersion::kOperation,
            find_operation("AWSGlue.RegisterSchemaVersion"));
}

struct ErrorsRow {
  const Operation& operation;
  std::string letters;
};

// AWS Glue API reference: I=InvalidInput, A=AccessDenied, E=EntityNotFound, X=AlreadyExists,
// L=ResourceNumberLimitExceeded, C=ConcurrentModification, S=InternalService, T=OperationTimeout.
TEST(Operation, DeclaresTheErrorsOfTheReference) {
  const auto name_of = [](char letter) -> std::string_view {
    switch (letter) {
      case 'I':
        return "InvalidInputException";
      case 'A':
        return "AccessDeniedException";
      case 'E':
        return "EntityNotFoundException";
      case 'X':
        return "AlreadyExistsException";
      case 'L':
        return "ResourceNumberLimitExceededException";
      case 'C':
        return "ConcurrentModificationException";
      case 'S':
        return "InternalServiceException";
      default:
        return "OperationTimeoutException";
    }
  };
  for (const auto& [operation, letters] : {
           ErrorsRow{op::CreateRegistry::kOperation, "IAXLCS"},
           ErrorsRow{op::GetRegistry::kOperation, "IAES"},
           ErrorsRow{op::UpdateRegistry::kOperation, "IAECS"},
           ErrorsRow{op::ListRegistries::kOperation, "IAS"},
           ErrorsRow{op::DeleteRegistry::kOperation, "IEAC"},
           ErrorsRow{op::CreateSchema::kOperation, "IAEXLCS"},
           ErrorsRow{op::GetSchema::kOperation, "IAES"},
           ErrorsRow{op::UpdateSchema::kOperation, "IAECS"},
           ErrorsRow{op::ListSchemas::kOperation, "IAES"},
           ErrorsRow{op::DeleteSchema::kOperation, "IEAC"},
           ErrorsRow{op::RegisterSchemaVersion::kOperation, "IAELCS"},
           ErrorsRow{op::GetSchemaVersion::kOperation, "IAES"},
           ErrorsRow{op::GetSchemaByDefinition::kOperation, "IAES"},
           ErrorsRow{op::GetSchemaVersionsDiff::kOperation, "IEAS"},
           ErrorsRow{op::ListSchemaVersions::kOperation, "IAES"},
           ErrorsRow{op::DeleteSchemaVersions::kOperation, "IEAC"},
           ErrorsRow{op::CheckSchemaVersionValidity::kOperation, "IAS"},
           ErrorsRow{op::PutSchemaVersionMetadata::kOperation, "IAXEL"},
           ErrorsRow{op::QuerySchemaVersionMetadata::kOperation, "IAE"},
           ErrorsRow{op::RemoveSchemaVersionMetadata::kOperation, "IAE"},
           ErrorsRow{op::TagResource::kOperation, "ISTE"},
           ErrorsRow{op::UntagResource::kOperation, "ISTE"},
           ErrorsRow{op::GetTags::kOperation, "ISTE"},
       }) {
    EXPECT_EQ(operation.errors.size(), letters.size()) << operation.name;
    for (const char letter : letters) {
      EXPECT_TRUE(operation.declares(name_of(letter))) << operation.name << " " << letter;
    }
    EXPECT_EQ(operation.group, "schema_registry");
  }
}

TEST(Operation, KnowsWhereItsPageIs) {
  const Page& versions = op::ListSchemaVersions::kOperation.page;
  EXPECT_EQ(versions.limit->name, "MaxResults");
  EXPECT_EQ(versions.input_token, "NextToken");
  EXPECT_EQ(versions.output_token, "NextToken");
  EXPECT_EQ(versions.result, "Schemas");
  EXPECT_EQ(op::QuerySchemaVersionMetadata::kOperation.page.limit->name, "MaxResults");
  EXPECT_EQ(op::CreateSchema::kOperation.page.limit, nullptr);
}

TEST(ErrorShape, OnlyServerFaultsAreStatus500) {
  EXPECT_EQ(find_error("EntityNotFoundException"), &exceptions::kEntityNotFoundException);
  EXPECT_EQ(exceptions::kEntityNotFoundException.status, 400);
  EXPECT_EQ(exceptions::kInternalServiceException.status, 500);
  EXPECT_TRUE(exceptions::kInternalServiceException.server_fault);
  EXPECT_EQ(find_error("EntityNotFound"), nullptr);
  for (const ErrorShape* error : errors()) {
    EXPECT_EQ(error->status, error->server_fault ? 500 : 400) << error->name;
  }
}

}  // namespace
}  // namespace limpet::glue_model
