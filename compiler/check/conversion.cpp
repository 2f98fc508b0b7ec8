// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/conversion.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/json_quote.h"

namespace aclc::checks {
namespace {

std::string list_of(const std::vector<std::string>& items) {
  std::string out = "[";
  for (size_t i = 0; i < items.size(); ++i) out.append(i ? ", " : "").append(json_string(items[i]));
  return out + "]";
}

bool sayable(const Policy& policy, const SyntaxTree& tree, const AclRule& rule) {
  if (rule.broken || policy.text(rule.action) != "accept" || rule.src.empty() || rule.dst.empty()) return false;
  // What is written with escapes is not worth telling apart from what they mean.
  if (tree.text().substr(rule.span.begin, rule.span.length()).find('\\') != std::string_view::npos) return false;
  const auto sources = policy.at(rule.src);
  const bool everybody = std::any_of(sources.begin(), sources.end(), [](const Selector& s) { return s.kind == SelectorKind::kWildcard; });
  const auto destinations = policy.at(rule.dst);
  return std::none_of(destinations.begin(), destinations.end(), [&](const Destination& d) {
    return (d.selector.kind == SelectorKind::kPrefix && policy.prefix(d.selector).length == 0) || (d.selector.autogroup == Autogroup::kSelf && everybody);
  });
}

}  // namespace

std::vector<std::string> grants_saying(const Policy& policy, const SyntaxTree& tree, const AclRule& rule) {
  if (!sayable(policy, tree, rule)) return {};
  const auto written = [&](Span s) { return std::string(tree.text().substr(s.begin, s.length())); };
  const auto texts = [&](Selectors list) {
    std::vector<std::string> out;
    for (const Selector& s : policy.at(list)) out.push_back(written(s.span));
    return out;
  };
  std::vector<std::pair<std::string, std::vector<std::string>>> by_ports;  // `ip` list -> dst
  for (const Destination& d : policy.at(rule.dst)) {
    std::vector<std::string> ip;
    for (const PortItem& item : policy.at(d.ports)) {
      const std::string ports = item.range.to_text();
      ip.push_back(rule.proto.present() ? fmt::format("{}:{}", written(rule.proto.span), ports) : ports);
    }
    const std::string key = list_of(ip);
    auto found = std::find_if(by_ports.begin(), by_ports.end(), [&](const auto& row) { return row.first == key; });
    if (found == by_ports.end()) found = by_ports.insert(by_ports.end(), {key, {}});
    found->second.push_back(written(d.selector.span));
  }
  std::vector<std::string> out;
  for (const auto& [ip, dst] : by_ports) {
    std::string grant = fmt::format("{{\"src\": {}, \"dst\": {}, \"ip\": {}", list_of(texts(rule.src)), list_of(dst), ip);
    if (rule.src_posture.present) grant += fmt::format(", \"srcPosture\": {}", list_of(texts(rule.src_posture.names)));
    out.push_back(grant + "}");
  }
  return out;
}

}  // namespace aclc::checks
