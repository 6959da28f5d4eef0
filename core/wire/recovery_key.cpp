#include "wire/recovery_key.hpp"

#include <algorithm>

#include "setu/base/codec.hpp"
#include "wire/domains.hpp"

namespace setu::wire {
namespace {

constexpr std::uint8_t kLinkVersion = 1;
constexpr std::string_view kRecoverPath = "/recover#";

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's
constexpr std::size_t kBitsPerCharacter = 5;
constexpr std::size_t kShownBytes = 8;  // of a line
constexpr std::size_t kCheckBytes = 2;
constexpr std::size_t kLineCharacters = (kShownBytes + kCheckBytes) * 8 / kBitsPerCharacter;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kSecretLines = kRecoverySecretSize / kShownBytes;
constexpr std::size_t kAllLines = kSecretLines + ProgrammeId::size / kShownBytes;
static_assert(kLineCharacters == 16 && kAllLines == 4);

Bytes check_of(std::size_t line, ByteView shown) {
  const std::byte number[] = {static_cast<std::byte>(line)};
  const Hash hash = crypto::hash(domains::kRecoveryCheck, {number, shown});
  return to_bytes(hash.view().first(kCheckBytes));
}

std::string encode_line(std::size_t line, ByteView shown) {
  Bytes bytes = to_bytes(shown);
  append(bytes, check_of(line, shown));
  std::string text;
  std::uint32_t bits = 0;
  std::size_t held = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8U | std::to_integer<std::uint32_t>(byte);
    for (held += 8; held >= kBitsPerCharacter;) {
      held -= kBitsPerCharacter;
      if (text.size() % (kGroup + 1) == kGroup) text += ' ';
      text += kAlphabet[bits >> held & 31U];
    }
    bits &= (1U << held) - 1;
  }
  crypto::wipe(bytes);
  return text;
}

// What a person may type between or instead of the characters of a code.
bool separates(char c) { return c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t'; }

char as_printed(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  return c == 'I' || c == 'L' ? '1' : c;
}

tl::unexpected<Error> misread(std::size_t line, const std::string& what) {
  return fail(
      Code::kInvalidArgument,
      "read recovery key: line " + std::to_string(line) + " " + what + "; nothing was signed",
      "compare that line with the sheet, character by character");
}

// Sixteen characters to the eight bytes that they show.
Result<Bytes> decode_line(std::size_t line, std::string_view characters) {
  Bytes bytes;
  std::uint32_t bits = 0;
  std::size_t held = 0;
  for (const char c : characters) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return misread(line, "has a character that no key has");
    bits = (bits << kBitsPerCharacter | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    held += kBitsPerCharacter;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> held & 0xFFU));
  }
  const ByteView shown = ByteView(bytes).first(kShownBytes);
  if (!equal(ByteView(bytes).subspan(kShownBytes), check_of(line, shown)))
    return misread(line, "has a slip in it");
  bytes.resize(kShownBytes);
  return bytes;
}

Result<RecoverySheet> parse_code(std::string_view text) {
  std::string characters;
  for (const char c : text) {
    if (!separates(c)) characters += as_printed(c);
  }
  const std::size_t lines = characters.size() / kLineCharacters;
  const bool is_whole =
      characters.size() % kLineCharacters == 0 && (lines == kSecretLines || lines == kAllLines);
  if (!is_whole) {
    const std::size_t given = characters.size();
    crypto::wipe(characters);
    return fail(Code::kInvalidArgument,
                "read recovery key: it has " + std::to_string(given) +
                    " characters; the first two lines of a sheet have 32, all four 64",
                "type the lines as they are printed; spaces do not matter");
  }
  Bytes shown;
  for (std::size_t line = 1; line <= lines; ++line) {
    auto bytes = decode_line(
        line, std::string_view(characters).substr((line - 1) * kLineCharacters, kLineCharacters));
    if (!bytes) {
      crypto::wipe(characters);
      crypto::wipe(shown);
      return fail(std::move(bytes).error());
    }
    append(shown, *bytes);
    crypto::wipe(*bytes);
  }
  crypto::wipe(characters);
  RecoverySheet sheet;
  sheet.secret = crypto::Secret::copy_of(ByteView(shown).first(kRecoverySecretSize));
  if (lines == kAllLines)
    sheet.programme = *ProgrammeId::from(ByteView(shown).subspan(kRecoverySecretSize));
  crypto::wipe(shown);
  return sheet;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && separates(text.front())) text.remove_prefix(1);
  while (!text.empty() && separates(text.back())) text.remove_suffix(1);
  return text;
}

Result<RecoverySheet> parse_link(std::string_view text, std::size_t path) {
  const auto refuse = [] {
    return fail(Code::kInvalidArgument, "read recovery key: the link is not whole",
                "scan the picture again, or type the code beside it");
  };
  auto bytes = from_base64url(text.substr(path + kRecoverPath.size()));
  if (!bytes || bytes->empty()) return refuse();
  if (bytes->front() != std::byte{kLinkVersion})
    return fail(Code::kNewerFormat, "read recovery key: the sheet is of a newer version",
                "update Setu on this device");
  const ByteView rest = ByteView(*bytes).subspan(1);
  RecoverySheet sheet;
  sheet.server_url = std::string(text.substr(0, path));
  const bool has_scheme =
      sheet.server_url.starts_with("https://") || sheet.server_url.starts_with("http://");
  if (!has_scheme || rest.size() != ProgrammeId::size + kRecoverySecretSize) return refuse();
  sheet.programme = *ProgrammeId::from(rest.first(ProgrammeId::size));
  sheet.secret = crypto::Secret::copy_of(rest.subspan(ProgrammeId::size));
  crypto::wipe(*bytes);
  return sheet;
}

}  // namespace

std::string format_recovery_link(const RecoverySheet& sheet) {
  SETU_ASSERT(sheet.programme && sheet.secret.size() == kRecoverySecretSize);
  Writer writer;
  writer.u8(kLinkVersion);
  writer.id(*sheet.programme);
  writer.raw(sheet.secret.reveal());
  Bytes bytes = writer.take();
  std::string link = sheet.server_url + std::string(kRecoverPath) + to_base64url(bytes);
  crypto::wipe(bytes);
  return link;
}

std::vector<std::string> format_recovery_code(const RecoverySheet& sheet) {
  SETU_ASSERT(sheet.secret.size() == kRecoverySecretSize);
  Bytes shown = to_bytes(sheet.secret.reveal());
  if (sheet.programme) append(shown, sheet.programme->view());
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < shown.size(); at += kShownBytes)
    lines.push_back(encode_line(lines.size() + 1, ByteView(shown).subspan(at, kShownBytes)));
  crypto::wipe(shown);
  return lines;
}

Result<RecoverySheet> parse_recovery_key(std::string_view text) {
  text = trimmed(text);
  const std::size_t path = text.find(kRecoverPath);
  if (path != std::string_view::npos) return parse_link(text, path);
  return parse_code(text);
}

crypto::SignKeyPair derive_recovery_key(const crypto::Secret& secret) {
  return crypto::sign_key_from_seed(crypto::derive(secret, domains::kRecoverySignSeed, {}));
}

}  // namespace setu::wire
