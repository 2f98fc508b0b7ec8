// SPDX-License-Identifier: Apache-2.0
// The language server without a transport: messages in, messages out. Deterministic; one thread, and jobs that it hands to
// another.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/transport/frames.h"

namespace aclc::lsp {

class Session;

/// What the server needs from where it runs.
struct Surroundings {
  std::function<void(std::string body)> send;          ///< one message to the client
  std::function<void(long pid)> watch_parent;          ///< may be empty
  std::string version = "0.1.0";                       ///< told to the client
  /// Runs a job elsewhere and what it returns on the serving thread. Empty: both at once.
  std::function<void(std::function<std::function<void()>()> job)> work = {};
};

class Server {
 public:
  explicit Server(Surroundings surroundings);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes a message in. Cancellations take effect at once on what waits; all else waits for step().
  void enqueue(Frame frame);
  /// Handles the oldest waiting message; false when none waits.
  bool step();
  /// To be called when nothing waits: sends the findings of texts that have changed.
  void idle();
  /// When tick() wants to be called though no message comes; unset: never.
  std::optional<std::chrono::steady_clock::time_point> due() const;
  /// Begins what was put off until the editor is quiet, and shows the progress of what takes long.
  void tick(std::chrono::steady_clock::time_point now);

  /// After `exit`: 0 when `shutdown` came before, else 1.
  std::optional<int> exit_status() const;
  /// The status for an input that ended without `exit`.
  int status_at_end() const;

 private:
  std::unique_ptr<Session> session_;
};

/// Serves an editor on standard input and output until it leaves; the process's exit status.
int serve_stdio(const std::string& version);

}  // namespace aclc::lsp
