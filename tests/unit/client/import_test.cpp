// Importing CSV: every row judged before anything is written, known rows updated instead of
// doubled.

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Desk {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  Result<ImportReport> import(std::string_view csv, const std::string& key, bool strict = false) {
    Client::ImportRequest request;
    request.kind = "facility";
    request.csv = csv;
    request.key = key;
    request.strict = strict;
    return (*coordinator)->import_csv(request);
  }
};

constexpr std::string_view kGood =
    "source_id,name,owner,district,location\n"
    "1,\"Clinic, North\",state,river,-9.70159 33.2659\n"
    "2,Clinic South,state,hill,\n";

}  // namespace

TEST_CASE("import: rows become records, unknown columns are named") {
  Desk desk;
  const ImportReport report = must(desk.import(kGood, "source_id"));
  CHECK(report.committed);
  CHECK(report.added == 2);
  CHECK(report.refused.empty());
  CHECK(report.ignored_columns == std::vector<std::string>{"owner"});
  CHECK(must((*desk.coordinator)->list("facility", {"name=Clinic, North"})).size() == 1);
}

TEST_CASE("import: the same file again changes nothing; a changed cell changes one field") {
  Desk desk;
  must(desk.import(kGood, "source_id"));
  const ImportReport again = must(desk.import(kGood, "source_id"));
  CHECK(again.added == 0);
  CHECK(again.updated == 0);
  CHECK(again.unchanged == 2);
  const ImportReport changed = must(
      desk.import("source_id,name,district\n2,Clinic South,valley\n3,New,river\n", "source_id"));
  CHECK(changed.updated == 1);
  CHECK(changed.added == 1);
  CHECK(must((*desk.coordinator)->list("facility")).size() == 3);
}

TEST_CASE(
    "import: a bad row is named by line and reason; the rest goes in, or nothing with strict") {
  Desk desk;
  constexpr std::string_view kMixed =
      "source_id,name,safe_now\n"
      "1,One,yes\n"
      "2,,yes\n"
      "3,Three,perhaps\n"
      "4,Four\n"
      "5,Five,avoid\n"
      "5,Five again,avoid\n";
  const ImportReport strict = must(desk.import(kMixed, "source_id", true));
  CHECK_FALSE(strict.committed);
  CHECK(must((*desk.coordinator)->list("facility")).empty());

  const ImportReport report = must(desk.import(kMixed, "source_id"));
  CHECK(report.added == 2);
  REQUIRE(report.refused.size() == 4);
  CHECK(report.refused[0].line == 3);
  CHECK(report.refused[1].line == 4);
  CHECK(report.refused[2].line == 5);
  CHECK(report.refused[3].line == 7);
  for (const auto& row : report.refused) CHECK_FALSE(row.reason.empty());
}

TEST_CASE("import: what cannot be meant is refused whole") {
  Desk desk;
  CHECK(desk.import("", "source_id").error().code == Code::kInvalidArgument);
  CHECK(desk.import("name\nOne\n", "source_id").error().code == Code::kInvalidArgument);
  CHECK(desk.import("name,name\nOne,Two\n", "").error().code == Code::kInvalidArgument);
}
