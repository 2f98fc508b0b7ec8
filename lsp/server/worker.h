// SPDX-License-Identifier: Apache-2.0
// A thread that does one job after the other, so that none of them holds up an editor's requests.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace aclc::lsp {

class Worker {
 public:
  /// What a job leaves for the serving thread to do.
  using Finish = std::function<void()>;
  using Job = std::function<Finish()>;

  /// `deliver` is called on the worker's thread and must hand the rest over to the serving thread.
  explicit Worker(std::function<void(Finish)> deliver);
  /// Waits for the job that runs; what still waits is dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void add(Job job);
  /// Whether a job runs or waits.
  bool busy() const;

 private:
  void run();

  std::function<void(Finish)> deliver_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> jobs_;
  bool running_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace aclc::lsp
