// SPDX-License-Identifier: Apache-2.0
// What may stand as a value: selectors by their position, ports, protocols, and the fixed words of a field.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lsp/features/completion.h"
#include "lsp/service/describe.h"
#include "lsp/service/labels.h"

namespace aclc::lsp::completion {
namespace {

constexpr std::array<uint16_t, 16> kCommonPorts = {22,   53,   80,   123,  443,  445,  636,  1433,
                                                   3306, 3389, 5432, 5900, 6379, 6443, 8080, 9090};

/// `tag` in `tag:web`: a word before a colon that begins a selector instead of ending one.
bool is_prefix_word(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kWords = {"tag",   "group", "autogroup", "ipset",
                                                             "svc",   "user",  "posture",   "host"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

/// Where the ports of `selector:ports` begin, after the colon; npos while the selector is still being written.
size_t ports_begin(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::string_view::npos;
  const std::string_view head = text.substr(0, colon);
  if (is_prefix_word(head) || head.empty()) return std::string_view::npos;
  if (head.front() == '[') return head.find(']') == std::string_view::npos ? std::string_view::npos : colon + 1;
  // Two colons without a prefix word are an IPv6 address being written.
  const size_t first = head.find(':');
  if (first != std::string_view::npos && !is_prefix_word(head.substr(0, first))) return std::string_view::npos;
  return colon + 1;
}

void offer_ports(const Request& request, std::vector<Offer>& out) {
  const Policy& policy = request.view.analysis.policy();
  out.push_back({"*", CompletionKind::kEnumMember, "all ports", '1'});
  const auto add = [&](uint16_t port, char rank) {
    const std::string_view service = service_of_port(port);
    const std::string number = std::to_string(port);
    Offer offer{number, CompletionKind::kUnit, std::string(service), rank};
    if (!service.empty()) offer.filter = fmt::format("{} {}", number, service);
    out.push_back(std::move(offer));
  };
  std::vector<uint16_t> used;
  for (const PortItem& item : policy.port_items) {
    if (item.range.first == item.range.last && item.range.first != 0) used.push_back(item.range.first);
    if (used.size() > 4096) break;
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (const uint16_t port : used) add(port, '2');
  for (const uint16_t port : kCommonPorts) add(port, '3');
}

/// `selector:ports` being written: the one or the other.
void offer_destination(Request& request, Standpoint at, std::vector<Offer>& out) {
  if (const size_t ports = ports_begin(request.before); ports != std::string_view::npos) {
    const size_t item = std::max(ports, request.before.rfind(',') + 1);  // npos + 1 is 0
    const size_t end = request.whole.find(',', request.before.size());
    const uint32_t base = request.token.begin;
    request.token = {base + static_cast<uint32_t>(item),
                     end == std::string_view::npos ? request.token.end : base + static_cast<uint32_t>(end)};
    return offer_ports(request, out);
  }
  const size_t ports = ports_begin(request.whole);
  if (ports != std::string_view::npos) {
    request.token.end = request.token.begin + static_cast<uint32_t>(ports) - 1;
    return offer_selectors(request, at, {}, out);
  }
  offer_selectors(request, at, ":", out);
}

void offer_words(std::span<const std::string_view> words, std::vector<Offer>& out) {
  char rank = '1';
  for (const std::string_view word : words) {
    out.push_back({std::string(word), CompletionKind::kKeyword, "", rank});
    if (rank < '9') ++rank;
  }
}

void offer_ipset(Request& request, std::vector<Offer>& out) {
  for (const std::string_view verb : {"add ", "remove "}) {
    if (!request.before.starts_with(verb)) continue;
    request.token.begin += static_cast<uint32_t>(verb.size());
    return offer_selectors(request, Standpoint::kIpSetElement, {}, out);
  }
  // The target that is there already stays.
  if (const size_t space = request.whole.find(' '); space != std::string_view::npos && space >= request.before.size())
    request.token.end = request.token.begin + static_cast<uint32_t>(space) + 1;
  out.push_back({"add ", CompletionKind::kKeyword, "put these addresses in", '1'});
  out.push_back({"remove ", CompletionKind::kKeyword, "take these addresses out", '1'});
  offer_selectors(request, Standpoint::kIpSetElement, {}, out);
}

struct Attribute {
  std::string_view name;
  std::array<std::string_view, 10> values;  ///< up to the first empty one
};
// Source: the documentation's page on device posture.
constexpr Attribute kAttributes[] = {
    {"node:os", {"macos", "windows", "linux", "ios", "android", "freebsd", "openbsd", "illumos", "js"}},
    {"node:osVersion", {}},
    {"node:tsVersion", {}},
    {"node:tsReleaseTrack", {"stable", "unstable"}},
    {"node:tsAutoUpdate", {"true", "false"}},
    {"node:tsStateEncrypted", {"true", "false"}},
    {"ip:country", {}},
    {"ip:publicAddress", {}},
};
constexpr std::array<std::string_view, 10> kOperators = {"==", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "IS SET", "NOT SET"};

/// In a list `['a', 'b']` that begins at `from` only the item that is being written is replaced.
void one_of_list(Request& request, size_t from) {
  const std::string_view whole = request.whole;
  const size_t open = whole.find_first_not_of(' ', from);
  if (open == std::string_view::npos || whole[open] != '[' || open >= request.before.size()) return;
  const size_t comma = request.before.rfind(',');
  size_t begin = comma == std::string_view::npos || comma < open ? open + 1 : comma + 1;
  while (begin < request.before.size() && whole[begin] == ' ') ++begin;
  size_t end = std::min(whole.find_first_of(",]", request.before.size()), whole.size());
  while (end > begin && end > request.before.size() && whole[end - 1] == ' ') --end;
  const uint32_t base = request.token.begin - static_cast<uint32_t>(from);
  request.token = {base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};
}

void offer_assertion(Request& request, std::vector<Offer>& out) {
  const std::string_view before = request.before;
  const size_t space = before.find(' ');
  if (space == std::string_view::npos) {
    // The rest of an assertion that is there already stays.
    const size_t rest = request.whole.find(' ');
    if (rest != std::string_view::npos) request.token.end = request.token.begin + static_cast<uint32_t>(rest);
    for (const Attribute& attribute : kAttributes)
      out.push_back({std::string(attribute.name), CompletionKind::kProperty, "device attribute", '1'});
    out.push_back({"custom:", CompletionKind::kProperty, "an attribute of your own", '2'});
    return;
  }
  const std::string_view attribute = before.substr(0, space);
  size_t at = space;
  while (at < before.size() && before[at] == ' ') ++at;
  for (const std::string_view op : kOperators) {
    const std::string_view rest = before.substr(at);
    if (!rest.starts_with(op) || rest.size() <= op.size() || rest[op.size()] != ' ' || op.ends_with("SET")) continue;
    request.token.begin += static_cast<uint32_t>(at + op.size() + 1);
    one_of_list(request, at + op.size() + 1);
    for (const Attribute& known : kAttributes) {
      if (known.name != attribute) continue;
      for (const std::string_view value : known.values) {
        if (value.empty()) break;
        const bool word = value == "true" || value == "false";
        std::string text = word ? std::string(value) : fmt::format("'{}'", value);
        out.push_back({std::move(text), CompletionKind::kValue, "", '1'});
      }
    }
    if (attribute == "ip:publicAddress") {
      for (const IpSet& set : request.view.analysis.policy().ipsets)
        out.push_back({fmt::format("['{}']", request.view.analysis.policy().text(set.name)), CompletionKind::kValue, "", '2'});
    }
    return;
  }
  // The value that is there already stays: an operator ends where a quote, a bracket or a number begins.
  const size_t value = request.whole.find_first_of("'[0123456789", at);
  const uint32_t begin = request.token.begin;
  if (value != std::string_view::npos && value >= before.size()) {
    const size_t end = std::max(before.size(), request.whole.find_last_not_of(' ', value - 1) + 1);
    request.token.end = begin + static_cast<uint32_t>(end);
  }
  request.token.begin = begin + static_cast<uint32_t>(at);
  for (const std::string_view op : kOperators) out.push_back({std::string(op), CompletionKind::kKeyword, "", '1'});
}

void offer_users(const Request& request, char rank, std::string_view after, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  const auto add = [&](std::string_view login, std::string_view detail) {
    Offer offer{std::string(login), CompletionKind::kReference, std::string(detail), rank};
    offer.named = SelectorKind::kUser;
    if (!after.empty()) offer.insert = std::string(login) + std::string(after);
    out.push_back(std::move(offer));
  };
  if (const Inventory* inventory = a.inventory()) {
    for (const User& user : inventory->tailnet().users) add(inventory->tailnet().text(user.login), "user");
  }
  std::vector<bool> seen(a.policy().names.size());
  for (const Occurrence& o : a.occurrences().all()) {
    if (o.kind != SelectorKind::kUser || seen[o.name.value]) continue;
    // The word being written is no name yet.
    if (o.span.begin == request.place.token.begin && a.occurrences().of(o.kind, o.name).size() == 1) continue;
    seen[o.name.value] = true;
    add(a.policy().text(o.name), "user");
  }
}

}  // namespace

void offer_selectors(const Request& request, Standpoint at, std::string_view after, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  const Policy& policy = a.policy();
  const auto add = [&](std::string_view text, CompletionKind kind, std::string detail, char rank, SelectorKind named,
                       std::string filter = {}) {
    Offer offer{std::string(text), kind, std::move(detail), rank};
    offer.named = named;
    offer.filter = std::move(filter);
    if (!after.empty()) offer.insert = std::string(text) + std::string(after);
    out.push_back(std::move(offer));
  };
  const auto defined = [&](const auto& items, SelectorKind kind, CompletionKind icon, char rank, auto&& detail) {
    for (const auto& item : items) {
      if (item.name.present()) add(policy.text(item.name), icon, detail(item), rank, kind);
    }
  };
  for (const SelectorForm& form : selector_forms()) {
    const Standing stands = standing(form, at);
    if (stands == Standing::kNo) continue;
    switch (form.kind) {
      case SelectorKind::kWildcard:
        add("*", CompletionKind::kEnumMember, "everything", '4', SelectorKind::kWildcard);
        break;
      case SelectorKind::kGroup:
        defined(policy.groups, form.kind, CompletionKind::kClass, '1',
                [&](const Group& g) { return counted(g.members.count, "member"); });
        break;
      case SelectorKind::kTag:
        defined(policy.tag_owners, form.kind, CompletionKind::kProperty, '1',
                [&](const TagOwner& t) { return counted(t.owners.count, "owner"); });
        break;
      case SelectorKind::kHost:
        for (const Host& host : policy.hosts) {
          if (!host.name.present()) continue;
          std::string text(policy.text(host.name));
          if (at == Standpoint::kIpSetElement) text = "host:" + text;
          add(text, CompletionKind::kVariable,
              host.value.kind == SelectorKind::kInvalid ? "" : policy.prefix(host.value).to_text(), '2',
              at == Standpoint::kIpSetElement ? SelectorKind::kInvalid : SelectorKind::kHost);
        }
        break;
      case SelectorKind::kIpSet:
        defined(policy.ipsets, form.kind, CompletionKind::kVariable, '2',
                [](const IpSet&) { return std::string("set of addresses"); });
        break;
      case SelectorKind::kPosture:
        defined(policy.postures, form.kind, CompletionKind::kConstant, '1',
                [&](const Posture& p) { return counted(p.assertions.count, "condition"); });
        break;
      case SelectorKind::kUser:
        offer_users(request, '3', after, out);
        break;
      case SelectorKind::kUserDomain:
        if (a.inventory() && a.inventory()->tailnet().name.valid()) {
          const std::string_view domain = a.inventory()->tailnet().text(a.inventory()->tailnet().name);
          if (domain.find('@') == std::string_view::npos)
            add(fmt::format("user:*@{}", domain), CompletionKind::kReference, "all users of the domain", '6', form.kind);
        }
        break;
      case SelectorKind::kAutogroup:
        add(form.label, CompletionKind::kEnumMember, "", is_role(form.autogroup) ? '7' : '5', form.kind);
        break;
      case SelectorKind::kService:
        for (const ServiceApprovers& s : policy.auto_approvers.services) {
          if (s.service.kind == SelectorKind::kService && s.service.name.valid())
            add(policy.text(s.service), CompletionKind::kVariable, "service", '6', SelectorKind::kService);
        }
        break;
      case SelectorKind::kAddress:
        if (a.inventory() && at != Standpoint::kIpSetElement) {
          for (const Node& node : a.inventory()->tailnet().nodes) {
            if (!node.ipv4) continue;
            const std::string_view name = a.inventory()->tailnet().text(node.name);
            const std::string address = node.ipv4->to_text();
            add(address, CompletionKind::kValue, std::string(name), '8', SelectorKind::kAddress,
                fmt::format("{} {}", address, name));
          }
        }
        break;
      default:
        break;
    }
  }
}

void offer_values(Request& request, std::vector<Offer>& out) {
  const Field* field = request.place.field;
  if (!field) return;
  // A map stands here, not one of its values.
  if (!request.place.element && (field->container == Container::kMap || field->container == Container::kMapOfLists)) return;
  const auto at = request.place.standpoint;
  switch (field->value) {
    case Value::kSelector:
    case Value::kTag:
    case Value::kPostureName:
      if (at) offer_selectors(request, *at, {}, out);
      break;
    case Value::kDestination:
    case Value::kTestDestination:
      if (at) offer_destination(request, *at, out);
      break;
    case Value::kIpSetElement:
      offer_ipset(request, out);
      break;
    case Value::kAssertion:
      offer_assertion(request, out);
      break;
    case Value::kNetCapability: {
      const size_t colon = request.before.find(':');
      if (colon != std::string_view::npos) {
        // Only these have ports.
        const std::string_view protocol = request.before.substr(0, colon);
        if (protocol != "tcp" && protocol != "udp" && protocol != "sctp" && protocol != "6" && protocol != "17" && protocol != "132") {
          request.token.begin += static_cast<uint32_t>(colon + 1);
          out.push_back({"*", CompletionKind::kEnumMember, "the protocol has no ports", '1'});
          break;
        }
        const size_t item = std::max(colon + 1, request.before.rfind(',') + 1);
        request.token.begin += static_cast<uint32_t>(item);
        offer_ports(request, out);
        break;
      }
      offer_words(field->choices, out);
      for (const std::string_view protocol : {"tcp:", "udp:", "sctp:", "icmp:*"})
        out.push_back({std::string(protocol), CompletionKind::kKeyword, "protocol", '6'});
      break;
    }
    case Value::kLogin:
      offer_words(field->choices, out);
      break;
    case Value::kBoolean:
      for (const std::string_view word : {"true", "false"}) {
        Offer offer{std::string(word), CompletionKind::kKeyword, "", '1'};
        offer.bare = true;
        out.push_back(std::move(offer));
      }
      break;
    case Value::kAddressOrPrefix:
    case Value::kAddress:
      if (const Inventory* inventory = request.view.analysis.inventory()) {
        for (const Node& node : inventory->tailnet().nodes) {
          if (!node.ipv4) continue;
          const std::string address = node.ipv4->to_text();
          const std::string_view name = inventory->tailnet().text(node.name);
          Offer offer{address, CompletionKind::kValue, std::string(name), '1'};
          offer.filter = fmt::format("{} {}", address, name);
          out.push_back(std::move(offer));
        }
      }
      break;
    default:
      offer_words(field->choices, out);
      break;
  }
}

}  // namespace aclc::lsp::completion
