// SPDX-License-Identifier: Apache-2.0
#include "deploy/control_plane/session.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "parser/diagnostics/display.h"

namespace aclc {
namespace {

constexpr size_t kShownBytes = 500;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool on_this_machine(std::string_view host) {
  // Four numbers, and not a name that begins like them.
  const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || (numbers && starts_with(host, "127.")) || host == "[::1]";
}

/// What an error's body says: {"message": ..}, {"error": ..}, or short plain text.
std::string said(const http::Response& response) {
  const auto body = nlohmann::json::parse(response.body, nullptr, false);
  if (body.is_object()) {
    for (const char* key : {"message", "error_description", "error"}) {
      const auto found = body.find(key);
      if (found != body.end() && found->is_string()) return found->get<std::string>();
    }
    return {};
  }
  // A page made for browsers explains nothing here.
  return body.is_discarded() && response.body.find('<') == std::string::npos ? response.body : std::string();
}

std::string advice(int status) {
  if (status == 401) return "; the key is wrong or has expired";
  if (status == 403) return "; the key may not do this: it needs the scope policy_file";
  if (status == 404) return "; is this the right server, and the right tailnet?";
  if (status == 429) return "; the server wants to be asked less often: try later";
  return {};
}

}  // namespace

std::string fault_of_url(std::string_view url, bool allow_http) {
  const bool secure = starts_with(url, "https://");
  if (!secure && !starts_with(url, "http://")) return "it has to begin with https://";
  const std::string_view rest = url.substr(secure ? 8 : 7);
  if (rest.find('@') != std::string_view::npos) return "a user or a key does not belong in it: they come from the environment";
  if (rest.empty() || rest.front() == ':' || rest.find_first_of("/?# \t\r\n\\\"") != std::string_view::npos) return "it has to be a scheme and a host, with a port where it is not the usual one";
  const size_t port = rest.find_last_of(':');
  const std::string_view host = rest.back() == ']' || port == std::string_view::npos ? rest : rest.substr(0, port);
  if (!secure && !allow_http && !on_this_machine(host)) return "the key would cross the network in the clear; https:// it should be, or --allow-http where that is meant";
  return {};
}

std::string url_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string Session::host() const {
  return options_.url.substr(options_.url.find("://") + 3);
}

void Session::log(const std::string& line) const {
  if (options_.log) options_.log(shown(line));
}

std::string Session::shown(std::string_view text) const {
  std::string out = credentials_.hide(text);
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r' || out.back() == ' ')) out.pop_back();
  if (out.size() > kShownBytes) out = out.substr(0, kShownBytes) + "...";
  for (char& c : out) c = c == '\n' || c == '\r' ? ' ' : c;
  return printable(out);
}

Failure Session::unexpected(std::string_view what, const http::Response& response) const {
  std::string out = fmt::format("{}: {} answered HTTP {}", what, host(), response.status);
  if (response.status >= 300 && response.status < 400) {
    out += fmt::format(" and sends elsewhere ({}); a key is not carried there: give the right address by --server", shown(response.header("location")));
    return Failure{std::move(out)};
  }
  const std::string words = shown(said(response));
  if (!words.empty()) out += fmt::format(": {}", words);
  return Failure{out + advice(response.status)};
}

Failure Session::not_the_api(std::string_view what) const {
  return Failure{fmt::format("{}: {} answered with a web page and not as the API does; a proxy or a sign-in page in between answers so, and the API was not reached",
                             what, host())};
}

Result<http::Response> Session::send(std::string method, std::string_view path, http::Headers headers, std::string body, bool authorised) {
  http::Request request{std::move(method), fmt::format("{}{}", options_.url, path), std::move(headers), std::move(body), options_.limits};
  if (authorised) {
    const Secret& bearer = credentials_.kind == Credentials::Kind::kApiKey ? credentials_.secret : credentials_.token;
    request.headers.emplace_back("Authorization", "Bearer " + bearer.reveal());
  }
  const auto start = options_.clock.now();
  auto answer = http::send_patiently(transport_, request, options_.patience, options_.clock, [&](const std::string& why, http::Milliseconds pause) {
    log(fmt::format("{} {}: {}; again in {} ms", request.method, request.url, why, pause.count()));
  });
  if (!answer) {
    log(fmt::format("{} {}: {}", request.method, request.url, answer.error().message));
    std::string_view hint;
    if (answer.error().kind == http::TroubleKind::kCertificate) hint = "; the server could not prove who it is, so no key was sent (--ca-file names certificates of your own)";
    return Failure{fmt::format("{} {}: {}{}", request.method, shown(request.url), shown(answer.error().message), hint)};
  }
  log(fmt::format("{} {}: HTTP {}, {} bytes, {} ms", request.method, request.url, answer->status, answer->body.size(), (options_.clock.now() - start).count()));
  if (answer->status == 200 && starts_with(answer->header("content-type"), "text/html")) return not_the_api(fmt::format("{} {}", request.method, shown(request.url)));
  return std::move(answer.value());
}

}  // namespace aclc
