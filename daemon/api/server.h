// SPDX-License-Identifier: Apache-2.0
// The daemon's end of the local API: a unix socket whose callers the kernel vouches for. Never blocks.
#pragma once

#include <poll.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/api/http.h"

namespace aclc {

struct Caller {
  uint32_t uid = 0;
  bool may_change = false;  ///< root, or of the operators' group
};

using Handler = std::function<local_http::Answer(const local_http::Request&, const Caller&)>;

class ApiServer {
 public:
  /// Takes over a socket file that nobody listens on; refuses one that somebody does. `operators`: a group's name, or empty.
  static Result<std::unique_ptr<ApiServer>> listen(const std::string& path, const std::string& operators, Handler handler);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// What to wait for.
  std::vector<pollfd> waits() const;
  /// Does what can be done without waiting. `now` in milliseconds: callers that dawdle are dropped.
  void serve(uint64_t now);

 private:
  struct Connection {
    int fd;
    Caller caller;
    uint64_t since;
    std::string in, out;
    size_t sent = 0;  // of out
    bool answered = false;
  };
  ApiServer(int fd, std::string path, std::optional<uint32_t> group, Handler handler)
      : fd_(fd), path_(std::move(path)), group_(group), handler_(std::move(handler)) {}
  void accept_callers(uint64_t now);
  bool is_crowded(uint32_t uid) const;
  bool advance(Connection& connection);  // false: done with it

  int fd_;
  std::string path_;
  std::optional<uint32_t> group_;
  Handler handler_;
  std::vector<Connection> connections_;
};

}  // namespace aclc
