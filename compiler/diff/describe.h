// SPDX-License-Identifier: Apache-2.0
// Sets of addresses in the tailnet's own words. Internal to compiler/diff.
#pragma once

#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "compiler/tailnet/tailnet.h"

namespace aclc {

struct Described {
  std::vector<std::string> names;  ///< users, tags and devices, then what is left as CIDRs
  size_t devices = 0;
};
Described describe(const Tailnet& tailnet, const AddressSet& set);

}  // namespace aclc
