// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aclc {

Result<local_http::Answer> ask_daemon(const std::string& socket_path, const local_http::Request& request) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path) return Failure{"the socket's path `" + socket_path + "` is empty or too long"};
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  const auto fail = [fd, &socket_path](const char* what) {
    const Failure failure{std::string(what) + " " + socket_path + ": " + std::strerror(errno)};
    if (fd >= 0) close(fd);
    return failure;
  };
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return fail("no daemon answers at");
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string text = local_http::write_request(request);
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t n = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return fail("cannot ask the daemon at");
    sent += static_cast<size_t>(n);
  }
  std::string bytes;
  char buffer[65536];
  while (true) {
    const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail("no answer from the daemon at");
    if (n == 0) break;
    bytes.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  auto answer = local_http::parse_answer(bytes);
  if (!answer) return Failure{"the daemon at " + socket_path + " broke off its answer"};
  return std::move(*answer);
}

}  // namespace aclc
