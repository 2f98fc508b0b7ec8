// SPDX-License-Identifier: Apache-2.0
// The hosted service's API: policies with ETag and If-Match, keys and OAuth.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "deploy/control_plane/session.h"
#include "deploy/digest/digest.h"

namespace aclc {
namespace {

using nlohmann::json;

class Hosted : public ControlPlane {
 public:
  Hosted(http::Transport& transport, ServerOptions options, Credentials credentials)
      : session_(transport, std::move(options), std::move(credentials)) {}

  Result<DeployedPolicy> fetch() override;
  Result<ServerVerdict> check(const std::string& policy) override;
  Result<ServerVerdict> save(const std::string& policy, const DeployedPolicy& expected) override;
  bool saves_atomically() const override { return true; }
  std::string place() const override {
    const std::string& tailnet = session_.options().tailnet;
    return tailnet == "-" ? fmt::format("the key's tailnet at {}", session_.host()) : fmt::format("{} at {}", tailnet, session_.host());
  }

 private:
  Result<Done> sign_in();
  Result<http::Response> send(std::string method, std::string_view end, http::Headers headers, std::string body);
  /// {"message", "data": [{"user", "errors", "warnings"}]} as lines.
  std::vector<std::string> messages(const json& body) const;

  Session session_;
};

/// Client credentials (RFC 6749, section 4.4), or an identity token in exchange.
Result<Done> Hosted::sign_in() {
  Credentials& c = session_.credentials();
  if (c.kind == Credentials::Kind::kApiKey || !c.token.empty()) return Done{};
  const bool client = c.kind == Credentials::Kind::kOauthClient;
  std::string form = client ? "grant_type=client_credentials&client_secret=" : "jwt=";
  form += url_escaped(c.secret.reveal()) + "&client_id=" + url_escaped(c.client_id);
  const auto answer = session_.send("POST", client ? "/api/v2/oauth/token" : "/api/v2/oauth/token-exchange",
                                    {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}}, std::move(form), false);
  if (!answer) return answer.error();
  if (answer->status != 200) return session_.unexpected("cannot sign in", *answer);
  const auto body = json::parse(answer->body, nullptr, false);
  const auto token = body.is_object() ? body.find("access_token") : body.end();
  if (token == body.end() || !token->is_string() || token->get_ref<const std::string&>().empty()) {
    return Failure{fmt::format("cannot sign in: the answer of {} has no access_token", session_.host())};
  }
  c.token = Secret(token->get<std::string>());
  return Done{};
}

Result<http::Response> Hosted::send(std::string method, std::string_view end, http::Headers headers, std::string body) {
  if (const auto signed_in = sign_in(); !signed_in) return signed_in.error();
  return session_.send(std::move(method), fmt::format("/api/v2/tailnet/{}{}", url_escaped(session_.options().tailnet), end), std::move(headers), std::move(body));
}

std::vector<std::string> Hosted::messages(const json& body) const {
  std::vector<std::string> out;
  const auto text = [&](const json& of, const char* key) {
    const auto found = of.find(key);
    return found != of.end() && found->is_string() ? session_.shown(found->get_ref<const std::string&>()) : std::string();
  };
  if (const std::string first = text(body, "message"); !first.empty()) out.push_back(first);
  const auto data = body.find("data");
  if (data == body.end() || !data->is_array()) return out;
  for (const json& entry : *data) {
    if (!entry.is_object()) continue;
    const std::string user = text(entry, "user");
    for (const char* kind : {"errors", "warnings"}) {
      const auto list = entry.find(kind);
      if (list == entry.end() || !list->is_array()) continue;
      for (const json& line : *list) {
        if (line.is_string()) out.push_back(fmt::format("{}{}{}", user, user.empty() ? "" : ": ", session_.shown(line.get_ref<const std::string&>())));
      }
    }
  }
  return out;
}

Result<DeployedPolicy> Hosted::fetch() {
  // The ETag comes with GET, not reliably with HEAD.
  auto answer = send("GET", "/acl", {{"Accept", "application/hujson"}}, {});
  if (!answer) return answer.error();
  if (answer->status != 200) return session_.unexpected("cannot fetch the policy", *answer);
  return DeployedPolicy{std::move(answer->body), std::string(etag_value(answer->header("etag"))), true};
}

Result<ServerVerdict> Hosted::check(const std::string& policy) {
  const auto answer = send("POST", "/acl/validate", {{"Content-Type", "application/hujson"}, {"Accept", "application/json"}}, policy);
  if (!answer) return answer.error();
  if (answer->status != 200 && answer->status != 400) return session_.unexpected("cannot have the policy validated", *answer);
  ServerVerdict out;
  if (answer->status == 200 && answer->body.find_first_not_of(" \t\r\n") == std::string::npos) return out;
  const auto body = json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return Failure{fmt::format("cannot have the policy validated: the answer of {} is no JSON object", session_.host())};
  if (body.empty() && answer->status == 200) return out;
  out.messages = messages(body);
  const auto message = body.find("message");
  const bool warns = message != body.end() && message->is_string() && message->get_ref<const std::string&>() == "warning(s) found";
  if (answer->status != 200 || !warns) out.kind = ServerVerdict::Kind::kRefused;
  return out;
}

Result<ServerVerdict> Hosted::save(const std::string& policy, const DeployedPolicy& expected) {
  if (expected.etag.empty()) return Failure{fmt::format("{} gave no ETag with the policy, and without one somebody else's change could be overwritten: nothing was saved", session_.host())};
  const auto answer = send("POST", "/acl", {{"Content-Type", "application/hujson"}, {"Accept", "application/hujson"}, {"If-Match", fmt::format("\"{}\"", expected.etag)}}, policy);
  if (!answer) return answer.error();
  ServerVerdict out;
  if (answer->status == 200) {
    // The API answers with the policy, and no policy begins like a page.
    const size_t first = answer->body.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && answer->body[first] == '<') return session_.not_the_api("cannot save the policy");
    return out;
  }
  if (answer->status == 412) {
    out.kind = ServerVerdict::Kind::kChanged;
    return out;
  }
  if (answer->status != 400) return session_.unexpected("cannot save the policy", *answer);
  out.kind = ServerVerdict::Kind::kRefused;
  const auto body = json::parse(answer->body, nullptr, false);
  if (body.is_object()) out.messages = messages(body);
  if (out.messages.empty()) out.messages.push_back("without a reason");
  return out;
}

}  // namespace

Result<std::unique_ptr<ControlPlane>> hosted_control_plane(http::Transport& transport, ServerOptions options, Credentials credentials) {
  if (options.url.empty()) options.url = "https://api.tailscale.com";
  if (const std::string fault = fault_of_url(options.url, options.allow_http); !fault.empty()) return Failure{fmt::format("the server's address cannot be used: {}", fault)};
  if (options.tailnet.empty()) options.tailnet = "-";
  return std::unique_ptr<ControlPlane>(std::make_unique<Hosted>(transport, std::move(options), std::move(credentials)));
}

}  // namespace aclc
