// SPDX-License-Identifier: Apache-2.0
#include "cli/node_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/net/address_set.h"
#include "base/net/protocol.h"
#include "base/text/utf8.h"
#include "cli/findings.h"
#include "parser/diagnostics/display.h"

namespace aclc::cli {
namespace {

/// Lists longer than this are cut: the JSON form has all of it.
constexpr size_t kShown = 6;

std::string joined(const std::vector<std::string>& items, std::string_view separator = ", ") {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == kShown && items.size() > kShown + 1) return out + fmt::format("{}and {} more", separator, items.size() - i);
    if (i > 0) out += separator;
    out += items[i];
  }
  return out;
}

/// Rows under headings, columns as wide as their widest cell.
class Columns {
 public:
  explicit Columns(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
  /// Names are the tailnet's: a terminal must not obey them.
  void add(std::vector<std::string> row) {
    for (std::string& cell : row) cell = printable(cell);
    rows_.push_back(std::move(row));
  }
  bool empty() const { return rows_.size() == 1; }
  std::string text() const {
    std::vector<size_t> widths(rows_[0].size());
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], count_code_points(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
      out += "  ";
      for (size_t i = 0; i < row.size(); ++i) {
        out += row[i];
        const bool more = std::any_of(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, row.end(), [](const std::string& c) { return !c.empty(); });
        if (more) out.append(widths[i] + 2 - count_code_points(row[i]), ' ');
      }
      out += '\n';
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A node's owner as people say it.
std::string owner_text(const Tailnet& tailnet, const Node& node) {
  if (!node.tagged()) return node.user.valid() ? std::string(tailnet.text(tailnet.users[node.user].login)) : "";
  std::vector<std::string> tags;
  for (const StringId tag : node.tags) tags.emplace_back(tailnet.text(tag));
  return joined(tags);
}

class NodeText {
 public:
  NodeText(const Run& run, const Analysis& analysis, TailnetNodeId id, const reference::NodeTable& table)
      : run_(run), analysis_(analysis), tailnet_(*run.tailnet), node_(tailnet_.nodes[id]), table_(table) {
    for (const Node& n : tailnet_.nodes) {
      if (n.ipv4) names_.emplace(n.ipv4->to_text(), tailnet_.text(n.name));
      if (n.ipv6) names_.emplace(n.ipv6->to_text(), tailnet_.text(n.name));
    }
  }

  std::string text() const {
    std::string out = fmt::format("{}  {}\n", printable(tailnet_.text(node_.name)), printable(owner_text(tailnet_, node_)));
    out += fmt::format("  {}\n", joined(table_.allowed_ips));
    if (!table_.primary_routes.empty()) out += fmt::format("  elected router of {}\n", joined(table_.primary_routes));
    out += network() + capabilities() + ssh();
    if (!table_.caps.empty()) {
      std::vector<std::string> attributes;
      for (const auto& cap : table_.caps) attributes.push_back(cap.first);
      out += fmt::format("\nattributes\n  {}\n", printable(joined(attributes)));
    }
    std::vector<std::string> peers;
    for (const TailnetNodeId peer : table_.peers) peers.emplace_back(tailnet_.text(tailnet_.nodes[peer].name));
    out += fmt::format("\nsees {}{}{}\n", counted(peers.size(), "node"), peers.empty() ? "" : ": ", printable(joined(peers)));
    return out;
  }

 private:
  std::string network() const {
    Columns rows({"from", "to", "ports", "protocol", "because of"});
    for (size_t i = 0; i < table_.filter_rules.size(); ++i) {
      const wire::FilterRule& rule = table_.filter_rules[i];
      if (rule.dst_ports.empty()) continue;
      const std::string from = sources(rule.src_ips), lines = because(table_.filter_origins[i]);
      // Destinations in the order of the rule; the ports of the same destination together.
      std::vector<std::pair<std::string, PortSet>> destinations;
      for (const wire::DstPort& dst : rule.dst_ports) {
        const std::string to = destination(dst.ip);
        auto known = std::find_if(destinations.begin(), destinations.end(), [&](const auto& d) { return d.first == to; });
        if (known == destinations.end()) known = destinations.insert(destinations.end(), {to, {}});
        known->second.add(dst.ports);
      }
      for (const auto& [to, ports] : destinations) rows.add({from, to, ports.to_text(), protocol(rule), lines});
    }
    return rows.empty() ? "\naccepts nothing from the network\n" : "\naccepts\n" + rows.text();
  }

  std::string capabilities() const {
    Columns rows({"from", "capability", "because of"});
    for (size_t i = 0; i < table_.filter_rules.size(); ++i) {
      for (const wire::CapGrant& grant : table_.filter_rules[i].cap_grants) {
        for (const auto& cap : grant.cap_map) {
          rows.add({sources(table_.filter_rules[i].src_ips), cap.first, because(table_.filter_origins[i])});
        }
      }
    }
    return rows.empty() ? "" : "\napp capabilities\n" + rows.text();
  }

  std::string ssh() const {
    Columns rows({"from", "as", "action", "because of"});
    for (size_t i = 0; i < table_.ssh_rules.size(); ++i) {
      const wire::SshRule& rule = table_.ssh_rules[i];
      std::vector<std::string> users;
      for (const auto& [login, local] : rule.ssh_users) {
        if (login == "*") {
          users.emplace_back("anyone but root");
        } else if (!local.empty()) {
          users.push_back(login);
        }
      }
      if (users.size() == 2 && users[0] == "anyone but root" && users[1] == "root") users = {"anyone"};
      rows.add({sources(rule.principals), users.empty() ? "nobody" : joined(users), rule.check ? "check" : "accept",
                because(table_.ssh_origins[i])});
    }
    return rows.empty() ? "" : "\nssh\n" + rows.text();
  }

  /// Addresses as the nodes that have them, each once; anything else as it stands.
  std::string sources(const std::vector<std::string>& texts) const {
    std::vector<std::string> out;
    std::set<std::string_view> seen;
    bool everyone = false;
    for (const std::string& text : texts) {
      // The ranges that `*` becomes.
      if (text == "*" || text == "fd7a:115c:a1e0::/48" || text.starts_with("100.64.0.0-") || text.starts_with("100.115.94.0-")) {
        everyone = true;
        continue;
      }
      const auto node = names_.find(text);
      const std::string_view name = node == names_.end() ? std::string_view(text) : node->second;
      if (seen.insert(name).second) out.emplace_back(name);
    }
    if (everyone) out.insert(out.begin(), "everyone");
    return out.empty() ? "nobody" : joined(out);
  }

  std::string destination(const std::string& ip) const {
    if (ip == "*") return "anything";
    if ((node_.ipv4 && ip == node_.ipv4->to_text()) || (node_.ipv6 && ip == node_.ipv6->to_text())) return "this node";
    return ip;
  }

  static std::string protocol(const wire::FilterRule& rule) {
    if (rule.ip_proto.empty()) return "tcp, udp, icmp";
    std::string out;
    for (const uint8_t p : rule.ip_proto) out += (out.empty() ? "" : ", ") + protocol_name(p);
    return out;
  }

  std::string because(const reference::Origin& origin) const {
    const SourceBuffer& source = run_.sources[analysis_.source];
    std::vector<std::string> out;
    for (const Span& span : origin.rules) {
      out.push_back(span.empty() ? "neither acls nor grants" : fmt::format("line {}", source.position(span.begin).line));
    }
    return joined(out);
  }

  const Run& run_;
  const Analysis& analysis_;
  const Tailnet& tailnet_;
  const Node& node_;
  const reference::NodeTable& table_;
  std::map<std::string, std::string_view> names_;
};

}  // namespace

std::string node_table_text(const Run& run, const Analysis& analysis, TailnetNodeId id, const reference::NodeTable& table) {
  return NodeText(run, analysis, id, table).text();
}

std::string nodes_overview(const Tailnet& tailnet, std::span<const tables::Summary> nodes) {
  Columns rows({"node", "owner", "filter rules", "ssh rules", "sees", "routes"});
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = tailnet.nodes[TailnetNodeId(i)];
    const tables::Summary& s = nodes[i];
    rows.add({std::string(tailnet.text(node.name)), owner_text(tailnet, node), std::to_string(s.filter_rules),
              std::to_string(s.ssh_rules), counted(s.peers, "node"), joined(s.primary_routes)});
  }
  return rows.text();
}

}  // namespace aclc::cli
