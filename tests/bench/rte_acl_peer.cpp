// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/rte_acl_peer.h"

#include <rte_acl.h>
#include <rte_eal.h>
#include <rte_vect.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/net/address.h"

namespace aclc::bench {
namespace {

// Protocol first, as rte_acl wants a field of one byte there, then words of four bytes.
struct Key4 {
  uint8_t protocol;
  uint8_t pad[3];
  uint8_t src[4];
  uint8_t dst[4];
  uint8_t ports[4];  // source port, destination port
};
struct Key6 {
  uint8_t protocol;
  uint8_t pad[3];
  uint8_t src[16];
  uint8_t dst[16];
  uint8_t ports[4];
};

constexpr uint32_t kFields4 = 5;
constexpr uint32_t kFields6 = 11;
RTE_ACL_RULE_DEF(Rule4, kFields4);
RTE_ACL_RULE_DEF(Rule6, kFields6);

template <class Key>
std::vector<rte_acl_field_def> fields() {
  std::vector<rte_acl_field_def> out;
  const auto add = [&](uint8_t type, uint8_t size, uint8_t input, size_t offset) {
    out.push_back({type, size, static_cast<uint8_t>(out.size()), input, static_cast<uint32_t>(offset)});
  };
  add(RTE_ACL_FIELD_TYPE_BITMASK, 1, 0, offsetof(Key, protocol));
  uint8_t input = 1;
  for (const size_t at : {offsetof(Key, src), offsetof(Key, dst)}) {
    for (size_t word = 0; word < sizeof(Key::src); word += 4) add(RTE_ACL_FIELD_TYPE_MASK, 4, input++, at + word);
  }
  add(RTE_ACL_FIELD_TYPE_RANGE, 2, input, offsetof(Key, ports));
  add(RTE_ACL_FIELD_TYPE_RANGE, 2, input, offsetof(Key, ports) + 2);
  return out;
}

Prefix prefix_of(const std::string& text) {
  if (const auto prefix = Prefix::parse(text)) return *prefix;
  return Prefix::host(*Address::parse(text));
}

template <class Rule>
void set_address(Rule& rule, uint32_t field, const Prefix& prefix) {
  const int words = address_bits(prefix.address.family) / 32;
  for (int w = 0; w < words; ++w) {
    rule.field[field + static_cast<uint32_t>(w)].value.u32 = static_cast<uint32_t>(prefix.address.bits() >> (32 * (words - 1 - w)));
    rule.field[field + static_cast<uint32_t>(w)].mask_range.u32 = static_cast<uint32_t>(std::clamp(prefix.length - 32 * w, 0, 32));
  }
}

template <class Rule>
std::vector<Rule> expand(std::span<const wire::FilterRule> rules, uint32_t words) {
  std::vector<Rule> out;
  for (uint32_t r = 0; r < rules.size(); ++r) {
    const wire::FilterRule& from = rules[r];
    for (const std::string& source : from.src_ips) {
      Rule& to = out.emplace_back();
      std::memset(static_cast<void*>(&to), 0, sizeof to);
      to.data.category_mask = 1;
      to.data.priority = static_cast<int32_t>(rules.size() - r);
      to.data.userdata = r + 1;
      to.field[0].value.u8 = from.ip_proto[0];
      to.field[0].mask_range.u8 = 0xff;
      set_address(to, 1, prefix_of(source));
      set_address(to, 1 + words, prefix_of(from.dst_ports[0].ip));
      to.field[1 + 2 * words].mask_range.u16 = 65535;
      to.field[2 + 2 * words].value.u16 = from.dst_ports[0].ports.first;
      to.field[2 + 2 * words].mask_range.u16 = from.dst_ports[0].ports.last;
    }
  }
  return out;
}

void write_number(uint8_t* to, uint128 bits, int bytes) {
  for (int i = 0; i < bytes; ++i) to[i] = static_cast<uint8_t>(bits >> (8 * (bytes - 1 - i)));
}

template <class Key>
void write_key(uint8_t* to, const Packet& packet) {
  Key key{};
  key.protocol = packet.protocol;
  write_number(key.src, packet.src.bits(), sizeof key.src);
  write_number(key.dst, packet.dst.bits(), sizeof key.dst);
  write_number(key.ports + 2, packet.port, 2);
  std::memcpy(to, &key, sizeof key);
}

constexpr struct {
  const char* name;
  enum rte_acl_classify_alg algorithm;
} kMethods[] = {
    {"avx512x32", RTE_ACL_CLASSIFY_AVX512X32}, {"avx512x16", RTE_ACL_CLASSIFY_AVX512X16}, {"avx2", RTE_ACL_CLASSIFY_AVX2},
    {"sse", RTE_ACL_CLASSIFY_SSE},             {"scalar", RTE_ACL_CLASSIFY_SCALAR},
};

}  // namespace

bool start_dpdk() {
  static const bool started = [] {
    const char* args[] = {"bench", "--no-huge", "--no-pci", "--no-shconf", "-m", "2048", "-l", "0", "--no-telemetry", "--no-hpet", "--log-level=1",
                          "--force-max-simd-bitwidth=512"};
    return rte_eal_init(static_cast<int>(std::size(args)), const_cast<char**>(args)) >= 0;
  }();
  return started;
}

std::unique_ptr<RteAcl> RteAcl::build(std::span<const wire::FilterRule> rules, bool v6, std::string& why_not) {
  static int serial = 0;
  if (!start_dpdk()) {
    why_not = "DPDK did not start";
    return nullptr;
  }
  std::vector<Rule4> rules4;
  std::vector<Rule6> rules6;
  if (v6) {
    rules6 = expand<Rule6>(rules, 4);
  } else {
    rules4 = expand<Rule4>(rules, 1);
  }
  const std::string name = "bench" + std::to_string(serial++);
  rte_acl_param param{};
  param.name = name.c_str();
  param.socket_id = SOCKET_ID_ANY;
  param.rule_size = RTE_ACL_RULE_SZ(v6 ? kFields6 : kFields4);
  param.max_rule_num = static_cast<uint32_t>(rules4.size() + rules6.size());
  auto peer = std::make_unique<RteAcl>();
  peer->rule_count_ = param.max_rule_num;
  peer->context_ = rte_acl_create(&param);
  const auto* first = v6 ? reinterpret_cast<const rte_acl_rule*>(rules6.data()) : reinterpret_cast<const rte_acl_rule*>(rules4.data());
  if (peer->context_ == nullptr || rte_acl_add_rules(peer->context_, first, param.max_rule_num) != 0) {
    why_not = "rte_acl does not take the rules";
    return nullptr;
  }
  rte_acl_config config{};
  config.num_categories = 1;
  const std::vector<rte_acl_field_def> defs = v6 ? fields<Key6>() : fields<Key4>();
  config.num_fields = static_cast<uint32_t>(defs.size());
  std::copy(defs.begin(), defs.end(), config.defs);
  if (const int fault = rte_acl_build(peer->context_, &config); fault != 0) {
    why_not = "rte_acl_build fails with " + std::to_string(fault);
    return nullptr;
  }
  return peer;
}

RteAcl::~RteAcl() {
  if (context_ != nullptr) rte_acl_free(context_);
}

RteAcl::Input RteAcl::lay_out(std::span<const Packet> packets) {
  Input out;
  const bool v6 = !packets.empty() && !packets[0].src.is_v4();
  const size_t size = v6 ? sizeof(Key6) : sizeof(Key4);
  out.bytes.resize(size * packets.size());
  for (size_t i = 0; i < packets.size(); ++i) {
    uint8_t* to = out.bytes.data() + i * size;
    if (v6) {
      write_key<Key6>(to, packets[i]);
    } else {
      write_key<Key4>(to, packets[i]);
    }
    out.pointers.push_back(to);
  }
  return out;
}

void RteAcl::classify(const uint8_t** packets, uint32_t* answers, uint32_t count) const {
  rte_acl_classify(context_, packets, answers, count, 1);
}

std::vector<std::string> RteAcl::methods() {
  std::vector<std::string> out;
  for (const auto& method : kMethods) {
    if (rte_acl_set_ctx_classify(context_, method.algorithm) == 0) out.push_back(method.name);
  }
  return out;
}

bool RteAcl::use(const std::string& name) {
  for (const auto& method : kMethods) {
    if (name == method.name) return rte_acl_set_ctx_classify(context_, method.algorithm) == 0;
  }
  return false;
}

}  // namespace aclc::bench
