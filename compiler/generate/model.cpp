// SPDX-License-Identifier: Apache-2.0
#include "compiler/generate/model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/net/address.h"

namespace aclc::generated {
namespace {

constexpr const char* kTeams[] = {"eng", "ops", "sales", "data", "support", "finance", "design", "security", "research", "field"};
constexpr const char* kServices[] = {"web", "db", "cache", "queue", "build", "metrics", "files", "mail", "auth", "search"};
constexpr const char* kDevices[] = {"laptop", "phone", "desk", "tablet"};

/// The n-th address that a node can have: from 100.64.0.1 on, without the ranges that the hosted service keeps for itself.
std::string node_v4(uint32_t n) {
  constexpr uint32_t first = 100u << 24 | 64u << 16;
  uint32_t address = first + 1 + n;
  struct Reserved {
    uint32_t begin, size;
  };
  constexpr Reserved reserved[] = {{first + (36u << 16), 256}, {first + (36u << 16 | 100u << 8), 256}, {first + (51u << 16 | 92u << 8), 512}};
  for (const Reserved& r : reserved) {
    if (address >= r.begin) address += r.size;
  }
  return Address::v4(address).to_text();
}

void make_people(Model& m, const GenerateOptions& o, Random& random) {
  for (uint32_t i = 0; i < o.users; ++i) {
    m.logins.push_back(fmt::format("user{}@example.com", i));
    m.roles.push_back(i == 0 ? "owner" : i % 500 == 1 ? "admin" : i % 1000 == 2 ? "network-admin" : i % 1000 == 3 ? "auditor" : "member");
  }
  for (uint32_t g = 0; g < std::max(1u, o.users / 8); ++g) {
    m.groups.push_back(fmt::format("group:{}-{}", kTeams[g % std::size(kTeams)], g / std::size(kTeams)));
    std::vector<uint32_t>& members = m.members.emplace_back();
    const uint32_t size = 1 + random.below(15);
    for (uint32_t k = 0; k < size; ++k) members.push_back(random.below(o.users));
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
  }
}

void make_nodes(Model& m, const GenerateOptions& o, Random& random) {
  m.tags = {"tag:router", "tag:exit"};
  for (uint32_t t = 0; t < std::clamp(o.rules / 20, 4u, 500u); ++t) {
    m.tags.push_back(fmt::format("tag:{}-{}", kServices[t % std::size(kServices)], t / std::size(kServices)));
  }
  m.nodes_of_user.resize(o.users);
  m.nodes_of_tag.resize(m.tags.size());
  for (uint32_t i = 0; i < o.nodes; ++i) {
    GeneratedNode n;
    n.ipv4 = node_v4(i);
    n.ipv6 = Address::v6((static_cast<uint128>(0xfd7a115ca1e0ull) << 80) + i + 1).to_text();
    if (i % 200 == 199) {
      n.tags = {kRouter};
      n.name = fmt::format("router-{}", i);
      // Every fourth router serves the same network as the one before it.
      if (m.subnets.empty() || !random.one_in(4)) {
        const auto k = static_cast<uint32_t>(m.subnets.size());
        m.subnets.push_back(fmt::format("10.{}.{}.0/24", k / 256 % 256, k % 256));
      }
      n.routes = {m.subnets.back()};
      n.approved_by_hand = random.one_in(2);
    } else if (i % 1000 == 500) {
      n.tags = {kExit};
      n.name = fmt::format("exit-{}", i);
      n.routes = {"0.0.0.0/0", "::/0"};
    } else if (i % 4 == 3) {
      n.tags = {kFixedTags + random.skewed(static_cast<uint32_t>(m.tags.size()) - kFixedTags)};
      if (random.one_in(20)) {
        const uint32_t second = kFixedTags + random.below(static_cast<uint32_t>(m.tags.size()) - kFixedTags);
        if (second != n.tags[0]) n.tags.push_back(second);
      }
      n.name = fmt::format("{}-{}", m.tags[n.tags[0]].substr(4), i);
    } else {
      // Everybody has one device before anybody has a second.
      const uint32_t own = i - i / 4;
      n.user = own < o.users ? own : random.skewed(o.users);
      ++m.nodes_of_user[n.user];
      n.name = fmt::format("{}-{}", kDevices[random.below(std::size(kDevices))], i);
    }
    for (const uint32_t tag : n.tags) ++m.nodes_of_tag[tag];
    m.nodes.push_back(std::move(n));
  }
}

}  // namespace

uint64_t Random::next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

Model make_model(const GenerateOptions& options, Random& random) {
  Model m;
  make_people(m, options, random);
  make_nodes(m, options, random);
  return m;
}

std::string tailnet_text(const Model& m, Random& random) {
  std::string out = "{\n\"tailnet\": \"example.com\",\n\"users\": [\n";
  for (size_t i = 0; i < m.logins.size(); ++i) {
    out += fmt::format("{{\"login\": \"{}\", \"role\": \"{}\"}}{}\n", m.logins[i], m.roles[i], i + 1 < m.logins.size() ? "," : "");
  }
  out += "],\n\"nodes\": [\n";
  constexpr const char* systems[] = {"linux", "macos", "windows", "ios", "android"};
  for (size_t i = 0; i < m.nodes.size(); ++i) {
    const GeneratedNode& n = m.nodes[i];
    out += fmt::format("{{\"name\": \"{}\", \"ipv4\": \"{}\", \"ipv6\": \"{}\", ", n.name, n.ipv4, n.ipv6);
    if (n.tags.empty()) {
      out += fmt::format("\"user\": \"{}\", ", m.logins[n.user]);
    } else {
      out += "\"tags\": [";
      for (size_t t = 0; t < n.tags.size(); ++t) out += fmt::format("{}\"{}\"", t > 0 ? ", " : "", m.tags[n.tags[t]]);
      out += "], ";
    }
    if (!n.routes.empty()) {
      std::string routes;
      for (const std::string& r : n.routes) routes += fmt::format("{}\"{}\"", routes.empty() ? "" : ", ", r);
      out += fmt::format("\"routable_ips\": [{}], ", routes);
      if (n.approved_by_hand) out += fmt::format("\"approved_routes\": [{}], ", routes);
    }
    // One draw a statement: the order of evaluation of arguments is the compiler's, and a seed means the same to all.
    const uint32_t hour = random.below(24);
    const uint32_t minute = random.below(60);
    const uint32_t second = random.below(60);
    const char* const system = systems[random.below(std::size(systems))];
    const uint32_t minor = 60 + 2 * random.below(16);
    const uint32_t patch = random.below(5);
    out += fmt::format("\"created\": \"2026-{:02}-{:02}T{:02}:{:02}:{:02}Z\", ", 1 + i % 12, 1 + i / 12 % 28, hour, minute, second);
    out += fmt::format("\"posture\": {{\"node:os\": \"{}\", \"node:tsVersion\": \"1.{}.{}\"}}}}{}\n", system, minor, patch,
                       i + 1 < m.nodes.size() ? "," : "");
  }
  return out + "]\n}\n";
}

}  // namespace aclc::generated
