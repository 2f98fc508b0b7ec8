// SPDX-License-Identifier: Apache-2.0
// Semantic tokens: strings taken apart into prefix, name, ports, protocol.
#include <algorithm>
#include <array>

#include "compiler/check/insertion.h"
#include "lsp/features/features.h"

namespace aclc::lsp {
namespace {

enum Type : uint32_t { kNamespace, kClass, kEnumMember, kProperty, kVariable, kNumber, kKeyword, kInterface, kOperator, kString };
constexpr std::array<std::string_view, 10> kTypes = {"namespace", "class",   "enumMember", "property", "variable",
                                                     "number",    "keyword", "interface",  "operator", "string"};
enum Modifier : uint32_t { kNone = 0, kDeclaration = 1, kDefaultLibrary = 2, kDeprecated = 4, kUnused = 8 };
constexpr std::array<std::string_view, 4> kModifiers = {"declaration", "defaultLibrary", "deprecated", "unused"};

struct Token {
  Span span;
  uint32_t type;
  uint32_t modifiers;
};

class Painter {
 public:
  Painter(const View& view, std::optional<Span> only) : view_(view), only_(only) {}

  std::vector<uint32_t> paint() {
    const Policy& p = view_.analysis.policy();
    for (const Section& section : p.sections) add(section.name_span, kKeyword);
    for (const Occurrence& o : view_.analysis.occurrences().all()) {
      if (wanted(o.span)) occurrence(o);
    }
    for (const IpSet& set : p.ipsets) {
      if (wanted(set.span)) verbs(set);
    }
    for (const Posture& posture : p.postures) {
      if (wanted(posture.span)) assertions(posture);
    }
    for (const NodeAttr& attr : p.node_attrs) {
      if (!wanted(attr.span)) continue;
      for (const Text& name : p.at(attr.attr)) add(name.span, kEnumMember);
      for (const Selector& pool : p.at(attr.ip_pool)) add(pool.span, kNumber);
      for (const AppCapability& app : p.at(attr.app)) add(app.name.span, kInterface);
    }
    for (const AclRule& rule : p.acls) {
      if (!wanted(rule.span)) continue;
      add(rule.action.span, kKeyword);
      add(rule.proto.span, kKeyword);
      destinations(rule.dst);
      old_names(rule);
    }
    for (const Grant& grant : p.grants) {
      if (!wanted(grant.span)) continue;
      for (const NetCapability& ip : p.at(grant.ip)) {
        add(ip.proto.span, kKeyword);
        ports(ip.ports);
      }
      for (const AppCapability& app : p.at(grant.app)) add(app.name.span, kInterface);
    }
    for (const SshRule& rule : p.ssh) {
      if (!wanted(rule.span)) continue;
      add(rule.action.span, kKeyword);
      add(rule.check_period.span, kNumber);
      accounts(rule.users);
    }
    for (const AclTest& test : p.tests) {
      if (!wanted(test.span)) continue;
      if (test.proto_text.present()) add(test.proto_text.span, kKeyword);
      destinations(test.accept);
      destinations(test.deny);
      device_attributes(test.posture_attrs);
    }
    for (const SshTest& test : p.ssh_tests) {
      if (!wanted(test.span)) continue;
      for (const Texts list : {test.accept, test.check, test.deny}) accounts(list);
      device_attributes(test.posture_attrs);
    }
    return encode();
  }

