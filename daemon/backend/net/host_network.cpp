// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/net/host_network.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>

#include "daemon/backend/net/netlink.h"

namespace aclc {
namespace {

using netlink::each_attribute;
using netlink::Message;

// Marks routes as ours (see /etc/iproute2/rt_protos): no routing daemon touches them, and we touch no others.
constexpr uint8_t kOurProtocol = 0xac;

uint8_t family_number(Family family) { return family == Family::kV4 ? AF_INET : AF_INET6; }

void put_address(nlmsghdr* header, uint16_t type, const Address& a) {
  std::array<uint8_t, 16> bytes{};
  const size_t size = a.is_v4() ? 4 : 16;
  uint128 bits = a.bits();
  for (size_t i = size; i-- > 0; bits >>= 8) bytes[i] = static_cast<uint8_t>(bits);
  mnl_attr_put(header, type, size, bytes.data());
}

Address read_address(const nlattr* attribute, Family family) {
  const auto* bytes = static_cast<const uint8_t*>(mnl_attr_get_payload(attribute));
  uint128 bits = 0;
  for (size_t i = 0; i < mnl_attr_get_payload_len(attribute) && i < 16; ++i) bits = bits << 8 | bytes[i];
  return Address::of(family, bits);
}

class Rtnetlink : public HostNetwork {
 public:
  explicit Rtnetlink(netlink::Socket socket) : socket_(std::move(socket)) {}

  Result<Done> set_link(const std::string& interface, uint32_t mtu, bool up) override {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return failed("find interface " + interface);
    Message message(RTM_NEWLINK, NLM_F_ACK);
    auto* link = message.extra<ifinfomsg>();
    link->ifi_family = AF_UNSPEC;
    link->ifi_index = static_cast<int>(index);
    link->ifi_change = IFF_UP;
    link->ifi_flags = up ? IFF_UP : 0;
    mnl_attr_put_u32(message.header(), IFLA_MTU, mtu);
    return talk(message, "set up interface " + interface, 0);
  }

  bool has_ipv6(const std::string& interface) override {
    const auto off = read_setting("net/ipv6/conf/" + interface + "/disable_ipv6");
    return off && *off == "0";
  }

  Result<std::vector<Prefix>> addresses(const std::string& interface) override {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return failed("find interface " + interface);
    return addresses_where([index](const ifaddrmsg& a) { return a.ifa_index == index; });
  }
  Result<std::vector<Prefix>> addresses_beside(const std::string& interface) override {
    const unsigned index = if_nametoindex(interface.c_str()), loopback = if_nametoindex("lo");
    return addresses_where([index, loopback](const ifaddrmsg& a) { return a.ifa_index != index && a.ifa_index != loopback; });
  }

  Result<Done> add_address(const std::string& interface, const Prefix& address) override {
    return change_address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, interface, address, "add address ", EEXIST);
  }
  Result<Done> remove_address(const std::string& interface, const Prefix& address) override {
    return change_address(RTM_DELADDR, 0, interface, address, "remove address ", EADDRNOTAVAIL);
  }

  Result<std::vector<Prefix>> routes(const std::string& interface, uint32_t table) override {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return failed("find interface " + interface);
    std::vector<Prefix> out;
    for (const Family family : {Family::kV4, Family::kV6}) {
      Message message(RTM_GETROUTE, NLM_F_DUMP);
      message.extra<rtmsg>()->rtm_family = family_number(family);
      const auto done = dump(message, "list routes", [&](const nlmsghdr* header) {
        const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(header));
        if (route->rtm_protocol != kOurProtocol) return;
        Address to = Address::of(family, 0);
        uint32_t by = 0, in = route->rtm_table;
        each_attribute(header, sizeof(rtmsg), [&](const nlattr* attribute) {
          if (mnl_attr_get_type(attribute) == RTA_DST) to = read_address(attribute, family);
          if (mnl_attr_get_type(attribute) == RTA_OIF) by = mnl_attr_get_u32(attribute);
          if (mnl_attr_get_type(attribute) == RTA_TABLE) in = mnl_attr_get_u32(attribute);
        });
        if (by == index && in == table) out.push_back({to, route->rtm_dst_len});
      });
      if (!done) return done.error();
    }
    return out;
  }

