// SPDX-License-Identifier: Apache-2.0
#include "daemon/snapshot/snapshot.h"

#include <algorithm>

namespace aclc {
namespace {

// Never part of "the internet" that an exit node serves (the reference client's shrinking of default routes).
constexpr const char* kNotInternet[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
                                        "224.0.0.0/4", "127.0.0.0/8", "fc00::/7", "fe80::/10", "ff00::/8", "::1/128"};

}  // namespace

bool Snapshot::serves_internet() const {
  return std::any_of(routes.begin(), routes.end(), [](const Prefix& route) { return route.length == 0; });
}

AddressSet Snapshot::local(std::span<const Prefix> neighbourhood) const {
  AddressSet internet, out;
  for (const Prefix& route : routes) (route.length == 0 ? internet : out).add(route);
  // Others in the host's own networks are not the internet, even where their addresses are public; the host itself is reached anyway.
  const AddressSet whole = internet;
  for (const Prefix& network : neighbourhood) internet.remove(network.masked().range());
  for (const Prefix& network : neighbourhood) {
    if (whole.contains(network.address)) internet.add(network.address);
  }
  for (const char* text : kNotInternet) internet.remove(Prefix::parse(text)->range());
  out.add(internet);
  for (const Address& a : addresses) out.add(a);
  return out;
}

}  // namespace aclc
