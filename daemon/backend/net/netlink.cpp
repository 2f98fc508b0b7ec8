// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/net/netlink.h"

#include <cerrno>
#include <cstring>
#include <vector>

namespace aclc::netlink {
namespace {

Failure failed(const std::string& what) { return {"cannot " + what + ": " + std::strerror(errno)}; }

}  // namespace

Result<Socket> Socket::open(int bus) {
  Socket out(mnl_socket_open2(bus, SOCK_CLOEXEC));
  if (!out.socket_ || mnl_socket_bind(out.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) return failed("open a netlink socket");
  return out;
}

Result<Done> Socket::talk(nlmsghdr* message, const std::string& what, int fine) {
  message->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return failed(what);
  std::array<char, 16384> answer;
  const ssize_t n = mnl_socket_recvfrom(socket_.get(), answer.data(), answer.size());
  const bool ok = n >= 0 && mnl_cb_run(answer.data(), static_cast<size_t>(n), sequence_, mnl_socket_get_portid(socket_.get()), nullptr, nullptr) >= 0;
  if (!ok && (fine == 0 || errno != fine)) return failed(what);
  return Done{};
}

Result<Done> Socket::dump(nlmsghdr* message, const std::string& what, const std::function<void(const nlmsghdr*)>& take) {
  message->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return failed(what);
  const auto on_message = [](const nlmsghdr* header, void* data) -> int {
    (**static_cast<const std::function<void(const nlmsghdr*)>**>(data))(header);
    return MNL_CB_OK;
  };
  const auto* taker = &take;
  std::vector<char> answer(65536);
  while (true) {
    const ssize_t n = mnl_socket_recvfrom(socket_.get(), answer.data(), answer.size());
    if (n < 0) return failed(what);
    const int state = mnl_cb_run(answer.data(), static_cast<size_t>(n), sequence_, mnl_socket_get_portid(socket_.get()), on_message, &taker);
    if (state < 0) return failed(what);
    if (state == MNL_CB_STOP) return Done{};
  }
}

}  // namespace aclc::netlink
