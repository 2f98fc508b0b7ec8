// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "parser/policy/fields.h"
#include "parser/policy/selector.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;
using sv = std::string_view;

// Patterns are ECMA 262. White space around a selector is no part of it.
constexpr sv kPorts = R"((\*|[0-9]+(-[0-9]+)?)(,(\*|[0-9]+(-[0-9]+)?))*)";
constexpr sv kAddress = R"([0-9A-Fa-f:.]+)";
constexpr sv kPrefix = R"([0-9A-Fa-f:.]+/[0-9]{1,3})";

constexpr sv kShapeNames[kShapes] = {"policy",     "acl",      "grant",           "autoApprovers", "ssh",
                                     "nodeAttr",   "test",     "sshTest",         "dns",           "derpMap",
                                     "derpRegion", "derpNode", "customAttribute", "dnsRecord",     "appConnector"};

Json reference(sv definition) {
  return {{"$ref", fmt::format("#/definitions/{}", definition)}};
}
Json string_of(std::string pattern) {
  return {{"type", "string"}, {"pattern", std::move(pattern)}};
}

std::string autogroups() {
  std::string out = "autogroup:(members";
  for (auto a = static_cast<int>(Autogroup::kMember); a <= static_cast<int>(Autogroup::kNonroot); ++a) {
    out += '|';
    out += autogroup_name(static_cast<Autogroup>(a)).substr(sv("autogroup:").size());
  }
  return out + ")";
}

/// The head of a selector string without anchors; the last alternative is a name of hosts.
std::string selector_pattern() {
  return fmt::format(R"((\*|user:\*@[^@]+|group:.+|(tag|ipset|svc|posture):[^@]+|{}|[^:@]+@[^:@]*|{}|{}|[^:@/\[]+))",
                     autogroups(), kAddress, kPrefix);
}

/// Whole words for completion beside the pattern that decides.
Json suggested(std::string pattern, std::vector<std::string> words) {
  return {{"type", "string"},
          {"anyOf", Json::array({Json{{"enum", std::move(words)}}, Json{{"pattern", std::move(pattern)}}})}};
}

std::vector<std::string> words_of(const Field& field) {
  return {field.choices.begin(), field.choices.end()};
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

Json value_schema(const Field& field) {
  switch (field.value) {
    case Value::kText:
    case Value::kDuration:
      return {{"type", "string"}};
    case Value::kNodeAttribute:
    case Value::kLogin:
      return suggested("", words_of(field));
    case Value::kChoice: {
      std::string any;
      for (const sv c : field.choices) any += fmt::format("{}{}", any.empty() ? "" : "|", c);
      return suggested(fmt::format(R"(^\s*({})\s*$)", any), words_of(field));
    }
    case Value::kSelector:
      return reference("selector");
    case Value::kDestination:
      return reference("destination");
    case Value::kTestDestination:
      return reference("testDestination");
    case Value::kNetCapability:
      return reference("netCapability");
    case Value::kProtocol:
      return reference("protocol");
    case Value::kAddress:
      return string_of(fmt::format(R"(^\s*{}\s*$)", kAddress));
    case Value::kPrefix:
      return string_of(fmt::format(R"(^\s*{}\s*$)", kPrefix));
    case Value::kAddressOrPrefix:
      return string_of(fmt::format(R"(^\s*({}|{})\s*$)", kAddress, kPrefix));
    case Value::kIpSetElement:
      return reference("ipsetElement");
    case Value::kAssertion:
      return reference("assertion");
    case Value::kDomain:
      return {{"type", "string"}};
    case Value::kTag:
      return string_of(R"(^\s*tag:.+$)");
    case Value::kPostureName:
      return string_of(R"(^\s*posture:.+$)");
    case Value::kBoolean:
      return {{"type", "boolean"}};
    case Value::kInteger:
      return {{"type", "integer"}};
    case Value::kScalar:
      return {{"type", Json::array({"string", "number", "boolean", "null"})}};
    case Value::kObject:
      return reference(kShapeNames[static_cast<size_t>(field.shape)]);
    case Value::kAnything:
      return Json::object();
  }
  return Json::object();
}

/// What the names of a map look like; empty where any will do.
std::string key_pattern(KeyForm key) {
  switch (key) {
    case KeyForm::kNone:
    case KeyForm::kAttribute:
    case KeyForm::kDomain:
      return {};
    case KeyForm::kGroup:
      return "^group:.+$";
    case KeyForm::kHost:
      return "^[^@:]+$";
    case KeyForm::kIpSet:
      return "^ipset:.+$";
    case KeyForm::kTag:
      return "^tag:[A-Za-z].*$";
    case KeyForm::kPosture:
      return "^posture:.+$";
    case KeyForm::kPrefix:
      return fmt::format("^({}|{})$", kAddress, kPrefix);
    case KeyForm::kService:
      return "^(svc|tag):.+$";
    case KeyForm::kCapability:
      return "^[^/]+/.+$";
    case KeyForm::kCustomAttribute:
      return "^custom:.+$";
    case KeyForm::kRegion:
      return "^[0-9]+$";
  }
  return {};
}

/// null is an absent member.
Json or_null(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), Json{{"type", "null"}}})}};
}

