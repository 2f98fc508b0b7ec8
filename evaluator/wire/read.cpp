// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wire/read.h"

#include <nlohmann/json.hpp>

#include "base/net/protocol.h"
#include "evaluator/wire/resolve.h"
#include "evaluator/wire/semantics.h"

namespace aclc::wire {
namespace {

using Json = nlohmann::ordered_json;

// What is wrong with a text; never leaves this file.
struct Fault {
  std::string message;
};

[[noreturn]] void fail(const std::string& where, const char* what) { throw Fault{where + ": " + what}; }

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  }
  return true;
}

// The member, or nullptr where it is absent or null. The exact name wins over one in another case.
const Json* member(const Json& object, std::string_view name) {
  const Json* found = nullptr;
  for (const auto& [key, value] : object.items()) {
    if (key == name || (found == nullptr && same_name(key, name))) found = &value;
  }
  return found == nullptr || found->is_null() ? nullptr : found;
}

const Json* array_member(const Json& object, std::string_view name, const std::string& where) {
  const Json* value = member(object, name);
  if (value != nullptr && !value->is_array()) fail(where, (std::string(name) + " is no array").c_str());
  return value;
}

std::string text_of(const Json& value, const std::string& where) {
  if (!value.is_string()) fail(where, "an address is no string");
  return value.get<std::string>();
}

int64_t number_of(const Json& value, const std::string& where) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) fail(where, "a number is too large");
  if (!value.is_number_integer()) fail(where, "not a whole number");
  return value.get<int64_t>();
}

uint16_t port_of(const Json& object, std::string_view name, const std::string& where) {
  const Json* value = member(object, name);
  if (value == nullptr) return 0;
  const int64_t port = number_of(*value, where);
  if (port < 0 || port > 65535) fail(where, "a port is outside 0 to 65535");
  return static_cast<uint16_t>(port);
}

DstPort read_destination(const Json& json, const std::string& where) {
  if (!json.is_object()) fail(where, "an entry of DstPorts is no object");
  DstPort out;
  out.ports = {0, 0};
  if (const Json* ip = member(json, "IP")) out.ip = text_of(*ip, where);
  if (const Json* ports = member(json, "Ports")) {
    if (!ports->is_object()) fail(where, "Ports is no object");
    out.ports = {port_of(*ports, "First", where), port_of(*ports, "Last", where)};
  }
  return out;
}

CapGrant read_grant(const Json& json, const std::string& where) {
  if (!json.is_object()) fail(where, "an entry of CapGrant is no object");
  CapGrant out;
  if (const Json* dsts = array_member(json, "Dsts", where)) {
    for (const Json& dst : *dsts) out.dsts.push_back(text_of(dst, where));
  }
  if (const Json* caps = member(json, "CapMap")) {
    if (!caps->is_object()) fail(where, "CapMap is no object");
    for (const auto& [name, values] : caps->items()) out.cap_map.push_back({name, values.dump()});
  }
  return out;
}

FilterRule read_rule(const Json& json, const std::string& where) {
  if (!json.is_object()) fail(where, "not an object");
  FilterRule rule;
  if (const Json* sources = array_member(json, "SrcIPs", where)) {
    for (const Json& source : *sources) rule.src_ips.push_back(text_of(source, where));
  }
  if (const Json* destinations = array_member(json, "DstPorts", where)) {
    for (const Json& destination : *destinations) rule.dst_ports.push_back(read_destination(destination, where));
  }
  if (const Json* protocols = array_member(json, "IPProto", where)) {
    for (const Json& protocol : *protocols) {
      const int64_t number = number_of(protocol, where);
      if (number >= 0 && number <= 255) rule.ip_proto.push_back(static_cast<uint8_t>(number));
    }
    // An empty list would mean the usual protocols. No packet of protocol 0 is ever taken.
    if (rule.ip_proto.empty() && !protocols->empty()) rule.ip_proto.push_back(kNoProtocol);
  }
  if (const Json* grants = array_member(json, "CapGrant", where)) {
    for (const Json& grant : *grants) rule.cap_grants.push_back(read_grant(grant, where));
  }
  return rule;
}

std::vector<FilterRule> read_rules(const Json& json) {
  std::vector<FilterRule> rules;
  for (const Json& rule : json) rules.push_back(read_rule(rule, "rule " + std::to_string(rules.size())));
  return rules;
}

BatchPacket read_packet(const Json& json, size_t i) {
  const std::string where = "packet " + std::to_string(i);
  if (!json.is_array() || json.size() < 3) fail(where, "not [source, destination, protocol, port]");
  const auto address = [&](const Json& value) {
    const auto parsed = Address::parse(text_of(value, where));
    if (!parsed) fail(where, "not an address");
    return *parsed;
  };
  BatchPacket out{address(json[0]), address(json[1]), 0, 0};
  if (json[2].is_string()) {
    const auto protocol = parse_protocol(json[2].get<std::string>());
    if (!protocol) fail(where, "not a protocol");
    out.protocol = *protocol;
  } else {
    const int64_t protocol = number_of(json[2], where);
    if (protocol < 0 || protocol > 255) fail(where, "a protocol is outside 0 to 255");
    out.protocol = static_cast<uint8_t>(protocol);
  }
  if (json.size() > 3 && !json[3].is_null()) {
    const int64_t port = number_of(json[3], where);
    if (port < 0 || port > 65535) fail(where, "a port is outside 0 to 65535");
    out.port = static_cast<uint16_t>(port);
  }
  return out;
}

constexpr int kDeepest = 64;

// Whether brackets nest no deeper than a rule ever needs: printing a value back recurses.
bool shallow(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

// Runs what may throw, and turns what it throws into words.
template <class T, class Read>
Result<T> reading(std::string_view json, Read read) {
  if (!shallow(json)) return Failure{"brackets nest too deeply"};
  try {
    return read(Json::parse(json.begin(), json.end()));
  } catch (const Fault& fault) {
    return Failure{fault.message};
  } catch (const nlohmann::json::exception& error) {
    return Failure{std::string("not JSON: ") + error.what()};
  } catch (const std::bad_alloc&) {
    return Failure{"too large for memory"};
  }
}

}  // namespace

Result<std::vector<FilterRule>> read_filter_rules(std::string_view json) {
  return reading<std::vector<FilterRule>>(json, [](const Json& all) {
    if (all.is_array()) return read_rules(all);
    if (all.is_object()) {
      for (const char* name : {"PacketFilterRules", "PacketFilter", "filter_rules"}) {
        if (const Json* rules = array_member(all, name, "filter")) return read_rules(*rules);
      }
    }
    fail("filter", "neither an array of rules nor an object with PacketFilterRules, PacketFilter or filter_rules");
  });
}

Result<BatchLine> read_batch_line(std::string_view json) {
  return reading<BatchLine>(json, [](const Json& line) {
    if (!line.is_object()) fail("line", "not an object");
    BatchLine out;
    const Json* id = member(line, "id");
    out.id = id == nullptr ? "null" : id->dump();
    if (const Json* rules = array_member(line, "rules", "line")) out.rules = read_rules(*rules);
    if (const Json* local = array_member(line, "local", "line")) {
      for (const Json& text : *local) {
        const auto set = parse_address_set(text_of(text, "local"));
        if (!set) fail("local", ("`" + text.get<std::string>() + "` is no address or prefix").c_str());
        out.local.add(*set);
      }
    }
    if (const Json* packets = array_member(line, "packets", "line")) {
      for (const Json& packet : *packets) out.packets.push_back(read_packet(packet, out.packets.size()));
    }
    return out;
  });
}

}  // namespace aclc::wire
