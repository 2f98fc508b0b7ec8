// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/server.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aclc {
namespace {

// Of those who may change nothing, so that they cannot keep out those who may; and of each of them, so that they cannot keep out each other.
constexpr size_t kMostOthers = 32, kMostOfOne = 8;
constexpr size_t kMostConnections = 64;
constexpr uint64_t kPatience = 5000;  // milliseconds from first byte to last

bool fill_address(const std::string& path, sockaddr_un& out) {
  out = {};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof out.sun_path) return false;
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return true;
}

bool somebody_listens(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool reached = fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) close(fd);
  return reached;
}

bool in_group(int fd, const ucred& who, uint32_t group) {
  if (who.gid == group) return true;
  gid_t groups[256];
  socklen_t size = sizeof groups;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) != 0) return false;
  return std::find(groups, groups + size / sizeof(gid_t), group) != groups + size / sizeof(gid_t);
}

}  // namespace

Result<std::unique_ptr<ApiServer>> ApiServer::listen(const std::string& path, const std::string& operators, Handler handler) {
  sockaddr_un address;
  if (!fill_address(path, address)) return Failure{"the socket's path `" + path + "` is empty or too long"};
  std::optional<uint32_t> group;
  if (!operators.empty()) {
    const struct group* entry = getgrnam(operators.c_str());
    if (entry == nullptr) return Failure{"there is no group `" + operators + "`"};
    group = entry->gr_gid;
  }
  if (somebody_listens(address)) return Failure{"another daemon listens at " + path};
  unlink(path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool bound = fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  // Everybody may knock: who may do what is decided by who it is.
  if (!bound || chmod(path.c_str(), 0666) != 0 || ::listen(fd, 16) != 0) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd);
    return Failure{"cannot listen at " + path + ": " + why};
  }
  return Result<std::unique_ptr<ApiServer>>(std::unique_ptr<ApiServer>(new ApiServer(fd, path, group, std::move(handler))));
}

ApiServer::~ApiServer() {
  for (const Connection& c : connections_) close(c.fd);
  close(fd_);
  unlink(path_.c_str());
}

std::vector<pollfd> ApiServer::waits() const {
  std::vector<pollfd> out;
  if (connections_.size() < kMostConnections) out.push_back({fd_, POLLIN, 0});
  for (const Connection& c : connections_) out.push_back({c.fd, static_cast<short>(c.answered ? POLLOUT : POLLIN), 0});
  return out;
}

void ApiServer::accept_callers(uint64_t now) {
  while (connections_.size() < kMostConnections) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    ucred who{};
    socklen_t size = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
      close(fd);
      continue;
    }
    const bool may_change = who.uid == 0 || (group_ && in_group(fd, who, *group_));
    if (!may_change && is_crowded(who.uid)) {
      close(fd);
      continue;
    }
    connections_.push_back({fd, {who.uid, may_change}, now, {}, {}, 0, false});
  }
}

bool ApiServer::is_crowded(uint32_t uid) const {
  size_t others = 0, of_one = 0;
  for (const Connection& c : connections_) {
    others += c.caller.may_change ? 0 : 1;
    of_one += c.caller.uid == uid ? 1 : 0;
  }
  return others >= kMostOthers || of_one >= kMostOfOne;
}

bool ApiServer::advance(Connection& c) {
  char buffer[16384];
  while (!c.answered) {
    const ssize_t n = recv(c.fd, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) return false;
    c.in.append(buffer, static_cast<size_t>(n));
    local_http::Request request;
    const local_http::Progress progress = local_http::parse_request(c.in, request);
    if (progress == local_http::Progress::kMore) continue;
    c.answered = true;
    c.out = local_http::write_answer(progress == local_http::Progress::kBad ? local_http::Answer{400, "application/json", "{\"error\":\"this is no request\"}"}
                                                                : handler_(request, c.caller));
  }
  while (c.sent < c.out.size()) {
    const ssize_t n = send(c.fd, c.out.data() + c.sent, c.out.size() - c.sent, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) return false;
    c.sent += static_cast<size_t>(n);
  }
  return false;
}

void ApiServer::serve(uint64_t now) {
  accept_callers(now);
  for (size_t i = 0; i < connections_.size();) {
    if (now - connections_[i].since <= kPatience && advance(connections_[i])) {
      ++i;
      continue;
    }
    close(connections_[i].fd);
    connections_.erase(connections_.begin() + static_cast<ptrdiff_t>(i));
  }
}

}  // namespace aclc
