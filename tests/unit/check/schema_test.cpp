// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/schema.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "findings.h"
#include "parser/policy/fields.h"

namespace aclc {
namespace {

using Json = nlohmann::json;

/// The few keywords of draft-07 that the schema uses; anything else in it fails the test.
class Validator {
 public:
  explicit Validator(Json schema) : root_(std::move(schema)) {}
  bool valid(const Json& value) { return holds(root_, value); }

 private:
  /// For people and editors; `then` belongs to `if`.
  inline static const std::set<std::string> kWords = {
      "$schema",      "title",         "description",         "definitions",        "markdownDescription",
      "errorMessage", "allowComments", "allowTrailingCommas", "deprecationMessage", "then"};

  bool holds(const Json& schema, const Json& value) {
    for (const auto& [key, rule] : schema.items()) {
      if (!rule_holds(schema, key, rule, value)) return false;
    }
    return true;
  }

  bool rule_holds(const Json& schema, const std::string& key, const Json& rule, const Json& value) {
    if (kWords.contains(key)) return true;
    if (key == "not") return !holds(rule, value);
    if (key == "if") return !holds(rule, value) || holds(schema.at("then"), value);
    if (key == "minItems") return !value.is_array() || value.size() >= rule.get<size_t>();
    if (key == "minLength") return !value.is_string() || value.get<std::string>().size() >= rule.get<size_t>();
    if (key == "contains")
      return !value.is_array() ||
             std::any_of(value.begin(), value.end(), [&](const Json& v) { return holds(rule, v); });
    if (key == "required")
      return !value.is_object() || std::all_of(rule.begin(), rule.end(), [&](const Json& name) {
        return value.contains(name.get<std::string>());
      });
    if (key == "$ref") return holds(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value);
    if (key == "allOf") return std::all_of(rule.begin(), rule.end(), [&](const Json& s) { return holds(s, value); });
    if (key == "anyOf") return std::any_of(rule.begin(), rule.end(), [&](const Json& s) { return holds(s, value); });
    if (key == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (key == "pattern") return !value.is_string() || matches(rule, value.get<std::string>());
    if (key == "type") {
      const Json types = rule.is_array() ? rule : Json::array({rule});
      return std::any_of(types.begin(), types.end(), [&](const Json& t) { return is_type(t, value); });
    }
    if (key == "items")
      return !value.is_array() ||
             std::all_of(value.begin(), value.end(), [&](const Json& v) { return holds(rule, v); });
    if (!value.is_object()) return true;
    for (const auto& [name, member] : value.items()) {
      if (key == "propertyNames") {
        if (!holds(rule, name)) return false;
      } else if (key == "properties") {
        if (rule.contains(name) && !holds(rule.at(name), member)) return false;
      } else if (key == "patternProperties") {
        for (const auto& [pattern, s] : rule.items()) {
          if (matches(pattern, name) && !holds(s, member)) return false;
        }
      } else if (key == "additionalProperties") {
        bool known = schema.contains("properties") && schema.at("properties").contains(name);
        if (schema.contains("patternProperties")) {
          for (const auto& [pattern, s] : schema.at("patternProperties").items()) known |= matches(pattern, name);
        }
        if (!known && (rule == false || (rule.is_object() && !holds(rule, member)))) return false;
      } else {
        ADD_FAILURE() << "keyword " << key;
        return false;
      }
    }
    return true;
  }

  static bool matches(const std::string& pattern, const std::string& text) {
    return std::regex_search(text, std::regex(pattern));
  }
  static bool is_type(const std::string& type, const Json& v) {
    if (type == "object") return v.is_object();
    if (type == "array") return v.is_array();
    if (type == "string") return v.is_string();
    if (type == "number") return v.is_number();
    if (type == "integer") return v.is_number_integer();
    if (type == "boolean") return v.is_boolean();
    return type == "null" && v.is_null();
  }

  Json root_;
};

constexpr const char* kEverything = R"({
  "ACLs": [{"Action": "accept", "users": ["*", " group:a "], "ports": ["*:*", "[fd7a::1]:22", "fd7a::/64:80-90,443", "[fd7a::]/64:*"]},
           {"action": "accept", "src": ["ann@example.com"], "dst": ["autogroup:self:*"], "proto": "ICMP", "srcPosture": ["posture:p"]}],
  "grants": [{"src": ["user:*@example.com"], "dst": ["svc:wiki", "10.0.0.0/8"], "ip": ["*", "443", "tcp:80-90", "*:53"], "via": null,
              "app": {"example.com/cap/x": [{"any": 1}], "example.com/y": []}}],
  "groups": {"group:a": ["ann@example.com"], "group:b": null},
  "hosts": {"printer": "192.0.2.7", "lan": "192.0.2.0/24"},
  "ipsets": {"ipset:a": ["add 192.0.2.0/24", "remove 192.0.2.1-192.0.2.9", "add host:printer"]},
  "tagOwners": {"tag:web": ["autogroup:admin", "tag:web"]},
  "autoApprovers": {"routes": {"10.0.0.0/8": ["tag:web"]}, "exitNode": ["group:a"], "services": {"svc:wiki": ["tag:web"]}},
  "ssh": [{"action": " check ", "src": ["autogroup:member"], "dst": ["tag:web"], "users": [" root", "anybody"], "checkPeriod": "12h", "recorder": ["tag:web"], "enforceRecorder": false}],
  "nodeAttrs": [{"target": ["*"], "attr": ["funnel", "custom:anything"], "ipPool": ["100.81.0.0/16"]}],
  "postures": {"posture:p": ["node:os in ['macos']", "node:tsAutoUpdate", "node:tsVersion >= '1.40'", "custom:x IS SET"]},
  "defaultSrcPosture": ["posture:p"],
  "tests": [{"user": "ann@example.com", "allow": ["tag:web:443", "[fd7a::1]:22"], "deny": [], "srcPostureAttrs": {"node:os": "linux", "custom:n": 1}}],
  "sshTests": [{"src": "ann@example.com", "dst": ["tag:web"], "accept": ["root"], "check": [], "deny": null}],
  "derpMap": {"Regions": {"1": null, "900": {"RegionID": 900, "Nodes": [{"Name": "a", "DERPPort": 443}]}}},
  "OneCGNATRoute": "", "randomizeClientPort": true, "disableIPv4": null,
  "attrConfig": {"custom:x": {"type": "string", "allowSetByNode": true}},
  "dns": {"magic": true, "nameservers": ["192.0.2.53"], "routes": {"example.com": ["192.0.2.54"]}, "domains": ["example.com"]}
})";

bool refused(const std::string& text) {
  const test::Findings found = test::findings(text);
  return std::any_of(found.all.begin(), found.all.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

TEST(Schema, AcceptsWhatTheCheckAccepts) {
  for (const Diagnostic& d : test::findings(kEverything).all) EXPECT_NE(d.severity, Severity::kError) << d.message;
  EXPECT_TRUE(Validator(Json::parse(json_schema())).valid(Json::parse(kEverything)));
}

TEST(Schema, RefusesOnlyWhatTheCheckRefuses) {
  Validator v(Json::parse(json_schema()));
  for (
      const char* text :
      {R"([])",
       R"({"acl": []})",
       R"({"acls": {}})",
       R"({"acls": [{"action": "accept", "dst": ["tag:web"]}]})",
       R"({"acls": [{"action": "accept", "dst": ["tag:web:ssh"]}]})",
       R"({"acls": [{"action": "deny"}]})",
       R"({"acls": [{"src": ["*"]}]})",
       R"({"acls": [{"action": "accept", "src": "*"}]})",
       R"({"grants": [{"ip": ["tcp:80:90"]}]})",
       R"({"grants": [{"src": ["autogroup:nobody"], "ip": ["*"]}]})",
       R"({"grants": [{"src": ["*"], "dst": ["*"]}]})",
       R"({"grants": [{"src": ["autogroup:self"], "ip": ["*"]}]})",
       R"({"grants": [{"dst": ["0.0.0.0/0"], "ip": ["*"]}]})",
       R"({"grants": [{"src": ["*"], "dst": ["autogroup:self"], "ip": ["*"]}]})",
       R"({"grants": [{"dst": ["autogroup:danger-all"], "ip": ["*"]}]})",
       R"({"grants": [{"src": ["user:ann@example.com"], "ip": ["*"]}]})",
       R"({"grants": [{"ip": ["*"], "via": ["group:a"]}]})",
       R"({"groups": {"a": []}})",
       R"({"groups": {"group:a": ["group:b"], "group:b": []}})",
       R"({"hosts": {"a@b": "192.0.2.1"}})",
       R"({"hosts": {"a": "b.example"}})",
       R"({"tagOwners": {"tag:1": []}})",
       R"({"tagOwners": {"tag:a": ["*"]}})",
       R"({"tests": [{"src": "ann@example.com", "accept": ["tag:web:80,443"]}]})",
       R"({"sshTests": [{"src": "*", "dst": ["*"], "accept": ["root"]}]})",
       R"({"ssh": [{"action": "accept", "src": ["*"], "dst": ["tag:a"], "users": ["root"]}]})",
       R"({"ssh": [{"action": "accept", "src": ["ann@example.com"], "dst": ["ann@example.com"]}]})",
       R"({"ssh": [{"action": "accept", "src": ["ann@example.com"], "dst": ["ann@example.com"], "users": ["*"]}]})",
       R"({"ssh": [{"action": "check", "src": ["ann@example.com"], "dst": ["ann@example.com"], "users": ["root"], "checkPeriod": "12 hours"}]})",
       R"({"OneCGNATRoute": "always"})",
       R"({"disableIPv4": "true"})",
       R"({"postures": {"posture:a": ["node:os = 'x'"]}})"}) {
    EXPECT_FALSE(v.valid(Json::parse(text))) << text;
    EXPECT_TRUE(refused(text)) << text << " is refused by the schema alone";
  }
}

TEST(Schema, DescribesEveryField) {
  const Json schema = Json::parse(json_schema());
  size_t fields = 0;
  for (const auto& [name, definition] : schema.at("definitions").items()) {
    if (!definition.contains("properties")) continue;
    for (const auto& [field, s] : definition.at("properties").items()) {
      EXPECT_TRUE(s.contains("description")) << name << "." << field;
      ++fields;
    }
  }
  size_t rows = 0;
  for (size_t i = 0; i < kShapes; ++i) rows += shape_info(static_cast<Shape>(i)).fields.size();
  EXPECT_EQ(fields, rows);
}

}  // namespace
}  // namespace aclc
