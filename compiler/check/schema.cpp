// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/check.h"
#include "compiler/check/schema_strings.h"
#include "parser/policy/fields.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;
using sv = std::string_view;

constexpr sv kShapeNames[kShapes] = {"policy",     "acl",      "grant",           "autoApprovers", "ssh",
                                     "nodeAttr",   "test",     "sshTest",         "dns",           "derpMap",
                                     "derpRegion", "derpNode", "customAttribute", "dnsRecord",     "appConnector"};

/// Which position a list of selectors is.
struct Place {
  Shape shape;
  sv field;
  Position position;
};
constexpr Place kPlaces[] = {
    {Shape::kPolicy, "groups", Position::kGroupMember},
    {Shape::kPolicy, "tagOwners", Position::kTagOwner},
    {Shape::kAcl, "src", Position::kAclSrc},
    {Shape::kAcl, "dst", Position::kAclDst},
    {Shape::kGrant, "src", Position::kGrantSrc},
    {Shape::kGrant, "dst", Position::kGrantDst},
    {Shape::kAutoApprovers, "routes", Position::kRouteApprover},
    {Shape::kAutoApprovers, "exitNode", Position::kExitNodeApprover},
    {Shape::kAutoApprovers, "services", Position::kServiceApprover},
    {Shape::kSsh, "src", Position::kSshSrc},
    {Shape::kSsh, "dst", Position::kSshDst},
    {Shape::kNodeAttr, "target", Position::kNodeAttrTarget},
    {Shape::kTest, "src", Position::kTestSrc},
    {Shape::kTest, "accept", Position::kTestDst},
    {Shape::kTest, "deny", Position::kTestDst},
    {Shape::kSshTest, "src", Position::kSshTestSrc},
    {Shape::kSshTest, "dst", Position::kSshTestDst},
    // Held to the form only where the documentation says no more.
    {Shape::kCustomAttribute, "broadcastToPeers", Position::kGrantSrc},
    {Shape::kAppConnector, "connectors", Position::kGrantSrc},
};

std::optional<Position> position_of(Shape shape, const Field& field) {
  for (const Place& place : kPlaces) {
    if (place.shape == shape && place.field == field.name) return place.position;
  }
  return std::nullopt;
}

/// The definition's name for a position: `aclSrc`.
constexpr sv kPositionNames[kPositions] = {
    "aclSrc",      "aclDst",      "grantSrc", "grantDst",      "via",          "sshSrc",      "sshDst",
    "recorder",    "target",      "tagOwner", "routeApprover", "exitApprover", "svcApprover", "svcKey",
    "groupMember", "ipsetMember", "testSrc",  "testDst",       "sshTestSrc",   "sshTestDst",  "srcPosture"};

Json reference(sv definition) {
  return {{"$ref", fmt::format("#/definitions/{}", definition)}};
}

std::vector<std::string> words_of(const Field& field) {
  return {field.choices.begin(), field.choices.end()};
}

Json value_schema(Shape shape, const Field& field) {
  switch (field.value) {
    case Value::kText:
      return field.name == "acceptEnv" ? Json{{"type", "string"}, {"minLength", 1}} : Json{{"type", "string"}};
    case Value::kDomain:
      return {{"type", "string"}};
    case Value::kDuration:
      return schema::check_period(words_of(field));
    case Value::kNodeAttribute:
      return schema::suggested("", words_of(field), "");
    case Value::kLogin:
      return shape == Shape::kSsh ? schema::login(words_of(field)) : Json{{"type", "string"}};
    case Value::kChoice: {
      std::string any;
      for (const sv c : field.choices) any += fmt::format("{}{}", any.empty() ? "" : "|", c);
      return schema::suggested(fmt::format(R"(^\s*({})\s*$)", any), words_of(field),
                               fmt::format("`{}` is one of: {}", field.name, fmt::join(field.choices, ", ")));
    }
    case Value::kSelector:
    case Value::kDestination:
    case Value::kTestDestination: {
      const std::optional<Position> position = position_of(shape, field);
      ACLC_CHECK(position);  // a new list of selectors needs its line in kPlaces
      return reference(kPositionNames[static_cast<size_t>(*position)]);
    }
    case Value::kNetCapability:
      return reference("netCapability");
    case Value::kProtocol:
      return reference("protocol");
    case Value::kAddress:
      return schema::address();
    case Value::kPrefix:
      return schema::prefix();
    case Value::kAddressOrPrefix:
      return schema::address_or_prefix();
    case Value::kIpSetElement:
      return reference("ipsetElement");
    case Value::kAssertion:
      return reference("assertion");
    case Value::kTag:
      return schema::matching(R"(^\s*tag:.+$)", "write a tag: `tag:NAME`");
    case Value::kPostureName:
      return schema::matching(R"(^\s*posture:.+$)", "write a posture: `posture:NAME`");
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

struct KeyPattern {
  std::string pattern;  ///< empty where any name will do
  std::string wrong;
};

KeyPattern key_pattern(KeyForm key) {
  switch (key) {
    case KeyForm::kNone:
    case KeyForm::kAttribute:
    case KeyForm::kDomain:
      return {};
    case KeyForm::kGroup:
      return {"^group:.+$", "groups are named `group:NAME`"};
    case KeyForm::kHost:
      return {"^[^@:]+$", "a name of hosts has neither `@` nor `:`"};
    case KeyForm::kIpSet:
      return {"^ipset:.+$", "ipsets are named `ipset:NAME`"};
    case KeyForm::kTag:
      return {"^tag:[A-Za-z].*$", "tags are named `tag:NAME`, where NAME begins with a letter"};
    case KeyForm::kPosture:
      return {"^posture:.+$", "postures are named `posture:NAME`"};
    case KeyForm::kPrefix:
      return {fmt::format("^({}|{})$", schema::kAddressPattern, schema::kPrefixPattern),
              "write a CIDR, as in `10.0.0.0/8`"};
    case KeyForm::kService:
      return {"^(svc|tag):.+$", "services are named `svc:NAME`"};
    case KeyForm::kCapability:
      return {"^[^/]+/.+$", "capabilities are named `DOMAIN/NAME`"};
    case KeyForm::kCustomAttribute:
      return {"^custom:.+$", "custom attributes are named `custom:NAME`"};
    case KeyForm::kRegion:
      return {"^[0-9]+$", "regions have a number"};
  }
  return {};
}

/// null is an absent member.
Json or_null(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), Json{{"type", "null"}}})}};
}

