// SPDX-License-Identifier: Apache-2.0
// aclcd's questions to a running daemon, and its answers as text.
#pragma once

#include <string>

#include "daemon/api/http.h"

namespace aclc {

struct Question {
  std::string socket = "/run/aclcd/aclcd.sock";
  bool json = false;  ///< the daemon's answer as it came
  std::string what;   ///< status, up, down, why, peers, routes, metrics, flows
  local_http::Request request;
};

/// Prints the answer. Exit status: 0 yes (also: up, healthy, allowed), 1 no (down, degraded, denied), 2 could not tell.
int ask(const Question& question);

}  // namespace aclc
