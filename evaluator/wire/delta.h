// SPDX-License-Identifier: Apache-2.0
// What turns one packet filter into another: what a node that has the old one needs to be told.
//
//   const FilterDelta d = delta(had, has);          // on the side that compiles
//   std::optional<Filter> now = apply(had, d);      // on the node: exactly `has`
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/wire/filter_rule.h"

namespace aclc::wire {

/// Elements [first, first + removed) of a list make room for `added`.
template <class T>
struct Splice {
  uint32_t first = 0;
  uint32_t removed = 0;
  std::vector<T> added;

  bool empty() const { return removed == 0 && added.empty(); }
  friend bool operator==(const Splice&, const Splice&) = default;
};

/// A run of rules of the new filter.
struct Step {
  enum class Kind : uint8_t {
    kKeep,    ///< `count` rules of the old filter from `rule` on, as they are
    kChange,  ///< the old rule `rule` with other elements
    kNew      ///< `whole`
  } kind = Kind::kKeep;
  uint32_t rule = 0;
  uint32_t count = 1;
  std::vector<Splice<std::string>> src_ips;  ///< ascending by place, which is that in the old list
  std::vector<Splice<DstPort>> dst_ports;
  FilterRule whole;

  friend bool operator==(const Step&, const Step&) = default;
};

using FilterDelta = std::vector<Step>;

/// O(rules + elements), but for rules that differ only in part: their elements are compared in order.
FilterDelta delta(const std::vector<FilterRule>& had, const std::vector<FilterRule>& has);

/// Nothing where the delta was not made from `had`: an index lies outside of it.
std::optional<std::vector<FilterRule>> apply(const std::vector<FilterRule>& had, const FilterDelta& delta);

/// How many addresses, port ranges and capabilities the delta spells out: what its size on a wire follows.
size_t spelt_out(const FilterDelta& delta);

}  // namespace aclc::wire
