// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/schema_strings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace aclc::schema {
namespace {

using Json = nlohmann::ordered_json;
using sv = std::string_view;
using K = SelectorKind;

// White space around a selector is no part of it.
constexpr sv kPorts = R"((\*|[0-9]+(-[0-9]+)?)(,(\*|[0-9]+(-[0-9]+)?))*)";

/// A form of selector as a pattern without anchors; empty for forms that stand in no list of selectors.
std::string form_pattern(const SelectorForm& form, Position position) {
  switch (form.kind) {
    case K::kWildcard:
      return R"(\*)";
    case K::kUser:
      return R"([^:@]+@[^:@]*)";
    case K::kUserDomain:
      return R"(user:\*@[^@]+)";
    case K::kGroup:
      return "group:.+";
    case K::kTag:
      return "tag:[^@]+";
    case K::kIpSet:
      return "ipset:[^@]+";
    case K::kService:
      return "svc:[^@]+";
    case K::kPosture:
      return "posture:[^@]+";
    case K::kAutogroup:
      // The legacy spelling goes with the present one.
      return std::string(form.label) + (form.autogroup == Autogroup::kMember ? "s?" : "");
    case K::kAddress:
      return std::string(kAddressPattern);
    case K::kPrefix:
      // All addresses are `*` or `autogroup:internet` there.
      return position == Position::kGrantDst ? R"([0-9A-Fa-f:.]+/(?!0+\s*$)[0-9]{1,3})" : std::string(kPrefixPattern);
    case K::kHost:
      return R"((?!\*\s*(:|$))[^:@/\[]+)";
    case K::kRange:
    case K::kInvalid:
      return {};
  }
  return {};
}

struct Forms {
  std::string pattern;
  std::vector<std::string> words;
};

template <class F>
Forms forms_at(Position position, F&& wanted) {
  Forms out;
  for (const SelectorForm& form : selector_forms()) {
    if (standing(form, position) == Standing::kNo || !wanted(form)) continue;
    const std::string one = form_pattern(form, position);
    if (one.empty()) continue;
    out.pattern.append(out.pattern.empty() ? "" : "|").append(one);
    if (form.kind == K::kWildcard || form.kind == K::kAutogroup) out.words.emplace_back(form.label);
  }
  return out;
}

std::string wrong_at(Position position) {
  return fmt::format("no selector for {}: it takes {}", position_name(position), allowed_forms(position));
}

bool any_form(const SelectorForm&) {
  return true;
}

}  // namespace

Json matching(std::string pattern, std::string wrong) {
  return {{"type", "string"}, {"pattern", std::move(pattern)}, {"errorMessage", std::move(wrong)}};
}

Json suggested(std::string pattern, std::vector<std::string> words, std::string wrong) {
  return {{"type", "string"},
          {"anyOf", Json::array({Json{{"pattern", std::move(pattern)}, {"errorMessage", std::move(wrong)}},
                                 Json{{"enum", std::move(words)}}})}};
}

Json selector_at(Position position) {
  Forms forms = forms_at(position, any_form);
  const bool acl = position == Position::kAclDst;
  if (acl || position == Position::kTestDst) {
    for (std::string& word : forms.words) word += acl ? ":*" : ":443";
    Json out = suggested(
        fmt::format(R"(^\s*(({})|\[{}\](/[0-9]{{1,3}})?):{}\s*$)", forms.pattern, kAddressPattern,
                    acl ? kPorts : sv(R"(\s*[0-9]+)")),
        std::move(forms.words),
        wrong_at(position) + (acl ? ", a colon and ports (`80,443`, `8000-8100`, `*`)" : ", a colon and one port"));
    out["description"] = acl ? "A selector, a colon and ports: `tag:web:80,443`, `10.0.0.0/8:*`, `[fd7a::1]:22`."
                             : "A selector, a colon and one port: `tag:web:443`.";
    return out;
  }
  Json out = forms.words.empty()
                 ? matching(fmt::format(R"(^\s*({})\s*$)", forms.pattern), wrong_at(position))
                 : suggested(fmt::format(R"(^\s*({})\s*$)", forms.pattern), std::move(forms.words), wrong_at(position));
  out["description"] = "One of " + allowed_forms(position) + ".";
  return out;
}

