// SPDX-License-Identifier: Apache-2.0
// Port maps and atoms: for a destination class and a kind of protocol, which rules take which port. Ports that the same rules
// take, wherever, are one atom.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "evaluator/program/format.h"
#include "evaluator/program/plane_builder.h"
#include "evaluator/program/pools.h"

namespace aclc {

class PortMaps {
 public:
  PortMaps(const FilterInput& input, Family family, uint64_t max_bytes);

  const std::array<uint8_t, 256>& kinds() const { return kinds_; }
  uint32_t kind_count() const { return static_cast<uint32_t>(kind_forms_.size()); }

  /// Appends the maps of a destination class whose packets the rules of `entries` (indices into input.entries, ascending) take.
  BuildFault add_class(std::span<const uint32_t> entries, uint64_t& work);

  const std::vector<uint32_t>& maps() const { return maps_; }
  const std::vector<uint32_t>& tops() const { return tops_.items(); }
  const std::vector<uint32_t>& pages() const { return pages_.items(); }
  uint32_t atom_count() const { return static_cast<uint32_t>(atoms_.size()); }

  /// A rule that takes an atom's packets, as seen from one source set; of several rules of a set only the first is listed.
  struct Taken {
    uint32_t atom;
    uint32_t rule;
  };
  /// By source set; atoms ascend.
  const std::vector<std::vector<Taken>>& taken() const { return taken_; }

 private:
  enum class Ports : uint8_t { kNone, kIgnored, kOnlyAll, kMatched };
  struct Kind {
    Ports ports = Ports::kNone;
    uint8_t protocol = 0;  ///< one of the kind; all others are in the same rules
  };

  void find_kinds(Family family);
  uint32_t atom_of(std::span<const uint32_t> entries);
  uint32_t uniform_page(uint32_t atom);
  uint32_t uniform_map(uint32_t atom);
  uint32_t matched_map(uint8_t protocol, std::span<const uint32_t> entries, uint64_t& work);

  const FilterInput& input_;
  uint64_t max_bytes_;
  std::array<uint8_t, 256> kinds_{};
  std::vector<Kind> kind_forms_;
  std::vector<uint32_t> rule_of_;   ///< entry -> rule
  ListPool atoms_;                  ///< atom -> rules that take it, the first of each set
  ListPool pages_;                  ///< list 0, the empty one, takes no room
  ListPool tops_;
  std::unordered_map<uint32_t, uint32_t> uniform_pages_;  ///< atom -> page
  std::unordered_map<uint32_t, uint32_t> uniform_maps_;   ///< atom -> map
  std::vector<uint32_t> maps_;
  std::vector<std::vector<Taken>> taken_;
  std::vector<uint32_t> seen_set_;  ///< set -> the last atom_of that met it
  uint32_t round_ = 0;
  std::vector<uint32_t> rules_;
  std::vector<uint32_t> chosen_;
};

}  // namespace aclc
