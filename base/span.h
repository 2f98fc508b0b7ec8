// SPDX-License-Identifier: Apache-2.0
// A half-open range of bytes in one source text. Lines and columns exist only in renderers.
#pragma once

#include <cstdint>

namespace aclc {

struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  constexpr uint32_t length() const { return end - begin; }
  constexpr bool empty() const { return begin == end; }
  constexpr bool contains(uint32_t offset) const { return begin <= offset && offset < end; }
  friend constexpr bool operator==(Span, Span) = default;
};

}  // namespace aclc
