// SPDX-License-Identifier: Apache-2.0
// The server that hands a policy to the nodes: reading the one in force and putting another in its place.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "deploy/control_plane/credentials.h"
#include "deploy/http/retry.h"

namespace aclc {

struct DeployedPolicy {
  std::string text;  ///< as saved
  std::string etag;  ///< without quotes; empty where the server gives none
  bool exists = true;
};

/// What the server says to a policy.
struct ServerVerdict {
  enum class Kind : uint8_t {
    kAccepted,
    kRefused,
    kChanged,  ///< to a save only: what is deployed is not what was expected (also where an earlier try of the same save came
               ///< through and its answer did not); fetch tells
    kUnasked,  ///< to a check only: this server cannot check without saving
  };
  Kind kind = Kind::kAccepted;
  std::vector<std::string> messages;  ///< reasons and warnings, harmless to show
};

struct ServerOptions {
  std::string url;      ///< https://host[:port], or http on this machine; no path, no user
  std::string tailnet;  ///< `-`: the key's own. Of the hosted service only.
  bool allow_http = false;
  http::Limits limits;
  http::Patience patience;
  http::Clock clock = http::Clock::real();
  std::function<void(const std::string&)> log;  ///< a line for each exchange and pause, without secrets; may be empty
};

/// Failures are told without secrets and with nothing that a terminal would obey.
class ControlPlane {
 public:
  virtual ~ControlPlane() = default;
  virtual Result<DeployedPolicy> fetch() = 0;
  /// Has the server judge a policy without saving it.
  virtual Result<ServerVerdict> check(const std::string& policy) = 0;
  /// Saves a policy where the deployed one is still `expected`.
  virtual Result<ServerVerdict> save(const std::string& policy, const DeployedPolicy& expected) = 0;
  /// Whether comparing and saving are one step of the server's.
  virtual bool saves_atomically() const = 0;
  /// Server and tailnet in one line, for people and as a key.
  virtual std::string place() const = 0;
};

/// The hosted service's API.
Result<std::unique_ptr<ControlPlane>> hosted_control_plane(http::Transport& transport, ServerOptions options, Credentials credentials);
/// Headscale's API, 0.28 and later.
Result<std::unique_ptr<ControlPlane>> headscale_control_plane(http::Transport& transport, ServerOptions options, Credentials credentials);

}  // namespace aclc
