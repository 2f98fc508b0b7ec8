// SPDX-License-Identifier: Apache-2.0
#include "compiler/identity/class_table.h"

namespace aclc::identity {

uint32_t ClassTable::hash_of(const ClassKey& k) {
  const uint64_t flags = static_cast<uint64_t>(k.tagged) | static_cast<uint64_t>(k.shared_in) << 1 | static_cast<uint64_t>(k.has_v4) << 2 |
                         static_cast<uint64_t>(k.has_v6) << 3;
  const uint64_t sum = (k.owner + (flags << 32)) * 0x9e3779b97f4a7c15u + (static_cast<uint64_t>(k.v4) << 32 | k.v6) * 0xd1b54a32d192ed03u +
                       (static_cast<uint64_t>(k.postures) << 32 | k.routes) * 0x8ebc6af09c88c6e3u;
  return static_cast<uint32_t>(scramble(sum));
}

ClassId ClassTable::find(const ClassKey& key) const {
  if (slots_.empty()) return {};
  const uint32_t hash = hash_of(key);
  for (size_t at = hash;; ++at) {
    const Slot& slot = slots_[at & (slots_.size() - 1)];
    if (!slot.id.valid()) return {};
    if (slot.hash == hash && keys_[slot.id.value] == key) return slot.id;
  }
}

ClassId ClassTable::add(const ClassKey& key) {
  if ((keys_.size() + 1) * 4 > slots_.size() * 3) grow();
  const ClassId id(keys_.size());
  keys_.push_back(key);
  place({hash_of(key), id});
  return id;
}

void ClassTable::grow() {
  std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id.valid()) place(slot);
  }
}

void ClassTable::place(Slot slot) {
  size_t at = slot.hash & (slots_.size() - 1);
  while (slots_[at].id.valid()) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = slot;
}

}  // namespace aclc::identity
