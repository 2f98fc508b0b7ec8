// SPDX-License-Identifier: Apache-2.0
// Identity classes by what tells their nodes apart, in one flat table: every node of a tailnet asks it once, and with many users
// the cost of that is in the memory that it touches.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "compiler/identity/content_hash.h"

namespace aclc::identity {

struct IdentityClass;
using ClassId = Id<IdentityClass>;

/// Nodes with the same key are of one class.
struct ClassKey {
  uint32_t owner = 0;  ///< a user, or a list of tags
  uint32_t v4 = 0, v6 = 0, postures = 0, routes = 0;
  bool tagged = false, shared_in = false, has_v4 = false, has_v6 = false;

  friend bool operator==(const ClassKey&, const ClassKey&) = default;
};

class ClassTable {
 public:
  /// Invalid where no class has the key.
  ClassId find(const ClassKey& key) const;
  /// Brings what find() will look at closer, for keys that are asked for in bursts.
  void prefetch(const ClassKey& key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash_of(key) & (slots_.size() - 1)]);
  }
  /// The next class: ids are given in the order of the calls.
  ClassId add(const ClassKey& key);
  void shrink_to_fit() { keys_.shrink_to_fit(); }
  const ClassKey& operator[](ClassId id) const { return keys_[id.value]; }

 private:
  struct Slot {
    uint32_t hash = 0;
    ClassId id;
  };

  static uint32_t hash_of(const ClassKey& key);
  void grow();
  void place(Slot slot);

  std::vector<Slot> slots_;     // a power of two, at most three in four of them taken
  std::vector<ClassKey> keys_;  // by ClassId
};

}  // namespace aclc::identity
