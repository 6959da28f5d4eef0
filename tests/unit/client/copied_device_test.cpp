// A device whose files were put back to an old copy, or copied to a second phone: it must never
// seal again, loses nothing that anybody recorded, and goes on showing what others send.

#include <algorithm>

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Pair {
  World world;
  std::unique_ptr<Device> coordinator, lead, worker;
  Pair() {
    coordinator = world.found();
    lead = world.lead(*coordinator, "Alpha");
    worker = world.worker(*lead, "North");
    worker->sync();
  }
};

std::vector<std::string> aliases(Device& device) {
  std::vector<std::string> found;
  for (const RecordView& record : must(device->list("client")))
    found.push_back(field(record, "alias"));
  std::ranges::sort(found);
  return found;
}

using Aliases = std::vector<std::string>;

}  // namespace

TEST_CASE("copied device: an old copy takes back what it once sent, and sends nothing more") {
  Pair pair;
  must((*pair.worker)->add("client", {"alias=One"}));
  pair.worker->sync();
  pair.worker->save("old");
  const std::string two = must((*pair.worker)->add("client", {"alias=Two"}));
  pair.worker->sync();
  must((*pair.worker)->edit(two, {"phone=5"}));
  pair.worker->sync();

  pair.worker->put_back("old");
  CHECK(aliases(*pair.worker) == Aliases{"One"});
  pair.worker->sync();
  CHECK(aliases(*pair.worker) == Aliases{"One", "Two"});
  CHECK(field(must((*pair.worker)->show(two)), "phone") == "5");
  const StatusView status = must((*pair.worker)->status());
  CHECK(status.copied);
  CHECK(status.pending == 0);
  REQUIRE(status.warnings.size() == 1);
  CHECK(status.warnings.front().find("ask a lead for a new invite") != std::string::npos);
  CHECK(must((*pair.worker)->verify()).empty());

  // It goes on recording, keeps that to itself, and goes on showing what others write.
  must((*pair.worker)->add("client", {"alias=Three"}));
  must((*pair.lead)->add("client", {"alias=Of the lead"}, {.caseload = "North", .org = ""}));
  pair.lead->sync();
  pair.worker->sync();
  pair.worker->reopen();
  pair.worker->sync();
  CHECK(aliases(*pair.worker) == Aliases{"Of the lead", "One", "Three", "Two"});
  CHECK(must((*pair.worker)->status()).pending > 0);
  pair.lead->sync();
  CHECK(aliases(*pair.lead) == Aliases{"Of the lead", "One", "Two"});
  CHECK(must((*pair.lead)->verify()).empty());
}

TEST_CASE("copied device: it says so itself, to her lead and to the other copy, and once") {
  Pair pair;
  must((*pair.worker)->add("client", {"alias=One"}));
  pair.worker->sync();
  pair.worker->save("old");
  must((*pair.worker)->add("client", {"alias=Two"}));
  pair.worker->sync();
  pair.worker->save("new");
  const std::string device = (*pair.worker)->me().device;
  const auto copied = [&](Device& asked) {
    return std::ranges::count_if(must(asked->members()), [&](const MemberView& member) {
      return member.device == device && member.copied;
    });
  };
  const auto advice = [](Device& asked) { return must(asked->status()).advice; };
  pair.lead->sync();
  const std::size_t before = advice(*pair.lead).size();
  CHECK(copied(*pair.lead) == 0);

  pair.worker->put_back("old");
  pair.worker->sync();
  CHECK(must((*pair.worker)->status()).copied);
  CHECK(must((*pair.worker)->status()).pending == 0);
  pair.lead->sync();
  CHECK(copied(*pair.lead) == 1);
  REQUIRE(advice(*pair.lead).size() == before + 1);
  CHECK(advice(*pair.lead).front().find("setu revoke " + device) != std::string::npos);
  const auto audit = must((*pair.lead)->audit());
  CHECK(std::ranges::count(audit, "copied_phone", &AuditView::event) == 1);

  // The phone itself, which has everything: only the roster tells it. It goes on.
  pair.worker->put_back("new");
  pair.worker->sync();
  const StatusView status = must((*pair.worker)->status());
  CHECK_FALSE(status.copied);
  REQUIRE(status.warnings.size() == 1);
  CHECK(status.warnings.front().find("a second copy of this phone") != std::string::npos);
  must((*pair.worker)->add("client", {"alias=Three"}));
  pair.worker->sync();
  pair.lead->sync();
  CHECK(aliases(*pair.lead) == Aliases{"One", "Three", "Two"});

  // Taken out, it is no matter any more.
  must((*pair.lead)->revoke(device));
  pair.lead->sync();
  CHECK(advice(*pair.lead).size() == before);
}

