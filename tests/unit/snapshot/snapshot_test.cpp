// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "daemon/snapshot/store.h"
#include "tests/unit/snapshot/example.h"

namespace aclc::testing {
namespace {

using ::testing::HasSubstr;

class Sealed : public ::testing::Test {
 protected:
  const SigningKey key_ = SigningKey::generate();
  const WireGuardKeyPair own_ = generate_wireguard_keys();
  const Snapshot snapshot_ = example_snapshot(own_.public_key);
  SnapshotReader reader_{TrustedKey::from_pem(key_.public_pem()).value(), own_.public_key, {}};

  std::string fault(std::string_view sealed) {
    const auto opened = open_snapshot(sealed, reader_);
    return opened ? "" : opened.error().message;
  }
};

TEST_F(Sealed, ComesBackAsItWas) {
  const std::string sealed = seal_snapshot(snapshot_, key_);
  const auto opened = open_snapshot(sealed, reader_);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(write_snapshot(*opened), write_snapshot(snapshot_));
  EXPECT_EQ(opened->filter_rules, snapshot_.filter_rules);
  EXPECT_EQ(opened->peers, snapshot_.peers);
  EXPECT_EQ(opened->dns, snapshot_.dns);
  EXPECT_EQ(opened->origins[0][0].line, 12u);
  EXPECT_EQ(seal_snapshot(*opened, key_), sealed);
}

TEST_F(Sealed, AnyChangedByteIsSeen) {
  const std::string sealed = seal_snapshot(snapshot_, key_);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(fault(changed), "") << i;
  }
  for (const size_t size : {size_t{0}, size_t{1}, size_t{104}, size_t{105}, sealed.size() - 1}) {
    EXPECT_NE(fault(sealed.substr(0, size)), "") << size;
  }
  EXPECT_THAT(fault(sealed + " "), HasSubstr("signature"));
}

TEST_F(Sealed, OnlyTheTrustedKeyCounts) {
  EXPECT_THAT(fault(seal_snapshot(snapshot_, SigningKey::generate())), HasSubstr("not by the trusted key"));
}

TEST_F(Sealed, ForAnotherNodeIsRefused) {
  const auto foreign = example_snapshot(generate_wireguard_keys().public_key);
  EXPECT_THAT(fault(seal_snapshot(foreign, key_)), HasSubstr("another node (`web1`)"));
}

TEST_F(Sealed, LimitsHold) {
  const std::string sealed = seal_snapshot(snapshot_, key_);
  reader_.limits.bytes = sealed.size() - 1;
  EXPECT_THAT(fault(sealed), HasSubstr("bytes"));
  reader_.limits = {};
  reader_.limits.peers = 0;
  EXPECT_THAT(fault(sealed), HasSubstr("too many peers"));
  reader_.limits = {};
  reader_.limits.rules = 1;
  EXPECT_THAT(fault(sealed), HasSubstr("too many rules"));
}

TEST_F(Sealed, GenerationsNeverGoBack) {
  const std::string sealed = seal_snapshot(snapshot_, key_);
  EXPECT_TRUE(may_follow(snapshot_, sealed, {}));
  EXPECT_TRUE(may_follow(snapshot_, sealed, {6, "other"}));
  EXPECT_TRUE(may_follow(snapshot_, sealed, {7, sealed}));
  EXPECT_THAT(may_follow(snapshot_, sealed, {8, "other"}).error().message, HasSubstr("generation 7, and 8 is in use"));
  EXPECT_THAT(may_follow(snapshot_, sealed, {7, "other"}).error().message, HasSubstr("two different snapshots"));
}

TEST_F(Sealed, ExpireAtTheSecondTheySay) {
  EXPECT_FALSE(snapshot_.has_expired(1'999));
  EXPECT_TRUE(snapshot_.has_expired(2'000));
  Snapshot endless = snapshot_;
  endless.expires = 0;
  EXPECT_FALSE(endless.has_expired(2'000)) << "never";
}

TEST(Reading, SaysWhatIsWrong) {
  const std::string key = generate_wireguard_keys().public_key;
  const std::string good = write_snapshot(example_snapshot(key));
  ASSERT_TRUE(read_snapshot(good));
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto read = read_snapshot(text);
    return read ? std::string() : read.error().message;
  };
  EXPECT_THAT(with("\"version\":1", "\"version\":2"), HasSubstr("version"));
  EXPECT_THAT(with("\"mtu\":1280", "\"mtu\":1279"), HasSubstr("mtu"));
  EXPECT_THAT(with("100.64.0.1/32", "100.64.0.1/31"), HasSubstr("no prefix"));
  EXPECT_THAT(with("fd7a:115c:a1e0::a", "fd7a:115c:a1e0:::a"), HasSubstr("no address"));
  EXPECT_THAT(with("\"Last\":80", "\"Last\":530000"), HasSubstr("`Last` is out of range"));
  EXPECT_THAT(with("\"IPProto\":[6]", "\"IPProto\":[]"), HasSubstr("protocols are empty"));
  EXPECT_THAT(with("\"IPProto\":[6]", "\"IPProto\":[256]"), HasSubstr("protocol is out of range"));
  EXPECT_THAT(with("\"generation\":7", "\"generation\":-7"), HasSubstr("`generation` is no number"));
  EXPECT_THAT(with("],[]]", "]]"), HasSubstr("origins"));
  EXPECT_THAT(with("\"peers\"", "\"pears\""), HasSubstr("peers"));
  EXPECT_THAT(read_snapshot("[]").error().message, HasSubstr("no JSON object"));
  EXPECT_THAT(read_snapshot("{").error().message, HasSubstr("no JSON object"));
  EXPECT_FALSE(read_snapshot(std::string(100'000, '[')));
}

TEST(Local, ADefaultRouteIsTheInternetWithoutTheNeighbourhood) {
  Snapshot s;
  s.addresses = {*Address::parse("100.64.0.10")};
  s.routes = {*Prefix::parse("0.0.0.0/0"), *Prefix::parse("::/0"), *Prefix::parse("10.33.0.0/16")};
  const AddressSet local = s.local();
  for (const char* text : {"8.8.8.8", "100.64.0.10", "10.33.1.1", "2001:db8::1"}) EXPECT_TRUE(local.contains(*Address::parse(text))) << text;
  for (const char* text : {"192.168.1.1", "100.64.0.11", "10.34.1.1", "169.254.169.254", "224.0.0.1", "fd00::1", "fe80::1"}) {
    EXPECT_FALSE(local.contains(*Address::parse(text))) << text;
  }
}

TEST(Local, TheHostsOwnNetworksAreNotTheInternetButTheHostItselfIsReached) {
  Snapshot s;
  s.routes = {*Prefix::parse("0.0.0.0/0"), *Prefix::parse("::/0"), *Prefix::parse("203.0.113.128/26")};
  std::vector<Prefix> networks;
  for (const char* text : {"203.0.113.7/24", "2001:db8:1::7/64", "192.168.1.7/24", "198.51.100.9/32"}) networks.push_back(*Prefix::parse(text));
  EXPECT_TRUE(s.serves_internet());
  const AddressSet local = s.local(networks);
  for (const char* text : {"8.8.8.8", "203.0.112.255", "2001:db8:2::1"}) EXPECT_TRUE(local.contains(*Address::parse(text))) << text;
  for (const char* text : {"203.0.113.8", "203.0.113.0", "203.0.113.255", "2001:db8:1::8", "192.168.1.7"}) EXPECT_FALSE(local.contains(*Address::parse(text))) << text;
  for (const char* text : {"203.0.113.7", "2001:db8:1::7", "198.51.100.9"}) EXPECT_TRUE(local.contains(*Address::parse(text))) << "the host itself: " << text;
  EXPECT_TRUE(local.contains(*Address::parse("203.0.113.130"))) << "a network that is a route of its own";
  s.routes = {*Prefix::parse("10.33.0.0/16")};
  EXPECT_FALSE(s.serves_internet());
  EXPECT_FALSE(s.local(networks).contains(*Address::parse("203.0.113.7"))) << "no way to the internet, no host";
}

TEST(Keys, OfWireGuard) {
  // The pair of RFC 7748, section 6.1 (Alice).
  const std::string secret = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
  EXPECT_EQ(wireguard_public_key(secret).value(), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
  EXPECT_FALSE(wireguard_public_key("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LC"));
  EXPECT_FALSE(is_wireguard_key("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCp="));  // not canonical
  EXPECT_FALSE(is_wireguard_key(""));
  EXPECT_TRUE(is_wireguard_key(generate_wireguard_keys().private_key));
}

TEST(Keys, PemOfTheWrongKindIsRefused) {
  const SigningKey key = SigningKey::generate();
  EXPECT_TRUE(SigningKey::from_pem(key.to_pem()));
  EXPECT_FALSE(SigningKey::from_pem(key.public_pem()));
  EXPECT_FALSE(TrustedKey::from_pem(key.to_pem()));
  EXPECT_FALSE(TrustedKey::from_pem("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"));
  EXPECT_FALSE(TrustedKey::from_pem(""));
}

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/aclc-store-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(Files, AreReplacedWhole) {
  const std::string path = folder_ + "/last.snapshot";
  ASSERT_TRUE(write_file_whole(path, "one"));
  ASSERT_TRUE(write_file_whole(path, "two"));
  EXPECT_EQ(read_file_limited(path, 3).value(), "two");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(Files, AreReadUpToALimitOnly) {
  const std::string path = folder_ + "/f";
  std::ofstream(path) << "1234";
  EXPECT_THAT(read_file_limited(path, 3).error().message, HasSubstr("more than 3 bytes"));
  EXPECT_THAT(read_file_limited("/dev/zero", 100).error().message, HasSubstr("no file"));
  EXPECT_THAT(read_file_limited(folder_ + "/none", 100).error().message, HasSubstr("No such file"));
  EXPECT_THAT(write_file_whole(folder_ + "/no/such", "x").error().message, HasSubstr("cannot write"));
}

}  // namespace
}  // namespace aclc::testing
