// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/uri.h"

namespace aclc::lsp {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Scheme, authority and path of a URI; the rest stays in the path, since documents have no query of their own.
struct Parts {
  std::string scheme, authority, path;
  bool has_authority = false;
};

Parts split(std::string_view uri) {
  Parts parts;
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos) {
    parts.path = decode(uri);
    return parts;
  }
  for (const char c : uri.substr(0, colon)) parts.scheme += lower(c);
  std::string_view rest = uri.substr(colon + 1);
  if (rest.substr(0, 2) == "//") {
    parts.has_authority = true;
    rest.remove_prefix(2);
    const size_t slash = rest.find('/');
    for (const char c : decode(rest.substr(0, slash))) parts.authority += lower(c);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  }
  parts.path = decode(rest);
  if (parts.path.size() >= 3 && parts.path[0] == '/' && is_letter(parts.path[1]) && parts.path[2] == ':')
    parts.path[1] = lower(parts.path[1]);
  return parts;
}

}  // namespace

std::string uri_key(std::string_view uri) {
  Parts parts = split(uri);
  std::string key = std::move(parts.scheme);
  key += ':';
  // `file:/x`, `file:///x` and `file://localhost/x` are one file.
  const bool local = key == "file:" && (parts.authority.empty() || parts.authority == "localhost");
  if (parts.has_authority && !local) key += "//" + parts.authority;
  return key + parts.path;
}

std::optional<std::string> uri_to_path(std::string_view uri) {
  Parts parts = split(uri);
  if (parts.scheme != "file" || (!parts.authority.empty() && parts.authority != "localhost")) return std::nullopt;
  if (parts.path.size() >= 3 && is_letter(parts.path[1]) && parts.path[2] == ':') return parts.path.substr(1);
  return parts.path;
}

std::string path_to_uri(std::string_view path) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  std::string out = "file://";
  if (path.empty() || path.front() != '/') out += '/';
  for (const char c : path) {
    if (is_letter(c) || (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace aclc::lsp
