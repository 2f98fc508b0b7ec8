// SPDX-License-Identifier: Apache-2.0
// Asks a running daemon.
#pragma once

#include <string>

#include "base/result.h"
#include "daemon/api/http.h"

namespace aclc {

/// Waits up to ten seconds.
Result<local_http::Answer> ask_daemon(const std::string& socket_path, const local_http::Request& request);

}  // namespace aclc