Json source_of_self(Position position) {
  const Forms forms = forms_at(position, [&](const SelectorForm& form) {
    switch (form.kind) {
      case K::kUser:
      case K::kUserDomain:
      case K::kGroup:
        return true;
      case K::kWildcard:
        return position == Position::kAclSrc;
      case K::kAutogroup:
        return form.autogroup == Autogroup::kMember || is_role(form.autogroup);
      default:
        return false;
    }
  });
  return matching(fmt::format(R"(^\s*({})\s*$)", forms.pattern),
                  "autogroup:self is the source's own devices, so every source must be people: users, groups, roles");
}

Json net_capability() {
  Json out = suggested(fmt::format(R"(^\s*((\*|[0-9A-Za-z-]+):)?{}\s*$)", kPorts), {"*", "tcp:443", "udp:53", "icmp:*"},
                       "write `*`, ports, or `protocol:ports`, as in `tcp:443` and `udp:8000-8100`");
  out["description"] = "`*`, ports, or `protocol:ports`.";
  return out;
}

Json protocol() {
  std::string names;
  for (const sv n :
       {"tcp", "udp", "icmp", "sctp", "ipv6-icmp", "igmp", "ipv4", "ip-in-ip", "egp", "igp", "gre", "esp", "ah", "fc"})
    names += any_case(n) + "|";
  Json out = suggested(fmt::format("^({}[1-9][0-9]{{0,2}})?$", names),
                       {"tcp", "udp", "icmp", "sctp", "ipv6-icmp", "gre", "esp"},
                       "no protocol: write a name such as `tcp`, or a number from 1 to 255 in quotes");
  out["description"] = "A protocol's name, or its number from 1 to 255.";
  return out;
}

Json ipset_element() {
  Json out = matching(R"(^\s*((add|remove)[ \t]+)?[^ \t]+\s*$)",
                      "write `add` or `remove` and an address, a CIDR, a range, `host:NAME` or `ipset:NAME`");
  out["description"] =
      "`add` or `remove` and an address, CIDR, range `a-b`, `host:name`, `ipset:name` or `autogroup:internet`.";
  return out;
}

Json posture_assertion() {
  Json out = matching(
      R"(^\s*[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+\s*((==|!=|<=|>=|<|>|[Ii][Nn]\s*\[|[Nn][Oo][Tt]\s+[Ii][Nn]\s*\[).+|[Ii][Ss]\s+[Ss][Ee][Tt]\s*|[Nn][Oo][Tt]\s+[Ss][Ee][Tt]\s*)?$)",
      "write an attribute, or a comparison: `node:tsVersion >= '1.60'`, `node:os IN ['macos', 'linux']`");
  out["description"] = "An attribute, or a comparison such as `node:os IN ['macos', 'linux']`.";
  return out;
}

Json check_period(std::vector<std::string> words) {
  return suggested(
      R"(^(always|\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+|[+-]?0|-(0+\.?0*(ns|us|µs|μs|ms|s|m|h))+|)$)",
      std::move(words), "write hours, minutes and seconds (`12h`, `1h30m`), or `always`");
}

Json login(std::vector<std::string> words) {
  return suggested(R"(^(?!\*?$))", std::move(words), "name an account, or `autogroup:nonroot`");
}

Json address() {
  return matching(fmt::format(R"(^\s*{}\s*$)", kAddressPattern), "write an IP address");
}
Json prefix() {
  return matching(fmt::format(R"(^\s*{}\s*$)", kPrefixPattern), "write a CIDR, as in `10.0.0.0/8`");
}
Json address_or_prefix() {
  return matching(fmt::format(R"(^\s*({}|{})\s*$)", kAddressPattern, kPrefixPattern), "write an IP address or a CIDR");
}

std::string any_case(sv word) {
  std::string out;
  for (const char c : word) {
    const bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
    if (lower) {
      out += fmt::format("[{}{}]", c, static_cast<char>(c - 'a' + 'A'));
    } else if (upper) {
      out += fmt::format("[{}{}]", static_cast<char>(c - 'A' + 'a'), c);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace aclc::schema
