// SPDX-License-Identifier: Apache-2.0
// The walk from tree to policy; inside this folder only. One object builds one policy; its parts are spread over the
// build_*.cpp files by section.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/short_text.h"
#include "parser/policy/build.h"
#include "parser/policy/fields.h"
#include "parser/policy/port_form.h"
#include "parser/policy/selector_form.h"

namespace aclc {

/// A string of the policy, decoded, that remembers where its bytes stand. Valid until the next string is read.
struct Quoted {
  std::string_view text;
  NodeId node;
  uint32_t base = 0;  ///< offset of the first byte inside the quotes
  bool escaped = false;
};

/// What a destination or port list belongs to: decides the hosted service's words and what is allowed.
enum class Place : uint8_t { kAclDst, kGrantIp, kTest };

class Builder {
 public:
  Builder(const SyntaxTree& tree, DiagnosticSink& sink, Target target) : tree_(tree), sink_(sink), target_(target) {}
  Policy build();
  /// One entry of acls, grants, ssh, nodeAttrs, tests or sshTests, as if nothing else stood in the policy. Its names go to `names`,
  /// which comes back in the policy.
  Policy build_entry(field::Policy section, NodeId element, Interner names);

 private:
  // Sections (build_*.cpp).
  void section(uint32_t index, NodeId value);
  void acl(NodeId node, AclRule& rule);
  void grant(NodeId node, Grant& rule);
  void ssh_rule(NodeId node, SshRule& rule);
  void node_attr(NodeId node, NodeAttr& entry);
  void acl_test(NodeId node, AclTest& test);
  void ssh_test(NodeId node, SshTest& test);
  Selector test_source(NodeId value, Text& written, bool& broken);
  void groups(const Field& field, NodeId object);
  void hosts(NodeId object);
  void ipsets(const Field& field, NodeId object);
  void tag_owners(const Field& field, NodeId object);
  void postures(const Field& field, NodeId object);
  void auto_approvers(NodeId object);
  void dns(NodeId object);
  void one_cgnat_route(const Field& field, NodeId value);
  void derp_map(NodeId object);
  /// Checks members and types by the tables and keeps nothing.
  void check_value(const Field& field, NodeId value);
  void check_element(const Field& field, NodeId value);
  void check_shape(Shape shape, NodeId object);

  // Lists of form: each appends to a pool of the policy. `broken` is set when something was reported.
  Selectors selectors(const Field& field, NodeId array, bool& broken);
  Slice<Destination> destinations(const Field& field, NodeId array, Place place, bool& broken);
  Slice<NetCapability> net_capabilities(const Field& field, NodeId array, bool& broken);
  Slice<AppCapability> app_capabilities(NodeId object, bool& broken);
  Texts texts(const Field& field, NodeId array, bool trimmed, bool& broken);
  Selectors prefixes(const Field& field, NodeId array, bool& broken);
  Selectors addresses(const Field& field, NodeId array, bool& broken);
  PostureRefs posture_refs(const Field& field, NodeId array, bool& broken);
  Slice<PostureAttr> posture_attrs(NodeId object, bool& broken);
  Slice<IpSetElement> ipset_elements(const Field& field, NodeId array);
  IpSetElement ipset_element(const Quoted& q);
  Slice<PostureAssertion> assertions(const Field& field, NodeId array);
  PostureAssertion assertion(const Quoted& q);
  /// The list of a map's entry: null is an empty one, another type is reported and empty.
  template <class F>
  auto list_entry(const Text& key, NodeId value, F&& read) -> decltype(read(value));

  // Single strings.
  Selector selector(const Quoted& q, bool& broken);
  Selector selector_of(const Quoted& q, size_t begin, size_t end, bool& broken);
  Selector address_or_prefix(const Quoted& q, bool& broken);
  bool destination(const Quoted& q, Place place, Destination& out);
  /// Well-formed destinations whose selector was seen before; false: read it the long way.
  bool quick_destination(const Quoted& q, Place place, Destination& out, bool& ok);
  /// `selector:ports` splits at the last colon, as at the hosted service: `fd7a::1:22` is port 22. A prefixed name or
  /// an IPv6 address or CIDR without ports is told apart where that reading gives nothing.
  struct Split {
    enum How : uint8_t { kPorts, kNoColon, kBareName, kBareAddress } how;
    size_t colon;
  };
  static Split split_destination(std::string_view kept);
  bool bracketed(const Quoted& q, size_t begin, size_t colon, Selector& out, bool& broken);
  bool ports(const Quoted& q, size_t begin, size_t end, Place place, Slice<PortItem>& out);
  Protocol protocol(const Quoted& q, size_t begin, size_t end, Place place, bool& broken);
  Text text(const Quoted& q, bool trimmed);
  void warn_host_bits(const Selector& s);
  bool report_placeholder(const Quoted& q, size_t begin, size_t end);
  void report_selector(const Quoted& q, size_t begin, size_t end, const ClassifiedSelector& form);
  void report_prefix(const Selector& s);
  bool ports_of_protocol(const Protocol& proto, std::string_view name, Slice<PortItem> items, Severity severity);
  void report_port(const Quoted& q, size_t begin, size_t end, Place place);
  /// `443:tcp`, `tcp/443` and the like in `ip` of a grant. False: it is none of them.
  bool report_odd_capability(const Quoted& q);
  /// With advice on where a destination's protocol goes; the span is what should be its ports.
  static Diagnostic without_protocol(Diagnostic d, const ProtocolAndPorts& mixed, Place place);
  /// `tag:web:80:443`, `tag:web:tcp:443`: what stands after the selector is more than ports. True: it was reported, and out is the
  /// selector.
  bool report_two_port_lists(const Quoted& q, size_t begin, size_t end, Place place, Selector& out);
  void report_missing_port(const Quoted& q, size_t begin, size_t end, Place place, std::string upstream);
  std::string upstream_port(const Quoted& q, std::string_view item, Place place, std::string_view words) const;

