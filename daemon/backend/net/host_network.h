// SPDX-License-Identifier: Apache-2.0
// Addresses, routes and state of one interface, over rtnetlink.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/address.h"
#include "base/result.h"
#include "daemon/planner/exit_node.h"

namespace aclc {

class HostNetwork {
 public:
  virtual ~HostNetwork() = default;
  virtual Result<Done> set_link(const std::string& interface, uint32_t mtu, bool up) = 0;
  /// False where IPv6 is switched off for the interface (`all`: everywhere), or there is none on this host.
  virtual bool has_ipv6(const std::string& interface) = 0;
  /// With their prefix lengths; IPv6 link-local ones, which the kernel makes by itself, are left out.
  virtual Result<std::vector<Prefix>> addresses(const std::string& interface) = 0;
  /// The same of all other interfaces but the loopback.
  virtual Result<std::vector<Prefix>> addresses_beside(const std::string& interface) = 0;
  virtual Result<Done> add_address(const std::string& interface, const Prefix& address) = 0;
  virtual Result<Done> remove_address(const std::string& interface, const Prefix& address) = 0;
  /// Those that lead out by the interface and are ours.
  virtual Result<std::vector<Prefix>> routes(const std::string& interface, uint32_t table = kMainTable) = 0;
  virtual Result<Done> add_route(const std::string& interface, const Prefix& to, uint32_t table = kMainTable) = 0;
  virtual Result<Done> remove_route(const std::string& interface, const Prefix& to, uint32_t table = kMainTable) = 0;
  /// A last route in the table: what no other one takes is answered as unreachable, rather than looked up elsewhere. It goes with no
  /// interface.
  virtual Result<Done> refuse_rest(Family family, uint32_t table) = 0;
  virtual Result<Done> accept_rest(Family family, uint32_t table) = 0;
  /// Ours, also those that an earlier run has left behind.
  virtual Result<std::vector<RoutingRule>> rules() = 0;
  virtual Result<Done> add_rule(const RoutingRule& rule) = 0;
  virtual Result<Done> remove_rule(const RoutingRule& rule) = 0;
};

Result<std::unique_ptr<HostNetwork>> rtnetlink_network();

/// What stands under /proc/sys; nothing where this kernel has no such setting.
std::optional<std::string> read_setting(const std::string& name);

/// A setting under /proc/sys that is put back when this goes, unless somebody else has changed it meanwhile.
class BorrowedSetting {
 public:
  /// `name` as in `net/ipv4/ip_forward`.
  static Result<std::unique_ptr<BorrowedSetting>> set(const std::string& name, const std::string& value);
  ~BorrowedSetting();
  BorrowedSetting(const BorrowedSetting&) = delete;
  BorrowedSetting& operator=(const BorrowedSetting&) = delete;

 private:
  BorrowedSetting(std::string path, std::string before, std::string value)
      : path_(std::move(path)), before_(std::move(before)), value_(std::move(value)) {}
  std::string path_, before_, value_;
};

}  // namespace aclc
