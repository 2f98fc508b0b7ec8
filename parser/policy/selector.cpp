// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/selector.h"

#include "base/nearest.h"
#include "parser/policy/port_form.h"
#include "parser/policy/selector_form.h"

namespace aclc {
namespace {

using sv = std::string_view;

struct AutogroupRow {
  Autogroup value;
  sv name;  ///< with the prefix
};
constexpr AutogroupRow kAutogroups[] = {
    {Autogroup::kMember, "autogroup:member"},
    {Autogroup::kTagged, "autogroup:tagged"},
    {Autogroup::kSelf, "autogroup:self"},
    {Autogroup::kInternet, "autogroup:internet"},
    {Autogroup::kDangerAll, "autogroup:danger-all"},
    {Autogroup::kShared, "autogroup:shared"},
    {Autogroup::kOwner, "autogroup:owner"},
    {Autogroup::kAdmin, "autogroup:admin"},
    {Autogroup::kItAdmin, "autogroup:it-admin"},
    {Autogroup::kNetworkAdmin, "autogroup:network-admin"},
    {Autogroup::kBillingAdmin, "autogroup:billing-admin"},
    {Autogroup::kAuditor, "autogroup:auditor"},
    {Autogroup::kNonroot, "autogroup:nonroot"},
};
constexpr sv kAutogroupPrefix = "autogroup:";

struct PrefixRow {
  sv prefix;
  SelectorKind kind;
  sv empty;
  sv with_at;
};
constexpr PrefixRow kPrefixes[] = {
    {"tag:", SelectorKind::kTag, "there is no name after `tag:`", "a tag's name holds no `@`"},
    {"group:", SelectorKind::kGroup, "there is no name after `group:`", ""},
    {"autogroup:", SelectorKind::kAutogroup, "there is no name after `autogroup:`", "an autogroup's name holds no `@`"},
    {"ipset:", SelectorKind::kIpSet, "there is no name after `ipset:`", "an ipset's name holds no `@`"},
    {"svc:", SelectorKind::kService, "there is no name after `svc:`", "a service's name holds no `@`"},
    {"posture:", SelectorKind::kPosture, "there is no name after `posture:`", "a posture's name holds no `@`"},
};
constexpr sv kPrefixWords[] = {"tag:", "group:", "autogroup:", "ipset:", "svc:", "posture:"};

bool starts_with(sv text, sv prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// `!group:eng`, `-tag:web`, `~group:x`, `^tag:x`: what other languages mean by "all but".
bool starts_with_mark(sv text) {
  return sv("!-~^").find(text.front()) != sv::npos;
}

ClassifiedSelector fault(sv reason, sv replacement = {}) {
  ClassifiedSelector f;
  f.fault = SelectorFault::kForm;
  f.reason = reason;
  f.replacement = replacement;
  return f;
}

ClassifiedSelector named(SelectorKind kind, sv name) {
  ClassifiedSelector f;
  f.kind = kind;
  f.name = name;
  return f;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits and dots only, with three dots: nobody names a host like that.
bool looks_like_ipv4(sv text) {
  int dots = 0;
  for (const char c : text) {
    if (c == '.') {
      ++dots;
    } else if (!is_digit(c)) {
      return false;
    }
  }
  return dots == 3;
}

/// Could begin an address: keeps the address parsers away from plain names.
bool may_be_address(sv text) {
  const char c = text.front();
  return is_digit(c) || c == ':' || (((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) && text.find(':') != sv::npos);
}

ClassifiedSelector classify_user_prefix(sv text) {
  constexpr sv kAnyone = "user:*@";
  if (starts_with(text, kAnyone) && text.size() > kAnyone.size() && text.find('@', kAnyone.size()) == sv::npos) {
    return named(SelectorKind::kUserDomain, text.substr(kAnyone.size()));
  }
  ClassifiedSelector f;
  f.fault = SelectorFault::kUserPrefix;
  return f;
}

ClassifiedSelector classify_prefixed(const PrefixRow& row, sv text) {
  const sv rest = text.substr(row.prefix.size());
  if (rest.empty()) return fault(row.empty);
  if (!row.with_at.empty() && rest.find('@') != sv::npos) return fault(row.with_at);
  ClassifiedSelector f = named(row.kind, text);
  if (row.kind == SelectorKind::kAutogroup) {
    const std::optional<Autogroup> a = parse_autogroup(rest);
    if (!a) {
      f.kind = SelectorKind::kInvalid;
      f.fault = SelectorFault::kAutogroup;
      return f;
    }
    f.autogroup = *a;
  }
  return f;
}

ClassifiedSelector classify_address(sv text) {
  ClassifiedSelector f;
  if (const auto a = Address::parse(text)) {
    f = named(SelectorKind::kAddress, text);
    f.prefix = Prefix::host(*a);
  } else if (const auto p = Prefix::parse(text)) {
    f = named(SelectorKind::kPrefix, text);
    f.prefix = *p;
  } else if (const auto r = AddressRange::parse(text)) {
    f = named(SelectorKind::kRange, text);
    f.prefix = Prefix::host(r->first);
    f.last = r->last;
  }
  return f;
}

bool is_reversed_range(sv text) {
  const size_t dash = text.find('-');
  if (dash == sv::npos) return false;
  const auto a = Address::parse(text.substr(0, dash));
  const auto b = Address::parse(text.substr(dash + 1));
  return a && b;
}

}  // namespace

std::optional<Autogroup> parse_autogroup(sv name) {
  for (const AutogroupRow& row : kAutogroups) {
    if (row.name.substr(kAutogroupPrefix.size()) == name) return row.value;
  }
  if (name == "members") return Autogroup::kMember;
  return std::nullopt;
}

sv autogroup_name(Autogroup a) {
  for (const AutogroupRow& row : kAutogroups) {
    if (row.value == a) return row.name;
  }
  return {};
}

bool is_role(Autogroup a) {
  return a >= Autogroup::kOwner && a <= Autogroup::kAuditor;
}

sv trim(sv text) {
  constexpr sv kSpace = " \t\r\n\v\f";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == sv::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

sv find_placeholder(sv text) {
  const size_t begin = text.find("${");
  if (begin == sv::npos) return {};
  const size_t end = text.find('}', begin);
  return end == sv::npos ? sv() : text.substr(begin, end + 1 - begin);
}

ClassifiedSelector classify_selector(sv text) {
  if (text.empty()) return fault("it is empty");
  if (text == "*") return named(SelectorKind::kWildcard, text);
  if (!find_placeholder(text).empty()) {
    ClassifiedSelector f;
    f.fault = SelectorFault::kPlaceholder;
    return f;
  }
  if (may_be_address(text)) {
    if (ClassifiedSelector f = classify_address(text); f.kind != SelectorKind::kInvalid) return f;
  }
  if (starts_with(text, "user:")) return classify_user_prefix(text);
  for (const PrefixRow& row : kPrefixes) {
    if (starts_with(text, row.prefix)) return classify_prefixed(row, text);
  }
  if (text.front() == '[') return fault("brackets stand only around the IPv6 address of a destination with ports");
  const size_t colon = text.find(':');
  const size_t at = text.find('@');
  if (colon != sv::npos) {
    PortRange ports;
    const sv before = text.substr(0, colon);
    const bool host = Address::parse(before) || Prefix::parse(before) || !may_be_address(text);
    if (parse_port_item(text.substr(text.rfind(':') + 1), ports) == PortFault::kNone && host) {
      return fault("ports stand only in `dst` of acls, in `ip` of grants and in tests");
    }
    if (starts_with(text, "host:")) return fault("`host:` stands only in ipsets; elsewhere the name stands alone");
    if (starts_with(text, "localpart:")) return fault("`localpart:` stands only in `users` of ssh rules");
    const sv head = text.substr(0, colon + 1);
    if (starts_with_mark(head)) return fault("there is no negation: rules only allow, and what no rule names is denied");
    const sv meant = at != sv::npos && at < colon ? sv() : nearest(head, kPrefixWords);
    if (!meant.empty()) return fault("its prefix is unknown", meant);
    if (may_be_address(text)) return fault("it is no IPv6 address, CIDR or range");
    return fault("no selector of the language has this prefix");
  }
  if (at != sv::npos) {
    if (at == 0) return fault("there is no name before `@`");
    return named(SelectorKind::kUser, text);
  }
  if (text.find('/') != sv::npos) return fault("it is no CIDR");
  if (is_reversed_range(text))
    return fault("an address range is `first-last`, both of one family, the lower one first");
  if (looks_like_ipv4(text)) return fault("it is no IPv4 address");
  return named(SelectorKind::kHost, text);
}

}  // namespace aclc
