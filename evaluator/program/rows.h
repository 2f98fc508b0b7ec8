// SPDX-License-Identifier: Apache-2.0
// Rows of answers, one for each way in which sources differ.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "evaluator/program/port_maps.h"

namespace aclc {

class Rows {
 public:
  Rows(const std::vector<std::vector<PortMaps::Taken>>& taken, uint32_t atom_count);

  /// The reference of the row for sources that are in exactly these sets. kNoRow when `work` or the room for rows runs out.
  static constexpr uint32_t kNoRow = UINT32_MAX;
  uint32_t row_of(std::span<const uint32_t> sets, uint64_t max_bytes, uint64_t& work);

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  uint32_t encode();
  template <class T>
  void append(const T* items, size_t count);

  const std::vector<std::vector<PortMaps::Taken>>& taken_;
  uint32_t atom_count_;
  ListPool lists_;                     ///< sets -> row, so that each list is worked out once
  std::vector<uint32_t> row_of_list_;
  ListPool contents_;                  ///< runs -> row, so that equal rows are one
  std::vector<uint32_t> row_of_content_;
  std::vector<PortMaps::Taken> merged_;
  std::vector<uint32_t> runs_;         ///< start, answer, start, answer...
  std::vector<std::byte> bytes_;
};

}  // namespace aclc
