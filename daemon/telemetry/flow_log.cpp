// SPDX-License-Identifier: Apache-2.0
#include "daemon/telemetry/flow_log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace aclc {
namespace {

constexpr size_t kRemembered = 1000;

/// A named pipe that nobody reads is refused, and one that is read too slowly loses lines: neither holds the node up.
int open_for_append(const std::string& path) { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640); }

/// Whether the line was taken. Standard output is shared with others and so stays as it is, but it is never waited for: packets
/// are decided by the thread that writes here.
bool write_at_once(int fd, const std::string& line) {
  const auto all = static_cast<ssize_t>(line.size());
  const ssize_t sent = ::send(fd, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);  // a journal is a socket
  if (sent >= 0 || errno != ENOTSOCK) return sent == all;
  pollfd ready{fd, POLLOUT, 0};
  // A pipe that is writable takes a page at once; a line is shorter.
  return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) && ::write(fd, line.data(), line.size()) == all;
}

}  // namespace

Result<std::unique_ptr<FlowLog>> FlowLog::open(const std::string& path, uint64_t turn_over_at) {
  int fd = -1;
  uint64_t size = 0;
  if (path == "-") fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (!path.empty() && path != "-") {
    fd = open_for_append(path);
    struct stat status {};
    if (fd < 0 || fstat(fd, &status) != 0) return Failure{"cannot write the flow log " + path + ": " + std::strerror(errno)};
    size = static_cast<uint64_t>(status.st_size);
  }
  return Result<std::unique_ptr<FlowLog>>(std::unique_ptr<FlowLog>(new FlowLog(path, fd, size, turn_over_at)));
}

FlowLog::~FlowLog() {
  if (fd_ >= 0) close(fd_);
}

void FlowLog::turn_over() {
  const std::string before = path_ + ".1";
  if (std::rename(path_.c_str(), before.c_str()) != 0) return;  // it goes on growing, which beats losing records
  const int fd = open_for_append(path_);
  if (fd < 0) return;
  close(fd_);
  fd_ = fd;
  size_ = 0;
}

void FlowLog::write(const FlowRecord& record) {
  ++written_[record.event];
  std::string line = flow_line(record) + "\n";
  if (fd_ >= 0) {
    if (path_ != "-" && size_ + line.size() > turn_over_at_ && size_ > 0) turn_over();
    if (write_at_once(fd_, line)) {
      size_ += line.size();
    } else {
      ++failed_;
    }
  }
  recent_.push_back(std::move(line));
  if (recent_.size() > kRemembered) recent_.pop_front();
}

std::string FlowLog::recent(size_t most) const {
  std::string out;
  for (size_t i = recent_.size() - std::min(most, recent_.size()); i < recent_.size(); ++i) out += recent_[i];
  return out;
}

uint64_t FlowLog::written(FlowEvent event) const {
  const auto it = written_.find(event);
  return it == written_.end() ? 0 : it->second;
}

}  // namespace aclc
