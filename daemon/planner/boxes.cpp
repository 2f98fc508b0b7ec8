// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/boxes.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <span>

#include "base/net/protocol.h"
#include "daemon/planner/coverage.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

// One rule's ports at one range of destinations.
struct Claim {
  uint32_t rule;
  AddressRange dst;
  PortSet ports;
  uint128 sources;  // how many
};

uint128 width(const AddressRange& r) { return r.last.bits() - r.first.bits(); }
uint128 addresses_of(const AddressSet& set, Family family) {
  uint128 n = 0;
  for (const AddressRange& r : set.ranges()) {
    if (r.first.family != family) continue;
    const uint128 sum = n + width(r) + 1;
    n = sum > n ? sum : ~uint128{0};  // all of IPv6 is one more than fits
  }
  return n;
}
uint32_t ports_of(const PortSet& set) {
  uint32_t n = 0;
  for (const PortRange& r : set.ranges()) n += uint32_t{r.last} - r.first + 1;
  return n;
}

bool wider(const Claim& a, const Claim& b) {
  if (width(a.dst) != width(b.dst)) return width(a.dst) > width(b.dst);
  if (a.sources != b.sources) return a.sources > b.sources;
  const uint32_t x = ports_of(a.ports), y = ports_of(b.ports);
  return x != y ? x > y : a.rule < b.rule;
}

// They stand in order but for what rules after a large one add.
void sort_boxes(std::vector<Box>& boxes) {
  const auto tail = std::is_sorted_until(boxes.begin(), boxes.end());
  std::sort(tail, boxes.end());
  std::inplace_merge(boxes.begin(), tail, boxes.end());
}

std::span<const AddressRange> of_family(std::span<const AddressRange> ranges, Family family) {
  const auto v6 = std::partition_point(ranges.begin(), ranges.end(), [](const AddressRange& r) { return r.first.family == Family::kV4; });
  return family == Family::kV4 ? std::span(ranges.begin(), v6) : std::span(v6, ranges.end());
}

class Builder {
 public:
  Builder(const wire::Resolved& rules, const AddressSet& destinations, Family family, const BoxLimits& limits)
      : rules_(rules), destinations_(destinations), family_(family), limits_(limits) {}

  Result<FamilyBoxes> build() {
    for (const AddressRange& r : destinations_.ranges()) {
      if (r.first.family == family_) out_.self.add(r);
    }
    std::bitset<256> used;
    for (const wire::RuleMatch& rule : rules_.rules) used |= rule.protocols;
    used.reset(wire::kNoProtocol).reset(wire::kFragmentMark).reset(wire::kTsmp).reset(wire::icmp_of(family_));
    for (uint32_t p = 0; p < 256; ++p) {
      if (!used[p]) continue;
      const auto protocol = static_cast<uint8_t>(p);
      const bool ported = protocol_has_ports(protocol);
      if (const auto done = fill(protocol, ported ? out_.ports : out_.protocols, ported ? How::kPorts : How::kAllPortsOnly); !done) {
        return done.error();
      }
    }
    if (const auto done = fill(wire::icmp_of(family_), out_.icmp, How::kAnything); !done) return done.error();
    for (auto* boxes : {&out_.ports, &out_.icmp, &out_.protocols}) sort_boxes(*boxes);
    return std::move(out_);
  }

 private:
  enum class How { kPorts, kAllPortsOnly, kAnything };

  // Ports by destination of one rule; a single port stands for "yes" where ports mean nothing.
  std::map<AddressRange, PortSet> ports_at(const wire::RuleMatch& rule, How how) const {
    std::map<AddressRange, PortSet> out;
    for (const wire::Destination& to : rule.destinations) {
      PortRange ports = to.ports;
      if (how == How::kPorts && ports.first > ports.last) continue;
      if (how == How::kAllPortsOnly && !ports.is_all()) continue;
      if (how != How::kPorts) ports = PortRange::single(0);
      const AddressSet here = to.addresses.intersect(destinations_);
      for (const AddressRange& r : here.ranges()) {
        if (r.first.family == family_) out[r].add(ports);
      }
    }
    return out;
  }

  Result<Done> fill(uint8_t protocol, std::vector<Box>& boxes, How how) {
    std::vector<Claim> claims;
    for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
      const wire::RuleMatch& rule = rules_.rules[i];
      if (how != How::kAnything && !rule.protocols[protocol]) continue;
      const uint128 sources = addresses_of(rule.sources, family_);
      if (sources == 0) continue;
      for (auto& [dst, ports] : ports_at(rule, how)) claims.push_back({i, dst, std::move(ports), sources});
    }
    std::sort(claims.begin(), claims.end(), wider);
    Coverage coverage;
    const size_t room = limits_.per_family - (out_.size() - boxes.size());  // `boxes` are of out_
    for (const Claim& claim : claims) {
      coverage.add({of_family(rules_.rules[claim.rule].sources.ranges(), family_), claim.dst, claim.ports, protocol, claim.rule}, room, boxes);
      if (boxes.size() > room) return too_many(claim.rule);
    }
    return Done{};
  }

  Failure too_many(uint32_t rule) const {
    return {"the table needs more than " + std::to_string(limits_.per_family) + " elements for " +
            (family_ == Family::kV4 ? "IPv4" : "IPv6") + "; rule " + std::to_string(rule) + " passed that"};
  }

  const wire::Resolved& rules_;
  const AddressSet& destinations_;
  const Family family_;
  const BoxLimits& limits_;
  FamilyBoxes out_;
};

}  // namespace

Result<FilterBoxes> filter_boxes(const wire::Resolved& rules, const AddressSet& destinations, const BoxLimits& limits) {
  auto v4 = Builder(rules, destinations, Family::kV4, limits).build();
  if (!v4) return v4.error();
  auto v6 = Builder(rules, destinations, Family::kV6, limits).build();
  if (!v6) return v6.error();
  return FilterBoxes{std::move(v4).value(), std::move(v6).value()};
}

}  // namespace aclc
