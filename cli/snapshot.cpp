// SPDX-License-Identifier: Apache-2.0
// aclc snapshot: what every node's daemon needs, signed, one file a node.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <chrono>
#include <memory>

#include "cli/checked.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "compiler/tables/tables.h"
#include "daemon/snapshot/sealed.h"
#include "daemon/snapshot/store.h"

namespace aclc::cli {
namespace {

constexpr size_t kLargestKeyFile = 16384;
constexpr size_t kOriginText = 240;

struct SnapshotOptions {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string key_path;
  std::string out;
  uint64_t generation = 0;  // 0: the time in milliseconds, which rises by itself
  uint64_t lifetime = 0;    // seconds; 0: for ever
};

uint64_t milliseconds_since_1970() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

std::vector<Prefix> prefixes(const std::vector<std::string>& texts) {
  std::vector<Prefix> out;
  for (const std::string& text : texts) {
    if (const auto prefix = Prefix::parse(text)) out.push_back(*prefix);
  }
  return out;
}

SnapshotPeer peer_of(const Tailnet& tailnet, TailnetNodeId id, const std::vector<std::string>& allowed_ips) {
  const Node& node = tailnet.nodes[id];
  SnapshotPeer peer;
  peer.name = tailnet.text(node.name);
  peer.key = tailnet.text(node.key);
  for (const StringId endpoint : node.endpoints) peer.endpoints.emplace_back(tailnet.text(endpoint));
  peer.allowed_ips = prefixes(allowed_ips);
  return peer;
}

std::vector<std::vector<OriginText>> origins_of(const SourceBuffer& source, const reference::NodeTable& table) {
  std::vector<std::vector<OriginText>> out;
  for (const reference::Origin& origin : table.filter_origins) {
    std::vector<OriginText>& texts = out.emplace_back();
    for (const Span& span : origin.rules) {
      if (span.empty()) continue;
      texts.push_back({source.position(span.begin).line, {}, std::string(source.text().substr(span.begin, std::min<size_t>(span.length(), kOriginText)))});
    }
  }
  return out;
}

// `web1` of the tailnet `example.com` is `web1.example.com`.
std::string dns_name(const Tailnet& tailnet, const Node& node) {
  std::string out(tailnet.text(node.name));
  if (const std::string_view domain = tailnet.text(tailnet.name); !domain.empty()) out.append(".").append(domain);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

void add_name(SnapshotDns& dns, const Tailnet& tailnet, TailnetNodeId id) {
  const Node& node = tailnet.nodes[id];
  SnapshotDns::Name& name = dns.names.emplace_back();
  name.name = dns_name(tailnet, node);
  for (const auto& address : {node.ipv4, node.ipv6}) {
    if (address) name.addresses.push_back(*address);
  }
}

// The policy's `dns` section, and the names of the node itself and of those that it sees.
SnapshotDns dns_of(const Policy& policy, const Tailnet& tailnet, TailnetNodeId id, const reference::NodeTable& table) {
  SnapshotDns out;
  if (!policy.dns) return out;
  const auto texts = [&](Selectors selectors) {
    std::vector<std::string> list;
    for (const Selector& s : policy.at(selectors)) list.emplace_back(policy.names.text(s.name));
    return list;
  };
  out.magic = policy.dns->magic;
  out.nameservers = texts(policy.dns->nameservers);
  for (const DnsRoute& route : policy.dns->routes) out.routes.push_back({std::string(policy.names.text(route.domain.value)), texts(route.nameservers)});
  for (const Text& domain : policy.at(policy.dns->domains)) out.domains.emplace_back(policy.names.text(domain.value));
  if (!out.magic) return out;
  if (!tailnet.text(tailnet.name).empty()) out.domains.emplace_back(tailnet.text(tailnet.name));
  add_name(out, tailnet, id);
  for (const TailnetNodeId peer : table.peers) add_name(out, tailnet, peer);
  return out;
}

Snapshot snapshot_of(const Run& run, const Analysis& a, tables::Tables& tables, TailnetNodeId id) {
  const Tailnet& tailnet = *run.tailnet;
  const Node& node = tailnet.nodes[id];
  const reference::NodeTable table = tables.table(id);
  Snapshot s;
  s.tailnet = tailnet.text(tailnet.name);
  s.node = tailnet.text(node.name);
  s.node_key = tailnet.text(node.key);
  s.policy = run.sources[a.source].name();
  for (const auto& address : {node.ipv4, node.ipv6}) {
    if (address) s.addresses.push_back(*address);
  }
  for (const Prefix& prefix : prefixes(table.allowed_ips)) {
    if (!prefix.is_host() || std::find(s.addresses.begin(), s.addresses.end(), prefix.address) == s.addresses.end()) s.routes.push_back(prefix);
  }
  for (const wire::FilterRule& rule : table.filter_rules) {
    s.filter_rules.push_back(rule);
    s.filter_rules.back().cap_grants.clear();  // decide no packet
  }
  s.dns = dns_of(a.policy, tailnet, id, table);
  s.origins = origins_of(run.sources[a.source], table);
  for (const TailnetNodeId peer : table.peers) {
    if (!tailnet.text(tailnet.nodes[peer].key).empty()) s.peers.push_back(peer_of(tailnet, peer, tables.allowed_ips(peer)));
  }
  return s;
}

bool keys_are_sound(const Tailnet& tailnet, Console& console) {
  bool sound = true;
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const Node& node = tailnet.nodes[TailnetNodeId(i)];
    const std::string_view key = tailnet.text(node.key);
    if (key.empty() || is_wireguard_key(key)) continue;
    console.complain(fmt::format("the key of node `{}` is no WireGuard key (32 bytes in base64)", tailnet.text(node.name)));
    sound = false;
  }
  return sound;
}

Exit write_snapshots(const SnapshotOptions& o, const Run& run, const Analysis& a, const SigningKey& key, Console& console) {
  const lower::SharedForm form(reference::Meaning(a.policy, a.definitions, *run.tailnet), a.tree);
  tables::Tables tables(form, a.tree);
  FolderWriter folder(o.out);
  const uint64_t now = milliseconds_since_1970();
  size_t written = 0;
  std::vector<std::string> keyless;
  for (size_t i = 0; i < run.tailnet->nodes.size(); ++i) {
    Snapshot s = snapshot_of(run, a, tables, TailnetNodeId(i));
    if (s.node_key.empty()) {
      keyless.push_back(s.node);
      continue;
    }
    s.generation = o.generation != 0 ? o.generation : now;
    s.issued = now / 1000;
    s.expires = o.lifetime == 0 ? 0 : s.issued + o.lifetime;
    const auto done = folder.add(node_file_name(s.node) + ".snapshot", seal_snapshot(s, key));
    if (!done) {
      console.complain(done.error().message);
      return Exit::kTrouble;
    }
    ++written;
  }
  if (const auto done = folder.commit(); !done) {
    console.complain(done.error().message);
    return Exit::kTrouble;
  }
  if (o.output.format == Format::kJson) {
    console.print(fmt::format("{{\"ok\": true, \"generation\": {}, \"snapshots\": {}, \"without_key\": {}}}\n",
                              o.generation != 0 ? o.generation : now, written, keyless.size()));
    return Exit::kYes;
  }
  console.print(fmt::format("{} of generation {} written to {}\n", counted(written, "snapshot"), o.generation != 0 ? o.generation : now, o.out));
  if (!keyless.empty()) console.print(fmt::format("no key, no snapshot: `{}`{}\n", keyless.front(), keyless.size() > 1 ? fmt::format(" and {} more", keyless.size() - 1) : ""));
  return Exit::kYes;
}

Exit snapshot(SnapshotOptions& o, Console& console) {
  const auto pem = read_file_limited(o.key_path, kLargestKeyFile);
  if (!pem) {
    console.complain(pem.error().message);
    return Exit::kTrouble;
  }
  const auto key = SigningKey::from_pem(*pem);
  if (!key) {
    console.complain(fmt::format("{}: {}; `openssl genpkey -algorithm ed25519 -out {}` makes one", o.key_path, key.error().message, o.key_path));
    return Exit::kTrouble;
  }
  Run run;
  const Result<Analysis, Exit> a = open_checked(run, o.policy, o.tailnet, o.output, "nothing was written", console);
  if (!a) return a.error();
  if (!keys_are_sound(*run.tailnet, console)) return Exit::kTrouble;
  return write_snapshots(o, run, a.value(), *key, console);
}

}  // namespace

Action define_snapshot(CLI::App& app, Console& console) {
  const auto o = std::make_shared<SnapshotOptions>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kYes);
  add_output_options(app, o->output);
  app.add_option("--sign", o->key_path, "Ed25519 private key (PEM) that nodes trust")->type_name("KEY")->required();
  app.add_option("--out", o->out, "write NODE.snapshot files into this folder")->type_name("DIR")->required();
  app.add_option("--generation", o->generation, "number that has to rise from one to the next (default: the time)")->type_name("N");
  app.add_option("--lifetime", o->lifetime, "seconds after which nodes refuse it (default: never)")->type_name("SECONDS");
  return [o, &console] { return snapshot(*o, console); };
}

}  // namespace aclc::cli
