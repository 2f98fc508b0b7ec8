// SPDX-License-Identifier: Apache-2.0
// How aclc and the program that speaks HTTPS talk: over a pair of pipes, a line of JSON and then the body as it is, the
// question in one direction and the answer in the other. Keys never stand in arguments or the environment of a process.
#pragma once

#include <optional>

#include "base/result.h"
#include "deploy/http/message.h"

namespace aclc::http {

/// False: the other side is gone.
bool write_request(int fd, const Request& request);
bool write_answer(int fd, const Result<Response, Trouble>& answer);

/// Nothing: the other side is gone, or does not keep to the form.
std::optional<Request> read_request(int fd);
std::optional<Result<Response, Trouble>> read_answer(int fd, size_t max_bytes);

}  // namespace aclc::http
