// SPDX-License-Identifier: Apache-2.0
// Linux' own WireGuard: an interface by rtnetlink, its peers by generic netlink.
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>
#include <net/if.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "daemon/backend/net/netlink.h"
#include "daemon/backend/wireguard/kernel_messages.h"
#include "daemon/backend/wireguard/tunnel.h"

namespace aclc::wireguard {
namespace {

using netlink::each_attribute;
using netlink::Message;

constexpr const char* kKind = "wireguard";
// Tells our interface from others of the same name. It outlives a daemon that dies, and the next one goes on with it.
constexpr const char* kAlias = "aclcd";

std::string text_of(const nlattr* attribute) {
  const auto* text = static_cast<const char*>(mnl_attr_get_payload(attribute));
  return std::string(text, strnlen(text, mnl_attr_get_payload_len(attribute)));
}

class KernelTunnel : public TunnelHost, public Tunnel {
 public:
  explicit KernelTunnel(std::string interface) : interface_(std::move(interface)) {}

  Result<Done> open() override {
    if (is_open()) return Done{};
    if (const auto done = connect(); !done) return done;
    if (const auto done = make_link(); !done) return done;
    if (const auto done = find_family(); !done) return done;
    index_ = if_nametoindex(interface_.c_str());
    return Done{};
  }
  void close() override {
    if (!is_open()) return;
    Message message(RTM_DELLINK, NLM_F_ACK);
    message.extra<ifinfomsg>()->ifi_index = static_cast<int>(index_);
    static_cast<void>(links_->talk(message.header(), "remove interface " + interface_, ENODEV));
    index_ = 0;
  }
  bool is_open() override { return index_ != 0 && if_nametoindex(interface_.c_str()) == index_; }
  Tunnel& tunnel() override { return *this; }

  Result<DeviceState> state() override {
    if (!is_open()) return Failure{"the interface " + interface_ + " is not there"};
    Message message(family_, NLM_F_DUMP);
    auto* command = message.extra<genlmsghdr>();
    command->cmd = WG_CMD_GET_DEVICE;
    command->version = WG_GENL_VERSION;
    mnl_attr_put_strz(message.header(), WGDEVICE_A_IFNAME, interface_.c_str());
    DeviceState state;
    const auto done = devices_->dump(message.header(), "read the tunnel " + interface_, [&](const nlmsghdr* answer) { take_device(answer, state); });
    if (!done) return done.error();
    return state;
  }
  Result<Done> change(const DeviceChange& change) override {
    if (change.private_key.empty() && change.listen_port == 0 && change.mark == 0 && change.peers.empty()) return Done{};
    if (!is_open()) return Failure{"the interface " + interface_ + " is not there"};
    for (std::vector<char>& bytes : set_messages(family_, interface_, change)) {
      const auto done = devices_->talk(reinterpret_cast<nlmsghdr*>(bytes.data()), "change the tunnel " + interface_, 0);
      if (!done) return done;
    }
    return Done{};
  }

  bool is_missing() const { return missing_; }

 private:
  Result<Done> connect() {
    if (!links_) {
      auto socket = netlink::Socket::open(NETLINK_ROUTE);
      if (!socket) return socket.error();
      links_ = std::move(socket).value();
    }
    if (!devices_) {
      auto socket = netlink::Socket::open(NETLINK_GENERIC);
      if (!socket) return socket.error();
      devices_ = std::move(socket).value();
    }
    return Done{};
  }

