// SPDX-License-Identifier: Apache-2.0
#include "deploy/control_plane/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "deploy/control_plane/session.h"

namespace aclc {
namespace {

using Variables = std::map<std::string, std::string>;

Environment with(const Variables& variables) {
  return [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

Result<Credentials> hosted(const Variables& variables) {
  return hosted_credentials(with(variables));
}

TEST(Credentials, EachKind) {
  const auto key = hosted({{"TS_API_KEY", "k"}, {"TS_OAUTH_ID", ""}});
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kind, Credentials::Kind::kApiKey);
  EXPECT_EQ(key->secret.reveal(), "k");
  const auto client = hosted({{"TS_OAUTH_ID", "i"}, {"TS_OAUTH_SECRET", " s\n"}});
  ASSERT_TRUE(client);
  EXPECT_EQ(client->kind, Credentials::Kind::kOauthClient);
  EXPECT_EQ(client->secret.reveal(), "s");
  const auto identity = hosted({{"TS_OAUTH_ID", "i"}, {"TS_ID_TOKEN", "t"}});
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->kind, Credentials::Kind::kIdentityToken);
  EXPECT_TRUE(headscale_credentials(with({{"HEADSCALE_CLI_API_KEY", "k"}})));
}

TEST(Credentials, OneKindAndAllOfItAndNoSecretInTheFailure) {
  for (const Variables& v : {Variables{}, {{"TS_API_KEY", ""}}, {{"TS_API_KEY", "  \n"}}, {{"TS_OAUTH_ID", "i"}}, {{"TS_OAUTH_SECRET", "hushhush"}}, {{"TS_ID_TOKEN", "hushhush"}},
                             {{"TS_API_KEY", "hushhush"}, {"TS_OAUTH_ID", "i"}}, {{"TS_API_KEY", "hushhush"}, {"TS_OAUTH_SECRET", "hushhush"}},
                             {{"TS_OAUTH_ID", "i"}, {"TS_OAUTH_SECRET", "hushhush"}, {"TS_ID_TOKEN", "hushhush"}}, {{"TS_API_KEY", "hushhush\r\nX: y"}}, {{"TS_API_KEY", "hushhush\xc3\xa4"}},
                             {{"TS_API_KEY", "hushhush"}, {"TS_API_KEY_FILE", "/dev/null"}}, {{"TS_API_KEY_FILE", "/dev/null"}}, {{"TS_API_KEY_FILE", "/nowhere"}}, {{"TS_API_KEY_FILE", "/dev/zero"}}}) {
    const auto credentials = hosted(v);
    ASSERT_FALSE(credentials);
    EXPECT_THAT(credentials.error().message, testing::Not(testing::HasSubstr("hushhush")));
  }
}

TEST(Credentials, HideWhereverTheyStand) {
  auto c = hosted({{"TS_OAUTH_ID", "i"}, {"TS_OAUTH_SECRET", "abc"}});
  c->token = Secret("token");
  EXPECT_EQ(c->hide("abcabc x token abc"), "[secret][secret] x [secret] [secret]");
  EXPECT_EQ(c->hide(""), "");
}

TEST(Credentials, HideWhatIsEncoded) {
  const auto c = hosted({{"TS_API_KEY", "a+/b=%c\\d"}});
  for (const char* text : {"a+/b=%c\\d", "a%2B%2Fb%3D%25c%5Cd", "a%2b%2fb%3d%25c%5cd", "%61+%2Fb=%25%63\\d", "a%252B%25252Fb%253D%2525c%255Cd", "a+\\/b=%c\\\\d",
                           "a\\u002b\\u002Fb\\u003d%c\\u005cd"}) {
    EXPECT_EQ(c->hide(std::string("key=") + text + "&x"), "key=[secret]&x") << text;
  }
  for (const char* other : {"a%2B%2Fb%3D%25c", "a%2B%2Fb%3E%25c%5Cd", "a%2", "%", "%25", "\\u00", "\\"}) EXPECT_EQ(c->hide(other), other);
}

TEST(Secret, MovesAndLeavesNothing) {
  Secret a("a long enough text to be on the heap, where it would stay");
  const Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT: that is the point
  EXPECT_FALSE(b.empty());
}

TEST(Address, OnlyWhereAKeyMayGo) {
  for (const char* good : {"https://api.example.com", "https://192.0.2.1:8443", "https://[2001:db8::1]", "https://[2001:db8::1]:443", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"}) {
    EXPECT_EQ(fault_of_url(good, false), "") << good;
  }
  for (const char* bad : {"", "api.example.com", "ftp://x", "https://", "https://:443", "https://u:p@x", "https://x/api", "https://x?y", "https://x y", "https://x\r\nY", "http://example.com",
                          "http://localhost.example.com", "http://127.0.0.1.example.com", "http://127.0.0.1@evil.example.com"}) {
    EXPECT_NE(fault_of_url(bad, false), "") << bad;
  }
  EXPECT_EQ(fault_of_url("http://headscale.lan:8080", true), "");
  EXPECT_EQ(url_escaped("a b/é&-"), "a%20b%2F%C3%A9%26-");
}

}  // namespace
}  // namespace aclc
