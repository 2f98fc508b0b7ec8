// SPDX-License-Identifier: Apache-2.0
// Ports and protocols: the second half of `selector:ports` in acls and tests, and `protocol:ports` in grants.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/net/protocol.h"
#include "lsp/features/completion.h"
#include "lsp/service/describe.h"

namespace aclc::lsp::completion {
namespace {

constexpr size_t kNowhere = std::string_view::npos;
constexpr std::array<uint16_t, 16> kCommonPorts = {22,   53,   80,   123,  443,  445,  636,  1433,
                                                   3306, 3389, 5432, 5900, 6379, 6443, 8080, 9090};

/// `tag` in `tag:web`: a word before a colon that begins a selector instead of ending one.
bool is_prefix_word(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kWords = {"tag",   "group", "autogroup", "ipset",
                                                             "svc",   "user",  "posture",   "host"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

/// Where the ports of `selector:ports` begin, after the colon; kNowhere while the selector is still being written.
size_t ports_begin(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == kNowhere) return kNowhere;
  const std::string_view head = text.substr(0, colon);
  if (is_prefix_word(head) || head.empty()) return kNowhere;
  if (head.front() == '[') return head.find(']') == kNowhere ? kNowhere : colon + 1;
  // Two colons without a prefix word are an IPv6 address being written.
  const size_t first = head.find(':');
  if (first != kNowhere && !is_prefix_word(head.substr(0, first))) return kNowhere;
  return colon + 1;
}

/// One item of a list of ports that begins at `list` in the token: what is written there already is not offered again.
void offer_ports(Request& request, size_t list, bool test, std::vector<Offer>& out) {
  const size_t begin = std::max(list, request.before.rfind(',') + 1);  // npos + 1 is 0
  const size_t end = std::min(request.whole.find(',', request.before.size()), request.whole.size());
  const bool alone = begin == list && end == request.whole.size();
  if (test && !alone) return;  // a test names one port
  std::vector<std::string_view> others;
  for (size_t at = list; at <= request.whole.size();) {
    const size_t comma = std::min(request.whole.find(',', at), request.whole.size());
    if (at != begin) others.push_back(request.whole.substr(at, comma - at));
    at = comma + 1;
  }
  const uint32_t base = request.token.begin;
  request.token = {base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};

  if (!request.rule.ports) {
    if (alone) out.push_back({test ? "0" : "*", CompletionKind::kEnumMember, "the protocol has no ports", '1'});
    return;
  }
  if (!test && alone) out.push_back({"*", CompletionKind::kEnumMember, "all ports", '1'});
  const auto add = [&](uint16_t port, char rank) {
    const std::string_view service = service_of_port(port);
    const std::string number = std::to_string(port);
    if (std::find(others.begin(), others.end(), number) != others.end()) return;
    Offer offer{number, CompletionKind::kUnit, std::string(service), rank};
    if (!service.empty()) offer.filter = fmt::format("{} {}", number, service);
    out.push_back(std::move(offer));
  };
  std::vector<uint16_t> used;
  for (const PortItem& item : request.view.analysis.policy().port_items) {
    if (item.range.first == item.range.last && item.range.first != 0) used.push_back(item.range.first);
    if (used.size() > 4096) break;
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (const uint16_t port : used) add(port, '2');
  for (const uint16_t port : kCommonPorts) add(port, '3');
}

}  // namespace

void offer_destination(Request& request, Standpoint at, std::vector<Offer>& out) {
  if (const size_t ports = ports_begin(request.before); ports != kNowhere)
    return offer_ports(request, ports, at == Standpoint::kTestDst, out);
  if (const size_t ports = ports_begin(request.whole); ports != kNowhere) {
    request.token.end = request.token.begin + static_cast<uint32_t>(ports) - 1;
    return offer_selectors(request, at, {}, out);
  }
  offer_selectors(request, at, ":", out);
}

void offer_net_capability(Request& request, std::vector<Offer>& out) {
  const auto word = [&](std::string_view text, std::string_view detail) {
    out.push_back({std::string(text), CompletionKind::kKeyword, std::string(detail), '6'});
  };
  if (const size_t colon = request.before.find(':'); colon != kNowhere) {
    const std::string_view protocol = request.before.substr(0, colon);
    const auto number = parse_protocol(protocol);
    if (!number && protocol != "*") return;
    RuleContext rule = request.rule;
    rule.ports = !number || protocol_has_ports(*number);
    Request ports{request.view, request.place, request.offset, request.before, request.whole, request.token, rule};
    offer_ports(ports, colon + 1, false, out);
    request.token = ports.token;
    return;
  }
  if (const size_t colon = request.whole.find(':'); colon != kNowhere) {
    // The ports that are there already stay.
    request.token.end = request.token.begin + static_cast<uint32_t>(colon) + 1;
    for (const std::string_view protocol : {"tcp:", "udp:", "sctp:"}) word(protocol, "protocol");
    if (request.whole.substr(colon + 1) == "*") word("icmp:", "protocol");
    return;
  }
  if (request.whole.find(',') != kNowhere) return offer_ports(request, 0, false, out);
  for (const std::string_view choice : request.place.field->choices)
    out.push_back({std::string(choice), CompletionKind::kKeyword, "", '1'});
  for (const std::string_view protocol : {"tcp:", "udp:", "sctp:"}) word(protocol, "protocol");
}

}  // namespace aclc::lsp::completion
