// SPDX-License-Identifier: Apache-2.0
#include "lsp/server/worker.h"

namespace aclc::lsp {

Worker::Worker(std::function<void(Finish)> deliver) : deliver_(std::move(deliver)), thread_([this] { run(); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    jobs_.clear();
  }
  ready_.notify_one();
  thread_.join();
}

void Worker::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  ready_.notify_one();
}

bool Worker::busy() const {
  const std::lock_guard lock(mutex_);
  return running_ || !jobs_.empty();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_ = true;
    lock.unlock();
    Finish finish = job();
    job = nullptr;  // what it held is let go of before anybody hears that it is done
    deliver_(std::move(finish));
    lock.lock();
    running_ = false;
  }
}

}  // namespace aclc::lsp