TEST_CASE("copied device: of the entries that wait in it only that one is sent") {
  Pair pair;
  must((*pair.lead)->add("client", {"alias=One"}, {.caseload = "North", .org = ""}));
  pair.lead->sync();
  must((*pair.lead)->add_caseload("South", ""));
  pair.lead->save("old");  // with a circle that waits
  must((*pair.lead)->add("client", {"alias=Two"}, {.caseload = "North", .org = ""}));
  pair.lead->sync();
  const auto log_of = [&] { return must((*pair.coordinator)->audit()).size(); };
  pair.coordinator->sync();
  const std::size_t before = log_of();

  pair.lead->put_back("old");
  pair.lead->sync();
  pair.lead->sync();
  CHECK(must((*pair.lead)->status()).copied);
  pair.coordinator->sync();
  CHECK(log_of() == before + 1);
  CHECK(must((*pair.coordinator)->status()).advice.front().find("two copies") != std::string::npos);
}

TEST_CASE("copied device: what it sealed in places that are taken is kept and shown, unsealed") {
  Pair pair;
  must((*pair.worker)->add("client", {"alias=One"}));
  pair.worker->sync();
  pair.worker->save("old");
  must((*pair.worker)->add("client", {"alias=Two"}));
  pair.worker->sync();

  pair.worker->put_back("old");
  must((*pair.worker)->add("client", {"alias=Written on the copy"}));
  SECTION("found out by the server's refusal") {}
  SECTION("found out after a push of unknown fate") { pair.worker->lose_answer_of = 1; }
  static_cast<void>(pair.worker->try_sync().has_value());
  pair.worker->sync();
  CHECK(must((*pair.worker)->status()).copied);
  CHECK(aliases(*pair.worker) == Aliases{"One", "Two", "Written on the copy"});
  CHECK(must((*pair.worker)->status()).pending > 0);
  CHECK(must((*pair.worker)->verify()).empty());
  pair.lead->sync();
  CHECK(aliases(*pair.lead) == Aliases{"One", "Two"});
}

TEST_CASE("copied device: what was recorded before the copy and sent since is not open any more") {
  Pair pair;
  must((*pair.worker)->add("client", {"alias=Recorded"}));
  pair.worker->save("old");
  pair.worker->sync();
  must((*pair.worker)->add("client", {"alias=Later"}));
  pair.worker->sync();
  pair.worker->put_back("old");
  pair.worker->sync();
  CHECK(must((*pair.worker)->status()).copied);
  CHECK(aliases(*pair.worker) == Aliases{"Later", "Recorded"});
  CHECK(must((*pair.worker)->status()).pending == 0);
}

TEST_CASE("copied device: of two phones with one identity the second stops, the first goes on") {
  Pair pair;
  pair.worker->save("clone");
  auto clone = pair.world.device("clone");
  clone->put_back("clone");
  REQUIRE((*clone)->me().device == (*pair.worker)->me().device);
  must((*pair.worker)->add("client", {"alias=Of the first"}));
  must((*clone)->add("client", {"alias=Of the second"}));
  pair.worker->sync();
  clone->sync();
  CHECK(must((*clone)->status()).copied);
  CHECK(aliases(*clone) == Aliases{"Of the first", "Of the second"});
  must((*pair.worker)->add("client", {"alias=And on"}));
  pair.worker->sync();
  clone->sync();
  CHECK_FALSE(must((*pair.worker)->status()).copied);
  CHECK(aliases(*clone) == Aliases{"And on", "Of the first", "Of the second"});
  CHECK(must((*clone)->verify()).empty());
}

TEST_CASE("copied device: a server put back is no old copy of a device, and the other way round") {
  Pair pair;
  const std::string log = pair.world.save_log();
  pair.worker->save("old");
  must((*pair.worker)->add("client", {"alias=One"}));
  pair.worker->sync();
  pair.lead->sync();
  SECTION("the server alone") {
    pair.world.put_back_log(log, World::By::kHand);
    pair.worker->sync();
    CHECK_FALSE(must((*pair.worker)->status()).copied);
    CHECK(pair.world.log_end().generation == 2);
  }
  SECTION("the device alone") {
    pair.worker->put_back("old");
    pair.worker->sync();
    CHECK(must((*pair.worker)->status()).copied);
    CHECK(pair.world.log_end().generation == 1);
  }
  SECTION("both: the lead has what both lost") {
    pair.world.put_back_log(log, World::By::kHand);
    pair.worker->put_back("old");
    pair.lead->sync();
    pair.worker->sync();
    CHECK(must((*pair.worker)->status()).copied);
    CHECK(aliases(*pair.worker) == Aliases{"One"});
  }
}
