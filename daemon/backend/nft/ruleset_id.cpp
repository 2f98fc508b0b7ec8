// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/ruleset_id.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <array>
#include <memory>

namespace aclc::nft {
namespace {

struct Close {
  void operator()(mnl_socket* s) const { mnl_socket_close(s); }
};

int on_attribute(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NFTA_GEN_ID) *static_cast<uint32_t*>(data) = ntohl(mnl_attr_get_u32(attribute));
  return MNL_CB_OK;
}
int on_message(const nlmsghdr* header, void* data) {
  mnl_attr_parse(header, sizeof(nfgenmsg), on_attribute, data);
  return MNL_CB_STOP;
}

}  // namespace

uint32_t ruleset_id() {
  const std::unique_ptr<mnl_socket, Close> socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return 0;
  alignas(nlmsghdr) std::array<char, 8192> buffer{};
  nlmsghdr* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN;
  header->nlmsg_flags = NLM_F_REQUEST;
  static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)))->nfgen_family = AF_UNSPEC;
  if (mnl_socket_sendto(socket.get(), header, header->nlmsg_len) < 0) return 0;
  const ssize_t n = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  uint32_t id = 0;
  if (n > 0) mnl_cb_run(buffer.data(), static_cast<size_t>(n), 0, 0, on_message, &id);
  return id;
}

}  // namespace aclc::nft
