// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/netlink.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace aclc::nft {
namespace {

struct Close {
  void operator()(mnl_socket* s) const { mnl_socket_close(s); }
};
using Socket = std::unique_ptr<mnl_socket, Close>;

Socket open_socket() {
  Socket socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return nullptr;
  // The kernel answers at once; without this a lost answer would stop the daemon.
  const timeval patience{30, 0};
  setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return socket;
}

Failure failed(const std::string& what, int error) { return {"cannot " + what + ": " + std::strerror(error)}; }

uint16_t of_nftables(uint16_t type) { return static_cast<uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type); }

void put_family(nlmsghdr* header, uint8_t family, uint16_t resource = 0) {
  auto* extra = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  extra->nfgen_family = family;
  extra->version = NFNETLINK_V0;
  extra->res_id = htons(resource);
}

constexpr size_t kHeaders = 64;  // more than those of netlink and nf_tables together

}  // namespace

Batch::Batch() {
  put_family(put(NFNL_MSG_BATCH_BEGIN, 0, 0), AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

void Batch::close_last() {
  if (!open_) return;
  const auto* header = reinterpret_cast<const nlmsghdr*>(bytes_.data() + last_);
  bytes_.resize(last_ + MNL_ALIGN(header->nlmsg_len));
  open_ = false;
}

nlmsghdr* Batch::put(uint16_t type, uint16_t flags, size_t room) {
  close_last();
  last_ = bytes_.size();
  bytes_.resize(last_ + kHeaders + room);
  nlmsghdr* header = mnl_nlmsg_put_header(bytes_.data() + last_);
  header->nlmsg_type = type;
  header->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  header->nlmsg_seq = messages_;
  open_ = true;
  return header;
}

nlmsghdr* Batch::message(uint16_t type, uint16_t flags, size_t room) {
  ++messages_;  // the number of a message tells its answer; the frame's first has 0
  nlmsghdr* header = put(of_nftables(type), static_cast<uint16_t>(flags | NLM_F_ACK), room);
  put_family(header, NFPROTO_INET);
  return header;
}

Result<Done> Batch::commit(const std::string& what) {
  if (empty()) return Done{};
  const uint32_t wanted = messages_;
  ++messages_;
  put_family(put(NFNL_MSG_BATCH_END, 0, 0), AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  close_last();
  const Socket socket = open_socket();
  if (!socket) return failed(what, errno);
  const int fd = mnl_socket_get_fd(socket.get());
  // One transaction is one datagram, however large. Answers do not repeat what was asked.
  const int size = static_cast<int>(bytes_.size() + 65536), one = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
  if (mnl_socket_sendto(socket.get(), bytes_.data(), bytes_.size()) < 0) return failed(what, errno);
  std::vector<char> answer(65536);
  int error = 0;
  for (uint32_t answered = 0; answered < wanted;) {
    const ssize_t n = mnl_socket_recvfrom(socket.get(), answer.data(), answer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(what, errno);
    int left = static_cast<int>(n);
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data()); mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
      if (header->nlmsg_type != NLMSG_ERROR) continue;
      const int code = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header))->error;
      if (code != 0 && error == 0) error = code;
      if (header->nlmsg_seq == 0) return failed(what, error);  // of the whole: no others follow
      ++answered;
    }
  }
  if (error != 0) return failed(what, error);
  return Done{};
}

namespace {

// 0, or the error; EINTR: a change by somebody came between, so the answer is of no use.
int dump_once(uint16_t type, const std::function<void(nlmsghdr*)>& fill, const std::function<void(const nlmsghdr*)>& take) {
  const Socket socket = open_socket();
  if (!socket) return errno;
  std::vector<char> buffer(1 << 18);  // the kernel makes longer messages where there is room
  nlmsghdr* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = of_nftables(type);
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  put_family(header, NFPROTO_INET);
  fill(header);
  if (mnl_socket_sendto(socket.get(), header, header->nlmsg_len) < 0) return errno;
  const auto on_message = [](const nlmsghdr* message, void* data) -> int {
    (**static_cast<const std::function<void(const nlmsghdr*)>**>(data))(message);
    return MNL_CB_OK;
  };
  const auto* taker = &take;
  while (true) {
    const ssize_t n = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    const int state = mnl_cb_run(buffer.data(), static_cast<size_t>(n), 0, mnl_socket_get_portid(socket.get()), on_message, &taker);
    if (state < 0) return errno;
    if (state == MNL_CB_STOP) return 0;
  }
}

int take_generation(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NFTA_GEN_ID) *static_cast<uint32_t*>(data) = ntohl(mnl_attr_get_u32(attribute));
  return MNL_CB_OK;
}

int call_taker(const nlattr* attribute, void* data) {
  (**static_cast<const std::function<void(const nlattr*)>**>(data))(attribute);
  return MNL_CB_OK;
}

}  // namespace

Result<Done> dump(uint16_t type, const std::function<void(nlmsghdr*)>& fill, const std::function<void(const nlmsghdr*)>& take,
                  const std::function<void()>& again, const std::string& what) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (attempt > 0) again();
    const int error = dump_once(type, fill, take);
    if (error == 0 || error == ENOENT) return Done{};
    if (error != EINTR) return failed(what, error);
  }
  return Failure{"cannot " + what + ": somebody keeps changing nftables"};
}

uint32_t ruleset_id() {
  const Socket socket = open_socket();
  if (!socket) return 0;
  alignas(nlmsghdr) std::array<char, 8192> buffer{};
  nlmsghdr* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = of_nftables(NFT_MSG_GETGEN);
  header->nlmsg_flags = NLM_F_REQUEST;
  put_family(header, AF_UNSPEC);
  if (mnl_socket_sendto(socket.get(), header, header->nlmsg_len) < 0) return 0;
  const ssize_t n = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  uint32_t id = 0;
  const auto on_message = [](const nlmsghdr* message, void* data) -> int {
    mnl_attr_parse(message, sizeof(nfgenmsg), take_generation, data);
    return MNL_CB_STOP;
  };
  if (n > 0) mnl_cb_run(buffer.data(), static_cast<size_t>(n), 0, 0, on_message, &id);
  return id;
}

void each_attribute(const nlmsghdr* header, const std::function<void(const nlattr*)>& take) {
  const auto* taker = &take;
  mnl_attr_parse(header, sizeof(nfgenmsg), call_taker, &taker);
}

void each_attribute(const nlattr* nest, const std::function<void(const nlattr*)>& take) {
  const auto* taker = &take;
  mnl_attr_parse_nested(nest, call_taker, &taker);
}

uint64_t number64(const nlattr* attribute) {
  return mnl_attr_get_payload_len(attribute) == sizeof(uint64_t) ? be64toh(mnl_attr_get_u64(attribute)) : 0;
}

std::string text_of(const nlattr* attribute) {
  const auto* text = static_cast<const char*>(mnl_attr_get_payload(attribute));
  return std::string(text, strnlen(text, mnl_attr_get_payload_len(attribute)));
}

}  // namespace aclc::nft