  // Tree access.
  Quoted quoted(NodeId string) {
    const SyntaxNode& n = tree_[string];
    const bool escaped = (n.flags & kHasEscape) != 0;
    if (escaped) return {tree_.string_value(string, scratch_), string, n.span.begin + 1, true};
    return {tree_.text().substr(n.span.begin + 1, n.span.length() - 2), string, n.span.begin + 1, false};
  }
  Span span_of(const Quoted& q, size_t begin, size_t end) const {
    const auto b = static_cast<uint32_t>(begin), e = static_cast<uint32_t>(end);
    if (!q.escaped) return {q.base + b, q.base + e};
    return {tree_.string_offset(q.node, b), tree_.string_offset(q.node, e)};
  }
  Span span_of(const Quoted& q) const { return span_of(q, 0, q.text.size()); }
  Span span_of(NodeId id) const { return tree_[id].span; }
  /// Of a readable string, without its quotes.
  Span inside_of(NodeId string) const { return {tree_[string].span.begin + 1, tree_[string].span.end - 1}; }
  /// The node's span; of an object or array its bracket alone, so that a finding does not cover half a file.
  Span mark_of(NodeId id) const;
  /// A string without errors in it.
  bool readable(NodeId id) const {
    const SyntaxNode& n = tree_[id];
    return n.kind == NodeKind::kString && (n.flags & kBroken) == 0 && n.span.length() >= 2;
  }
  /// Nodes that the parser has reported already.
  bool already_reported(NodeId id) const {
    const NodeKind k = tree_[id].kind;
    return k == NodeKind::kMissing || k == NodeKind::kError || (k == NodeKind::kString && !readable(id));
  }

  /// A selector's text seen before: its form without a place.
  struct Form {
    Selector selector;
    std::string_view text;
    bool plain;  ///< well-formed and nothing to warn about
  };
  struct FormSlot {
    uint32_t hash = 0;
    uint32_t form = 0;  ///< index into forms_ and one; 0: free
  };
  const Form& form_of(std::string_view text);
  const Form& add_form(std::string_view text, uint64_t hash);
  void set_address(Selector& s, const Prefix& prefix, const Address& last = {});

  // Reports.
  static std::string quote(std::string_view name);
  /// At most kMaxPerKind of one kind are kept; the verdict needs no more.
  bool wanted(Kind kind) const { return reported_[static_cast<size_t>(kind)] < kMaxPerKind; }
  void report(Diagnostic d);
  void wrong_type(std::string subject, std::string_view expected, NodeId found, const Field* field = nullptr);
  /// Reports unless the node is of the kind that the field wants (or was reported before).
  bool type_matches(const Field& field, NodeId value);
  /// Whether an object has members, and all of them are objects.
  bool holds_objects(NodeId object) const;
  /// The name of the field that is meant where that is sure and it does not stand there itself; empty otherwise.
  std::string_view unknown_field(Shape shape, NodeId object, const Quoted& name);
  void unknown_autogroup(std::string_view text, Span span);
  void duplicate(const Quoted& name, NodeId first, NodeId second);

  /// Calls on_field(index, value node) for each known member with a value of the right type; nulls are absent members.
  static constexpr size_t kMostFields = 24;
  template <class F>
  void members(Shape shape, NodeId object, bool& broken, F&& on_field);
  struct Member {
    uint32_t index = 0;
    NodeId value;
  };
  bool match_member(Shape shape, NodeId object, NodeId member, uint32_t (&seen)[kMostFields], bool& broken, Member& out);
  /// Calls on_entry(key, member node, value node) for each member of a map; doubled keys are reported. The key's text
  /// is gone once another string is read.
  template <class F>
  void entries(NodeId object, F&& on_entry);
  bool first_of_key(const Quoted& key, NodeId member);
  /// Elements of an array that are readable strings; others are reported.
  template <class F>
  void strings(const Field& field, NodeId array, bool& broken, F&& on_string);
  /// The entries of a section that is an array of objects.
  template <class Entry, class F>
  void objects(const Field& field, NodeId array, std::vector<Entry>& out, F&& read);
  bool object_element(const Field& field, NodeId element);
  bool string_element(const Field& field, NodeId element, bool& broken);

