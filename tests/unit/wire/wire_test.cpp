// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evaluator/wire/read.h"
#include "evaluator/wire/resolve.h"
#include "evaluator/wire/semantics.h"

namespace aclc::wire {
namespace {

std::string texts(const AddressSet& set) {
  std::string out;
  for (const std::string& t : set.texts()) out += (out.empty() ? "" : " ") + t;
  return out;
}

TEST(Resolve, ReadsEveryForm) {
  EXPECT_EQ(texts(*parse_address_set("*")), "0.0.0.0/0 ::/0");
  EXPECT_EQ(texts(*parse_address_set("10.0.0.1")), "10.0.0.1");
  EXPECT_EQ(texts(*parse_address_set("10.0.0.0/24")), "10.0.0.0/24");
  EXPECT_EQ(texts(*parse_address_set("10.0.0.5-10.0.0.9")), "10.0.0.5-10.0.0.9");
  EXPECT_EQ(texts(*parse_address_set("fd00::-fd00::ff")), "fd00::/120");
  EXPECT_EQ(texts(*parse_address_set("1.0.0.0-1.255.255.255")), "1.0.0.0/8");
  EXPECT_EQ(texts(*parse_address_set("1::2")), "1::2");
  std::string pieces;
  for (const Prefix& prefix : parse_address_set("1.0.0.0-2.1.2.3")->prefixes()) pieces += prefix.to_text() + " ";
  EXPECT_EQ(pieces, "1.0.0.0/8 2.0.0.0/16 2.1.0.0/23 2.1.2.0/30 ");
  for (const char* bad : {"", "10.0.0.1/24", "10.0.0.9-10.0.0.5", "host", "10.0.0.1-fd00::", "**", "10.0.0.0/33"}) EXPECT_FALSE(parse_address_set(bad)) << bad;
}

TEST(Resolve, KeepsWhatIsGoodAndNamesWhatIsNot) {
  FilterRule rule;
  rule.src_ips = {"10.0.0.1", "10.0.0.1/8", "cap:example.com/x", "10.0.0.2"};
  rule.dst_ports = {{"nonsense", PortRange::all()}, {"10.9.9.9", {22, 22}}};
  const Resolved got = resolve({&rule, 1});
  ASSERT_EQ(got.rules.size(), 1u);
  EXPECT_EQ(texts(got.rules[0].sources), "10.0.0.1-10.0.0.2");
  ASSERT_EQ(got.rules[0].destinations.size(), 1u);
  ASSERT_EQ(got.faults.size(), 2u);
  EXPECT_EQ(got.faults[0], "rule 0: source `10.0.0.1/8` is no address, prefix or range");
  EXPECT_EQ(got.faults[1], "rule 0: destination `nonsense` is no address, prefix or range");
}

TEST(Resolve, NamesTheUsualProtocolsWhereARuleNamesNone) {
  EXPECT_EQ(protocols_of({}).count(), 4u);
  for (const uint8_t p : {kTcp, kUdp, kIcmp, kIpv6Icmp}) EXPECT_TRUE(protocols_of({})[p]);
  FilterRule rule;
  rule.ip_proto = {47};
  EXPECT_EQ(protocols_of(rule).count(), 1u);
}

TEST(Semantics, MulticastAndLinkLocalAreNeverReached) {
  const AddressSet all = *parse_address_set("*");
  const AddressSet reach = reachable_destinations(all);
  for (const char* out : {"224.0.0.1", "239.255.255.255", "169.254.0.1", "ff02::1", "fe80::1", "febf::1"}) EXPECT_FALSE(reach.contains(*Address::parse(out))) << out;
  for (const char* in : {"169.254.169.254", "223.255.255.255", "240.0.0.0", "fec0::", "fe7f::1"}) EXPECT_TRUE(reach.contains(*Address::parse(in))) << in;
  EXPECT_TRUE(reachable_destinations(*parse_address_set("169.254.1.1")).empty());
}

TEST(Read, FilterRulesInEveryWrapping) {
  const std::string rules = R"([{"SrcIPs":["10.0.0.1"],"DstPorts":[{"IP":"*","Ports":{"First":80,"Last":90}}],"IPProto":[6]}])";
  for (const std::string& text : {rules, R"({"PacketFilterRules":)" + rules + "}", R"({"packetfilter":)" + rules + "}", R"({"filter_rules":)" + rules + "}"}) {
    const auto got = read_filter_rules(text);
    ASSERT_TRUE(got.ok()) << got.error().message;
    ASSERT_EQ(got->size(), 1u);
    EXPECT_EQ(got->front().dst_ports[0].ports, (PortRange{80, 90}));
    EXPECT_EQ(got->front().ip_proto, std::vector<uint8_t>{6});
  }
}

TEST(Read, NullIsAbsentAndCaseDoesNotMatter) {
  const auto got = read_filter_rules(R"([{"srcips":null,"DSTPORTS":[{"ip":"10.0.0.1"}],"IPProto":null,"CapGrant":[{"Dsts":["10.0.0.1/32"],"CapMap":{"a.b/c":[{"x":1}],"d":null}}]}])");
  ASSERT_TRUE(got.ok()) << got.error().message;
  const FilterRule& rule = got->front();
  EXPECT_TRUE(rule.src_ips.empty());
  EXPECT_EQ(rule.dst_ports[0].ports, (PortRange{0, 0}));
  EXPECT_TRUE(rule.ip_proto.empty());
  ASSERT_EQ(rule.cap_grants.size(), 1u);
  EXPECT_EQ(rule.cap_grants[0].cap_map, (CapMap{{"a.b/c", R"([{"x":1}])"}, {"d", "null"}}));
}

TEST(Read, ProtocolsOutsideAByteAreLeftOut) {
  const auto got = read_filter_rules(R"([{"IPProto":[6,300,-1]},{"IPProto":[300]},{"IPProto":[]}])");
  ASSERT_TRUE(got.ok());
  EXPECT_EQ((*got)[0].ip_proto, std::vector<uint8_t>{6});
  EXPECT_EQ((*got)[1].ip_proto, std::vector<uint8_t>{kNoProtocol});  // not the same as naming none
  EXPECT_TRUE((*got)[2].ip_proto.empty());
}

TEST(Read, RefusesWhatItCannotUse) {
  for (const char* bad : {"", "{", "7", "{}", "[7]", R"([{"SrcIPs":"10.0.0.1"}])", R"([{"SrcIPs":[1]}])", R"([{"DstPorts":[{"IP":"*","Ports":{"First":-1}}]}])",
                          R"([{"DstPorts":[{"IP":"*","Ports":{"First":65536}}]}])", R"([{"DstPorts":[{"Ports":[1,2]}]}])", R"([{"IPProto":["tcp"]}])",
                          R"([{"IPProto":[6.5]}])", R"([{"IPProto":[18446744073709551615]}])", R"([{"SrcIPs":["\xff"]}])"}) {
    EXPECT_FALSE(read_filter_rules(bad).ok()) << bad;
  }
  EXPECT_EQ(read_filter_rules(std::string(100000, '[')).error().message, "brackets nest too deeply");
}

TEST(Read, BatchLines) {
  const auto got = read_batch_line(R"({"id":"a/1","rules":[{"SrcIPs":["*"]}],"local":["10.0.0.1/32","fd00::1"],"packets":[["1.2.3.4","10.0.0.1",6,80],["::1","fd00::1","udp",53],["1.1.1.1","2.2.2.2",1]]})");
  ASSERT_TRUE(got.ok()) << got.error().message;
  EXPECT_EQ(got->id, "\"a/1\"");
  EXPECT_EQ(texts(got->local), "10.0.0.1 fd00::1");
  ASSERT_EQ(got->packets.size(), 3u);
  EXPECT_EQ(got->packets[1].protocol, kUdp);
  EXPECT_EQ(got->packets[1].port, 53);
  for (const char* bad : {"[]", R"({"packets":[[1,2,3,4]]})", R"({"packets":[["1.1.1.1","2.2.2.2",256,1]]})", R"({"packets":[["1.1.1.1","2.2.2.2",6,65536]]})",
                          R"({"packets":[["x","2.2.2.2",6,1]]})", R"({"local":["10.0.0.1/8"]})", R"({"packets":[["1.1.1.1"]]})"}) {
    EXPECT_FALSE(read_batch_line(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace aclc::wire
