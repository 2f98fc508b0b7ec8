// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wire/semantics.h"

namespace aclc::wire {

AddressSet reachable_destinations(const AddressSet& local) {
  const Address metadata = Address::v4(0xa9fea9fe);  // 169.254.169.254
  AddressSet out = local;
  out.remove(Prefix{Address::v4(0xe0000000), 4}.range());                    // 224.0.0.0/4
  out.remove(Prefix{Address::v4(0xa9fe0000), 16}.range());                   // 169.254.0.0/16
  out.remove(Prefix{Address::v6(uint128{0xff00} << 112), 8}.range());        // ff00::/8
  out.remove(Prefix{Address::v6(uint128{0xfe80} << 112), 10}.range());       // fe80::/10
  if (local.contains(metadata)) out.add(metadata);
  return out;
}

}  // namespace aclc::wire
