// The printed recovery sheet: what it says, that it is drawn on one page the same way each time,
// and that a file for a secret is new, private and gone when it was for nothing.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "cli/new_file.hpp"
#include "cli/recovery_pdf.hpp"
#include "scratch.hpp"

// fontconfig keeps its patterns for the life of the process and points at them by offsets, which
// the leak sanitizer cannot follow.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }

namespace setu::cli {
namespace {

constexpr Instant kNow{1'795'000'000'000};  // November 2026

RecoveryPrint sample(const std::string& org, bool umbrella = false) {
  RecoveryPrint print;
  print.id = "e6bd84c6f6a0b7b2";
  print.org = org;
  print.programme = "River Programme";
  print.server_url = "https://sync.example.org:8443";
  print.umbrella = umbrella;
  print.link = "https://sync.example.org:8443/recover#AaqqqqqqqqqqqqqqqqqqqqpTU1NTU1NTU1NTU1NTU1NT";
  print.code = {"AD9N 6MTK AD9N 692C", "AD9N 6MTK AD9N 7ZKN", "NANA NANA NANA N86N",
                "NANA NANA NANA NHTZ"};
  return print;
}

std::string all_words(const RecoveryPage& page) {
  std::string words = page.title + page.organisation + page.programme + page.printed +
                      page.use_heading + page.code_note + page.server;
  for (const RecoveryPage::Section& section : page.sections) {
    words += section.heading;
    for (const std::string& point : section.points) words += point;
  }
  for (const RecoveryPage::Step& step : page.steps) words += step.command + step.meaning;
  return words;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "recovery sheet: it says what it is, how to keep and use it, and under which name it is seen") {
  const RecoveryPage page = recovery_page(sample("Asha"), kNow);
  const std::string words = all_words(page);
  CHECK(page.organisation == "Asha");
  CHECK(has(page.printed, "November 2026"));
  CHECK(has(page.printed, "e6bd 84c6 f6a0 b7b2"));
  CHECK(has(words, "the printed recovery key of Asha"));
  CHECK(has(words, "sealed envelope"));
  for (const char* command : {"setu recover invite", "setu recover approve DEVICE",
                              "setu recover revoke DEVICE", "setu recover print --pdf FILE"})
    CHECK(has(words, command));
  CHECK(has(words, "by each worker"));
  CHECK(has(all_words(recovery_page(sample("Asha", true), kNow)), "new coordinator"));
  CHECK(page.code == sample("Asha").code);
  // The key stands in its own place and nowhere in the words.
  CHECK_FALSE(has(words, "AD9N"));
  CHECK_FALSE(has(words, "qqqq"));
}

TEST_CASE("recovery sheet: wiping a page leaves nothing of the key") {
  RecoveryPage page = recovery_page(sample("Asha"), kNow);
  wipe_page(page);
  CHECK(page.link.empty());
  for (const std::string& line : page.code) CHECK(line.empty());
}

TEST_CASE("recovery sheet: one page, the same bytes each time, and of its day only the month") {
  const RecoveryPage page = recovery_page(sample("Asha"), kNow);
  const Bytes drawn = draw_recovery_pdf(page, kNow).value();
  CHECK(as_text(drawn).starts_with("%PDF-"));
  CHECK(draw_recovery_pdf(page, kNow).value() == drawn);
  const Instant later{kNow.ms + 5 * kHourMs};
  CHECK(draw_recovery_pdf(recovery_page(sample("Asha"), later), later).value() == drawn);
  CHECK(has(std::string(as_text(drawn)), "20261101000000"));
  const std::string long_name(120, 'n');
  CHECK(draw_recovery_pdf(recovery_page(sample(long_name), kNow), kNow).has_value());
}

TEST_CASE("recovery sheet: a name that no font here can draw is told, and nothing is drawn") {
  const auto drawn = draw_recovery_pdf(recovery_page(sample("\xF3\xB0\x80\x80"), kNow), kNow);
  REQUIRE_FALSE(drawn);
  CHECK(drawn.error().code == Code::kNotFound);
  CHECK(has(drawn.error().hint, "font"));
}

TEST_CASE("new file: private, whole, and never in another's place") {
  const Scratch scratch;
  const std::string path = scratch.file("sheet.pdf");
  {
    NewFile file = NewFile::reserve(path).value();
    CHECK(NewFile::reserve(path).error().code == Code::kInvalidArgument);
    REQUIRE(file.write(as_bytes("whole")));
    file.keep();
  }
  std::ifstream stream(path, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == "whole");
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(NewFile::reserve(path).error().code == Code::kInvalidArgument);
  CHECK(NewFile::reserve(scratch.file("missing/sheet.pdf")).error().code == Code::kInternal);
}

TEST_CASE("new file: what was not kept is gone") {
  const Scratch scratch;
  const std::string path = scratch.file("sheet.pdf");
  {
    NewFile file = NewFile::reserve(path).value();
    REQUIRE(file.write(as_bytes("secret")));
  }
  struct stat info {};
  CHECK(stat(path.c_str(), &info) != 0);
}

}  // namespace setu::cli
