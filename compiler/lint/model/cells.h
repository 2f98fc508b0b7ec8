// SPDX-License-Identifier: Apache-2.0
// Which rules join a source atom and a destination unit: a hash from the pair to the rules' targets. Internal to the model.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/lint/model/model.h"

namespace aclc {

class Cells {
 public:
  /// A target of a rule, by their indices.
  struct Giver {
    uint32_t rule, target;
  };

  void add(AtomId source, AtomId unit, Giver giver) { entries_.push_back({key_of(source, unit), giver}); }

  /// After the last `add`, before the first `at`.
  void build() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
    size_t size = 16;
    while (size < entries_.size() * 2) size *= 2;
    slots_.assign(size, {});
    givers_.reserve(entries_.size());
    for (size_t i = 0; i < entries_.size();) {
      const uint64_t key = entries_[i].key;
      Slot slot{key, static_cast<uint32_t>(i), 0};
      for (; i < entries_.size() && entries_[i].key == key; ++i) givers_.push_back(entries_[i].giver);
      slot.end = static_cast<uint32_t>(i);
      size_t at = place(key);
      while (slots_[at].end != 0) at = (at + 1) & (size - 1);
      slots_[at] = slot;
    }
    entries_ = {};
  }

  /// In the order in which they were added.
  std::span<const Giver> at(AtomId source, AtomId unit) const {
    const uint64_t key = key_of(source, unit);
    for (size_t at = place(key); slots_[at].end != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].key == key) return {givers_.data() + slots_[at].begin, givers_.data() + slots_[at].end};
    }
    return {};
  }

 private:
  struct Entry {
    uint64_t key;
    Giver giver;
  };
  struct Slot {
    uint64_t key = 0;
    uint32_t begin = 0, end = 0;  ///< of givers_; end 0: a free slot
  };

  static uint64_t key_of(AtomId source, AtomId unit) { return uint64_t{source} << 32 | unit; }
  size_t place(uint64_t key) const { return (key * 0x9e3779b97f4a7c15U >> 32) & (slots_.size() - 1); }

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  std::vector<Giver> givers_;
};

}  // namespace aclc