  Result<Done> make_link() {
    if (if_nametoindex(interface_.c_str()) != 0) return check_link();
    Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
    message.extra<ifinfomsg>()->ifi_family = AF_UNSPEC;
    mnl_attr_put_strz(message.header(), IFLA_IFNAME, interface_.c_str());
    nlattr* info = mnl_attr_nest_start(message.header(), IFLA_LINKINFO);
    mnl_attr_put_strz(message.header(), IFLA_INFO_KIND, kKind);
    mnl_attr_nest_end(message.header(), info);
    if (const auto done = links_->talk(message.header(), "make the WireGuard interface " + interface_, EOPNOTSUPP); !done) return done;
    missing_ = if_nametoindex(interface_.c_str()) == 0;  // it was asked for, and this kernel does not know the kind
    if (missing_) return Failure{"this kernel has no WireGuard"};
    Message named(RTM_NEWLINK, NLM_F_ACK);
    auto* link = named.extra<ifinfomsg>();
    link->ifi_family = AF_UNSPEC;
    link->ifi_index = static_cast<int>(if_nametoindex(interface_.c_str()));
    mnl_attr_put_str(named.header(), IFLA_IFALIAS, kAlias);
    return links_->talk(named.header(), "mark the interface " + interface_, 0);
  }

  // One that is there already: an earlier daemon's, or somebody else's.
  Result<Done> check_link() {
    std::string kind, alias;
    Message message(RTM_GETLINK, NLM_F_DUMP);
    message.extra<ifinfomsg>()->ifi_family = AF_UNSPEC;
    const unsigned index = if_nametoindex(interface_.c_str());
    const auto done = links_->dump(message.header(), "look at interface " + interface_, [&](const nlmsghdr* answer) {
      if (static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(answer))->ifi_index != static_cast<int>(index)) return;
      each_attribute(answer, sizeof(ifinfomsg), [&](const nlattr* a) {
        if (mnl_attr_get_type(a) == IFLA_IFALIAS) alias = text_of(a);
        if (mnl_attr_get_type(a) != IFLA_LINKINFO) return;
        each_attribute(a, [&](const nlattr* of_kind) {
          if (mnl_attr_get_type(of_kind) == IFLA_INFO_KIND) kind = text_of(of_kind);
        });
      });
    });
    if (!done) return done;
    if (kind == kKind && alias == kAlias) return Done{};
    return Failure{"there is another interface " + interface_ + " already: remove it, or give this node another `interface`"};
  }

  Result<Done> find_family() {
    Message message(GENL_ID_CTRL, NLM_F_DUMP);
    auto* command = message.extra<genlmsghdr>();
    command->cmd = CTRL_CMD_GETFAMILY;
    command->version = 1;
    family_ = 0;
    const auto done = devices_->dump(message.header(), "find WireGuard in generic netlink", [&](const nlmsghdr* answer) {
      std::string name;
      uint16_t id = 0;
      each_attribute(answer, sizeof(genlmsghdr), [&](const nlattr* a) {
        if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_NAME) name = text_of(a);
        if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID) id = mnl_attr_get_u16(a);
      });
      if (name == WG_GENL_NAME) family_ = id;
    });
    if (!done) return done;
    if (family_ == 0) return Failure{"this kernel has a WireGuard interface, but does not speak of it in generic netlink"};
    return Done{};
  }

  std::string interface_;
  std::optional<netlink::Socket> links_, devices_;
  unsigned index_ = 0;
  uint16_t family_ = 0;
  bool missing_ = false;
};

// The kernel's where it has one; else a program. Decided once.
class KernelOrProgram : public TunnelHost {
 public:
  KernelOrProgram(const std::string& interface, std::unique_ptr<TunnelHost> program) : kernel_(interface), program_(std::move(program)) {}

  Result<Done> open() override {
    if (!by_program_) {
      const auto done = kernel_.open();
      if (done || !kernel_.is_missing()) return done;
      by_program_ = true;
    }
    return program_->open();
  }
  void close() override { chosen().close(); }
  bool is_open() override { return chosen().is_open(); }
  Tunnel& tunnel() override { return chosen().tunnel(); }

 private:
  TunnelHost& chosen() { return by_program_ ? *program_ : static_cast<TunnelHost&>(kernel_); }

  KernelTunnel kernel_;
  std::unique_ptr<TunnelHost> program_;
  bool by_program_ = false;
};

}  // namespace

std::unique_ptr<TunnelHost> kernel_wireguard(const std::string& interface, std::unique_ptr<TunnelHost> otherwise) {
  return std::make_unique<KernelOrProgram>(interface, std::move(otherwise));
}

}  // namespace aclc::wireguard