 private:
  bool wanted(Span span) const { return !only_ || (span.begin < only_->end && only_->begin < span.end); }
  void add(Span span, Type type, uint32_t modifiers = kNone) {
    if (!span.empty() && wanted(span)) tokens_.push_back({span, type, modifiers});
  }
  void ports(Slice<PortItem> items) {
    for (const PortItem& item : view_.analysis.policy().at(items)) add(item.span, kNumber);
  }
  void destinations(Slice<Destination> items) {
    for (const Destination& d : view_.analysis.policy().at(items)) ports(d.ports);
  }
  /// `users` and `ports` of an acl, which are `src` and `dst` today.
  void old_names(const AclRule& rule) {
    const SyntaxTree& tree = view_.analysis.tree();
    std::string scratch;
    for (const Span list : {rule.src_span, rule.dst_span}) {
      const NodeId value = list.empty() ? NodeId() : checks::node_begun(tree, list.begin);
      if (!value.valid() || value.value == 0) continue;
      const NodeId name{size_t{value.value - 1}};  // right before its value, in the order of the text
      if (!tree.is(name, NodeKind::kString)) continue;
      const auto match = find_field(Shape::kAcl, tree.string_value(name, scratch), view_.analysis.options().target);
      if (match && match->old_name) add({tree[name].span.begin + 1, tree[name].span.end - 1}, kKeyword, kDeprecated);
    }
  }
  void accounts(Texts list) {
    for (const Text& account : view_.analysis.policy().at(list)) {
      const std::string_view text = view_.analysis.text(account.span);
      if (text.starts_with("autogroup:")) prefixed(account.span, kEnumMember, kDefaultLibrary);
      else prefixed(account.span, kVariable, kNone);  // `localpart:` stands before a domain
    }
  }
  /// `add` or `remove` before what a set is built of.
  void verbs(const IpSet& set) {
    for (const IpSetElement& element : view_.analysis.policy().at(set.elements)) {
      if (!element.has_verb || !wanted(element.span)) continue;
      const std::string_view text = view_.analysis.text(element.span);
      const size_t begin = text.find_first_not_of(' '), end = text.find(' ', begin);
      if (begin == std::string_view::npos || end == std::string_view::npos) continue;
      add({element.span.begin + static_cast<uint32_t>(begin), element.span.begin + static_cast<uint32_t>(end)}, kKeyword);
    }
  }
  void value(const PostureValue& v) { add(v.span, v.type == PostureValue::Type::kNumber ? kNumber : v.type == PostureValue::Type::kBool ? kKeyword : kString); }
  void assertions(const Posture& posture) {
    const Policy& p = view_.analysis.policy();
    for (const PostureAssertion& assertion : p.at(posture.assertions)) {
      if (!assertion.valid || !wanted(assertion.span)) continue;
      prefixed(assertion.attribute.span, kProperty, kNone);
      const auto values = p.at(assertion.values);
      for (const PostureValue& v : values) value(v);
      // What stands between the attribute and the first value: `==`, `NOT IN [`.
      const Span between{assertion.attribute.span.end, values.empty() ? assertion.span.end : values.front().span.begin};
      const std::string_view text = view_.analysis.text(between);
      const size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(" ['");
      if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) continue;
      add({between.begin + static_cast<uint32_t>(begin), between.begin + static_cast<uint32_t>(end) + 1}, kOperator);
    }
  }
  void device_attributes(Slice<PostureAttr> list) {
    for (const PostureAttr& attribute : view_.analysis.policy().at(list)) {
      prefixed(attribute.name.span, kProperty, kNone);
      value(attribute.value);
    }
  }
  void prefixed(Span span, Type type, uint32_t modifiers) {
    const size_t colon = view_.analysis.text(span).find(':');
    if (colon == std::string_view::npos) return add(span, type, modifiers);
    const uint32_t middle = span.begin + static_cast<uint32_t>(colon) + 1;
    add({span.begin, middle}, kNamespace);
    add({middle, span.end}, type, modifiers);
  }
  void occurrence(const Occurrence& o) {
    // A tag that no rule names is still one of devices'.
    const bool unused = o.definition && o.kind != SelectorKind::kTag && view_.analysis.occurrences().uses_of(o.kind, o.name) == 0;
    const uint32_t declared = (o.definition ? kDeclaration : kNone) | (unused ? kUnused : kNone);
    switch (o.kind) {
      case SelectorKind::kGroup:
        return prefixed(o.span, kClass, declared);
      case SelectorKind::kTag:
      case SelectorKind::kIpSet:
      case SelectorKind::kService:
        return prefixed(o.span, kProperty, declared);
      case SelectorKind::kPosture:
        return prefixed(o.span, kInterface, declared);
      case SelectorKind::kHost:
        return prefixed(o.span, kProperty, declared);
      case SelectorKind::kAutogroup: {
        const bool legacy = view_.analysis.text(o.span) == "autogroup:members";
        return prefixed(o.span, kEnumMember, kDefaultLibrary | (legacy ? kDeprecated : kNone));
      }
      case SelectorKind::kUser:
        return add(o.span, kVariable);
      case SelectorKind::kUserDomain:
        return prefixed(o.span, kVariable, kNone);
      case SelectorKind::kAddress:
      case SelectorKind::kPrefix:
      case SelectorKind::kRange:
        return add(o.span, kNumber);
      case SelectorKind::kWildcard:
        return add(o.span, kEnumMember, kDefaultLibrary);
      case SelectorKind::kInvalid:
        return;
    }
  }

  std::vector<uint32_t> encode() {
    std::stable_sort(tokens_.begin(), tokens_.end(),
                     [](const Token& a, const Token& b) { return a.span.begin < b.span.begin; });
    std::vector<uint32_t> out;
    out.reserve(tokens_.size() * 5);
    Position last;
    uint32_t end = 0;
    for (const Token& token : tokens_) {
      if (token.span.begin < end) continue;  // one token a byte
      const Position start = view_.at.position(token.span.begin), stop = view_.at.position(token.span.end);
      if (start.line != stop.line || stop.character <= start.character) continue;
      end = token.span.end;
      const uint32_t lines = start.line - last.line;
      out.insert(out.end(), {lines, lines == 0 ? start.character - last.character : start.character,
                             stop.character - start.character, token.type, token.modifiers});
      last = start;
    }
    return out;
  }

  const View& view_;
  std::optional<Span> only_;
  std::vector<Token> tokens_;
};

}  // namespace

std::span<const std::string_view> semantic_token_types() { return kTypes; }
std::span<const std::string_view> semantic_token_modifiers() { return kModifiers; }

std::vector<uint32_t> semantic_tokens(const View& view, std::optional<Span> only) { return Painter(view, only).paint(); }

}  // namespace aclc::lsp
