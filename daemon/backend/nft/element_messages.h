// SPDX-License-Identifier: Apache-2.0
// Elements as the kernel's messages have them. Private to this folder.
#pragma once

#include <span>
#include <string>

#include "daemon/backend/nft/element_change.h"
#include "daemon/backend/nft/netlink.h"

namespace aclc::nft {

/// What goes comes first, so that its place is free.
void append(Batch& batch, const std::string& table, std::span<const ElementChange> changes);

/// An element's two ends, field by field as in the set's type; each field fills whole registers of four bytes.
struct ElementKey {
  uint8_t first[64];
  uint8_t last[64];
  size_t size = 0;
};
ElementKey key_of(Key key, const Box& box);
/// The box that has this key, with rule 0; nothing where the key is not one that key_of makes.
std::optional<Box> box_of(Key key, Family family, std::span<const uint8_t> first, std::span<const uint8_t> last);

}  // namespace aclc::nft
