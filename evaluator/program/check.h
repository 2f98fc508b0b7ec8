// SPDX-License-Identifier: Apache-2.0
// Checking the parts of a program before they are used.
#pragma once

#include <span>

#include "base/net/address.h"
#include "base/result.h"
#include "evaluator/program/program.h"

namespace aclc {

/// Bounds-checked access to one section.
class SectionBytes {
 public:
  explicit SectionBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  const T* header() const {
    return bytes_.size() < sizeof(T) ? nullptr : reinterpret_cast<const T*>(bytes_.data());
  }

  /// The array as a span; false where it leaves the section or is not aligned.
  template <class T>
  bool array(const format::ArrayRef& ref, std::span<const T>& out) const {
    if (ref.offset > bytes_.size() || ref.offset % alignof(T) != 0) return false;
    if (ref.count > (bytes_.size() - ref.offset) / sizeof(T)) return false;
    out = {reinterpret_cast<const T*>(bytes_.data() + ref.offset), static_cast<size_t>(ref.count)};
    return true;
  }

  size_t size() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

/// nullptr when the section holds a sound plane of this family and `out` is its view; else what is wrong.
const char* check_plane(const SectionBytes& section, PlaneView<AddressMap4View>& out, uint32_t& rule_count);
const char* check_plane(const SectionBytes& section, PlaneView<AddressMap6View>& out, uint32_t& rule_count);

/// Offsets that ascend from 0 to no more than `limit`.
bool ascends_within(std::span<const uint32_t> offsets, size_t limit);

}  // namespace aclc
