// SPDX-License-Identifier: Apache-2.0
// Kernel and library say the same to random packets: opening ones, datagrams in pieces, and answers to what our side sent.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <deque>

#include "evaluator/packet/packet_filter.h"
#include "evaluator/program/compile.h"
#include "tests/integration/kernel.h"
#include "tests/support/random_filter.h"

namespace aclc::testing {
namespace {

uint64_t now_ms() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

// A packet that leaves this host as it is.
class RawSender {
 public:
  RawSender() : v4_(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)), v6_(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)) {}
  RawSender(const RawSender&) = delete;
  RawSender& operator=(const RawSender&) = delete;
  ~RawSender() {
    close(v4_);
    close(v6_);
  }
  bool send(Bytes packet) {
    fix_ip4_checksum(packet);
    if (packet[0] >> 4 == 4) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      std::memcpy(&to.sin_addr, packet.data() + 16, 4);
      return sendto(v4_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) > 0;
    }
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    std::memcpy(&to.sin6_addr, packet.data() + 24, 16);
    return sendto(v6_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) > 0;
  }

 private:
  int v4_, v6_;
};

// Something that our side sent: by this host, or by one behind it.
struct Opened {
  Address us, peer;
  uint8_t protocol;
  uint16_t our_port, their_port;  // of ICMP: the id, and 0
  Bytes packet;
  uint64_t at;
};

Bytes with_bytes(Bytes packet, size_t at, std::initializer_list<uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), packet.begin() + static_cast<std::ptrdiff_t>(at));
  return packet;
}

// What the other end answers first, as connection tracking wants to see it.
Bytes answer_to(const Opened& flow, uint16_t to_port) {
  switch (flow.protocol) {
    case kTcp: return ip_packet(flow.peer, flow.us, kTcp, with_bytes(tcp_header(flow.their_port, to_port, kTcpSyn | kTcpAck), 8, {0, 0, 0, 2}));
    case kUdp: return ip_packet(flow.peer, flow.us, kUdp, udp_header(flow.their_port, to_port));
    case kSctp: {  // INIT ACK with the tag that our INIT asked for
      const Bytes chunk = with_bytes(sctp_init(flow.their_port, to_port), 12, {2});
      return ip_packet(flow.peer, flow.us, kSctp, with_bytes(chunk, 4, {0, 0, 0, 1}));
    }
    default: return ip_packet(flow.peer, flow.us, flow.protocol, icmp_message(flow.us.is_v4() ? 0 : 129, 0, to_port));
  }
}

Bytes error_about(const Opened& flow, const Address& router, const Bytes& quoted) {
  return flow.us.is_v4() ? ip4_packet(router, flow.us, kIcmp, icmp_message(3, 1, 0, quoted)) : ip6_packet(router, flow.us, kIpv6Icmp, icmp_message(1, 3, 0, quoted));
}

class Verdicts : public Kernel {
 protected:
  Verdicts() : library_(slot_, {}) {}

  void SetUp() override {
    Kernel::SetUp();
    if (IsSkipped()) return;
    for (const char* name : {"ipv4/ipfrag_high_thresh", "netfilter/nf_conntrack_frag6_high_thresh"}) write_setting(name, "67108864");  // strays wait there
  }
  void use(const std::vector<wire::FilterRule>& rules) {
    const NodeFilter node{"n", rules, local_addresses(), {}};
    slot_.publish({Program::load(ProgramBytes::copy(compile_program(std::span(&node, 1)).value().bytes)).value(), 0, false});
    apply(rules);
  }

