// SPDX-License-Identifier: Apache-2.0
#include "daemon/dns/names.h"

#include <algorithm>

namespace aclc::dns {
namespace {

constexpr uint32_t kTtl = 60;  // seconds: names move with the next snapshot

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

bool ends_with(const std::string& name, const std::string& suffix) {
  if (suffix.empty() || name == suffix) return true;
  return name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0 && name[name.size() - suffix.size() - 1] == '.';
}

std::vector<std::string> servers_of(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    if (std::string server = server_text(text); !server.empty()) out.push_back(std::move(server));
  }
  return out;
}

}  // namespace

std::string server_text(const std::string& text) {
  if (const auto address = Address::parse(text)) return address->is_v4() ? text + ":53" : "[" + text + "]:53";
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return {};
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string port = text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (!Address::parse(host) || !digits || std::stoul(port) == 0 || std::stoul(port) > 65535) return {};
  return text;
}

Names::Names(const SnapshotDns& dns, const std::vector<std::string>& fallback) : servers_(servers_of(dns.nameservers)) {
  if (servers_.empty()) servers_ = servers_of(fallback);
  for (const auto& route : dns.routes) routes_.push_back({lower(route.suffix), servers_of(route.nameservers)});
  std::stable_sort(routes_.begin(), routes_.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  if (!dns.magic) return;
  std::map<std::string, int> labels;
  for (const auto& entry : dns.names) {
    const std::string name = lower(entry.name);
    addresses_[name] = entry.addresses;
    ++labels[name.substr(0, name.find('.'))];
    for (const Address& address : entry.addresses) by_address_.emplace(reverse_name(address), name);
  }
  for (const auto& entry : dns.names) {
    const std::string name = lower(entry.name), label = name.substr(0, name.find('.'));
    if (labels[label] == 1) addresses_.emplace(label, entry.addresses);
  }
}

Verdict Names::decide(const Query& query) const {
  if (const auto it = addresses_.find(query.name); it != addresses_.end()) return {address_answer(query, it->second, kTtl), {}};
  if (const auto it = by_address_.find(query.name); it != by_address_.end()) {
    if (query.type == kTypePtr || query.type == kTypeAny) return {name_answer(query, it->second, kTtl), {}};
    return {address_answer(query, {}, kTtl), {}};
  }
  for (const auto& [suffix, servers] : routes_) {
    if (!ends_with(query.name, suffix)) continue;
    // A route without servers says that these names exist in the mesh only.
    if (servers.empty()) return {error_answer(query, kNoSuchName), {}};
    return {{}, servers};
  }
  if (servers_.empty()) return {error_answer(query, kRefused), {}};
  return {{}, servers_};
}

}  // namespace aclc::dns
