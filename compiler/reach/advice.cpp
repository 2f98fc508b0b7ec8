// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/advice.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/net/protocol.h"
#include "compiler/reference/statements.h"

namespace aclc {
namespace {

using reference::Statement;
using reference::World;

constexpr size_t kMostListed = 4;

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < std::min(words.size(), kMostListed); ++i) out += fmt::format("{}`{}`", i == 0 ? "" : ", ", words[i]);
  if (words.size() > kMostListed) out += fmt::format(" and {} more", words.size() - kMostListed);
  return out;
}

std::string is_none_of(std::string_view name, const std::vector<std::string>& words) {
  return fmt::format("`{}` is {} {}", name, words.size() == 1 ? "not in" : "in none of", listed(words));
}

std::string value_text(const World& world, const PostureValueOf& value) {
  switch (value.type) {
    case PostureValueOf::Type::kBool:
      return value.boolean ? "true" : "false";
    case PostureValueOf::Type::kNumber:
      return fmt::format("{}", value.number);
    case PostureValueOf::Type::kString:
      break;
  }
  return fmt::format("'{}'", world.tailnet().text(value.text));
}

class Adviser {
 public:
  Adviser(const World& world, const Definitions& definitions, const Answer& answer, std::string_view text)
      : world_(world), definitions_(definitions), answer_(answer), text_(text) {}

  std::string words(const Statement& rule) const {
    switch (answer_.decision.missed) {
      case Miss::kSource:
        return is_none_of(source_name(), written(rule.src));
      case Miss::kDestination:
        return destination(rule);
      case Miss::kPosture:
        return posture(world_.effective(rule.src_posture));
      case Miss::kPort:
        return ports(rule);
      case Miss::kProtocol:
        return protocols(rule);
      case Miss::kUser:
      case Miss::kNone:
        if (!rule.via.empty()) return fmt::format("by way of {} alone; whether one serves the destination is not looked at", listed(written(rule.via)));
        break;
    }
    return "";
  }

 private:
  std::string_view at(Span span) const { return text_.substr(span.begin, span.length()); }
  std::vector<std::string> written(const std::vector<Selector>& selectors) const {
    std::vector<std::string> out;
    for (const Selector& s : selectors) out.emplace_back(at(s.span));
    return out;
  }

  // With the user, for a node: rules name users.
  std::string source_name() const {
    const std::string& name = answer_.src.name;
    if (!answer_.src.range.empty()) return fmt::format("{}` of `{}", answer_.from.to_text(), name);
    if (!answer_.src_node.valid()) return name;
    const Node& node = world_.node(answer_.src_node);
    if (node.tagged() || !node.user.valid()) return name;
    const std::string_view login = world_.tailnet().text(world_.tailnet().users[node.user].login);
    return world_.tailnet().text(node.name) == name ? fmt::format("{}` of `{}", name, login) : name;
  }

  std::string destination(const Statement& rule) const {
    std::vector<std::string> words;
    for (const reference::Part& part : rule.parts) {
      for (const reference::Target& target : part.targets) words.emplace_back(at(target.selector.span));
    }
    if (words.size() == 1 && words[0] == "autogroup:self") {
      return fmt::format("`autogroup:self` is the devices of one user: `{}` and `{}` are not", answer_.src.name, answer_.dst.name);
    }
    const std::string& name = answer_.dst.name;
    return is_none_of(answer_.dst.range.empty() ? name : fmt::format("{}` of `{}", answer_.to.to_text(), name), words);
  }

  // Of each posture that would do, the first assertion that fails.
  std::string posture(const PostureRefs& refs) const {
    std::string out;
    if (!answer_.src_node.valid()) return out;
    const Node& node = world_.node(answer_.src_node);
    size_t listed = 0;
    for (const Selector& ref : world_.policy().at(refs.names)) {
      const uint32_t index = definitions_.posture_of(ref.name);
      if (index == Definitions::kNone) continue;
      const PostureAssertion* failed = world_.failed(node, world_.policy().postures[index]);
      if (!failed || listed++ == kMostListed) break;
      const std::string_view attribute = world_.policy().text(failed->attribute);
      std::string has = fmt::format("has no {}", attribute);
      for (const PostureValueOf& v : node.posture) {
        if (world_.tailnet().text(v.attribute) == attribute) has = fmt::format("has {}", value_text(world_, v));
      }
      out += fmt::format("{}`{}` asks for `{}`, and {} {}", out.empty() ? "" : "; ", at(ref.span), at(failed->span),
                         world_.tailnet().text(node.name), has);
    }
    return out;
  }

  std::string ports(const Statement& rule) const {
    std::vector<PortRange> open;
    for (const reference::ProtocolPorts& ip : rule.ip) {
      const bool asked = ip.protocol == 0 || (protocol_has_ports(ip.protocol) && (answer_.protocol == 0 || answer_.protocol == ip.protocol));
      if (asked) open.insert(open.end(), ip.ports.begin(), ip.ports.end());
    }
    for (const reference::Part& part : rule.parts) {
      for (const reference::Target& target : part.targets) open.insert(open.end(), target.ports.begin(), target.ports.end());
    }
    return fmt::format("the rule's ports are {}", PortSet::of(std::move(open)).to_text());
  }

  std::string protocols(const Statement& rule) const {
    std::vector<std::string> words;
    for (const reference::ProtocolPorts& ip : rule.ip) words.push_back(ip.protocol == 0 ? "tcp, udp, icmp" : protocol_name(ip.protocol));
    return fmt::format("the rule is for {}", fmt::join(words, ", "));
  }

  const World& world_;
  const Definitions& definitions_;
  const Answer& answer_;
  std::string_view text_;
};

}  // namespace

std::string advice_for(const World& world, const Definitions& definitions, const Answer& answer, std::string_view text) {
  if (!answer.decision.has_rule()) return "";
  std::optional<Statement> rule;
  uint32_t number = 0;
  reference::each_statement(world.policy(), [&](Statement statement) {
    if (number++ == answer.decision.rule) rule = std::move(statement);
  });
  return rule ? Adviser(world, definitions, answer, text).words(*rule) : "";
}

}  // namespace aclc
