// SPDX-License-Identifier: Apache-2.0
#include "deploy/digest/digest.h"

#include <gtest/gtest.h>

#include "deploy/digest/record.h"
#include "parser/diagnostics/engine.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

SyntaxTree tree(std::string_view text) {
  DiagnosticEngine findings;
  SyntaxTree out = parse(text, findings);
  EXPECT_FALSE(findings.has_errors()) << text;
  return out;
}

TEST(Digest, IsOfTheCanonicalLayout) {
  // printf '{}\n' | sha256sum
  EXPECT_EQ(policy_digest(tree("{}\n")), "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356");
  EXPECT_EQ(policy_digest(tree(" { } ")), policy_digest(tree("{}")));
  EXPECT_NE(policy_digest(tree("{} // x\n")), policy_digest(tree("{}")));
  EXPECT_TRUE(is_policy_digest(policy_digest(tree("{}"))));
  EXPECT_FALSE(is_policy_digest("ts-default"));
}

TEST(Digest, ReadsETagsOfBothStrengths) {
  EXPECT_EQ(etag_value("\"abc\""), "abc");
  EXPECT_EQ(etag_value("W/\"abc\""), "abc");
  for (const char* bad : {"", "\"", "abc", "W/abc", "\"a", "w/\"a\"", "\"a b\"", "\"a\"b\"", "\"a\r\nX: y\""}) EXPECT_EQ(etag_value(bad), "") << bad;
}

TEST(Digest, SameValues) {
  EXPECT_TRUE(same_values(tree(R"({"a": 1, "b": [1, 2]})"), tree("{\n// c\n\"b\": [1, 2,], \"a\": 1.0}")));
  EXPECT_FALSE(same_values(tree(R"({"b": [1, 2]})"), tree(R"({"b": [2, 1]})")));
  EXPECT_FALSE(same_values(tree(R"({"b": 1})"), tree(R"({"B": 1})")));
}

TEST(Record, KeepsADigestForAPlace) {
  const std::string a(64, 'a'), b(64, 'b');
  std::string record = with_digest("", "one", a);
  record = with_digest(record, "two \"x\"", b);
  EXPECT_EQ(recorded_digest(record, "one"), a);
  EXPECT_EQ(recorded_digest(record, "two \"x\""), b);
  EXPECT_EQ(recorded_digest(record, "three"), std::nullopt);
  record = with_digest(record, "one", b);
  EXPECT_EQ(recorded_digest(record, "one"), b);
  for (const char* bad : {"", "{", "[]", "{\"deployed\": []}", "{\"deployed\": {\"one\": \"short\"}}", "{\"deployed\": {\"one\": 1}}"}) {
    EXPECT_EQ(recorded_digest(bad, "one"), std::nullopt) << bad;
    EXPECT_EQ(recorded_digest(with_digest(bad, "one", a), "one"), a) << bad;
  }
}

}  // namespace
}  // namespace aclc