  // Where a packet of a peer may go: this host, one behind it, or nowhere.
  Address some_peer(bool v6) {
    return v6 ? Address::v6(kPeer6.bits() + 8 + random_.below(24)) : Address::v4(static_cast<uint32_t>(kUs.lo) + 1 + random_.below(24));
  }
  Address some_target(bool v6) {
    if (v6) return random_.one_in(8) ? addr("fd7a:115c:a1e0::8888") : kUs6;
    return random_.one_in(4) ? Address::v4(0x0a210002 + random_.below(200)) : random_.one_in(8) ? addr("10.33.0.1") : kUs;
  }
  // Linux takes an ICMP of one family inside the other for invalid, whatever the rules say.
  uint8_t some_protocol(bool v6) {
    const uint8_t protocols[] = {kTcp, kTcp, kUdp, kUdp, kSctp, v6 ? kIpv6Icmp : kIcmp, 116, 127, 99};
    return protocols[random_.below(static_cast<uint32_t>(std::size(protocols)))];
  }

  // The packet in both; true where they agree. All pieces of a datagram, or none of it, have to pass.
  bool agree(const std::vector<Bytes>& pieces, const char* kind) {
    bool want = true;
    Reason reason{};
    for (const Bytes& piece : pieces) {
      const Decision d = library_.check_in(piece, now_ms());
      if (!d.accept || want) reason = d.reason;
      want = want && d.accept;
    }
    for (const Bytes& piece : pieces) EXPECT_TRUE(tun_->send(piece));
    const bool got = drain() > 0;
    ++sent_[kind];
    accepted_[kind] += got ? 1 : 0;
    if (got == want) return true;
    const PacketHeaders p = parse_packet(pieces.front());
    ADD_FAILURE() << kind << ": " << p.src.to_text() << " port " << p.src_port << " -> " << p.dst.to_text() << " port " << p.dst_port << " protocol "
                  << int{p.protocol} << ": the kernel " << (got ? "accepts" : "drops") << ", the library says " << reason_name(reason);
    return false;
  }

  bool opening() {
    const bool v6 = random_.one_in(3);
    const Bytes packet = opening_packet(some_peer(v6), some_target(v6), some_protocol(v6), random_port(random_), static_cast<uint16_t>(1024 + count_ % 18000));
    return agree({packet}, "opening");
  }

  // Two or three pieces; now and then the first one is missing.
  bool in_pieces() {
    const bool v6 = random_.one_in(3), stray = random_.one_in(10);
    const Address from = some_peer(v6), to = some_target(v6);
    const auto port = random_port(random_), source = static_cast<uint16_t>(1024 + count_ % 18000);
    const bool udp = random_.one_in(2);
    const uint32_t first = 80 + 8 * random_.below(12), second = random_.one_in(2) ? 8 + 8 * random_.below(10) : 0, last = 1 + random_.below(64);
    const uint32_t id = ++fragment_id_;
    Bytes whole = udp ? udp_header(source, port, first + second + last - 8) : tcp_header(source, port, kTcpSyn);
    whole.resize(first + second + last);
    std::vector<Bytes> pieces;
    const auto piece = [&](uint32_t begin, uint32_t size, bool more) {
      const Bytes payload(whole.begin() + begin, whole.begin() + begin + size);
      const uint8_t protocol = udp ? kUdp : kTcp;
      pieces.push_back(v6 ? ip6_packet(from, to, 44, ip6_fragment(protocol, {begin, more, id}, payload)) : ip4_packet(from, to, protocol, payload, {begin, more, id & 0xffff}));
    };
    if (!stray) piece(0, first, true);
    if (second != 0) piece(first, second, true);
    piece(first + second, last, false);
    return agree(pieces, stray ? "stray pieces" : "pieces");
  }

