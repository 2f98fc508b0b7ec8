// SPDX-License-Identifier: Apache-2.0
#include "cli/server_options.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstdlib>

#include "cli/files.h"
#include "deploy/digest/record.h"
#include "deploy/http/program.h"

namespace aclc::cli {
namespace {

constexpr uint32_t kLongestTimeout = 3600;
constexpr size_t kLargestRecord = size_t{1} << 20;
constexpr std::string_view kRecordName = ".aclc-deployed.json";

std::string or_environment(const std::string& given, const char* name) {
  const char* value = std::getenv(name);
  return given.empty() && value != nullptr ? value : given;
}

std::string record_path(const RecordChoice& choice, const std::string& policy) {
  if (!choice.path.empty()) return choice.path;
  const size_t slash = policy.rfind('/');
  return (slash == std::string::npos ? "" : policy.substr(0, slash + 1)) + std::string(kRecordName);
}

}  // namespace

void add_server_options(CLI::App& app, ServerChoice& out) {
  app.add_option("--server", out.server, "address of the API (default https://api.tailscale.com, or HEADSCALE_URL)")->type_name("URL");
  app.add_option("--tailnet-name", out.tailnet, "which tailnet (default TS_TAILNET, or the key's own)")->type_name("NAME");
  app.add_option("--ca-file", out.ca_file, "certificates (PEM) to trust instead of the system's")->type_name("FILE");
  app.add_flag("--allow-http", out.allow_http, "let the key cross a network unencrypted");
  app.add_option("--timeout", out.timeout_seconds, "seconds for one answer (default 30)")->type_name("N")->check(CLI::Range(1U, kLongestTimeout));
  app.add_option("--tries", out.tries, "how often to ask after 429, 5xx or a broken connection (default 5)")->type_name("N")->check(CLI::Range(1, 20));
  app.add_flag("-v,--verbose", out.verbose, "a line on standard error for each request");
  app.footer(
      "Environment: TS_API_KEY, or TS_OAUTH_ID with TS_OAUTH_SECRET or TS_ID_TOKEN; HEADSCALE_CLI_API_KEY for --target headscale.\n"
      "NAME_FILE in place of each secret NAME names a file that holds it.");
}

Result<Server> choose_server(const ServerChoice& choice, Target target, Console& console) {
  const auto environment = [](const char* name) -> const char* { return std::getenv(name); };
  const bool headscale = target == Target::kHeadscale;
  auto credentials = headscale ? headscale_credentials(environment) : hosted_credentials(environment);
  if (!credentials) return credentials.error();
  const auto program = http::find_program();
  if (!program) return program.error();
  ServerOptions options;
  options.url = headscale ? or_environment(choice.server, "HEADSCALE_URL") : choice.server;
  while (!options.url.empty() && options.url.back() == '/') options.url.pop_back();
  options.tailnet = or_environment(choice.tailnet, "TS_TAILNET");
  options.allow_http = choice.allow_http;
  options.limits.ca_file = choice.ca_file;
  options.limits.total_ms = choice.timeout_seconds * 1000;
  options.patience.tries = choice.tries;
  if (choice.verbose) options.log = [&console](const std::string& line) { console.note(line); };
  Server out;
  out.transport = std::make_unique<http::ProgramTransport>(*program);
  auto control_plane = (headscale ? headscale_control_plane : hosted_control_plane)(*out.transport, std::move(options), std::move(*credentials));
  if (!control_plane) return control_plane.error();
  out.control_plane = std::move(*control_plane);
  return out;
}

Result<Fetched> fetch_deployed(const ServerChoice& choice, Target target, Console& console) {
  auto server = choose_server(choice, target, console);
  if (!server) return server.error();
  auto policy = server->control_plane->fetch();
  if (!policy) return policy.error();
  std::string place = server->control_plane->place();
  return Fetched{std::move(server.value()), std::move(place), std::move(policy.value())};
}

void add_record_options(CLI::App& app, RecordChoice& out) {
  app.add_option("--record", out.path, "where the digest of what was deployed last is kept (default .aclc-deployed.json beside the policy)")->type_name("FILE");
  app.add_flag("--no-record", out.off, "neither read nor write it");
}

std::optional<std::string> read_record(const RecordChoice& choice, const std::string& policy, const std::string& place) {
  if (choice.off) return std::nullopt;
  const auto text = read_file(record_path(choice, policy), kLargestRecord);
  return text ? recorded_digest(*text, place) : std::nullopt;
}

Result<Done> write_record(const RecordChoice& choice, const std::string& policy, const std::string& place, const std::string& digest) {
  if (choice.off || (policy == "-" && choice.path.empty())) return Done{};
  const std::string path = record_path(choice, policy);
  const auto before = read_file(path, kLargestRecord);
  const std::string text = with_digest(before ? *before : std::string(), place, digest);
  if (before && *before == text) return Done{};
  return replace_file(path, text);
}

Consent ask(const std::string& question, bool yes, Console& console) {
  if (yes) return Consent::kGiven;
  if (::isatty(0) == 0 || ::isatty(2) == 0) return Consent::kNobodyToAsk;
  console.note(question + " [y/N]");
  std::string answer;
  for (char c = 0; answer.size() < 16;) {
    const ssize_t got = ::read(0, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    answer += c;
  }
  return answer == "y" || answer == "Y" || answer == "yes" ? Consent::kGiven : Consent::kDenied;
}

}  // namespace aclc::cli
