// SPDX-License-Identifier: Apache-2.0
// A policy and a tailnet as texts -> every node's table, and tables as short texts that a test can state.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/reference/compile.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc::testing {

struct Findings : DiagnosticSink {
  std::vector<Diagnostic> all;
  void report(Diagnostic d) override { all.push_back(std::move(d)); }
  std::vector<std::string> slugs() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : all) out.emplace_back(d.slug());
    return out;
  }
};

class Compiled {
 public:
  Compiled(std::string tailnet, std::string policy) : tailnet_text_(std::move(tailnet)), policy_text_(std::move(policy)) {
    Findings findings;
    tailnet_ = read_tailnet(tailnet_text_, SourceId(size_t{1}), findings);
    EXPECT_THAT(findings.slugs(), ::testing::IsEmpty());
    const SyntaxTree tree = parse(policy_text_, findings);
    const Policy p = build_policy(tree, findings);
    const Definitions definitions = define(p);
    CheckOptions options;
    options.tailnet = &tailnet_;
    check(p, tree, definitions, options, findings);
    for (const Diagnostic& d : findings.all) EXPECT_NE(d.severity, Severity::kError) << d.message;
    tables_ = reference::compile(p, tree, definitions, tailnet_);
    for (size_t i = 0; i < tailnet_.nodes.size(); ++i) {
      const Node& n = tailnet_.nodes[TailnetNodeId(i)];
      const std::string name(tailnet_.text(n.name));
      index_[name] = i;
      if (n.ipv4) names_[n.ipv4->to_text()] = name;
      if (n.ipv6) names_[n.ipv6->to_text()] = name + "/6";
    }
  }

  const reference::NodeTable& at(const std::string& node) const { return tables_.at(index_.at(node)); }

  /// `ada1 bo1 > web1:22 web1:80-90 proto 6`, or `ada1 > {cap=[..]} at web1`. Nodes' addresses are their names, IPv6 with `/6`.
  std::vector<std::string> filter(const std::string& node) const {
    std::vector<std::string> out;
    for (const wire::FilterRule& r : at(node).filter_rules) {
      std::string text = names(r.src_ips) + " >";
      for (const wire::DstPort& d : r.dst_ports) text += " " + name(d.ip) + ":" + d.ports.to_text();
      for (const uint8_t p : r.ip_proto) text += " proto " + std::to_string(p);
      for (const wire::CapGrant& g : r.cap_grants) {
        for (const auto& [cap, values] : g.cap_map) text += " " + cap + "=" + values;
        text += " at " + names(g.dsts);
      }
      out.push_back(text);
    }
    return out;
  }

  /// `accept ada1: *== root=`
  std::vector<std::string> ssh(const std::string& node) const {
    std::vector<std::string> out;
    for (const wire::SshRule& r : at(node).ssh_rules) {
      std::string text = (r.check ? "check " : "accept ") + names(r.principals) + ":";
      for (const auto& [login, local] : r.ssh_users) text += " " + login + "=" + local;
      out.push_back(text);
    }
    return out;
  }

  std::vector<std::string> peers(const std::string& node) const {
    std::vector<std::string> out;
    for (const TailnetNodeId id : at(node).peers) out.emplace_back(tailnet_.text(tailnet_.nodes[id].name));
    return out;
  }

  std::vector<std::string> caps(const std::string& node) const {
    std::vector<std::string> out;
    for (const auto& [name, value] : at(node).caps) out.push_back(name);
    return out;
  }

  /// The policy's text from which rule `index` of the node comes, one for each policy rule.
  std::vector<std::string> origins(const std::string& node, size_t index) const {
    std::vector<std::string> out;
    for (const Span& s : at(node).filter_origins.at(index).rules) out.push_back(policy_text_.substr(s.begin, s.length()));
    return out;
  }

  const Tailnet& tailnet() const { return tailnet_; }

 private:
  std::string name(const std::string& text) const {
    const auto host = text.ends_with("/32") || text.ends_with("/128") ? text.substr(0, text.rfind('/')) : text;
    const auto found = names_.find(host);
    return found == names_.end() ? text : found->second;
  }
  std::string names(const std::vector<std::string>& texts) const {
    std::string out;
    for (const std::string& t : texts) out += (out.empty() ? "" : " ") + name(t);
    return out;
  }

  std::string tailnet_text_, policy_text_;
  Tailnet tailnet_;
  std::vector<reference::NodeTable> tables_;
  std::map<std::string, size_t> index_;
  std::map<std::string, std::string> names_;
};

}  // namespace aclc::testing
