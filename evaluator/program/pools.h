// SPDX-License-Identifier: Apache-2.0
// Things kept once: lists of numbers and blocks of bytes, found again by content.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace aclc {

/// Lists of numbers; equal lists have equal ids. Id 0 is the empty list.
class ListPool {
 public:
  ListPool() { intern({}); }

  uint32_t intern(std::span<const uint32_t> list) {
    if ((size() + 1) * 2 > slots_.size()) grow();
    const uint64_t hash = hash_of(list);
    for (size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[i];
      if (slot.id == kFree) {
        slot = {static_cast<uint32_t>(hash >> 32), static_cast<uint32_t>(size())};
        items_.insert(items_.end(), list.begin(), list.end());
        ends_.push_back(items_.size());
        hashes_.push_back(hash);
        return slot.id;
      }
      if (slot.tag != static_cast<uint32_t>(hash >> 32)) continue;
      const std::span<const uint32_t> known = (*this)[slot.id];
      if (std::equal(known.begin(), known.end(), list.begin(), list.end())) return slot.id;
    }
  }

  std::span<const uint32_t> operator[](uint32_t id) const {
    const size_t begin = id == 0 ? 0 : ends_[id - 1];
    return {items_.data() + begin, ends_[id] - begin};
  }
  size_t size() const { return ends_.size(); }
  /// All numbers of all lists, one after another.
  const std::vector<uint32_t>& items() const { return items_; }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  struct Slot {
    uint32_t tag = 0;
    uint32_t id = kFree;
  };

  static uint64_t hash_of(std::span<const uint32_t> list) {
    uint64_t h = list.size();
    for (const uint32_t v : list) {
      h = (h ^ v) * 0x9e3779b97f4a7c15u;
      h ^= h >> 29;
    }
    return h ^ h >> 32;
  }

  void grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, Slot{});
    for (uint32_t id = 0; id < size(); ++id) {
      size_t i = hashes_[id] & (slots_.size() - 1);
      while (slots_[i].id != kFree) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = {static_cast<uint32_t>(hashes_[id] >> 32), id};
    }
  }

  std::vector<uint32_t> items_;
  std::vector<size_t> ends_;
  std::vector<uint64_t> hashes_;
  std::vector<Slot> slots_;
};

}  // namespace aclc
