// SPDX-License-Identifier: Apache-2.0
// A set of classes as bits: for unions of sets that have thousands of members.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/identity/identity.h"

namespace aclc::tables {

class ClassSet {
 public:
  void insert(identity::ClassId id) {
    const size_t word = id.value / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= uint64_t{1} << (id.value % 64);
  }
  void insert(std::span<const identity::ClassId> ids) {
    for (const identity::ClassId id : ids) insert(id);
  }
  void add(const ClassSet& other) {
    if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
    for (size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  }
  /// Calls f(ClassId) for each, ascending.
  template <class F>
  void each(F&& f) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        f(identity::ClassId(i * 64 + static_cast<size_t>(__builtin_ctzll(word))));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace aclc::tables
