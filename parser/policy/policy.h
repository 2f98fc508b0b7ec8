// SPDX-License-Identifier: Apache-2.0
// The typed policy: every section of the language, each part with its span. Lists are slices of the pools at the end of
// Policy, so a large policy costs a few allocations. Names are interned; later phases add side tables by id.
//
// Absent and empty differ where the language says so (no `acls` and no `grants` is allow-all; an empty one is deny-all).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/interner.h"
#include "base/net/address.h"
#include "base/net/ports.h"
#include "base/span.h"
#include "parser/policy/selector.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// A string of the policy (a name, an action, a duration ...) and where it stands inside its quotes.
struct Text {
  StringId value;
  Span span;

  bool present() const { return value.valid(); }
};

using Selectors = Slice<Selector>;
using Texts = Slice<Text>;

struct PortItem {
  PortRange range;
  Span span;
};

/// `proto` of an acl or a test, and the protocol part of a grant's `ip`. number 0: omitted, the default protocols.
struct Protocol {
  uint8_t number = 0;
  Span span;

  bool present() const { return number != 0; }
};

/// `selector:ports` of an acl's dst, or `selector:port` of a test.
struct Destination {
  Selector selector;
  Slice<PortItem> ports;
  Span span;        ///< the whole string inside its quotes
  Span ports_span;  ///< after the colon; empty where there is none
};

/// A rule's posture list. An explicit list replaces defaultSrcPosture, an absent one does not.
struct PostureRefs {
  bool present = false;
  Selectors names;  ///< kPosture
};

struct AclRule {
  Span span;  ///< the whole object
  Text action;
  Selectors src;
  Slice<Destination> dst;
  Protocol proto;
  PostureRefs src_posture;
  Span src_span, dst_span;  ///< the arrays; empty where absent
  bool src_present = false, dst_present = false;
  bool broken = false;  ///< something in it was reported as an error of form
};

/// One string of a grant's `ip`: `443`, `tcp:80-90`, `*:*`.
struct NetCapability {
  Protocol proto;
  Slice<PortItem> ports;
  Span span;
};

/// One member of a grant's or a nodeAttr's `app`: a capability name and its parameters, opaque JSON.
struct AppCapability {
  Text name;
  NodeId value;  ///< the array in the syntax tree
};

struct Grant {
  Span span;
  Selectors src;
  Selectors dst;
  Slice<NetCapability> ip;
  Slice<AppCapability> app;
  Selectors via;
  PostureRefs src_posture;
  Span src_span, dst_span, ip_span, app_span, via_span;
  bool src_present = false, dst_present = false;
  bool broken = false;
};

struct Group {
  Text name;  ///< `group:x`
  Span span;  ///< the member, name and value
  Selectors members;
};

struct Host {
  Text name;
  Span span;
  Selector value;  ///< kAddress or kPrefix, kInvalid where it is neither
};

struct TagOwner {
  Text name;  ///< `tag:x`
  Span span;
  Selectors owners;
};

struct IpSetElement {
  bool remove = false;
  bool has_verb = false;
  Selector target;
  Span span;
};

struct IpSet {
  Text name;  ///< `ipset:x`
  Span span;
  Slice<IpSetElement> elements;
};

enum class PostureOp : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kIn, kNotIn, kIsSet, kNotSet, kTrue };

/// A literal of an assertion: 'text', number, true/false.
struct PostureValue {
  enum class Type : uint8_t { kString, kNumber, kBool } type = Type::kString;
  StringId text;  ///< as written, quotes removed
  double number = 0;
  bool boolean = false;
  Span span;
};

struct PostureAssertion {
  Text attribute;  ///< `node:os`
  PostureOp op = PostureOp::kEqual;  ///< kTrue: a bare attribute
  Slice<PostureValue> values;
  Span span;
  bool valid = false;
};

struct Posture {
  Text name;  ///< `posture:x`
  Span span;
  Slice<PostureAssertion> assertions;
};

struct RouteApprovers {
  Selector prefix;  ///< kPrefix or kAddress
  Span span;
  Selectors approvers;
};

struct ServiceApprovers {
  Selector service;  ///< kService or kTag
  Span span;
  Selectors approvers;
};

struct AutoApprovers {
  Span span;
  std::vector<RouteApprovers> routes;
  Selectors exit_node;
  std::vector<ServiceApprovers> services;
};

struct SshRule {
  Span span;
  Text action;  ///< trimmed; not present where missing
  Selectors src;
  Selectors dst;
  Texts users;  ///< trimmed
  Text check_period;
  Texts accept_env;
  Selectors recorder;
  bool enforce_recorder = false;
  PostureRefs src_posture;
  Span src_span, dst_span, users_span, recorder_span;
  bool src_present = false, dst_present = false, users_present = false;
  bool broken = false;
};

struct NodeAttr {
  Span span;
  Selectors target;
  Texts attr;
  Selectors ip_pool;  ///< kPrefix
  Slice<AppCapability> app;
  Span target_span, attr_span, ip_pool_span;
};

