// SPDX-License-Identifier: Apache-2.0
// The seam between what is said to a server and how it gets there.
#pragma once

#include "base/result.h"
#include "deploy/http/message.h"

namespace aclc::http {

class Transport {
 public:
  virtual ~Transport() = default;
  /// One exchange. Any status of the server is an answer; redirects are not followed, since a key would go with them.
  virtual Result<Response, Trouble> send(const Request& request) = 0;
};

}  // namespace aclc::http
