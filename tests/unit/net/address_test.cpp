// SPDX-License-Identifier: Apache-2.0
#include "base/net/address.h"
#include "base/net/socket_address.h"

#include <gtest/gtest.h>

#include <string>

namespace aclc {
namespace {

std::string shown(std::string_view text) {
  const auto a = Address::parse(text);
  return a ? a->to_text() : "refused";
}

TEST(Address, PrintsWhatItReads) {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "100.64.0.1", "10.0.200.9", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
                           "fd7a:115c:a1e0::a", "2001:db8::1:0:0:1", "::ffff:1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                           "1:0:2:3:4:5:6:7", "::2:0:0:0:1"}) {
    EXPECT_EQ(shown(text), text);
  }
}

TEST(Address, ReadsOtherSpellings) {
  EXPECT_EQ(shown("FD7A::A"), "fd7a::a");
  EXPECT_EQ(shown("0:0:0:0:0:0:0:0"), "::");
  EXPECT_EQ(shown("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(shown("2001:0:0:1:1:0:0:1"), "2001::1:1:0:0:1");
  EXPECT_EQ(shown("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(shown("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8");
  EXPECT_EQ(shown("1:2:3:4:5:6:10.0.0.1"), "1:2:3:4:5:6:a00:1");
  EXPECT_EQ(shown("64:ff9b::10.0.0.1"), "64:ff9b::a00:1");
  EXPECT_EQ(shown("0001:002::"), "1:2::");
}

TEST(Address, RefusesEverythingElse) {
  for (const char* text : {"", " ", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.00", "256.1.1.1", "1.2.3.1000",
                           "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/32", "1.2.3.x", "-1.2.3.4", "12345", ":", ":1", "1:", ":::", "1:::2", "1::2::3",
                           "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::",
                           "1::2:3:4:5:6:7:8", "fe80::1%eth0", "[::1]", "::1.2.3", "::1.2.3.256", "1:2:3:4:5:6:7:1.2.3.4",
                           "1:2:3:4:5:1.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::01.2.3.4"}) {
    EXPECT_EQ(shown(text), "refused") << text;
  }
  EXPECT_EQ(shown(std::string_view("1.2.3.4\0", 8)), "refused");
}

TEST(Address, IPv4ComesBeforeIPv6) {
  EXPECT_LT(*Address::parse("255.255.255.255"), *Address::parse("::"));
  EXPECT_LT(*Address::parse("::1"), *Address::parse("::1:0:0:0:0"));
  EXPECT_NE(*Address::parse("1.2.3.4"), *Address::parse("::ffff:1.2.3.4"));
}

TEST(SocketAddress, ReadsAndWritesBothFamilies) {
  for (const char* text : {"192.0.2.1:53", "[2001:db8::1]:41641", "0.0.0.0:0"}) {
    const auto endpoint = SocketAddress::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->to_text(), text);
  }
  for (const char* text : {"", ":53", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:5x", "[192.0.2.1]:53", "2001:db8::1", "2001:db8::1:53", "[]:53", "[2001:db8::1]", "host:53", "192.0.2.1:53\n"}) {
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
  }
}

TEST(Prefix, ReadsAndPrints) {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "::/0", "100.64.0.1/32", "fd7a:115c:a1e0::/48", "::1/128", "10.0.0.1/8"}) {
    ASSERT_TRUE(Prefix::parse(text)) << text;
    EXPECT_EQ(Prefix::parse(text)->to_text(), text);
  }
  for (const char* text : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/8/8",
                           "/8", "10.0.0/8", "10.0.0.0/8 ", "10.0.0.0/256", "10.0.0.0/4294967304"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, KnowsItsHostBits) {
  EXPECT_TRUE(Prefix::parse("10.0.0.1/8")->has_host_bits());
  EXPECT_FALSE(Prefix::parse("10.0.0.0/8")->has_host_bits());
  EXPECT_TRUE(Prefix::parse("1.2.3.4/0")->has_host_bits());
  EXPECT_EQ(Prefix::parse("1.2.3.4/0")->masked().to_text(), "0.0.0.0/0");
  EXPECT_EQ(Prefix::parse("fd7a::1/16")->masked().to_text(), "fd7a::/16");
  EXPECT_TRUE(Prefix::parse("1.2.3.4/32")->is_host());
  EXPECT_FALSE(Prefix::parse("::/32")->is_host());
}

TEST(Prefix, ContainsWhatLiesInside) {
  const Prefix ten = *Prefix::parse("10.0.0.0/8");
  EXPECT_TRUE(ten.contains(*Prefix::parse("10.1.0.0/16")));
  EXPECT_TRUE(ten.contains(ten));
  EXPECT_FALSE(ten.contains(*Prefix::parse("0.0.0.0/0")));
  EXPECT_FALSE(ten.contains(*Prefix::parse("11.0.0.0/16")));
  EXPECT_FALSE(Prefix::parse("::/0")->contains(*Address::parse("10.0.0.1")));
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->overlaps(ten));
  EXPECT_FALSE(Prefix::parse("::/0")->overlaps(ten));
}

TEST(AddressRange, PrintsTheShortestForm) {
  const auto shown_range = [](std::string_view text) { return AddressRange::parse(text)->to_text(); };
  EXPECT_EQ(shown_range("10.0.0.1-10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(shown_range("10.0.0.0-10.255.255.255"), "10.0.0.0/8");
  EXPECT_EQ(shown_range("10.0.0.1-10.0.0.2"), "10.0.0.1-10.0.0.2");
  EXPECT_EQ(shown_range("0.0.0.0-255.255.255.255"), "0.0.0.0/0");
  EXPECT_EQ(shown_range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
  EXPECT_EQ(shown_range("0.0.0.1-255.255.255.255"), "0.0.0.1-255.255.255.255");
  EXPECT_EQ(shown_range("fd7a::-fd7a::1"), "fd7a::/127");
}

TEST(AddressRange, RefusesReversedAndMixed) {
  for (const char* text : {"", "-", "1.2.3.4", "1.2.3.4-", "-1.2.3.4", "1.2.3.5-1.2.3.4", "1.2.3.4-::1", "1.2.3.4-1.2.3.5-1.2.3.6", "1.2.3.4 - 1.2.3.5"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace aclc
