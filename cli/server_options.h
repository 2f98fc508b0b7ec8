// SPDX-License-Identifier: Apache-2.0
// Which server holds the policy and how it is asked: options of pull, push and drift.
#pragma once

#include <memory>
#include <string>

#include "cli/console.h"
#include "cli/options.h"
#include "deploy/control_plane/control_plane.h"

namespace aclc::cli {

struct ServerChoice {
  std::string server;
  std::string tailnet;
  std::string ca_file;
  bool allow_http = false;
  bool verbose = false;
  uint32_t timeout_seconds = 30;
  int tries = 5;
};
void add_server_options(CLI::App& app, ServerChoice& out);

/// A server that can be asked. The console must outlive it.
struct Server {
  std::unique_ptr<http::Transport> transport;  // outlives the control plane, which uses it
  std::unique_ptr<ControlPlane> control_plane;
};
Result<Server> choose_server(const ServerChoice& choice, Target target, Console& console);

/// A server and the policy that it has.
struct Fetched {
  Server server;
  std::string place;  ///< which server and tailnet, in one line
  DeployedPolicy policy;
};
Result<Fetched> fetch_deployed(const ServerChoice& choice, Target target, Console& console);

/// `--record` and `--no-record`: where the digest of what was deployed last is kept, beside the policy unless said otherwise.
struct RecordChoice {
  std::string path;
  bool off = false;
};
void add_record_options(CLI::App& app, RecordChoice& out);
/// The digest for that place; nothing: there is no record of it.
std::optional<std::string> read_record(const RecordChoice& choice, const std::string& policy, const std::string& place);
Result<Done> write_record(const RecordChoice& choice, const std::string& policy, const std::string& place, const std::string& digest);

/// `--yes`, or a question on the terminal.
enum class Consent { kGiven, kDenied, kNobodyToAsk };
Consent ask(const std::string& question, bool yes, Console& console);

}  // namespace aclc::cli
