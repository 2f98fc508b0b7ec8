// SPDX-License-Identifier: Apache-2.0
// aclcd run: the daemon itself, in the foreground.
#pragma once

#include <string>

namespace aclc {

/// Until SIGTERM or SIGINT. Exit status: 0 asked to end, 1 the host refused something without which nothing can be enforced, 2 usage.
int run_daemon(const std::string& config_path);

}  // namespace aclc
