// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/attributes.h"

#include <algorithm>
#include <limits>

#include "parser/syntax/json_text.h"

namespace aclc::reference {

wire::CapMap node_capabilities(const World& world, const SyntaxTree& tree, TailnetNodeId id) {
  return capabilities(world.policy(), tree, [&](const Selector& target) {
    const NodeList nodes = world.nodes_of(target);
    return std::find(nodes.begin(), nodes.end(), id) != nodes.end();
  });
}

wire::CapMap capabilities(const Policy& policy, const SyntaxTree& tree, const std::function<bool(const Selector&)>& meant) {
  std::map<std::string, std::string> caps;
  for (const NodeAttr& entry : policy.node_attrs) {
    const auto targets = policy.at(entry.target);
    if (std::none_of(targets.begin(), targets.end(), meant)) continue;
    for (const Text& attr : policy.at(entry.attr)) caps.emplace(policy.text(attr), "null");
    // Several app connectors make one list (Tailscale docs, "App connectors").
    for (const AppCapability& app : policy.at(entry.app)) {
      const std::string value = json_text(tree, app.value);
      const auto [known, is_new] = caps.try_emplace(std::string(policy.text(app.name)), value);
      if (!is_new) known->second = join_json_arrays(known->second, value);
    }
  }
  if (caps.count("funnel") != 0) {  // recorded answers, of a tailnet without HTTPS
    caps.emplace("https://tailscale.com/cap/funnel-ports?ports=443,8443,10000", "null");
    caps.emplace("https://tailscale.com/cap/warn-funnel-no-https", "null");
  }
  // Settings of the whole tailnet that are attributes on the wire; the first as recorded, the others as documented.
  if (policy.randomize_client_port.value_or(false)) caps.emplace("randomize-client-port", "null");
  if (policy.disable_ipv4.value_or(false)) caps.emplace("disable-ipv4", "null");
  if (policy.one_cgnat_route == OneCgnatRoute::kMacAlways) caps.emplace("one-cgnat?v=true", "null");
  if (policy.one_cgnat_route == OneCgnatRoute::kMacNever) caps.emplace("one-cgnat?v=false", "null");
  return {caps.begin(), caps.end()};
}

std::vector<std::string> allowed_ips(const Node& node, const ServedRoutes& served, const wire::CapMap& caps) {
  const bool without_v4 = std::any_of(caps.begin(), caps.end(), [](const auto& c) { return c.first == "disable-ipv4"; });
  std::vector<std::string> out;
  for (const Address& a : Meaning::addresses(node)) {
    if (!a.is_v4() || !without_v4) out.push_back(Prefix::host(a).to_text());
  }
  for (const Prefix& route : served.all) out.push_back(route.to_text());
  return out;
}

bool elected_before(const Tailnet& tailnet, TailnetNodeId a, TailnetNodeId b) {
  const auto age = [&](TailnetNodeId n) {
    const int64_t created = tailnet.nodes[n].created_ns;
    return created == 0 ? std::numeric_limits<int64_t>::max() : created;  // unknown: after all known ones
  };
  return age(a) != age(b) ? age(a) < age(b) : a < b;
}

std::vector<std::string> primary_routes(const World& world, TailnetNodeId id) {
  std::vector<std::string> out;
  for (const Prefix& route : world.served(id).subnets) {
    const bool elected = std::none_of(world.all_nodes().begin(), world.all_nodes().end(), [&](TailnetNodeId other) {
      const std::vector<Prefix>& theirs = world.served(other).subnets;
      return std::find(theirs.begin(), theirs.end(), route) != theirs.end() && elected_before(world.tailnet(), other, id);
    });
    if (elected) out.push_back(route.to_text());
  }
  return out;
}

std::string join_json_arrays(const std::string& a, const std::string& b) {
  const bool a_is_list = a.size() > 2 && a.front() == '[', b_is_list = b.size() > 2 && b.front() == '[';
  if (!b_is_list) return a;
  if (!a_is_list) return b;
  return a.substr(0, a.size() - 1) + "," + b.substr(1);
}

}  // namespace aclc::reference