  void open_one() {
    const bool v6 = random_.one_in(3);
    const bool behind = !v6 && random_.one_in(3);
    const uint8_t protocols[] = {kTcp, kUdp, kSctp, v6 ? kIpv6Icmp : kIcmp};
    Opened flow{behind ? Address::v4(0x0a210002 + random_.below(200)) : v6 ? kUs6 : kUs, some_peer(v6), protocols[random_.below(4)],
                static_cast<uint16_t>(20000 + count_ % 10000), static_cast<uint16_t>(30000 + random_.below(10000)), {}, now_ms()};
    const bool icmp = flow.protocol == kIcmp || flow.protocol == kIpv6Icmp;
    flow.packet = icmp ? ip_packet(flow.us, flow.peer, flow.protocol, icmp_message(v6 ? 128 : 8, 0, flow.our_port))
                       : opening_packet(flow.us, flow.peer, flow.protocol, flow.their_port, flow.our_port);
    EXPECT_TRUE(library_.check_out(flow.packet, flow.at).accept);
    EXPECT_TRUE(behind ? lan_->send(flow.packet) : raw_.send(flow.packet));
    while (!tun_->receive().empty()) {
    }
    opened_.push_back(std::move(flow));
    if (opened_.size() > 16) opened_.pop_front();
  }

  // An answer to one of the last flows, or to nothing; an error about one, or about nothing, or for somebody else.
  bool answer() {
    if (opened_.empty() || random_.one_in(2)) open_one();
    while (opened_.front().at + 1000 < now_ms() && opened_.size() > 1) opened_.pop_front();  // SCTP's first answers have three seconds
    const Opened& flow = random_.one_in(2) ? opened_.back() : opened_[random_.below(static_cast<uint32_t>(opened_.size()))];
    const bool fits = !random_.one_in(3);
    const auto port = static_cast<uint16_t>(fits ? flow.our_port : flow.our_port + 10000 + random_.below(1000));
    if (!random_.one_in(4)) return agree({answer_to(flow, port)}, fits ? "answers" : "answers to nothing");
    const bool icmp = flow.protocol == kIcmp || flow.protocol == kIpv6Icmp;
    const size_t ports = (flow.us.is_v4() ? 20 : 40) + (icmp ? 4u : 0u);
    const Bytes quoted = with_bytes(flow.packet, ports, {static_cast<uint8_t>(port >> 8), static_cast<uint8_t>(port)});
    return agree({error_about(flow, some_peer(!flow.us.is_v4()), quoted)}, fits ? "errors" : "errors about nothing");
  }

  Random random_{0};
  PolicySlot slot_;
  PacketFilter library_;
  RawSender raw_;
  std::deque<Opened> opened_;
  std::map<std::string, uint32_t> sent_, accepted_;
  uint32_t count_ = 0, fragment_id_ = 0;
};

TEST_F(Verdicts, AgreeOnRandomPackets) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    random_ = Random(seed);
    std::vector<wire::FilterRule> rules;
    for (uint32_t i = 1 + random_.below(8); i > 0; --i) rules.push_back(random_rule(random_.next()));
    if (random_.one_in(2)) rules.push_back(allow({"100.64.0.0/28", "fd7a:115c:a1e0::/120"}, {0, 511})[0]);
    use(rules);
    for (int i = 0; i < 2500; ++i, ++count_) {
      const uint32_t kind = random_.below(20);
      ASSERT_TRUE(kind < 11 ? opening() : kind < 15 ? in_pieces() : answer()) << "seed " << seed << " packet " << i;
    }
  }
  uint32_t all = 0;
  for (const auto& [kind, n] : sent_) {
    all += n;
    std::printf("%-20s %6u, %6u accepted\n", kind.c_str(), n, accepted_[kind]);
  }
  EXPECT_EQ(all, 100'000u);
  for (const char* kind : {"opening", "pieces"}) {
    EXPECT_GT(accepted_[kind], sent_[kind] / 20) << kind;
    EXPECT_LT(accepted_[kind], sent_[kind] - sent_[kind] / 20) << kind;
  }
  for (const char* kind : {"answers", "errors"}) EXPECT_EQ(accepted_[kind], sent_[kind]) << kind;
  for (const char* kind : {"stray pieces", "errors about nothing"}) EXPECT_EQ(accepted_[kind], 0u) << kind;
  EXPECT_LT(accepted_["answers to nothing"], sent_["answers to nothing"]);  // a rule may allow what answers nothing
  EXPECT_GT(sent_["errors"], 1000u);
}

}  // namespace
}  // namespace aclc::testing
