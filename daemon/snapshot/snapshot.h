// SPDX-License-Identifier: Apache-2.0
// Everything one node needs to take its part in the mesh, as the compiler hands it out: its table, addresses, peers, routes and names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/address.h"
#include "base/result.h"
#include "evaluator/program/compile.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc {

/// A WireGuard key: 32 bytes in base64, 44 characters.
using WireGuardKey = std::string;

struct SnapshotPeer {
  std::string name;
  WireGuardKey key;
  std::vector<std::string> endpoints;  ///< `192.0.2.7:41641` or `[2001:db8::7]:41641`, best first; none: the peer has to come to us
  std::vector<Prefix> allowed_ips;     ///< its addresses and the routes it serves
  uint16_t keepalive = 0;              ///< seconds; 0: none

  friend bool operator==(const SnapshotPeer&, const SnapshotPeer&) = default;
};

struct SnapshotDns {
  struct Name {
    std::string name;  ///< lower case, whole, without the last dot
    std::vector<Address> addresses;
    friend bool operator==(const Name&, const Name&) = default;
  };
  struct Route {
    std::string suffix;
    std::vector<std::string> nameservers;
    friend bool operator==(const Route&, const Route&) = default;
  };
  bool magic = false;
  std::vector<Name> names;
  std::vector<std::string> nameservers;
  std::vector<Route> routes;
  std::vector<std::string> domains;

  friend bool operator==(const SnapshotDns&, const SnapshotDns&) = default;
};

struct Snapshot {
  std::string tailnet;
  std::string node;
  std::string policy;                    ///< the policy file that the origins' lines are in, for people; may be empty
  WireGuardKey node_key;                 ///< public; a snapshot is of use to the holder of its private half only
  uint64_t generation = 0;
  uint64_t issued = 0;                   ///< seconds since 1970
  uint64_t expires = 0;                  ///< seconds since 1970; 0: never
  std::vector<Address> addresses;        ///< of this node in the mesh
  std::vector<Prefix> routes;            ///< approved for this node to serve
  uint16_t mtu = 1280;
  std::vector<wire::FilterRule> filter_rules;
  std::vector<std::vector<OriginText>> origins;  ///< none, or one list for each rule; spans are left out
  std::vector<SnapshotPeer> peers;
  SnapshotDns dns;

  bool has_expired(uint64_t now_seconds) const { return expires != 0 && expires <= now_seconds; }
  /// Where packets may go to here: addresses and routes. A default route stands for the internet: what it leaves out
  /// (private, shared and local ranges, and `neighbourhood`: the host's addresses with the lengths of the networks they are in) is
  /// subtracted, the node's and the host's own addresses are not. A network of the host's that is a route of its own is served.
  AddressSet local(std::span<const Prefix> neighbourhood = {}) const;
  /// Whether this node is to be a way to the internet.
  bool serves_internet() const;
};

/// Canonical JSON: keys sorted, no spaces, only integers. Equal snapshots give equal bytes.
std::string write_snapshot(const Snapshot& snapshot);
/// Refuses unknown versions, missing and mistyped fields, addresses that are none. Unknown keys are for newer readers and ignored.
Result<Snapshot> read_snapshot(std::string_view json);

}  // namespace aclc
