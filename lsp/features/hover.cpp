// SPDX-License-Identifier: Apache-2.0
// What stands under the cursor, told in a few lines.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "lsp/features/features.h"
#include "lsp/service/describe.h"
#include "lsp/service/rules.h"
#include "lsp/service/words.h"

namespace aclc::lsp {
namespace {

bool covers(Span span, uint32_t offset) { return span.begin <= offset && offset <= span.end && !span.empty(); }

std::string port_text(const PortRange& range) {
  if (range.is_all()) return "**all ports**";
  if (range.first == 0 && range.last == 0) return "**port 0**: stands for none, as with `icmp`";
  if (range.first != range.last)
    return fmt::format("**ports {}**: {} of them", range.to_text(), range.last - range.first + 1);
  const std::string_view service = service_of_port(range.first);
  if (service.empty()) return fmt::format("**port {}**", range.first);
  return fmt::format("**port {}**: usually {}", range.first, service);
}

std::string verb_text(bool remove) {
  return remove ? "**remove**: takes these addresses out of what the elements before it have put in"
                : "**add**: puts these addresses into the set, as an element without a verb does";
}

class Finder {
 public:
  Finder(const View& view, uint32_t offset) : view_(view), a_(view.analysis), p_(a_.policy()), offset_(offset) {}

  std::optional<Hover> find() {
    if (const Occurrence* o = a_.occurrences().at(offset_); o && o->kind != SelectorKind::kInvalid)
      return make(o->span, describe_name(a_, o->kind, o->name));
    if (const auto word = word_at(p_, offset_)) return make(word->span, describe_word(p_, *word));
    if (auto found = in_rules()) return found;
    return at_place();
  }

 private:
  std::optional<Hover> make(Span span, std::string text) const { return Hover{std::move(text), view_.at.range(span)}; }

  std::optional<Hover> port(Slice<PortItem> items) const {
    for (const PortItem& item : p_.at(items)) {
      if (covers(item.span, offset_)) return make(item.span, port_text(item.range));
    }
    return std::nullopt;
  }
  std::optional<Hover> protocol(const Protocol& proto) const {
    if (!proto.present() || !covers(proto.span, offset_)) return std::nullopt;
    return make(proto.span, fmt::format("**protocol** {}, number {}{}", code(protocol_name(proto.number)), proto.number,
                                        protocol_has_ports(proto.number) ? "" : ": has no ports"));
  }
  std::optional<Hover> destinations(Slice<Destination> list) const {
    for (const Destination& d : p_.at(list)) {
      if (!covers(d.span, offset_)) continue;
      if (auto found = port(d.ports)) return found;
    }
    return std::nullopt;
  }
  /// The entry of a list of objects around the offset; they come in the order of the text.
  template <class Items>
  const typename Items::value_type* around(const Items& items) const {
    const auto after = std::upper_bound(items.begin(), items.end(), offset_,
                                        [](uint32_t o, const auto& item) { return o < item.span.begin; });
    if (after == items.begin()) return nullptr;
    const auto& found = *std::prev(after);
    return covers(found.span, offset_) ? &found : nullptr;
  }

  std::optional<Hover> in_rules() const {
    if (const AclRule* rule = around(p_.acls)) {
      if (auto found = protocol(rule->proto)) return found;
      if (auto found = destinations(rule->dst)) return found;
    }
    if (const Grant* grant = around(p_.grants)) {
      for (const NetCapability& ip : p_.at(grant->ip)) {
        if (!covers(ip.span, offset_)) continue;
        if (auto found = protocol(ip.proto)) return found;
        if (auto found = port(ip.ports)) return found;
      }
    }
    if (const IpSet* set = around(p_.ipsets)) {
      for (const IpSetElement& e : p_.at(set->elements)) {
        if (e.has_verb && covers(e.span, offset_)) return make({e.span.begin, std::max(e.span.begin, e.target.span.begin)}, verb_text(e.remove));
      }
    }
    if (const Posture* posture = around(p_.postures)) {
      for (const PostureAssertion& assertion : p_.at(posture->assertions)) {
        if (assertion.valid && covers(assertion.span, offset_)) return make(assertion.span, describe_assertion(a_, assertion));
      }
    }
    if (const AclTest* test = around(p_.tests)) {
      if (auto found = protocol(test->proto)) return found;
      if (auto found = destinations(test->accept)) return found;
      if (auto found = destinations(test->deny)) return found;
    }
    return std::nullopt;
  }

  /// The rule or test around the offset.
  std::optional<Entry> entry() const {
    std::optional<Entry> out;
    const auto look = [&](const auto& items, field::Policy section) {
      const auto* item = out ? nullptr : around(items);
      if (item) out = Entry{section, static_cast<uint32_t>(item - items.data())};
    };
    look(p_.acls, field::kAcls);
    look(p_.grants, field::kGrants);
    look(p_.ssh, field::kSsh);
    look(p_.node_attrs, field::kNodeAttrs);
    look(p_.tests, field::kTests);
    look(p_.ssh_tests, field::kSshTests);
    return out;
  }

  std::optional<Hover> at_place() const {
    const SyntaxTree& tree = a_.tree();
    const std::optional<Entry> inside = entry();
    // On a rule's own brace it is told as a whole.
    if (inside) {
      const Span whole = span_of(p_, *inside);
      if (offset_ == whole.begin) return make({whole.begin, whole.begin + 1}, describe_entry(a_, *inside, view_.verdicts));
      if (offset_ + 1 == whole.end) return make({whole.end - 1, whole.end}, describe_entry(a_, *inside, view_.verdicts));
    }
    const auto with_rule = [&](std::string text) {
      return inside ? text + "\n\n---\n\n" + describe_entry(a_, *inside, view_.verdicts) : text;
    };
    const Place place = place_at(tree, offset_, a_.options().target);
    const Span span = place.quoted ? place.token : place.leaf.valid() ? tree[place.leaf].span : Span{};
    if (span.empty()) return std::nullopt;
    if (place.what == Place::What::kFieldName) {
      std::string scratch;
      if (!place.leaf.valid() || !tree.is(place.leaf, NodeKind::kString)) return std::nullopt;
      const auto match = find_field(place.shape, tree.string_value(place.leaf, scratch), a_.options().target);
      if (!match) return std::nullopt;
      return make(span, with_rule(describe_field(shape_info(place.shape).fields[match->index])));
    }
    if ((place.what == Place::What::kValue || place.what == Place::What::kMapName) && place.field)
      return make(span, with_rule(describe_field(*place.field)));
    return std::nullopt;
  }

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  uint32_t offset_;
};

}  // namespace

std::optional<Hover> hover(const View& view, uint32_t offset) { return Finder(view, offset).find(); }

}  // namespace aclc::lsp
