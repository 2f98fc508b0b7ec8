// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/elements.h"

#include <algorithm>

namespace aclc::nft {
namespace {

bool one(const AddressRange& r) { return r.first == r.last; }

void append_family(std::vector<SetPlan>& out, const FamilyBoxes& boxes, Family family) {
  const char* digit = family == Family::kV4 ? "4" : "6";
  const auto add = [&](const char* name, Key key, const std::vector<Box>& list) {
    if (!list.empty()) out.push_back({std::string(name) + digit, key, family, &list, nullptr});
  };
  if (!boxes.self.empty()) out.push_back({std::string("self") + digit, Key::kSelf, family, nullptr, &boxes.self});
  add("in", Key::kPorts, boxes.ports);
  add("icmp", Key::kIcmp, boxes.icmp);
  add("proto", Key::kProtocols, boxes.protocols);
}

}  // namespace

bool SetPlan::has_ranges() const {
  if (addresses != nullptr) {
    const auto ranges = addresses->ranges();
    return !std::all_of(ranges.begin(), ranges.end(), one);
  }
  return std::any_of(boxes->begin(), boxes->end(), [this](const Box& b) {
    return !one(b.src) || !one(b.dst) || (key == Key::kPorts && b.ports.first != b.ports.last);
  });
}

std::vector<SetPlan> sets_of(const FilterBoxes& boxes) {
  std::vector<SetPlan> out;
  append_family(out, boxes.v4, Family::kV4);
  append_family(out, boxes.v6, Family::kV6);
  return out;
}

std::string set_type(const SetPlan& set) {
  const std::string address = set.family == Family::kV4 ? "ipv4_addr" : "ipv6_addr";
  switch (set.key) {
    case Key::kSelf: return address;
    case Key::kIcmp: return address + " . " + address;
    case Key::kProtocols: return address + " . " + address + " . inet_proto";
    case Key::kPorts: return address + " . " + address + " . inet_proto . inet_service";
  }
  return address;
}

void append_element(std::string& out, Key key, const Box& box) {
  out += box.src.to_text() + " . " + box.dst.to_text();
  if (key != Key::kIcmp) out += " . " + std::to_string(box.protocol);
  if (key != Key::kPorts) return;
  out += " . " + std::to_string(box.ports.first);
  if (box.ports.first != box.ports.last) out += "-" + std::to_string(box.ports.last);
}

void append_elements(std::string& out, const SetPlan& set) {
  out += "{ ";
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ", ";
    first = false;
  };
  if (set.addresses != nullptr) {
    for (const AddressRange& r : set.addresses->ranges()) {
      separate();
      out += r.to_text();
    }
  } else {
    for (const Box& box : *set.boxes) {
      separate();
      append_element(out, set.key, box);
    }
  }
  out += " }";
}

}  // namespace aclc::nft
