// SPDX-License-Identifier: Apache-2.0
#include "lsp/transport/stdio.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace aclc::lsp {
namespace {

constexpr int kParentPollMs = 500;
constexpr int kGraceMs = 2000;

bool is_gone(long pid) { return pid > 0 && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH; }

}  // namespace

void EventQueue::push(Event event) {
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  ready_.notify_one();
}

std::optional<Event> EventQueue::pop(std::optional<std::chrono::steady_clock::time_point> deadline) {
  std::unique_lock lock(mutex_);
  const auto some = [this] { return !events_.empty(); };
  if (deadline) {
    if (!ready_.wait_until(lock, *deadline, some)) return std::nullopt;
  } else {
    ready_.wait(lock, some);
  }
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<Event> EventQueue::try_pop() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

StdioTransport::StdioTransport(EventQueue& queue) : queue_(queue) {
  ::signal(SIGPIPE, SIG_IGN);
  in_ = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  out_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  // Whatever prints by mistake must not reach the editor as protocol.
  if (::fcntl(STDERR_FILENO, F_GETFD) != -1) {
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
  } else {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0) {
      ::dup2(null, STDOUT_FILENO);
      ::close(null);
    }
  }
  if (::pipe2(wake_, O_CLOEXEC) != 0) wake_[0] = wake_[1] = -1;
  reader_ = std::thread([this] { read_all(); });
}

StdioTransport::~StdioTransport() {
  stop_ = true;
  if (wake_[1] >= 0) {
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(wake_[1], &byte, 1);
  }
  reader_.join();
  for (const int fd : {in_, out_, wake_[0], wake_[1]}) {
    if (fd >= 0) ::close(fd);
  }
}

void StdioTransport::read_all() {
  FrameDecoder decoder;
  std::array<char, size_t{1} << 16> chunk;
  bool open = in_ >= 0;
  if (!open) queue_.push({Event::What::kClosed, {}, {}});
  int waited = 0;
  while (!stop_) {
    std::array<pollfd, 2> fds{pollfd{wake_[0], POLLIN, 0}, pollfd{open ? in_ : -1, POLLIN, 0}};
    const int ready = ::poll(fds.data(), fds.size(), kParentPollMs);
    if (stop_) return;
    if (is_gone(parent_)) ::_exit(1);
    if (ready == 0 && !open && (waited += kParentPollMs) >= kGraceMs) ::_exit(1);
    if (!open || (fds[1].revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) == 0) continue;
    const ssize_t count = ::read(in_, chunk.data(), chunk.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) {
      open = false;
      queue_.push({Event::What::kClosed, {}, {}});
      continue;
    }
    decoder.feed({chunk.data(), static_cast<size_t>(count)});
    while (std::optional<Frame> frame = decoder.next()) queue_.push({Event::What::kFrame, std::move(*frame), {}});
  }
}

bool StdioTransport::write(std::string_view body) {
  const std::string header = frame_header(body.size());
  for (std::string_view part : {std::string_view(header), body}) {
    while (!part.empty()) {
      const ssize_t count = ::write(out_, part.data(), part.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) {
        pollfd fd{out_, POLLOUT, 0};
        ::poll(&fd, 1, -1);
        continue;
      }
      if (count <= 0) return false;
      part.remove_prefix(static_cast<size_t>(count));
    }
  }
  return true;
}

}  // namespace aclc::lsp