  Result<Done> add_route(const std::string& interface, const Prefix& to, uint32_t table) override {
    return change_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, interface, to, table, "add route ", EEXIST);
  }
  Result<Done> remove_route(const std::string& interface, const Prefix& to, uint32_t table) override {
    return change_route(RTM_DELROUTE, 0, interface, to, table, "remove route ", ESRCH);
  }

  Result<Done> refuse_rest(Family family, uint32_t table) override {
    return change_rest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, family, table, "block what leaves directly", EEXIST);
  }
  Result<Done> accept_rest(Family family, uint32_t table) override { return change_rest(RTM_DELROUTE, 0, family, table, "unblock what leaves directly", ESRCH); }

  Result<std::vector<RoutingRule>> rules() override {
    std::vector<RoutingRule> out;
    for (const Family family : {Family::kV4, Family::kV6}) {
      Message message(RTM_GETRULE, NLM_F_DUMP);
      message.extra<fib_rule_hdr>()->family = family_number(family);
      const auto done = dump(message, "list routing rules", [&](const nlmsghdr* header) {
        RoutingRule rule;
        rule.family = family;
        bool ours = false;
        each_attribute(header, sizeof(fib_rule_hdr), [&](const nlattr* attribute) {
          const uint16_t type = mnl_attr_get_type(attribute);
          if (type == FRA_PROTOCOL) ours = mnl_attr_get_u8(attribute) == kOurProtocol;
          if (type == FRA_PRIORITY) rule.priority = mnl_attr_get_u32(attribute);
          if (type == FRA_TABLE) rule.table = mnl_attr_get_u32(attribute);
          if (type == FRA_FWMARK) rule.unless_mark = mnl_attr_get_u32(attribute);
          if (type == FRA_SUPPRESS_PREFIXLEN) rule.only_specific = mnl_attr_get_u32(attribute) == 0;
        });
        if (ours) out.push_back(rule);
      });
      if (!done) return done.error();
    }
    return out;
  }
  Result<Done> add_rule(const RoutingRule& rule) override {
    return change_rule(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule, "add a routing rule", EEXIST);
  }
  Result<Done> remove_rule(const RoutingRule& rule) override { return change_rule(RTM_DELRULE, 0, rule, "remove a routing rule", ENOENT); }

 private:
  static Failure failed(const std::string& what) { return {"cannot " + what + ": " + std::strerror(errno)}; }

  template <class Wanted>
  Result<std::vector<Prefix>> addresses_where(const Wanted& wanted) {
    Message message(RTM_GETADDR, NLM_F_DUMP);
    message.extra<ifaddrmsg>()->ifa_family = AF_UNSPEC;
    std::vector<Prefix> out;
    const auto done = dump(message, "list addresses", [&](const nlmsghdr* header) {
      const auto* address = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
      if (address->ifa_scope == RT_SCOPE_LINK || address->ifa_scope == RT_SCOPE_HOST || !wanted(*address)) return;
      const Family family = address->ifa_family == AF_INET ? Family::kV4 : Family::kV6;
      std::optional<Address> found;
      each_attribute(header, sizeof(ifaddrmsg), [&](const nlattr* attribute) {
        const uint16_t type = mnl_attr_get_type(attribute);
        if (type == IFA_LOCAL || (type == IFA_ADDRESS && !found)) found = read_address(attribute, family);
      });
      if (found) out.push_back({*found, address->ifa_prefixlen});
    });
    if (!done) return done.error();
    return out;
  }

  Result<Done> change_address(uint16_t type, uint16_t flags, const std::string& interface, const Prefix& address, const char* what, int fine) {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return failed("find interface " + interface);
    Message message(type, static_cast<uint16_t>(flags | NLM_F_ACK));
    auto* body = message.extra<ifaddrmsg>();
    body->ifa_family = family_number(address.address.family);
    body->ifa_prefixlen = address.length;
    body->ifa_index = index;
    body->ifa_flags = IFA_F_NODAD;  // nobody else can have it: the control plane gave it to us
    put_address(message.header(), IFA_LOCAL, address.address);
    put_address(message.header(), IFA_ADDRESS, address.address);
    return talk(message, what + address.to_text(), fine);
  }

  Result<Done> change_route(uint16_t type, uint16_t flags, const std::string& interface, const Prefix& to, uint32_t table, const char* what,
                            int fine) {
    const unsigned index = if_nametoindex(interface.c_str());
    if (index == 0) return failed("find interface " + interface);
    Message message(type, static_cast<uint16_t>(flags | NLM_F_ACK));
    auto* body = message.extra<rtmsg>();
    body->rtm_family = family_number(to.address.family);
    body->rtm_dst_len = to.length;
    body->rtm_table = RT_TABLE_UNSPEC;  // the attribute says it, since this field is too small for ours
    body->rtm_protocol = kOurProtocol;
    body->rtm_scope = to.address.is_v4() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    body->rtm_type = RTN_UNICAST;
    put_address(message.header(), RTA_DST, to.address);
    mnl_attr_put_u32(message.header(), RTA_OIF, index);
    mnl_attr_put_u32(message.header(), RTA_TABLE, table);
    return talk(message, what + to.to_text(), fine);
  }

  Result<Done> change_rest(uint16_t type, uint16_t flags, Family family, uint32_t table, const char* what, int fine) {
    constexpr uint32_t kLast = 0x7fffffff;  // behind every route that an interface carries
    Message message(type, static_cast<uint16_t>(flags | NLM_F_ACK));
    auto* body = message.extra<rtmsg>();
    body->rtm_family = family_number(family);
    body->rtm_table = RT_TABLE_UNSPEC;
    body->rtm_protocol = kOurProtocol;
    body->rtm_scope = RT_SCOPE_UNIVERSE;
    body->rtm_type = RTN_UNREACHABLE;
    mnl_attr_put_u32(message.header(), RTA_PRIORITY, kLast);
    mnl_attr_put_u32(message.header(), RTA_TABLE, table);
    return talk(message, what, fine);
  }

  Result<Done> change_rule(uint16_t type, uint16_t flags, const RoutingRule& rule, const char* what, int fine) {
    Message message(type, static_cast<uint16_t>(flags | NLM_F_ACK));
    auto* body = message.extra<fib_rule_hdr>();
    body->family = family_number(rule.family);
    body->action = FR_ACT_TO_TBL;
    body->flags = rule.unless_mark != 0 ? FIB_RULE_INVERT : 0;
    mnl_attr_put_u32(message.header(), FRA_PRIORITY, rule.priority);
    mnl_attr_put_u32(message.header(), FRA_TABLE, rule.table);
    mnl_attr_put_u8(message.header(), FRA_PROTOCOL, kOurProtocol);
    if (rule.unless_mark != 0) {
      mnl_attr_put_u32(message.header(), FRA_FWMARK, rule.unless_mark);
      mnl_attr_put_u32(message.header(), FRA_FWMASK, UINT32_MAX);
    }
    if (rule.only_specific) mnl_attr_put_u32(message.header(), FRA_SUPPRESS_PREFIXLEN, 0);
    return talk(message, what, fine);
  }

  Result<Done> talk(Message& message, const std::string& what, int fine) { return socket_.talk(message.header(), what, fine); }
  Result<Done> dump(Message& message, const std::string& what, const std::function<void(const nlmsghdr*)>& take) {
    return socket_.dump(message.header(), what, take);
  }

  netlink::Socket socket_;
};

}  // namespace

Result<std::unique_ptr<HostNetwork>> rtnetlink_network() {
  auto socket = netlink::Socket::open(NETLINK_ROUTE);
  if (!socket) return socket.error();
  return Result<std::unique_ptr<HostNetwork>>(std::make_unique<Rtnetlink>(std::move(socket).value()));
}

}  // namespace aclc