  static constexpr uint32_t kMaxPerKind = 1000;
  static constexpr size_t kKinds = 1024;

  const SyntaxTree& tree_;
  DiagnosticSink& sink_;
  const Target target_;
  Policy policy_;
  std::string scratch_;
  std::array<uint32_t, kKinds> reported_{};
  std::vector<Form> forms_;
  std::vector<FormSlot> form_slots_;  ///< open addressing over forms_, a power of two
  /// By StringId of a map's key: in which map it was seen last, and which member that was.
  struct SeenKey {
    uint32_t map = 0;
    NodeId member;
  };
  std::vector<SeenKey> seen_keys_;
  uint32_t map_count_ = 0;
  bool in_test_ = false;  ///< inside an entry of tests or sshTests
  /// Inside a section that the target does not know: what stands in it goes with it, and is not reported by itself.
  bool in_foreign_section_ = false;
};

/// The kind of node that suits the field at a glance; kMissing where a closer look is needed.
inline NodeKind plain_kind(const Field& field) {
  if (field.container == Container::kList) return NodeKind::kArray;
  if (field.container != Container::kOne) return NodeKind::kObject;
  if (field.value < Value::kBoolean) return NodeKind::kString;
  return field.value == Value::kObject ? NodeKind::kObject : NodeKind::kMissing;
}

// Rules of one section mostly have the same members in the same order, so the first guess is the row after the last
// one.
template <class F>
void Builder::members(Shape shape, NodeId object, bool& broken, F&& on_field) {
  uint32_t seen[kMostFields] = {};
  const std::span<const Field> fields = shape_info(shape).fields;
  uint32_t guess = 0;
  for (const NodeId member : tree_.children(object)) {
    const NodeId name_node = tree_.name_of(member);
    const SyntaxNode& name = tree_[name_node];
    if (guess < fields.size() && name.kind == NodeKind::kString && name.flags == 0 && seen[guess] == 0) {
      const Field& field = fields[guess];
      const NodeId value{size_t{name.next}};
      const SyntaxNode& v = tree_[value];
      const bool known =
          field.known_by == KnownBy::kBoth || (field.known_by == KnownBy::kTailscale && target_ == Target::kTailscale);
      if (known && name.span.length() == field.name.size() + 2 && v.kind == plain_kind(field) &&
          ((v.flags & kBroken) == 0 || v.kind != NodeKind::kString) &&
          equal_text(tree_.text().substr(name.span.begin + 1, field.name.size()), field.name)) {
        seen[guess] = member.value + 1;
        on_field(guess, value);
        ++guess;
        continue;
      }
    }
    Member m;
    if (match_member(shape, object, member, seen, broken, m)) {
      guess = m.index + 1;
      on_field(m.index, m.value);
    }
  }
}

template <class F>
void Builder::entries(NodeId object, F&& on_entry) {
  ++map_count_;
  for (const NodeId member : tree_.children(object)) {
    const NodeId name = tree_.name_of(member);
    if (!readable(name)) continue;
    const Quoted key = quoted(name);
    if (!find_placeholder(key.text).empty()) {
      report_placeholder(key, 0, key.text.size());
      continue;
    }
    first_of_key(key, member);
    on_entry(key, member, tree_.value_of(member));
  }
}

template <class F>
void Builder::strings(const Field& field, NodeId array, bool& broken, F&& on_string) {
  if (tree_[array].kind == NodeKind::kString) {  // a lone string where an array belongs: reported, read all the same
    on_string(quoted(array));
    return;
  }
  for (const NodeId element : tree_.children(array)) {
    if (readable(element) || string_element(field, element, broken)) on_string(quoted(element));
  }
}

template <class Entry, class F>
void Builder::objects(const Field& field, NodeId array, std::vector<Entry>& out, F&& read) {
  size_t count = 0;
  for ([[maybe_unused]] const NodeId element : tree_.children(array)) ++count;
  out.reserve(count);
  for (const NodeId element : tree_.children(array)) {
    if (object_element(field, element)) read(element, out.emplace_back());
  }
}

template <class F>
auto Builder::list_entry(const Text& key, NodeId value, F&& read) -> decltype(read(value)) {
  if (tree_.is(value, NodeKind::kArray) || readable(value)) {
    if (!tree_.is(value, NodeKind::kArray)) wrong_type(quote(policy_.text(key)), "an array of strings", value);
    return read(value);
  }
  if (!tree_.is(value, NodeKind::kNull)) wrong_type(quote(policy_.text(key)), "an array of strings", value);
  return {};
}

}  // namespace aclc
