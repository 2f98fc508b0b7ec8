// SPDX-License-Identifier: Apache-2.0
// Lays a section out: a header, then arrays at aligned offsets.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "evaluator/program/format.h"

namespace aclc {

class SectionWriter {
 public:
  explicit SectionWriter(size_t header_size) : bytes_(header_size) {}

  template <class T>
  format::ArrayRef add(std::span<const T> items) {
    pad(bytes_, format::kAlignment);
    const size_t at = bytes_.size();
    bytes_.resize(at + items.size_bytes());
    if (!items.empty()) std::memcpy(bytes_.data() + at, items.data(), items.size_bytes());
    return {at, items.size()};
  }
  template <class T>
  format::ArrayRef add(const std::vector<T>& items) {
    return add(std::span<const T>(items));
  }

  template <class Header>
  std::vector<std::byte> finish(const Header& header) && {
    std::memcpy(bytes_.data(), &header, sizeof header);
    return std::move(bytes_);
  }

  static void pad(std::vector<std::byte>& bytes, size_t alignment) {
    bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace aclc
