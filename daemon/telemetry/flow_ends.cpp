// SPDX-License-Identifier: Apache-2.0
#include "daemon/telemetry/flow_ends.h"

#include <fcntl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>

#include <cerrno>
#include <cstring>

#include "base/net/protocol.h"

namespace aclc {
namespace {

Address address_of(const nf_conntrack* ct, nf_conntrack_attr v4, nf_conntrack_attr v6) {
  const bool is_v4 = nfct_get_attr_u8(ct, ATTR_ORIG_L3PROTO) == AF_INET;
  const size_t size = is_v4 ? 4 : 16;
  const auto* bytes = static_cast<const uint8_t*>(nfct_get_attr(ct, is_v4 ? v4 : v6));
  uint128 bits = 0;
  for (size_t i = 0; bytes != nullptr && i < size; ++i) bits = bits << 8 | bytes[i];
  return Address::of(is_v4 ? Family::kV4 : Family::kV6, bits);
}

FlowEnd flow_end_of(const nf_conntrack* ct) {
  FlowEnd out;
  out.flow.src = address_of(ct, ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC);
  out.flow.dst = address_of(ct, ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST);
  out.flow.protocol = nfct_get_attr_u8(ct, ATTR_ORIG_L4PROTO);
  if (protocol_has_ports(out.flow.protocol)) {
    out.flow.src_port = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_SRC));
    out.flow.dst_port = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_DST));
  }
  out.packets_in = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_PACKETS);
  out.bytes_in = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_BYTES);
  out.packets_out = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_PACKETS);
  out.bytes_out = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_BYTES);
  const uint64_t start = nfct_get_attr_u64(ct, ATTR_TIMESTAMP_START), stop = nfct_get_attr_u64(ct, ATTR_TIMESTAMP_STOP);
  if (start != 0 && stop > start) out.seconds = static_cast<double>(stop - start) / 1e9;
  return out;
}

struct Close {
  void operator()(nfct_handle* handle) const { nfct_close(handle); }
};

class ConntrackEvents : public FlowEnds {
 public:
  explicit ConntrackEvents(nfct_handle* handle) : handle_(handle) {
    nfct_callback_register(handle, NFCT_T_DESTROY, on_event, this);
    fcntl(nfct_fd(handle), F_SETFL, O_NONBLOCK);
    fcntl(nfct_fd(handle), F_SETFD, FD_CLOEXEC);  // the tunnel's program has no business with it
  }
  int descriptor() const override { return nfct_fd(handle_.get()); }
  uint64_t lost() const override { return lost_; }
  void read(const std::function<void(const FlowEnd&)>& take) override {
    take_ = &take;
    // One call reads what one datagram holds.
    for (int i = 0; i < 1000; ++i) {
      if (nfct_catch(handle_.get()) >= 0) continue;
      if (errno == ENOBUFS) ++lost_;
      else if (errno != EINTR) break;
    }
    take_ = nullptr;
  }

 private:
  static int on_event(nf_conntrack_msg_type, nf_conntrack* ct, void* self) {
    const auto* events = static_cast<ConntrackEvents*>(self);
    if (events->take_ != nullptr) (*events->take_)(flow_end_of(ct));
    return NFCT_CB_CONTINUE;
  }

  std::unique_ptr<nfct_handle, Close> handle_;
  const std::function<void(const FlowEnd&)>* take_ = nullptr;
  uint64_t lost_ = 0;
};

}  // namespace

Result<std::unique_ptr<FlowEnds>> FlowEnds::open() {
  nfct_handle* handle = nfct_open(CONNTRACK, NF_NETLINK_CONNTRACK_DESTROY);
  if (handle == nullptr) return Failure{std::string("cannot follow connection tracking: ") + std::strerror(errno)};
  return Result<std::unique_ptr<FlowEnds>>(std::make_unique<ConntrackEvents>(handle));
}

}  // namespace aclc
