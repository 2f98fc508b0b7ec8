// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known word nearest to one that is not known.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

namespace aclc {

/// Edits between two words: insertions, deletions, replacements and swaps of neighbours, ASCII case aside. A difference
/// above `limit` may be reported as any number above it.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit = std::numeric_limits<size_t>::max());

/// How many edits still count as a slip for a word of this length.
constexpr size_t slip_limit(size_t length) {
  return length < 3 ? 1 : length < 6 ? 2 : length / 3;
}

/// Whether one is the other but for a slip of the keyboard: a letter twice, too many, too few or swapped with the next. A letter that is
/// another one makes another word of a short one (`rest`, `test`), and digits that differ always do (`db1`, `db2`). What is not sure is
/// no fix to apply unasked.
bool is_slip(std::string_view written, std::string_view meant);

/// The same where the words are a short list that the language has: one edit of any kind is no other word of it.
inline bool is_slip_in_list(std::string_view written, std::string_view meant) {
  return edit_distance(written, meant) <= 1 || is_slip(written, meant);
}

/// The candidate with the fewest edits within slip_limit, the first of equals; empty where none is near. The kind before a colon
/// (`tag:`) makes no two names alike: the limit is that of what follows it.
template <class Words>
std::string_view nearest(std::string_view word, const Words& candidates) {
  std::string_view best;
  const size_t colon = word.find(':');
  const bool has_kind = colon != std::string_view::npos && colon + 1 < word.size();
  size_t limit = slip_limit(has_kind ? word.size() - colon - 1 : word.size());
  for (const std::string_view candidate : candidates) {
    const size_t d = edit_distance(word, candidate, limit);
    if (d > limit || (!best.empty() && d == limit)) continue;
    best = candidate;
    limit = d;
  }
  return best;
}

}  // namespace aclc
