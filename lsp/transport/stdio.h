// SPDX-License-Identifier: Apache-2.0
// Standard input and output as a transport: a thread that only reads, and writes that never mix with anything else.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "lsp/transport/frames.h"

namespace aclc::lsp {

/// Something for the serving thread to do, in the order of arrival.
struct Event {
  enum class What : unsigned char { kFrame, kClosed, kTask } what = What::kFrame;
  Frame frame;
  std::function<void()> task;  ///< of kTask: the result of work on another thread
};

/// What the reader and workers hand to the serving thread.
class EventQueue {
 public:
  void push(Event event);
  /// Waits until the deadline at most; nothing when it passed.
  std::optional<Event> pop(std::optional<std::chrono::steady_clock::time_point> deadline);
  std::optional<Event> try_pop();

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Event> events_;
};

/// Owns the process's standard input and output from construction on: what other code prints goes to standard error.
/// The reader ends the process with status 1 when the watched parent is gone, or when the input has ended and the serving
/// thread does not come to its end within two seconds: no editor, no server.
class StdioTransport {
 public:
  explicit StdioTransport(EventQueue& queue);
  ~StdioTransport();
  StdioTransport(const StdioTransport&) = delete;
  StdioTransport& operator=(const StdioTransport&) = delete;

  /// Writes one message; false when nobody reads any more.
  bool write(std::string_view body);
  /// Ends the process when this process is gone.
  void watch_parent(long pid) { parent_ = pid; }

 private:
  void read_all();

  EventQueue& queue_;
  std::atomic<long> parent_{0};
  std::atomic<bool> stop_{false};
  int in_ = -1, out_ = -1;
  int wake_[2] = {-1, -1};
  std::thread reader_;
};

}  // namespace aclc::lsp
