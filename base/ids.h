// SPDX-License-Identifier: Apache-2.0
// Strong ids and slices: what crosses phase borders instead of pointers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/check.h"

namespace aclc {

/// An index that knows what it indexes. Default-constructed ids are invalid.
template <class Tag>
struct Id {
  static constexpr uint32_t kInvalid = UINT32_MAX;
  uint32_t value = kInvalid;

  constexpr Id() = default;
  constexpr explicit Id(size_t v) : value(static_cast<uint32_t>(v)) {}
  constexpr bool valid() const { return value != kInvalid; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

/// A dense array of T addressed by IdT.
template <class T, class IdT>
class Store {
 public:
  IdT add(T item) {
    items_.push_back(std::move(item));
    return IdT(items_.size() - 1);
  }
  T& operator[](IdT id) {
    ACLC_CHECK(id.value < items_.size());
    return items_[id.value];
  }
  const T& operator[](IdT id) const {
    ACLC_CHECK(id.value < items_.size());
    return items_[id.value];
  }
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  void reserve(size_t n) { items_.reserve(n); }

 private:
  std::vector<T> items_;
};

/// A run of consecutive elements in a pool of T: a list that costs eight bytes and no allocation of its own.
template <class T>
struct Slice {
  uint32_t begin = 0;
  uint32_t count = 0;

  constexpr bool empty() const { return count == 0; }
  std::span<const T> in(const std::vector<T>& pool) const {
    ACLC_CHECK(size_t{begin} + count <= pool.size());
    return {pool.data() + begin, count};
  }
};

}  // namespace aclc

template <class Tag>
struct std::hash<aclc::Id<Tag>> {
  size_t operator()(aclc::Id<Tag> id) const noexcept { return std::hash<uint32_t>{}(id.value); }
};
