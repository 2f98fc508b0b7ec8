// SPDX-License-Identifier: Apache-2.0
// Vectors, and other lists, that are kept sorted and without repetition: small sets that cost one allocation or none.
#pragma once

#include <algorithm>
#include <vector>

namespace aclc {

template <class T>
void sort_unique(std::vector<T>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

template <class List, class T>
bool contains_sorted(const List& v, const T& item) {
  return std::binary_search(v.begin(), v.end(), item);
}

template <class List, class T>
void insert_sorted(List& v, const T& item) {
  const auto at = std::lower_bound(v.begin(), v.end(), item);
  if (at == v.end() || *at != item) v.insert(at, item);
}

template <class List, class T>
void erase_sorted(List& v, const T& item) {
  const auto at = std::lower_bound(v.begin(), v.end(), item);
  if (at != v.end() && *at == item) v.erase(at);
}

}  // namespace aclc