Json field_schema(Shape shape, const Field& field) {
  Json one = value_schema(shape, field);
  Json out;
  switch (field.container) {
    case Container::kOne:
      out = field.value == Value::kAnything ? one : or_null(std::move(one));
      break;
    case Container::kList:
      out = {{"type", Json::array({"array", "null"})}, {"items", std::move(one)}};
      // A rule for ssh without users is refused, whichever way it has none.
      if (shape == Shape::kSsh && field.name == "users")
        out = {{"type", "array"}, {"minItems", 1}, {"items", out["items"]}};
      break;
    case Container::kMap:
    case Container::kMapOfLists: {
      out["type"] = Json::array({"object", "null"});
      if (const KeyPattern key = key_pattern(field.key); !key.pattern.empty())
        out["propertyNames"] = {{"pattern", key.pattern}, {"errorMessage", key.wrong}};
      if (field.container == Container::kMapOfLists) {
        out["additionalProperties"] = {{"type", Json::array({"array", "null"})}, {"items", std::move(one)}};
      } else {
        out["additionalProperties"] = field.value == Value::kObject ? or_null(std::move(one)) : std::move(one);
      }
      break;
    }
  }
  Json described = {{"description", field.doc}};
  // Editors show backticks as they are in a description, and as code in this.
  if (field.doc.find('`') != sv::npos) described["markdownDescription"] = field.doc;
  described.update(out);
  return described;
}

/// Holds for objects that have a member by one of these names, in any case.
Json has_member(std::initializer_list<sv> names, std::string wrong) {
  std::string any;
  for (const sv name : names) any += (any.empty() ? "" : "|") + schema::any_case(name);
  return {{"not", {{"propertyNames", {{"not", {{"pattern", fmt::format("^({})$", any)}}}}}}},
          {"errorMessage", std::move(wrong)}};
}

/// Where `dst` holds `autogroup:self`, every source is people.
Json self_rule(Position source, sv ports) {
  const Json self = {{"pattern", fmt::format(R"(^\s*autogroup:self{})", ports)}};
  return {
      {"if", {{"required", Json::array({"dst"})}, {"properties", {{"dst", {{"type", "array"}, {"contains", self}}}}}}},
      {"then", {{"properties", {{"src", {{"items", schema::source_of_self(source)}}}}}}}};
}

/// What its members together must be.
Json together(Shape shape) {
  switch (shape) {
    case Shape::kAcl:
      return Json::array(
          {has_member({"action"}, "an acl needs `\"action\": \"accept\"`"), self_rule(Position::kAclSrc, ":")});
    case Shape::kGrant:
      return Json::array(
          {has_member({"ip", "app"}, "a grant needs `ip`, `app` or both"), self_rule(Position::kGrantSrc, R"(\s*$)")});
    case Shape::kSsh:
      return Json::array({has_member({"action"}, "an ssh rule needs an `action`: `accept` or `check`"),
                          has_member({"users"}, "an ssh rule needs `users`: as whom one may log in")});
    default:
      return Json::array();
  }
}

Json shape_schema(Shape shape) {
  Json properties = Json::object(), patterns = Json::object();
  for (const Field& field : shape_info(shape).fields) {
    properties[std::string(field.name)] = field_schema(shape, field);
    const Json same = reference(fmt::format("{}/properties/{}", kShapeNames[static_cast<size_t>(shape)], field.name));
    patterns[fmt::format("^{}$", schema::any_case(field.name))] = same;
    if (field.old_name.empty()) continue;
    patterns[fmt::format("^{}$", schema::any_case(field.old_name))] = {
        {"allOf", Json::array({same})}, {"deprecationMessage", fmt::format("write `{}`", field.name)}};
  }
  Json out = {{"type", "object"},
              {"properties", std::move(properties)},
              {"patternProperties", std::move(patterns)},
              {"additionalProperties", false}};
  if (Json rules = together(shape); !rules.empty()) out["allOf"] = std::move(rules);
  return out;
}

}  // namespace

std::string json_schema() {
  Json definitions;
  for (const Place& place : kPlaces) {
    definitions[std::string(kPositionNames[static_cast<size_t>(place.position)])] = schema::selector_at(place.position);
  }
  definitions["netCapability"] = schema::net_capability();
  definitions["protocol"] = schema::protocol();
  definitions["ipsetElement"] = schema::ipset_element();
  definitions["assertion"] = schema::posture_assertion();
  for (size_t i = 0; i < kShapes; ++i) definitions[std::string(kShapeNames[i])] = shape_schema(static_cast<Shape>(i));
  const Json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "Tailnet policy file"},
      {"description", "Who may reach what in a tailnet. `aclc schema` wrote this; `aclc check` finds more."},
      {"allowComments", true},
      {"allowTrailingCommas", true},
      {"allOf", Json::array({reference("policy")})},
      {"definitions", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace aclc
