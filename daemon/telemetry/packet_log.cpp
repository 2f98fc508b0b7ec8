// SPDX-License-Identifier: Apache-2.0
#include "daemon/telemetry/packet_log.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace aclc {
namespace {

constexpr uint32_t kCopied = 256;  // bytes of each packet: all headers that we read
constexpr int kReceiveBuffer = 4 << 20;

struct Close {
  void operator()(mnl_socket* s) const { mnl_socket_close(s); }
};
using Socket = std::unique_ptr<mnl_socket, Close>;

Failure failed(const char* what) { return {std::string("cannot ") + what + ": " + std::strerror(errno)}; }

nlmsghdr* start_config(char* buffer, uint16_t group) {
  nlmsghdr* header = mnl_nlmsg_put_header(buffer);
  header->nlmsg_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  family->nfgen_family = AF_UNSPEC;
  family->version = NFNETLINK_V0;
  family->res_id = htons(group);
  return header;
}

bool acknowledged(mnl_socket* socket, const nlmsghdr* header) {
  if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0) return false;
  std::array<char, 8192> answer;
  const ssize_t n = mnl_socket_recvfrom(socket, answer.data(), answer.size());
  return n >= 0 && mnl_cb_run(answer.data(), static_cast<size_t>(n), 0, mnl_socket_get_portid(socket), nullptr, nullptr) >= 0;
}

class NetlinkLog : public PacketLog {
 public:
  explicit NetlinkLog(Socket socket) : socket_(std::move(socket)) {}

  bool take_group(uint16_t group) {
    std::array<char, 1024> buffer{};
    nlmsghdr* bind = start_config(buffer.data(), group);
    nfulnl_msg_config_cmd command{};
    command.command = NFULNL_CFG_CMD_BIND;
    mnl_attr_put(bind, NFULA_CFG_CMD, sizeof command, &command);
    if (!acknowledged(socket_.get(), bind)) return false;
    buffer.fill(0);
    nlmsghdr* mode = start_config(buffer.data(), group);
    nfulnl_msg_config_mode copy{};
    copy.copy_range = htonl(kCopied);
    copy.copy_mode = NFULNL_COPY_PACKET;
    mnl_attr_put(mode, NFULA_CFG_MODE, sizeof copy, &copy);
    mnl_attr_put_u32(mode, NFULA_CFG_QTHRESH, htonl(1));
    return acknowledged(socket_.get(), mode);
  }

  int descriptor() const override { return mnl_socket_get_fd(socket_.get()); }
  uint64_t lost() const override { return lost_; }

  void read(const std::function<void(const LoggedPacket&)>& take) override {
    std::array<char, 65536> buffer;
    while (true) {
      const ssize_t n = recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n < 0 && errno == ENOBUFS) ++lost_;
      if (n < 0 && (errno == ENOBUFS || errno == EINTR)) continue;
      if (n <= 0) return;
      Taker context{&take};
      mnl_cb_run(buffer.data(), static_cast<size_t>(n), 0, 0, on_message, &context);
    }
  }

 private:
  struct Taker {
    const std::function<void(const LoggedPacket&)>* take;
    LoggedPacket packet;
  };

  static int on_attribute(const nlattr* attribute, void* data) {
    auto& packet = static_cast<Taker*>(data)->packet;
    const auto* payload = static_cast<const uint8_t*>(mnl_attr_get_payload(attribute));
    const size_t size = mnl_attr_get_payload_len(attribute);
    if (mnl_attr_get_type(attribute) == NFULA_PAYLOAD) packet.packet = {payload, size};
    if (mnl_attr_get_type(attribute) == NFULA_PREFIX && size > 0) packet.prefix = {reinterpret_cast<const char*>(payload), size - 1};
    return MNL_CB_OK;
  }
  static int on_message(const nlmsghdr* header, void* data) {
    auto* taker = static_cast<Taker*>(data);
    taker->packet = {};
    if ((header->nlmsg_type & 0xff) == NFULNL_MSG_PACKET && mnl_attr_parse(header, sizeof(nfgenmsg), on_attribute, data) > MNL_CB_STOP) {
      (*taker->take)(taker->packet);
    }
    return MNL_CB_OK;
  }

  Socket socket_;
  uint64_t lost_ = 0;
};

}  // namespace

Result<std::unique_ptr<PacketLog>> PacketLog::open(uint16_t group) {
  Socket socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return failed("open the packet log");
  setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
  auto log = std::make_unique<NetlinkLog>(std::move(socket));
  if (!log->take_group(group)) return failed("take the packet log's group");
  return Result<std::unique_ptr<PacketLog>>(std::move(log));
}

}  // namespace aclc
