// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "evaluator/classify/classify.h"
#include "evaluator/program/compile.h"
#include "tests/support/random_filter.h"

namespace aclc {
namespace {

wire::FilterRule rule(std::vector<std::string> sources, std::string destination, PortRange ports) {
  wire::FilterRule out;
  out.src_ips = std::move(sources);
  out.dst_ports = {{std::move(destination), ports}};
  return out;
}

AddressSet local(std::initializer_list<const char*> texts) {
  AddressSet out;
  for (const char* text : texts) out.add(*Address::parse(text));
  return out;
}

std::vector<std::byte> two_nodes() {
  static const std::vector<wire::FilterRule> web = {rule({"100.64.0.1", "100.64.0.0/30"}, "*", {80, 90}), rule({"*"}, "100.64.0.9", {22, 22})};
  static const std::vector<wire::FilterRule> none;
  std::vector<NodeFilter> nodes = {{"web", web, local({"100.64.0.9", "fd7a::9"}), {}}, {"db", none, local({"100.64.0.8"}), {}}};
  nodes[0].origins = {{{3, {10, 20}, "{\"action\": \"accept\"}"}, {7, {50, 60}, "later"}}, {{9, {70, 80}, "{\"action\": \"accept\"}"}}};
  return compile_program(nodes).value().bytes;
}

Result<std::shared_ptr<const Program>> load(std::span<const std::byte> bytes) { return Program::load(ProgramBytes::copy(bytes)); }

// Puts the right checksum on changed bytes, as someone would who means harm.
std::vector<std::byte> sealed(std::vector<std::byte> bytes) {
  const uint64_t sum = program_checksum(bytes);
  std::memcpy(bytes.data() + offsetof(format::FileHeader, checksum), &sum, sizeof sum);
  return bytes;
}

TEST(Program, HoldsSeveralNodesByName) {
  const auto program = load(two_nodes());
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_EQ((*program)->node_count(), 2u);
  EXPECT_EQ((*program)->node_name(1), "db");
  EXPECT_EQ((*program)->find_node("web"), 0u);
  EXPECT_FALSE((*program)->find_node("mail"));
  const Filter& web = (*program)->filter(0);
  EXPECT_EQ(web.rule_count(), 2u);
  EXPECT_EQ(classify(web, Packet4{0x64400001, 0x64400009, 85, 6}), Verdict::by_rule(0));
  EXPECT_EQ(classify(web, Packet4{0x08080808, 0x64400009, 22, 6}), Verdict::by_rule(1));
  EXPECT_FALSE(classify((*program)->filter(1), Packet4{0x64400001, 0x64400008, 85, 6}).allowed());
}

TEST(Program, TellsWhereARuleComesFrom) {
  const auto program = *load(two_nodes());
  const auto origins = program->filter(0).origins(0);
  ASSERT_EQ(origins.size(), 2u);
  EXPECT_EQ(origins[0].line, 3u);
  EXPECT_EQ(origins[0].span, (Span{10, 20}));
  EXPECT_EQ(origins[0].text, "{\"action\": \"accept\"}");
  EXPECT_EQ(origins[1].text, "later");
  EXPECT_EQ(program->filter(0).origins(1)[0].line, 9u);
  EXPECT_TRUE(program->filter(0).origins(2).empty());
  EXPECT_TRUE(program->filter(1).origins(0).empty());
}

TEST(Program, CutsLongRuleTextBetweenCharacters) {
  const std::vector<wire::FilterRule> rules = {rule({"*"}, "*", PortRange::all())};
  NodeFilter node{"n", rules, local({"10.0.0.1"}), {{{1, {0, 9}, "abc\xc3\xa9xyz"}}}};
  ProgramLimits limits;
  limits.origin_text = 4;
  const auto program = *load(compile_program({&node, 1}, limits)->bytes);
  EXPECT_EQ(program->filter(0).origins(0)[0].text, "abc");
}

TEST(Program, TheSameInputGivesTheSameBytes) { EXPECT_EQ(two_nodes(), two_nodes()); }

TEST(Program, NoNodesAreAProgramToo) {
  const auto program = load(compile_program({})->bytes);
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_EQ((*program)->node_count(), 0u);
}

TEST(Program, SaysWhatIsWrong) {
  std::vector<std::byte> bytes = two_nodes();
  EXPECT_EQ(load({}).error().message, "damaged program: it is shorter than its header");
  bytes[0] = std::byte{'x'};
  EXPECT_EQ(load(bytes).error().message, "not a program of aclc");
  bytes = two_nodes();
  bytes[8] = std::byte{9};
  EXPECT_EQ(load(bytes).error().message, "the program has version 9; this reader knows version 1");
  bytes = two_nodes();
  std::swap(bytes[12], bytes[15]);
  std::swap(bytes[13], bytes[14]);
  EXPECT_EQ(load(bytes).error().message, "the program was made for another byte order");
  bytes = two_nodes();
  bytes.back() ^= std::byte{1};
  EXPECT_EQ(load(bytes).error().message, "damaged program: its checksum does not match");
  bytes = two_nodes();
  bytes.pop_back();
  EXPECT_EQ(load(bytes).error().message, "damaged program: its size is not the one it says");
}

TEST(Program, SkipsSectionsItDoesNotKnowUnlessTheyAreRequired) {
  std::vector<std::byte> bytes = two_nodes();
  // The origins become a section of a later version.
  auto* header = reinterpret_cast<format::FileHeader*>(bytes.data());
  auto* entries = reinterpret_cast<format::SectionEntry*>(bytes.data() + sizeof *header);
  uint32_t at = 0;
  while (entries[at].kind != static_cast<uint32_t>(format::SectionKind::kOrigins)) ASSERT_LT(++at, header->section_count);
  entries[at].kind = 1000;
  ASSERT_TRUE(load(sealed(bytes)).ok());
  EXPECT_TRUE((*load(sealed(bytes)))->filter(0).origins(0).empty());
  entries[at].flags = format::kRequired;
  EXPECT_EQ(load(sealed(bytes)).error().message, "the program needs a reader that knows sections of kind 1000");
}

// Every byte changed in several ways under a right checksum: refused, or harmless for every packet (the sanitizers look on).
TEST(Program, ChangedBytesNeverLeadOutside) {
  const std::vector<std::byte> good = two_nodes();
  testing::Random random(7);
  std::vector<Packet> packets(16);
  for (Packet& p : packets) p = testing::random_packet(random);
  size_t accepted = 0;
  size_t refused = 0;
  for (size_t at = sizeof(format::FileHeader); at < good.size(); ++at) {
    // The long pages of ports are all alike.
    if (at > 4096 && at % 37 != 0) continue;
    for (const uint8_t change : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> bytes = good;
      bytes[at] ^= std::byte{change};
      const auto program = load(sealed(std::move(bytes)));
      ++(program.ok() ? accepted : refused);
      if (!program) continue;
      for (size_t node = 0; node < (*program)->node_count(); ++node) {
        const Filter& filter = (*program)->filter(node);
        for (const Packet& p : packets) {
          const Verdict v = classify(filter, p);
          ASSERT_TRUE(!v.has_rule() || v.rule() < filter.rule_count());
        }
        for (uint32_t r = 0; r < std::min(filter.rule_count(), 4u); ++r) (void)filter.origins(r);
      }
    }
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(refused, 100u);
}

// A lookup joins the values of equal keys: what two sound values give together need not be sound.
TEST(Program, RefusesBucketsThatHoldAHostTwice) {
  std::vector<std::string> hosts;
  for (int i = 0; i < 40; ++i) hosts.push_back("100.64." + std::to_string(i) + ".1");
  const std::vector<wire::FilterRule> rules = {rule(hosts, "*", {80, 90})};
  const NodeFilter node{"n", rules, local({"100.64.0.9"}), {}};
  const std::vector<std::byte> bytes = compile_program({&node, 1}).value().bytes;
  const auto program = *load(bytes);
  const AddressMap4View& map = program->filter(0).v4().sources;
  const auto* bucket = std::find_if(map.hosts, map.hosts + map.bucket_span, [](const format::HostBucket4& b) { return b.value[1] != 0; });
  ASSERT_NE(bucket, map.hosts + map.bucket_span);
  const auto place = static_cast<size_t>(reinterpret_cast<const std::byte*>(bucket) - program->bytes().data());
  const auto with = [&](const format::HostBucket4& changed) {
    std::vector<std::byte> out = bytes;
    std::memcpy(out.data() + place, &changed, sizeof changed);
    return load(sealed(out));
  };
  format::HostBucket4 twice = *bucket;
  twice.key[1] = twice.key[0];
  EXPECT_EQ(with(twice).error().message, "damaged program: a bucket of hosts is out of order");
  format::HostBucket4 gap = *bucket;
  gap.key[0] = gap.value[0] = 0;
  EXPECT_FALSE(with(gap).ok());
  format::HostBucket4 left = *bucket;
  left.value[1] = left.value[2] = left.value[3] = 0;  // but a key
  EXPECT_FALSE(with(left).ok());
  EXPECT_TRUE(with(*bucket).ok());
}

TEST(Program, EveryTruncationIsRefused) {
  const std::vector<std::byte> good = two_nodes();
  for (size_t size = 0; size < good.size(); size += size < 512 ? 1 : 61) {
    std::vector<std::byte> bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    if (size >= sizeof(format::FileHeader)) {
      const uint64_t claimed = size;
      std::memcpy(bytes.data() + offsetof(format::FileHeader, size), &claimed, sizeof claimed);
      bytes = sealed(std::move(bytes));
    }
    EXPECT_FALSE(load(bytes).ok()) << size;
  }
}

TEST(Program, ReadsAndMapsFiles) {
  const std::string path = ::testing::TempDir() + "aclc-program-" + std::to_string(::getpid());
  const std::vector<std::byte> bytes = two_nodes();
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  for (const auto& program : {Program::read(path.c_str()), Program::map(path.c_str())}) {
    ASSERT_TRUE(program.ok()) << program.error().message;
    EXPECT_EQ((*program)->node_count(), 2u);
  }
  std::ofstream(path, std::ios::binary | std::ios::trunc).flush();
  EXPECT_FALSE(Program::read(path.c_str()).ok());
  EXPECT_FALSE(Program::map(path.c_str()).ok());
  std::remove(path.c_str());
  EXPECT_EQ(Program::read(path.c_str()).error().message, "cannot read " + path + ": No such file or directory");
  EXPECT_EQ(Program::map("/").error().message, "cannot read /: not a regular file");
}

TEST(Compile, LimitsAreFailuresAndNotExhaustion) {
  // Each prefix overlaps all the ones before it.
  std::vector<wire::FilterRule> rules;
  for (int i = 0; i < 2000; ++i) {
    rules.push_back(rule({"10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "-10.200.0.0"}, "*", {static_cast<uint16_t>(i), 60000}));
  }
  const NodeFilter node{"big", rules, local({"10.0.0.1"}), {}};
  ProgramLimits limits;
  limits.work = 100'000;
  EXPECT_EQ(compile_program({&node, 1}, limits).error().message, "the filter of `big` is too complex: its rules overlap in more than 100000 ways");
  limits = {};
  limits.bytes = 100'000;
  EXPECT_FALSE(compile_program({&node, 1}, limits).ok());
}

TEST(Compile, NamesTheNodeOfAFault) {
  const std::vector<wire::FilterRule> rules = {rule({"10.0.0.1/8"}, "*", PortRange::all())};
  const NodeFilter node{"web", rules, local({"10.0.0.1"}), {}};
  EXPECT_EQ(compile_program({&node, 1})->faults, std::vector<std::string>{"web: rule 0: source `10.0.0.1/8` is no address, prefix or range"});
}

}  // namespace
}  // namespace aclc
