// SPDX-License-Identifier: Apache-2.0
#include "deploy/control_plane/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace aclc {
namespace {

constexpr size_t kLongestSecret = 16384;

Result<std::string> read_secret_file(const std::string& name, const std::string& path) {
  const auto failure = [&](std::string_view why) { return Failure{fmt::format("{}: cannot read {}: {}", name, path, why)}; };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(std::strerror(errno));
  std::string text(kLongestSecret + 1, '\0');
  size_t at = 0;
  ssize_t got = 0;
  while (at < text.size() && (got = ::read(fd, text.data() + at, text.size() - at)) > 0) at += static_cast<size_t>(got);
  const int why = errno;
  ::close(fd);
  if (got < 0) return failure(std::strerror(why));
  if (at > kLongestSecret) return failure("it is too long for a secret");
  text.resize(at);
  return text;
}

/// Nothing: neither NAME nor NAME_FILE is set. Line breaks and spaces round a secret are not part of it.
Result<std::optional<Secret>> secret_from(const Environment& environment, const std::string& name) {
  const char* direct = environment(name.c_str());
  const char* file = environment((name + "_FILE").c_str());
  const bool has_direct = direct != nullptr && *direct != '\0';
  const bool has_file = file != nullptr && *file != '\0';
  if (!has_direct && !has_file) return std::optional<Secret>();
  if (has_direct && has_file) return Failure{fmt::format("both {0} and {0}_FILE are set: leave one", name)};
  std::string text = has_direct ? direct : "";
  if (has_file) {
    auto read = read_secret_file(name + "_FILE", file);
    if (!read) return read.error();
    text = std::move(read.value());
  }
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (text.empty()) return Failure{fmt::format("{} is empty", has_file ? name + "_FILE names a file that" : name)};
  // What cannot stand in a header would end it and begin another.
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f; })) {
    return Failure{fmt::format("{} holds a space, a control character or a character that is not ASCII: it is no such secret", name)};
  }
  return std::optional<Secret>(Secret(std::move(text)));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// How much at the beginning of the text is the character encoded, 0 for nothing: `%2F` of a URL however often it was encoded
/// (`%252F`), `\/` or `\u002f` of JSON.
size_t encoded_length(char wanted, std::string_view text) {
  const auto is_hex = [&](size_t at) {
    return at + 1 < text.size() && hex_digit(text[at]) >= 0 && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at]) * 16 + hex_digit(text[at + 1]) == wanted;
  };
  if (text.size() < 2) return 0;
  if (text[0] == '%') {
    size_t at = 1;
    while (text.substr(at, 2) == "25" && !is_hex(at)) at += 2;
    while (wanted == '%' && text.substr(at, 4) == "2525") at += 2;
    return is_hex(at) ? at + 2 : 0;
  }
  if (text[0] != '\\') return 0;
  if (text[1] == wanted) return 2;
  return text[1] == 'u' && text.substr(2, 2) == "00" && is_hex(4) ? 6 : 0;
}

/// How much at the beginning of the text is the secret, each of its characters as it is or encoded; 0 for nothing.
size_t length_of(std::string_view secret, std::string_view text) {
  // Where the part looked at so far may end: `%25` may be a per cent sign or the three characters.
  std::vector<size_t> ends{0}, next;
  for (const char c : secret) {
    next.clear();
    for (const size_t at : ends) {
      if (at < text.size() && text[at] == c) next.push_back(at + 1);
      if (const size_t length = encoded_length(c, text.substr(at)); length > 0) next.push_back(at + length);
    }
    if (next.empty()) return 0;
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    ends.swap(next);
  }
  return ends.back();
}

}  // namespace

Secret& Secret::operator=(Secret&& other) noexcept {
  wipe();
  text_ = std::move(other.text_);
  other.wipe();
  return *this;
}

void Secret::wipe() {
  volatile char* bytes = text_.data();
  for (size_t i = 0; i < text_.size(); ++i) bytes[i] = 0;
  text_.clear();
}

std::string Credentials::hide(std::string_view text) const {
  std::string out(text);
  for (const Secret* s : {&secret, &token}) {
    if (s->empty()) continue;
    constexpr std::string_view kShown = "[secret]";
    for (size_t at = 0; at < out.size();) {
      const size_t length = length_of(s->reveal(), std::string_view(out).substr(at));
      if (length > 0) out.replace(at, length, kShown);
      at += length > 0 ? kShown.size() : 1;
    }
  }
  return out;
}

Result<Credentials> hosted_credentials(const Environment& environment) {
  auto key = secret_from(environment, "TS_API_KEY");
  auto client_secret = secret_from(environment, "TS_OAUTH_SECRET");
  auto identity = secret_from(environment, "TS_ID_TOKEN");
  for (const auto* read : {&key, &client_secret, &identity}) {
    if (!*read) return read->error();
  }
  const char* id = environment("TS_OAUTH_ID");
  const bool has_id = id != nullptr && *id != '\0';
  std::string set;
  for (const auto& [name, read] : {std::pair{"TS_API_KEY", &key}, {"TS_OAUTH_SECRET", &client_secret}, {"TS_ID_TOKEN", &identity}}) {
    if (!read->value()) continue;
    set += set.empty() ? name : fmt::format(" and {}", name);
  }
  if (set.empty()) {
    return Failure{has_id ? "TS_OAUTH_ID is set, but neither TS_OAUTH_SECRET nor TS_ID_TOKEN"
                          : "no key: set TS_API_KEY, or TS_OAUTH_ID with TS_OAUTH_SECRET or TS_ID_TOKEN (or a file by the same name with _FILE)"};
  }
  if (set.find(' ') != std::string::npos) return Failure{fmt::format("{} are set, and one of them has to say who asks: unset the others", set)};
  if (key.value() && has_id) return Failure{"TS_API_KEY and TS_OAUTH_ID are set, and one of them has to say who asks: unset the other"};
  if (!key.value() && !has_id) return Failure{fmt::format("{} is set, but TS_OAUTH_ID is not", set)};
  Credentials out;
  if (has_id) out.client_id = id;
  if (key.value()) {
    out.secret = std::move(*key.value());
  } else if (client_secret.value()) {
    out.kind = Credentials::Kind::kOauthClient;
    out.secret = std::move(*client_secret.value());
  } else {
    out.kind = Credentials::Kind::kIdentityToken;
    out.secret = std::move(*identity.value());
  }
  return out;
}

Result<Credentials> headscale_credentials(const Environment& environment) {
  auto key = secret_from(environment, "HEADSCALE_CLI_API_KEY");
  if (!key) return key.error();
  if (!key.value()) return Failure{"no key: set HEADSCALE_CLI_API_KEY, or HEADSCALE_CLI_API_KEY_FILE to a file that holds it"};
  Credentials out;
  out.secret = std::move(*key.value());
  return out;
}

}  // namespace aclc
