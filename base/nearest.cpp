// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

namespace aclc {
namespace {

/// Names are short; what is longer is no slip of anything, and the cost is the product of the lengths.
constexpr size_t kLongestWord = 256;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit || a.size() > kLongestWord || b.size() > kLongestWord)
    return std::max(gap, std::max(a.size(), b.size()));
  // What both begin and end with costs nothing, and names of a policy share most of it.
  while (!a.empty() && !b.empty() && lower(a.front()) == lower(b.front())) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  while (!a.empty() && !b.empty() && lower(a.back()) == lower(b.back())) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  const size_t n = b.size();
  // Three rows on the stack: names are compared by the hundred thousand, and room from the heap would cost more than the rows.
  std::array<std::array<size_t, kLongestWord + 1>, 3> rows;
  size_t *before = rows[0].data(), *previous = rows[1].data(), *row = rows[2].data();
  for (size_t j = 0; j <= n; ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= n; ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      size_t d = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        d = std::min(d, before[j - 2] + 1);
      }
      row[j] = d;
      least = std::min(least, d);
    }
    // A swap looks two rows back, so one row above the limit is not yet the end.
    if (least > limit && *std::min_element(previous, previous + n + 1) > limit) return least;
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[n];
}

bool is_slip(std::string_view written, std::string_view meant) {
  constexpr size_t kShortest = 4, kLong = 8, kVeryLong = 12;
  const auto digits = [](std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
    return out;
  };
  const size_t edits = edit_distance(written, meant);
  if (digits(written) != digits(meant)) return false;
  if (edits != 1) return edits == 0 || (edits == 2 && meant.size() >= kVeryLong);
  if (written.size() != meant.size()) return meant.size() >= kShortest;
  const bool swapped = std::is_permutation(written.begin(), written.end(), meant.begin());
  return swapped || meant.size() >= kLong;
}

}  // namespace aclc
