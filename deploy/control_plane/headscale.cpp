// SPDX-License-Identifier: Apache-2.0
// Headscale's API, 0.28 and later. It has no ETag: compare-and-set is fetch, compare, save, and not atomic.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "deploy/control_plane/session.h"

namespace aclc {
namespace {

using nlohmann::json;

constexpr std::string_view kPath = "/api/v1/policy";

class Headscale : public ControlPlane {
 public:
  Headscale(http::Transport& transport, ServerOptions options, Credentials credentials)
      : session_(transport, std::move(options), std::move(credentials)) {}

  Result<DeployedPolicy> fetch() override;
  Result<ServerVerdict> check(const std::string& policy) override;
  Result<ServerVerdict> save(const std::string& policy, const DeployedPolicy& expected) override;
  bool saves_atomically() const override { return false; }
  std::string place() const override { return fmt::format("headscale at {}", session_.host()); }

 private:
  ServerVerdict refusal(const http::Response& response) const;

  Session session_;
};

std::string policy_message(const std::string& policy) {
  return json{{"policy", policy}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// {"code", "message"} of gRPC over HTTP; empty where it is none.
std::string message_of(const http::Response& response) {
  const auto body = json::parse(response.body, nullptr, false);
  const auto found = body.is_object() ? body.find("message") : body.end();
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A server that never had a policy answers with an error, and will again.
bool has_no_policy(const http::Response& response) {
  return (response.status == 500 || response.status == 404) && message_of(response).find("acl policy not found") != std::string::npos;
}

Result<DeployedPolicy> Headscale::fetch() {
  const auto answer = session_.send("GET", kPath, {{"Accept", "application/json"}}, {});
  if (!answer) return answer.error();
  if (has_no_policy(*answer)) return DeployedPolicy{"", "", false};
  if (answer->status != 200) return session_.unexpected("cannot fetch the policy", *answer);
  const auto body = json::parse(answer->body, nullptr, false);
  const auto policy = body.is_object() ? body.find("policy") : body.end();
  if (policy == body.end() || !policy->is_string()) return Failure{fmt::format("cannot fetch the policy: the answer of {} is no JSON object with a policy", session_.host())};
  return DeployedPolicy{policy->get<std::string>(), "", true};
}

ServerVerdict Headscale::refusal(const http::Response& response) const {
  std::string message = session_.shown(message_of(response));
  return {ServerVerdict::Kind::kRefused, {message.empty() ? "without a reason" : std::move(message)}};
}

Result<ServerVerdict> Headscale::check(const std::string& policy) {
  const auto answer = session_.send("POST", "/api/v1/policy/check", {{"Content-Type", "application/json"}}, policy_message(policy));
  if (!answer) return answer.error();
  // Before 0.29 there is no such question.
  if (answer->status == 404 || answer->status == 405 || answer->status == 501) return ServerVerdict{ServerVerdict::Kind::kUnasked, {}};
  if (answer->status == 400) return refusal(*answer);
  if (answer->status != 200) return session_.unexpected("cannot have the policy checked", *answer);
  return ServerVerdict{};
}

Result<ServerVerdict> Headscale::save(const std::string& policy, const DeployedPolicy& expected) {
  const auto before = fetch();
  if (!before) return before.error();
  if (before->exists != expected.exists || before->text != expected.text) return ServerVerdict{ServerVerdict::Kind::kChanged, {}};
  const auto answer = session_.send("PUT", kPath, {{"Content-Type", "application/json"}}, policy_message(policy));
  if (!answer) return answer.error();
  if (answer->status == 400) return refusal(*answer);
  if (answer->status != 200) return session_.unexpected("cannot save the policy", *answer);
  if (!json::parse(answer->body, nullptr, false).is_object()) return session_.not_the_api("cannot save the policy");
  return ServerVerdict{};
}

}  // namespace

Result<std::unique_ptr<ControlPlane>> headscale_control_plane(http::Transport& transport, ServerOptions options, Credentials credentials) {
  if (options.url.empty()) return Failure{"which Headscale? Give its address by --server or HEADSCALE_URL"};
  if (const std::string fault = fault_of_url(options.url, options.allow_http); !fault.empty()) return Failure{fmt::format("the server's address cannot be used: {}", fault)};
  options.patience.settled = has_no_policy;
  return std::unique_ptr<ControlPlane>(std::make_unique<Headscale>(transport, std::move(options), std::move(credentials)));
}

}  // namespace aclc
