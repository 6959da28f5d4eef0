// The key on a printed recovery sheet: what is scanned or typed gives back what was printed, and a
// slip is told before anything is signed.
#include "wire/recovery_key.hpp"

#include <catch2/catch.hpp>

#include "../vectors.hpp"
#include "entries.hpp"
#include "wire/entry.hpp"

namespace setu::wire {
namespace {

RecoverySheet sheet_of(int number) {
  const Bytes secret(kRecoverySecretSize, std::byte(number));
  return {crypto::Secret::copy_of(secret), "https://sync.example.org:8443", samples::programme()};
}

std::string joined(const std::vector<std::string>& lines, const std::string& between = "\n") {
  std::string text;
  for (const std::string& line : lines) text += line + between;
  return text;
}

bool same_secret(const RecoverySheet& a, const RecoverySheet& b) {
  return equal(a.secret.reveal(), b.secret.reveal());
}

TEST_CASE("recovery key: its link and its code give back what was printed") {
  const RecoverySheet sheet = sheet_of(0x53);
  const RecoverySheet scanned = parse_recovery_key(format_recovery_link(sheet) + "\n").value();
  CHECK(scanned.server_url == sheet.server_url);
  CHECK(scanned.programme == sheet.programme);
  CHECK(same_secret(scanned, sheet));

  const std::vector<std::string> lines = format_recovery_code(sheet);
  REQUIRE(lines.size() == 4);
  for (const std::string& line : lines) CHECK(line.size() == 4 * 4 + 3);
  const RecoverySheet typed = parse_recovery_key(joined(lines)).value();
  CHECK(typed.programme == sheet.programme);
  CHECK(same_secret(typed, sheet));
  const RecoverySheet short_one = parse_recovery_key(lines[0] + " " + lines[1]).value();
  CHECK_FALSE(short_one.programme.has_value());
  CHECK(same_secret(short_one, sheet));
}

TEST_CASE("recovery key: a code is read as people write it") {
  const RecoverySheet sheet = sheet_of(0x08);  // shows zeros and ones
  std::string text = joined(format_recovery_code(sheet), " - ");
  for (char& c : text) {
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  CHECK(same_secret(parse_recovery_key(text).value(), sheet));
}

TEST_CASE("recovery key: a slip in a code is told with its line, and never repeated") {
  const std::vector<std::string> lines = format_recovery_code(sheet_of(0x53));
  for (std::size_t line = 0; line < lines.size(); ++line) {
    for (std::size_t at = 0; at < lines[line].size(); ++at) {
      if (lines[line][at] == ' ') continue;
      std::vector<std::string> slipped = lines;
      slipped[line][at] = lines[line][at] == 'X' ? 'Y' : 'X';
      const auto read = parse_recovery_key(joined(slipped));
      REQUIRE_FALSE(read);
      CHECK(read.error().code == Code::kInvalidArgument);
      CHECK(read.error().message.find("line " + std::to_string(line + 1)) != std::string::npos);
      CHECK_FALSE(read.error().hint.empty());
      CHECK(read.error().message.find(lines[line].substr(0, 4)) == std::string::npos);
    }
  }
  std::vector<std::string> swapped = lines;
  std::swap(swapped[0], swapped[1]);
  CHECK(parse_recovery_key(joined(swapped)).error().message.find("line 1") != std::string::npos);
  std::vector<std::string> turned = lines;  // two neighbours of one group
  std::swap(turned[2][0], turned[2][1]);
  if (turned != lines) CHECK_FALSE(parse_recovery_key(joined(turned)));
  std::vector<std::string> strange = lines;
  strange[1][3] = 'U';
  CHECK(parse_recovery_key(joined(strange)).error().message.find("line 2 has a character") !=
        std::string::npos);
}

TEST_CASE("recovery key: what is cut, too long or of another kind says what to do") {
  const RecoverySheet sheet = sheet_of(0x53);
  for (const std::string& whole :
       {format_recovery_link(sheet), joined(format_recovery_code(sheet))}) {
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
      const auto read = parse_recovery_key(whole.substr(0, size));
      if (read) {
        CHECK_FALSE(read->programme.has_value());  // the first two lines are a key
        continue;
      }
      CHECK(read.error().code == Code::kInvalidArgument);
      CHECK_FALSE(read.error().hint.empty());
    }
    CHECK_FALSE(parse_recovery_key(whole + "7"));
  }
  CHECK_FALSE(parse_recovery_key(""));
  CHECK_FALSE(parse_recovery_key("/recover#AQ"));
  const std::string link = format_recovery_link(sheet);
  CHECK_FALSE(parse_recovery_key("ftp" + link.substr(5)));
  InviteLink invite;
  invite.server_url = sheet.server_url;
  CHECK_FALSE(parse_recovery_key(format_invite_link(invite)));
  const std::size_t at = link.find('#');
  const auto newer = parse_recovery_key(link.substr(0, at) + "#Ag" + link.substr(at + 3));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == Code::kNewerFormat);
}

TEST_CASE("recovery key: what is printed stays the same") {
  const Vectors vectors("entry.txt");
  const RecoverySheet sheet = sheet_of(0x53);
  CHECK(to_hex(as_bytes(format_recovery_link(sheet))) == vectors.hex("recovery-link"));
  CHECK(to_hex(as_bytes(joined(format_recovery_code(sheet)))) == vectors.hex("recovery-code"));
  CHECK(derive_recovery_key(sheet.secret).public_key.hex() == vectors.hex("recovery-sign-key"));
}

}  // namespace
}  // namespace setu::wire
