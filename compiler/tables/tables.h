// SPDX-License-Identifier: Apache-2.0
// One node's table on demand, made from the shared form: byte for byte what the reference compile gives.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/lower/shared_form.h"
#include "compiler/reference/compile.h"
#include "compiler/tables/planner.h"
#include "compiler/tables/ssh.h"
#include "compiler/tables/texts.h"
#include "compiler/tables/visibility.h"

namespace aclc::tables {

/// How much a node's table holds.
struct Summary {
  size_t filter_rules = 0, ssh_rules = 0, peers = 0;
  std::vector<std::string> primary_routes;
};

/// Keeps what tables share (texts of sources, peers of classes), so the first table costs more than the next. Not for several
/// threads at once.
class Tables {
 public:
  /// Refers to both, and to the policy and tailnet of the form: all must outlive it.
  Tables(const SharedForm& form, const SyntaxTree& tree);

  /// The node's object of `aclc compile --format json`, as append_node_json writes it.
  void append_json(std::string& out, TailnetNodeId node);
  /// Its filter_rules alone.
  void append_filter_json(std::string& out, TailnetNodeId node);
  reference::NodeTable table(TailnetNodeId node);
  /// Of it the packet filter alone.
  std::vector<wire::FilterRule> filter_rules(TailnetNodeId node);
  Summary summary(TailnetNodeId node);
  /// The node's addresses and the routes that it serves.
  std::vector<std::string> allowed_ips(TailnetNodeId node) const { return allowed_ips(node, caps(node)); }

  /// The subnets for which the node is the elected router.
  std::vector<std::string> primary_routes(TailnetNodeId node);

  /// Classes whose nodes see nodes of this one, itself among them: before an edit, those who may not see them afterwards.
  void add_watchers(ClassId id, ClassSet& out);
  /// After an edit of the form. Adds the classes whose nodes may have other tables now: some may have the same, none is missing.
  void follow(const lower::Effects& effects, const std::vector<ContentId>& retired, ClassSet& out);

  size_t kept_bytes() const { return texts_.kept_bytes(); }
  Visibility& visibility() { return visibility_; }

 private:
  void follow_source(const lower::ChangedSource& changed, const std::vector<ClassId>& moved, ClassSet& out);
  wire::CapMap caps(TailnetNodeId node) const;
  std::vector<std::string> allowed_ips(TailnetNodeId node, const wire::CapMap& caps) const;
  std::vector<TailnetNodeId> peers(TailnetNodeId node);
  void append_peers(std::string& out, TailnetNodeId node);
  std::map<std::string, wire::CapMap> whois(TailnetNodeId node);
  bool grants(const Grant& grant, TailnetNodeId node, Family family) const;

  void append_rule(std::string& out, const PlannedRule& rule, const Node& node);
  void append_dst_ports(std::string& out, const PlannedRule& rule, const Node& node) const;
  void append_grants(std::string& out, const PlannedRule& rule, const Node& node) const;
  wire::FilterRule filter_rule(const PlannedRule& rule, const Node& node, reference::Origin& origin) const;
  /// Calls f(address as text) for each element of a run of destinations.
  template <class F>
  void each_destination(const Hit& hit, const Node& node, F&& f) const;
  std::vector<std::string> dsts(const Grant& grant, const Node& node) const;
  const std::vector<PortRange>& ports(const Draft& draft, const Hit& hit) const;

  const SharedForm& form_;
  const Identity& identity_;
  const SyntaxTree& tree_;
  Planner planner_;
  SourceTexts texts_;
  SshTables ssh_;
  Visibility visibility_;
  Plan plan_;
  std::string local_;
  std::map<Prefix, TailnetNodeId> elected_;  // by route; empty until asked for
  std::string peer_names_;                   // `"name":{}` of every node one after the other; empty until asked for
  std::vector<size_t> peer_name_ends_;
};

template <class F>
void Tables::each_destination(const Hit& hit, const Node& node, F&& f) const {
  for (uint32_t d = hit.first; d < hit.first + hit.count; ++d) {
    const Destination& dst = plan_.destinations[d];
    using Kind = Destination::Kind;
    switch (dst.kind) {
      case Kind::kEverything: f(std::string("*")); break;
      case Kind::kOwn:
      case Kind::kOther: {
        const Node& n = dst.kind == Kind::kOwn ? node : form_.meaning().node(TailnetNodeId(size_t{dst.id}));
        if (n.ipv4 && (dst.families & 1) != 0) f(n.ipv4->to_text());
        if (n.ipv6 && (dst.families & 2) != 0) f(n.ipv6->to_text());
        break;
      }
      case Kind::kRange: f(identity_.ranges()[RangeId(size_t{dst.id})].to_text()); break;
      case Kind::kPublicRange: {
        const AddressRange& r = identity_.ranges()[RangeId(size_t{dst.id})];
        f(r.first.to_text() + "-" + r.last.to_text());
        break;
      }
    }
  }
}

}  // namespace aclc::tables
