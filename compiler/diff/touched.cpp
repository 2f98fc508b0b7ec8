// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/touched.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/diff/side.h"
#include "parser/policy/build.h"
#include "parser/syntax/json_text.h"
#include "parser/syntax/parse.h"

namespace aclc::diff {
namespace {

bool is_rules(std::string_view section) { return section == "acls" || section == "grants"; }
/// What no table depends on.
bool is_tests(std::string_view section) { return section == "tests" || section == "sshTests"; }

/// Every other section by its name, in a form that is equal where the value is.
std::map<std::string_view, std::string> others(const PolicyView& view) {
  std::map<std::string_view, std::string> out;
  for (const Section& s : view.policy.sections) {
    const std::string_view name = view.policy.text(s.name);
    if (!is_rules(name) && !is_tests(name)) out[name] = json_text(view.tree, s.value);
  }
  return out;
}

std::string_view text_of(const PolicyView& view, Span span) { return view.tree.text().substr(span.begin, span.length()); }

/// The rules of each side that the other one has not, as often as it has them.
template <class Rule>
void only_here(const PolicyView& before, const std::vector<Rule>& old_rules, const PolicyView& after, const std::vector<Rule>& new_rules, std::vector<bool>& gone,
               std::vector<bool>& come) {
  std::unordered_map<std::string_view, int> count;
  for (const Rule& r : new_rules) ++count[text_of(after, r.span)];
  gone.assign(old_rules.size(), false);
  come.assign(new_rules.size(), false);
  for (size_t i = 0; i < old_rules.size(); ++i) {
    const auto found = count.find(text_of(before, old_rules[i].span));
    if (found == count.end() || found->second-- <= 0) gone[i] = true;
  }
  // What is left over is not to be found on the old side; of equal ones any will do.
  for (size_t i = new_rules.size(); i-- > 0;) {
    int& left = count[text_of(after, new_rules[i].span)];
    if (left > 0) {
      come[i] = true;
      --left;
    }
  }
}

template <class Rule>
std::string chosen(const PolicyView& view, const std::vector<Rule>& rules, const std::vector<bool>& which) {
  std::string out = "[";
  for (size_t i = 0; i < rules.size(); ++i) {
    if (which[i]) out.append(text_of(view, rules[i].span)).append(",\n");
  }
  return out + "]";
}

class Unheard final : public DiagnosticSink {
 public:
  void report(Diagnostic) override {}
};

}  // namespace

Touched::Touched(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet) {
  if (before.policy.allows_all() || after.policy.allows_all() || others(before) != others(after)) return;
  rules_only_ = true;
  std::vector<bool> gone_acls, gone_grants, come_acls, come_grants;
  only_here(before, before.policy.acls, after, after.policy.acls, gone_acls, come_acls);
  only_here(before, before.policy.grants, after, after.policy.grants, gone_grants, come_grants);
  const auto many = [](const std::vector<bool>& v) { return static_cast<size_t>(std::count(v.begin(), v.end(), true)); };
  const size_t differ = many(gone_acls) + many(gone_grants) + many(come_acls) + many(come_grants);
  // More work than it saves.
  constexpr size_t kFew = 64;
  if (differ > kFew && differ * 4 > before.policy.acls.size() + before.policy.grants.size()) return;
  all_ = false;
  touched_.resize(tailnet.nodes.size());
  mark(before, gone_acls, gone_grants, tailnet);
  mark(after, come_acls, come_grants, tailnet);
}

void Touched::mark(const PolicyView& view, const std::vector<bool>& acls, const std::vector<bool>& grants, const Tailnet& tailnet) {
  if (std::find(acls.begin(), acls.end(), true) == acls.end() && std::find(grants.begin(), grants.end(), true) == grants.end()) return;
  // The same policy with these rules alone.
  std::string text = "{";
  for (const Section& s : view.policy.sections) {
    const std::string_view name = view.policy.text(s.name);
    if (!is_rules(name) && !is_tests(name)) text.append("\"").append(name).append("\": ").append(view.tree.text_of(s.value)).append(",\n");
  }
  text += "\"acls\": " + chosen(view, view.policy.acls, acls) + ",\n\"grants\": " + chosen(view, view.policy.grants, grants) + "}";
  Unheard unheard;
  const SyntaxTree tree = parse(text, unheard);
  const Policy some = build_policy(tree, unheard);
  const Definitions definitions = define(some);
  Side side({some, tree, definitions}, tailnet);
  const identity::Identity& identity = side.identity();
  std::vector<uint8_t> known(identity.class_count());  // 1: nothing, 2: something
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const TailnetNodeId node(i);
    const identity::ClassId in = identity.class_of(node);
    const identity::RouteSetId routes = identity[in].routes;
    // Behind a router stand other nodes: it may matter which one it is.
    const bool alike = routes.value == 0 || side.planner.hosts_behind(routes).empty();
    if (alike && known[in.value] != 0) {
      if (known[in.value] == 2) touched_[i] = true;
      continue;
    }
    side.planner.plan(node, side.plan);
    const bool something = !side.plan.rules.empty();
    if (something) touched_[i] = true;
    if (alike) known[in.value] = something ? 2 : 1;
  }
}

}  // namespace aclc::diff
