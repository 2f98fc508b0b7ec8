// SPDX-License-Identifier: Apache-2.0
// The kernel's number of nftables transactions in this network namespace. Private to this folder.
#pragma once

#include <cstdint>

namespace aclc::nft {

/// Changes with every transaction of anybody; 0: not known.
uint32_t ruleset_id();

}  // namespace aclc::nft