/// srcPostureAttrs of a test: attribute -> value.
struct PostureAttr {
  Text name;
  PostureValue value;
};

/// One entry of `tests`.
struct AclTest {
  Span span;
  Selector src;
  Text src_text;
  Protocol proto;
  Text proto_text;  ///< as written
  Slice<Destination> accept;
  Slice<Destination> deny;
  Slice<PostureAttr> posture_attrs;
  bool accept_present = false, deny_present = false;
  bool broken = false;  ///< some part has no form that a test may have
};

/// One entry of `sshTests`.
struct SshTest {
  Span span;
  Selector src;
  Text src_text;
  Selectors dst;
  Texts accept, check, deny;  ///< login users
  Slice<PostureAttr> posture_attrs;
  Span dst_span;
  bool accept_present = false, check_present = false, deny_present = false;
  bool broken = false;
};

/// This project's own section: served by the node daemon, unknown to the hosted service.
struct DnsRoute {
  Text domain;
  Selectors nameservers;
};
struct Dns {
  Span span;
  bool magic = false;
  Selectors nameservers;  ///< kAddress
  std::vector<DnsRoute> routes;
  Texts domains;
};

/// A member of the top-level object.
struct Section {
  StringId name;  ///< canonical spelling, `tagOwners`
  Span name_span;
  NodeId value;
  bool present() const { return name.valid(); }
};

enum class OneCgnatRoute : uint8_t { kDefault, kMacAlways, kMacNever };

/// Views and spans refer to the text that the SyntaxTree was made from.
struct Policy {
  Interner names;

  std::vector<Section> sections;  ///< in file order, known ones only
  bool has_acls = false, has_grants = false, has_ssh = false;

  std::vector<AclRule> acls;
  std::vector<Grant> grants;
  std::vector<Group> groups;
  std::vector<Host> hosts;
  std::vector<TagOwner> tag_owners;
  std::vector<IpSet> ipsets;
  std::vector<Posture> postures;
  PostureRefs default_src_posture;
  AutoApprovers auto_approvers;
  std::vector<SshRule> ssh;
  std::vector<NodeAttr> node_attrs;
  std::vector<AclTest> tests;
  std::vector<SshTest> ssh_tests;
  std::optional<Dns> dns;
  std::optional<bool> disable_ipv4;
  std::optional<bool> randomize_client_port;
  OneCgnatRoute one_cgnat_route = OneCgnatRoute::kDefault;

  // Pools that the slices above index.
  std::vector<Selector> selectors;
  std::vector<SelectorAddress> selector_addresses;
  std::vector<Destination> destinations;
  std::vector<PortItem> port_items;
  std::vector<Text> texts;
  std::vector<NetCapability> net_capabilities;
  std::vector<AppCapability> app_capabilities;
  std::vector<IpSetElement> ipset_elements;
  std::vector<PostureAssertion> posture_assertions;
  std::vector<PostureValue> posture_values;
  std::vector<PostureAttr> posture_attrs;

  std::span<const Selector> at(Selectors s) const { return s.in(selectors); }
  std::span<const Destination> at(Slice<Destination> s) const { return s.in(destinations); }
  std::span<const PortItem> at(Slice<PortItem> s) const { return s.in(port_items); }
  std::span<const Text> at(Texts s) const { return s.in(texts); }
  std::span<const NetCapability> at(Slice<NetCapability> s) const { return s.in(net_capabilities); }
  std::span<const AppCapability> at(Slice<AppCapability> s) const { return s.in(app_capabilities); }
  std::span<const IpSetElement> at(Slice<IpSetElement> s) const { return s.in(ipset_elements); }
  std::span<const PostureAssertion> at(Slice<PostureAssertion> s) const { return s.in(posture_assertions); }
  std::span<const PostureValue> at(Slice<PostureValue> s) const { return s.in(posture_values); }
  std::span<const PostureAttr> at(Slice<PostureAttr> s) const { return s.in(posture_attrs); }

  /// Of kAddress (with full length) and kPrefix (host bits as written); of kRange the first address.
  const Prefix& prefix(const Selector& s) const {
    ACLC_CHECK(s.address.value < selector_addresses.size());
    return selector_addresses[s.address.value].prefix;
  }
  /// Of kAddress, kPrefix and kRange: all the addresses it names.
  AddressRange range(const Selector& s) const {
    const Prefix& p = prefix(s);
    if (s.kind == SelectorKind::kRange) return {p.address, selector_addresses[s.address.value].last};
    return p.range();
  }

  std::string_view text(StringId id) const { return names.text(id); }
  std::string_view text(const Text& t) const { return names.text(t.value); }
  std::string_view text(const Selector& s) const { return names.text(s.name); }
  /// Neither `acls` nor `grants`: everything is allowed.
  bool allows_all() const { return !has_acls && !has_grants; }
};

}  // namespace aclc