Json field_schema(const Field& field) {
  Json one = value_schema(field);
  Json out;
  switch (field.container) {
    case Container::kOne:
      out = field.value == Value::kAnything ? one : or_null(std::move(one));
      break;
    case Container::kList:
      out = {{"type", Json::array({"array", "null"})}, {"items", std::move(one)}};
      break;
    case Container::kMap:
    case Container::kMapOfLists: {
      out["type"] = Json::array({"object", "null"});
      if (const std::string pattern = key_pattern(field.key); !pattern.empty())
        out["propertyNames"] = {{"pattern", pattern}};
      if (field.container == Container::kMapOfLists) {
        out["additionalProperties"] = {{"type", Json::array({"array", "null"})}, {"items", std::move(one)}};
      } else {
        out["additionalProperties"] = field.value == Value::kObject ? or_null(std::move(one)) : std::move(one);
      }
      break;
    }
  }
  Json described = {{"description", field.doc}};
  described.update(out);
  return described;
}

Json shape_schema(Shape shape) {
  Json properties = Json::object(), patterns = Json::object();
  for (const Field& field : shape_info(shape).fields) {
    properties[std::string(field.name)] = field_schema(field);
    const Json same = reference(fmt::format("{}/properties/{}", kShapeNames[static_cast<size_t>(shape)], field.name));
    patterns[fmt::format("^{}$", any_case(field.name))] = same;
    if (!field.old_name.empty()) patterns[fmt::format("^{}$", any_case(field.old_name))] = same;
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"patternProperties", std::move(patterns)},
          {"additionalProperties", false}};
}

Json string_definitions() {
  Json out;
  std::vector<std::string> selectors = {"*"};
  for (auto a = static_cast<int>(Autogroup::kMember); a < static_cast<int>(Autogroup::kNonroot); ++a)
    selectors.emplace_back(autogroup_name(static_cast<Autogroup>(a)));
  out["selector"] = suggested(fmt::format(R"(^\s*{}\s*$)", selector_pattern()), std::move(selectors));
  out["selector"]["description"] =
      "A user, `group:`, `tag:`, `autogroup:`, `ipset:`, `svc:`, `user:*@domain`, a name of hosts, an IP address, a "
      "CIDR or `*`.";
  out["destination"] =
      string_of(fmt::format(R"(^({0}|\[{1}\](/[0-9]{{1,3}})?):{2}$)", selector_pattern(), kAddress, kPorts));
  out["destination"]["description"] =
      "A selector, a colon and ports: `tag:web:80,443`, `10.0.0.0/8:*`, `[fd7a::1]:22`.";
  out["testDestination"] =
      string_of(fmt::format(R"(^({0}|\[{1}\](/[0-9]{{1,3}})?):[0-9]+$)", selector_pattern(), kAddress));
  out["testDestination"]["description"] = "A selector, a colon and one port.";
  out["netCapability"] =
      suggested(fmt::format(R"(^((\*|[0-9A-Za-z-]+):)?{}$)", kPorts), {"*", "tcp:443", "udp:53", "icmp:*"});
  out["netCapability"]["description"] = "`*`, ports, or `protocol:ports`.";
  std::string names;
  for (const sv n :
       {"tcp", "udp", "icmp", "sctp", "ipv6-icmp", "igmp", "ipv4", "ip-in-ip", "egp", "igp", "gre", "esp", "ah", "fc"})
    names += any_case(n) + "|";
  out["protocol"] = suggested(fmt::format("^({}[1-9][0-9]{{0,2}})?$", names),
                              {"tcp", "udp", "icmp", "sctp", "ipv6-icmp", "gre", "esp"});
  out["protocol"]["description"] = "A protocol's name, or its number from 1 to 255.";
  out["ipsetElement"] = string_of(R"(^\s*((add|remove)[ \t]+)?[^ \t]+\s*$)");
  out["ipsetElement"]["description"] =
      "`add` or `remove` and an address, CIDR, range `a-b`, `host:name`, `ipset:name` or `autogroup:internet`.";
  out["assertion"] = string_of(
      R"(^\s*[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+\s*((==|!=|<=|>=|<|>|[Ii][Nn]\s*\[|[Nn][Oo][Tt]\s+[Ii][Nn]\s*\[).+|[Ii][Ss]\s+[Ss][Ee][Tt]\s*|[Nn][Oo][Tt]\s+[Ss][Ee][Tt]\s*)?$)");
  out["assertion"]["description"] = "An attribute, or a comparison such as `node:os IN ['macos', 'linux']`.";
  return out;
}

}  // namespace

std::string json_schema() {
  Json definitions = string_definitions();
  for (size_t i = 0; i < kShapes; ++i) definitions[std::string(kShapeNames[i])] = shape_schema(static_cast<Shape>(i));
  const Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                       {"title", "Tailnet policy file"},
                       {"allOf", Json::array({reference("policy")})},
                       {"definitions", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace aclc
