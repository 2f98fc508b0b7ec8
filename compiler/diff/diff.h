// SPDX-License-Identifier: Apache-2.0
// Who gains and who loses access to what between two policies on one tailnet: exactly.
//
// The packets that a device's filter takes under either policy are compared, by classes: devices, and addresses, that the rules of
// both cannot tell apart. What differs is put together again over sources, destinations and devices, so that a change is said once.
// The cost follows what differs: where both policies give a device the same rules nothing but the plan of its table is made.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"
#include "base/span.h"
#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "parser/policy/policy.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// What packets from one class of addresses to another pass.
struct AccessSet {
  PortSet tcp, udp, sctp;
  std::bitset<256> others;  ///< protocols without ports but ICMP
  bool ping = false;        ///< ICMP: it passes as soon as anything does

  bool empty() const { return tcp.empty() && udp.empty() && sctp.empty() && others.none() && !ping; }
  AccessSet minus(const AccessSet& o) const;
  /// `tcp,udp 80,443 · gre`
  std::string to_text() const;
  friend bool operator==(const AccessSet&, const AccessSet&) = default;
};

/// One packet that shows a change.
struct AccessWitness {
  Address src, dst;
  uint8_t protocol = 0;
  uint16_t port = 0;
};

struct AccessChange {
  bool gained = false;
  bool own_devices = false;  ///< between the devices of each of the users in `sources`
  std::vector<std::string> sources, destinations;  ///< users, tags, devices, CIDRs
  size_t source_devices = 0, destination_devices = 0;
  AddressSet source_addresses, destination_addresses;
  AccessSet access;
  AccessWitness witness;
  std::vector<Span> rules;  ///< of the new policy where gained, of the old one where lost; empty for absent `acls` and `grants`
};

enum class OtherKind : uint8_t { kSsh, kCapability, kAttribute, kRoute };
/// `ssh`, `capability`, `attribute`, `route`.
std::string_view other_kind_name(OtherKind kind);

/// What is gained or lost beside packets.
struct OtherChange {
  OtherKind kind = OtherKind::kSsh;
  bool gained = false;
  bool own_devices = false;          ///< on the devices of each of the users in `sources`
  std::string what;                  ///< a login and how; a capability or an attribute with its value; a CIDR
  std::vector<std::string> sources;  ///< who may log in, or holds the capability; empty for attributes and routes
  std::vector<std::string> devices;  ///< where: users, tags, devices. Of a route: that serve it
  size_t device_count = 0;
  AddressSet source_addresses, device_addresses;
  std::string source_device, device;  ///< one of each that shows it; no source for attributes and routes
  std::vector<Span> rules;  ///< as in AccessChange; empty for routes and settings of the whole tailnet
};

struct AccessDiff {
  std::vector<AccessChange> changes;  ///< lost first, then gained; widest first
  std::vector<OtherChange> others;    ///< by kind; lost first, then gained
  size_t devices = 0;

  bool empty() const { return changes.empty() && others.empty(); }
};

/// One side: a policy that has passed the check.
struct PolicyView {
  const Policy& policy;
  const SyntaxTree& tree;
  const Definitions& definitions;
};

/// Where to look: at nodes that rules of one side alone concern, if nothing but rules differs; or everywhere, which says the same
/// and takes longer (tests hold one to the other).
enum class DiffWork : uint8_t { kWhereItMatters, kEverywhere };

AccessDiff diff_access(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet, DiffWork work = DiffWork::kWhereItMatters);

/// A tailnet of one device for each user, tag, role and tailnet address that one of the policies names, for any other member and any
/// other tagged device; the latter, and the devices of `via`, serve every network that the policies name.
Tailnet universe_of(const Policy& before, const Policy& after);

/// A copy in which each user has a device: who has none today may have one tomorrow. `without` gets those.
Tailnet with_devices_for_all(const Tailnet& tailnet, std::vector<std::string>& without);

}  // namespace aclc
