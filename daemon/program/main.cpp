// SPDX-License-Identifier: Apache-2.0
// aclcd: holds every packet of a node to its policy.
#include <CLI/CLI.hpp>

#include "daemon/program/ask.h"
#include "daemon/program/run.h"

int main(int count, char** words) {
  CLI::App app("aclcd: joins a WireGuard mesh and holds every packet to the policy", "aclcd");
  app.set_version_flag("--version", "aclcd " ACLC_VERSION);
  app.require_subcommand(1);
  app.footer("exit status: 0 yes (up and healthy, allowed), 1 no (down, degraded, denied), 2 could not tell");

  std::string config = "/etc/aclcd/aclcd.hujson";
  CLI::App* run = app.add_subcommand("run", "enforce, in the foreground, until SIGTERM");
  run->add_option("--config", config, "configuration, HuJSON")->type_name("FILE")->capture_default_str();

  aclc::Question question;
  const auto define = [&](const char* name, const char* method, const char* summary) {
    CLI::App* command = app.add_subcommand(name, summary);
    command->add_option("--socket", question.socket, "where the daemon listens")->type_name("PATH")->capture_default_str();
    command->add_flag("--json", question.json, "the daemon's answer as it comes");
    command->callback([&question, name, method] {
      question.what = name;
      question.request.method = method;
      question.request.path = std::string("/v1/") + name;
    });
    return command;
  };
  define("up", "POST", "take part in the mesh again after `down`");
  define("down", "POST", "leave the mesh: table, tunnel, routes and settings go");
  define("status", "GET", "what is in force, and what is degraded since when");
  CLI::App* why = define("why", "GET", "may a packet come in here, by which policy line, or which came nearest");
  std::string src, dst, protocol, port;
  why->add_option("SRC", src, "address or node")->required();
  why->add_option("PORT", port, "destination port");
  why->add_option("--dst", dst, "address or node (default: this node)");
  why->add_option("--proto", protocol, "name or number (default: tcp)");
  define("peers", "GET", "who is in the mesh, by which way, with how much traffic");
  define("routes", "GET", "what goes into the mesh and what is served here");
  define("metrics", "GET", "numbers for Prometheus");
  CLI::App* flows = define("flows", "GET", "the last flow records, JSON lines");
  std::string last;
  flows->add_option("--last", last, "how many (default: 100)")->type_name("N");

  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (run->parsed()) return aclc::run_daemon(config);
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) question.request.query[name] = value;
  };
  put("src", src);
  put("dst", dst);
  put("protocol", protocol);
  put("port", port);
  put("last", last);
  return aclc::ask(question);
}
