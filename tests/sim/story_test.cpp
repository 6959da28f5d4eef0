// Stories themselves: one that is not understood, or that did not go as written, must say so.

#include "story.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

namespace setu::sim {
namespace {

const std::string kTeam = "org First: lead Asha, worker Bela in north\n";

std::string play(const std::string& lines) { return Story().play("told", kTeam + lines); }

}  // namespace

TEST_CASE("story: words in capitals stand for what is there") {
  const auto words = fit("WHO edits RECORD: FIELDS", "Bela edits case1: phone=1, notes+=a: b");
  REQUIRE(words);
  CHECK(words->at("WHO") == "Bela");
  CHECK(words->at("RECORD") == "case1");
  CHECK(words->at("FIELDS") == "phone=1, notes+=a: b");
  CHECK_FALSE(fit("WHO syncs", "Bela syncs, perhaps"));
  CHECK_FALSE(fit("WHO syncs", "who ever syncs"));
}

TEST_CASE("story: fields end at a comma before the next field") {
  CHECK(split_fields("services=condoms,prep, reached=msm=3,hijra=4, notes+=a, b") ==
        std::vector<std::string>{"services=condoms,prep", "reached=msm=3,hijra=4", "notes+=a, b"});
}

TEST_CASE("story: a line that is not understood is named with its place") {
  CHECK(play("# nothing\n\nBela dances").starts_with("told:4: Bela dances\n"));
  CHECK(play("Bina syncs").starts_with("told:2: "));
  CHECK(play("Bela edits case1: phone=1").starts_with("told:2: "));
  CHECK(play("3 fortnights pass").starts_with("told:2: "));
  CHECK_FALSE(Story().play("told", "# nothing").empty());
}

TEST_CASE("story: what should hold and does not is told") {
  const std::string begin = "Bela adds client as case1: alias=Amal\neverybody syncs\n";
  CHECK(play(begin + "expect Asha sees case1: alias=Amal").empty());
  for (const char* wrong :
       {"expect Asha sees case1: alias=Amala", "expect Asha sees case1: alias=Amal, phone=1",
        "expect coordinator sees case1: alias=Amal", "expect Asha does not see case1 alias",
        "expect Asha sees case1 deleted", "expect Asha does not have case1",
        "expect Asha has 2 of client", "expect Asha sees a conflict on case1 alias between a and b",
        "expect Asha finds in the history of case1: alias=Amala", "expect Bela is warned: anything",
        "expect Bela has something pending", "expect Bela knows of being an old copy",
        "expect Bela's last sync took at most 1 requests and 10 bytes"}) {
    INFO(wrong);
    CHECK(play(begin + wrong).starts_with("told:4: "));
  }
}

TEST_CASE("story: what was never synced is missed") {
  const std::string begin = "Bela adds client as case1: alias=Amal\n";
  CHECK(play(begin + "expect nothing is pending anywhere").starts_with("told:3: "));
  CHECK(play(begin + "expect everybody who may see case1 sees the same").starts_with("told:3: "));
}

TEST_CASE("story: a failure must be announced, be that failure, and come") {
  CHECK(play("Bela adds client as case1: phone=1").starts_with("told:2: "));
  CHECK(play("Bela adds client as case1: phone=1, and fails: missing required").empty());
  CHECK(play("Bela adds client as case1: phone=1, and fails: disk full").starts_with("told:2: "));
  CHECK(play("Bela syncs, and fails: no link").starts_with("told:2: "));
  CHECK(play("Bela's phone loses power at its 5th write") ==
        "told: at the end: line 2 announces that power fails, and it never did");
}

TEST_CASE("story: the README lists exactly the sentences that are understood") {
  std::ifstream in(SETU_STORIES "/README.md");
  REQUIRE(in);
  std::multiset<std::string> listed;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("    ")) listed.insert(line.substr(4));
  }
  const auto understood = Story::sentences();
  CHECK(listed == std::multiset<std::string>(understood.begin(), understood.end()));
}

}  // namespace setu::sim
