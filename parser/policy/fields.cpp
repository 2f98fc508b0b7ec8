// SPDX-License-Identifier: Apache-2.0
// The rows. Sources: Tailscale's documentation, "Tailnet policy file syntax" and the pages of the single sections; what
// Headscale knows is from its own reader of policies.
#include "parser/policy/fields.h"

namespace aclc {
namespace {

using sv = std::string_view;
using std::span;

constexpr sv kAccept[] = {"accept"};
constexpr sv kSshActions[] = {"accept", "check"};
constexpr sv kCgnatRoutes[] = {"", "mac-always", "mac-never"};
constexpr sv kProtocols[] = {"tcp", "udp", "icmp", "sctp", "ipv6-icmp", "igmp", "ipv4", "gre", "esp", "ah"};
constexpr sv kTestProtocols[] = {"tcp", "udp", "sctp", "icmp"};
constexpr sv kPeriods[] = {"always", "1h", "12h", "24h", "168h"};
constexpr sv kAttributeTypes[] = {"string", "bool", "number"};
constexpr sv kCapabilities[] = {"*", "443", "tcp:443", "udp:53", "icmp:*"};
constexpr sv kLogins[] = {"autogroup:nonroot", "root", "localpart:*@"};
constexpr sv kNodeAttributes[] = {
    "funnel",          "nextdns:",          "nextdns:no-device-info", "drive:share",
    "drive:access",    "mullvad",           "randomize-client-port",  "disable-captive-portal-detection",
    "magicdns-aaaa",   "suggest-exit-node", "disable-ipv4",           "only-tcp-443",
    "traffic-steering"};

// Short names of the columns, so that a row is a line or two.
constexpr Field text(sv name, Value v, sv doc, span<const sv> choices = {}, KnownBy by = KnownBy::kBoth, sv old = {}) {
  return {name, old, Container::kOne, v, KeyForm::kNone, {}, by, choices, doc};
}
constexpr Field list(sv name, Value v, sv doc, KnownBy by = KnownBy::kBoth, sv old = {}, span<const sv> choices = {}) {
  return {name, old, Container::kList, v, KeyForm::kNone, {}, by, choices, doc};
}
constexpr Field object(sv name, Shape shape, sv doc, KnownBy by = KnownBy::kBoth) {
  return {name, {}, Container::kOne, Value::kObject, KeyForm::kNone, shape, by, {}, doc};
}
constexpr Field objects(sv name, Shape shape, sv doc, KnownBy by = KnownBy::kBoth) {
  return {name, {}, Container::kList, Value::kObject, KeyForm::kNone, shape, by, {}, doc};
}
constexpr Field map(sv name, KeyForm key, Value v, sv doc, KnownBy by = KnownBy::kBoth, Shape shape = {}) {
  return {name, {}, Container::kMap, v, key, shape, by, {}, doc};
}
constexpr Field lists(sv name, KeyForm key, Value v, sv doc, KnownBy by = KnownBy::kBoth) {
  return {name, {}, Container::kMapOfLists, v, key, {}, by, {}, doc};
}

constexpr KnownBy kTs = KnownBy::kTailscale;

constexpr Field kPolicyFields[] = {
    objects("acls", Shape::kAcl, "Access rules: which sources may reach which destinations and ports."),
    objects("grants", Shape::kGrant,
            "Access rules that can also hand out application capabilities and choose routers."),
    lists("groups", KeyForm::kGroup, Value::kSelector, "Named lists of users, used as `group:name`."),
    map("hosts", KeyForm::kHost, Value::kAddressOrPrefix, "Names for IP addresses and CIDRs."),
    lists("ipsets", KeyForm::kIpSet, Value::kIpSetElement,
          "Named sets of addresses, built up by `add` and `remove` in order.", kTs),
    lists("tagOwners", KeyForm::kTag, Value::kSelector,
          "Who may give a device which tag; every tag in use is defined here."),
    object("autoApprovers", Shape::kAutoApprovers, "Whose routes, exit nodes and services need no approval by hand."),
    objects("ssh", Shape::kSsh, "Who may log in over SSH, where, and as which users."),
    objects("nodeAttrs", Shape::kNodeAttr, "Extra attributes for chosen devices."),
    lists("postures", KeyForm::kPosture, Value::kAssertion, "Named sets of device conditions, all of which must hold.",
          kTs),
    list("defaultSrcPosture", Value::kPostureName, "The postures of every rule without a `srcPosture` of its own.",
         kTs),
    objects("tests", Shape::kTest, "Assertions about what the rules allow; a policy that fails one is refused."),
    objects("sshTests", Shape::kSshTest, "Assertions about what the ssh rules allow."),
    object("derpMap", Shape::kDerpMap, "Own relay servers, beside or instead of the default ones.", kTs),
    text("disableIPv4", Value::kBoolean, "Whether devices go without IPv4 tailnet addresses.", {}, kTs),
    text("OneCGNATRoute", Value::kChoice, "Whether macOS devices get one route for all of 100.64.0.0/10.", kCgnatRoutes,
         kTs),
    text("randomizeClientPort", Value::kBoolean, "Whether devices pick a random port instead of 41641 for WireGuard."),
    objects("extraDNSRecords", Shape::kDnsRecord, "Extra DNS records (limited to some tailnets).", kTs),
    map("attrConfig", KeyForm::kCustomAttribute, Value::kObject, "Types of custom posture attributes.", kTs,
        Shape::kCustomAttribute),
    object("dns", Shape::kDns, "DNS settings that this project's node daemon serves.", KnownBy::kOurs),
};

constexpr Field kAclFields[] = {
    text("action", Value::kChoice, "What to do with matching traffic: only `accept`.", kAccept),
    list("src", Value::kSelector, "Who the rule is for.", KnownBy::kBoth, "users"),
    list("dst", Value::kDestination, "What they may reach, each with its ports: `tag:web:80,443`.", KnownBy::kBoth,
         "ports"),
    text("proto", Value::kProtocol, "The only IP protocol that is allowed, by name or number.", kProtocols),
    list("srcPosture", Value::kPostureName, "Postures of which the source device must meet one.", kTs),
};

constexpr Field kGrantFields[] = {
    list("src", Value::kSelector, "Who the grant is for."),
    list("dst", Value::kSelector, "What they may reach, without ports."),
    list("ip", Value::kNetCapability, "Protocols and ports: `*`, `443`, `tcp:80-90`, `icmp:*`.", KnownBy::kBoth, {},
         kCapabilities),
    {"app",
     {},
     Container::kMapOfLists,
     Value::kAnything,
     KeyForm::kCapability,
     {},
     KnownBy::kBoth,
     {},
     "Application capabilities, each with a list of parameter objects."},
    list("via", Value::kTag, "Tags of the routers that traffic must pass through."),
    list("srcPosture", Value::kPostureName, "Postures of which the source device must meet one.", kTs),
};

constexpr Field kAutoApproversFields[] = {
    lists("routes", KeyForm::kPrefix, Value::kSelector,
          "Who may advertise subnet routes inside each CIDR without approval."),
    list("exitNode", Value::kSelector, "Who may be an exit node without approval."),
    lists("services", KeyForm::kService, Value::kSelector, "Who may serve each service without approval.", kTs),
};

constexpr Field kSshFields[] = {
    text("action", Value::kChoice, "`accept`, or `check` to ask for a fresh login first.", kSshActions),
    list("src", Value::kSelector, "Who may log in."),
    list("dst", Value::kSelector, "Where: tags, `autogroup:self`, or the very user who logs in."),
    list("users", Value::kLogin, "As which users of the destination.", KnownBy::kBoth, {}, kLogins),
    text("checkPeriod", Value::kDuration, "How long a `check` holds, `always` or up to `168h`; 12 hours if left out.",
         kPeriods),
    list("acceptEnv", Value::kText, "Names of environment variables that may be passed on; `*` and `?` are wildcards."),
    list("recorder", Value::kTag, "The tag of the devices that record sessions.", kTs),
    text("enforceRecorder", Value::kBoolean, "Whether a session that cannot be recorded is refused.", {}, kTs),
    list("srcPosture", Value::kPostureName, "Postures of which the source device must meet one.", kTs),
};

constexpr Field kNodeAttrFields[] = {
    list("target", Value::kSelector, "The devices concerned."),
    list("attr", Value::kNodeAttribute, "Attributes that they get.", KnownBy::kBoth, {}, kNodeAttributes),
    list("ipPool", Value::kPrefix, "CIDRs from which new devices take their IPv4 address.", kTs),
    {"app",
     {},
     Container::kMapOfLists,
     Value::kAnything,
     KeyForm::kCapability,
     {},
     kTs,
     {},
     "Settings of app connectors."},
};

constexpr Field kTestFields[] = {
    text("src", Value::kSelector, "Who tries to connect.", {}, KnownBy::kBoth, "user"),
    text("proto", Value::kProtocol, "The protocol that is tried; TCP and UDP if left out.", kTestProtocols),
    list("accept", Value::kTestDestination, "Destinations, each with one port, that must be reachable.", KnownBy::kBoth,
         "allow"),
    list("deny", Value::kTestDestination, "Destinations, each with one port, that must be out of reach."),
    map("srcPostureAttrs", KeyForm::kAttribute, Value::kScalar, "Device attributes that the source is taken to have.",
        kTs),
};

constexpr Field kSshTestFields[] = {
    text("src", Value::kSelector, "Who tries to log in."),
    list("dst", Value::kSelector, "Where."),
    list("accept", Value::kLogin, "Users as whom the login must be allowed."),
    list("check", Value::kLogin, "Users as whom the login must be allowed after a check."),
    list("deny", Value::kLogin, "Users as whom the login must be refused."),
    map("srcPostureAttrs", KeyForm::kAttribute, Value::kScalar, "Device attributes that the source is taken to have.",
        kTs),
};

constexpr KnownBy kUs = KnownBy::kOurs;
constexpr Field kDnsFields[] = {
    text("magic", Value::kBoolean, "Whether devices are reachable by their names.", {}, kUs),
    list("nameservers", Value::kAddress, "Servers for names that no route covers.", kUs),
    lists("routes", KeyForm::kDomain, Value::kAddress, "Servers for the names under each domain.", kUs),
    list("domains", Value::kDomain, "Search domains.", kUs),
};

constexpr Field kDerpMapFields[] = {
    text("OmitDefaultRegions", Value::kBoolean, "Whether the default relays are left out.", {}, kTs),
    map("Regions", KeyForm::kRegion, Value::kObject,
        "Relay regions by number; 900 to 999 are free for own ones, and null removes one.", kTs, Shape::kDerpRegion),
};
constexpr Field kDerpRegionFields[] = {
    text("RegionID", Value::kInteger, "The number of the region, the same as its key.", {}, kTs),
    text("RegionCode", Value::kText, "A short code for the region.", {}, kTs),
    text("RegionName", Value::kText, "A name for people.", {}, kTs),
    text("Avoid", Value::kBoolean, "Whether devices should not choose it as their home.", {}, kTs),
    text("NoMeasureNoHome", Value::kBoolean, "Whether devices never measure or choose it.", {}, kTs),
    text("Latitude", Value::kAnything, "Where it is, in degrees.", {}, kTs),
    text("Longitude", Value::kAnything, "Where it is, in degrees.", {}, kTs),
    objects("Nodes", Shape::kDerpNode, "The servers of the region.", kTs),
};
constexpr Field kDerpNodeFields[] = {
    text("Name", Value::kText, "A unique name for the server.", {}, kTs),
    text("RegionID", Value::kInteger, "The region that it belongs to.", {}, kTs),
    text("HostName", Value::kText, "Its DNS name.", {}, kTs),
    text("CertName", Value::kText, "The name in its certificate, where that differs.", {}, kTs),
    text("IPv4", Value::kText, "Its IPv4 address, or `none`.", {}, kTs),
    text("IPv6", Value::kText, "Its IPv6 address, or `none`.", {}, kTs),
    text("STUNPort", Value::kInteger, "Its STUN port; -1 for none.", {}, kTs),
    text("STUNOnly", Value::kBoolean, "Whether it serves STUN only.", {}, kTs),
    text("DERPPort", Value::kInteger, "Its relay port; 443 if left out.", {}, kTs),
    text("InsecureForTests", Value::kBoolean, "Whether certificates go unchecked.", {}, kTs),
    text("STUNTestIP", Value::kText, "An address used in tests in place of its STUN address.", {}, kTs),
    text("CanPort80", Value::kBoolean, "Whether it answers on port 80.", {}, kTs),
};

constexpr Field kCustomAttributeFields[] = {
    text("type", Value::kChoice, "The type of the attribute's values.", kAttributeTypes, kTs),
    text("allowSetByNode", Value::kBoolean, "Whether a device may set it on itself.", {}, kTs),
    list("broadcastToPeers", Value::kSelector, "Devices that get to see it.", kTs),
};

constexpr Field kDnsRecordFields[] = {
    text("Name", Value::kText, "The name.", {}, kTs),
    text("Type", Value::kText, "The record type; by default A or AAAA by the value.", {}, kTs),
    text("Value", Value::kText, "The address.", {}, kTs),
};

constexpr Field kAppConnectorFields[] = {
    text("name", Value::kText, "A name for the app.", {}, kTs),
    list("connectors", Value::kSelector, "Tags of the devices that connect to it.", kTs),
    list("domains", Value::kDomain, "Domains of the app; `*.` in front stands for all names below.", kTs),
    list("routes", Value::kPrefix, "CIDRs of the app.", kTs),
    text("presetAppID", Value::kText, "A predefined app in place of domains.", {}, kTs),
};

constexpr ShapeInfo kTable[kShapes] = {
    {"a policy", kPolicyFields},
    {"an acls entry", kAclFields},
    {"a grant", kGrantFields},
    {"autoApprovers", kAutoApproversFields},
    {"an ssh rule", kSshFields},
    {"a nodeAttrs entry", kNodeAttrFields},
    {"a test", kTestFields},
    {"an ssh test", kSshTestFields},
    {"dns", kDnsFields},
    {"derpMap", kDerpMapFields},
    {"a DERP region", kDerpRegionFields},
    {"a DERP node", kDerpNodeFields},
    {"an attrConfig entry", kCustomAttributeFields},
    {"a DNS record", kDnsRecordFields},
    {"an app connector", kAppConnectorFields},
};
static_assert(std::size(kPolicyFields) == field::kDns + 1);
static_assert(std::size(kAclFields) == field::acl::kSrcPosture + 1);
static_assert(std::size(kGrantFields) == field::grant::kSrcPosture + 1);
static_assert(std::size(kAutoApproversFields) == field::approvers::kServices + 1);
static_assert(std::size(kSshFields) == field::ssh::kSrcPosture + 1);
static_assert(std::size(kNodeAttrFields) == field::node_attr::kApp + 1);
static_assert(std::size(kTestFields) == field::test::kSrcPostureAttrs + 1);
static_assert(std::size(kSshTestFields) == field::ssh_test::kSrcPostureAttrs + 1);
static_assert(std::size(kDnsFields) == field::dns::kDomains + 1);
static_assert(std::size(kCustomAttributeFields) == field::custom_attribute::kBroadcastToPeers + 1);
static_assert(std::size(kAppConnectorFields) == field::app_connector::kPresetAppId + 1);

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equal_folded(sv a, sv b, bool skip_joiners) {
  size_t i = 0;
  for (const char c : b) {
    if (skip_joiners) {
      while (i < a.size() && (a[i] == '_' || a[i] == '-')) ++i;
    }
    if (i == a.size() || lower(a[i]) != lower(c)) return false;
    ++i;
  }
  if (skip_joiners) {
    while (i < a.size() && (a[i] == '_' || a[i] == '-')) ++i;
  }
  return i == a.size();
}

}  // namespace

const ShapeInfo& shape_info(Shape shape) {
  return kTable[static_cast<size_t>(shape)];
}

std::optional<FieldMatch> find_field(Shape shape, sv name, Target target) {
  const span<const Field> fields = kTable[static_cast<size_t>(shape)].fields;
  for (uint32_t i = 0; i < fields.size(); ++i) {
    const sv known = fields[i].name;
    if (known.size() == name.size() && known.front() == name.front() && known == name) return FieldMatch{i, false};
  }
  const bool headscale = target == Target::kHeadscale;
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (equal_folded(name, fields[i].name, headscale)) return FieldMatch{i, false};
    if (!headscale && !fields[i].old_name.empty() && equal_folded(name, fields[i].old_name, false))
      return FieldMatch{i, true};
  }
  return std::nullopt;
}

sv expected_element_text(const Field& field) {
  switch (field.value) {
    case Value::kBoolean:
      return "true or false";
    case Value::kInteger:
      return "a whole number";
    case Value::kScalar:
      return "a string, a number, true or false";
    case Value::kObject:
      return "an object";
    case Value::kAnything:
      return "a value";
    default:
      return "a string";
  }
}

sv expected_text(const Field& field) {
  switch (field.container) {
    case Container::kOne:
      return expected_element_text(field);
    case Container::kMap:
    case Container::kMapOfLists:
      return "an object";
    case Container::kList:
      break;
  }
  switch (field.value) {
    case Value::kObject:
      return "an array of objects";
    case Value::kAnything:
      return "an array";
    default:
      return "an array of strings";
  }
}

}  // namespace aclc
