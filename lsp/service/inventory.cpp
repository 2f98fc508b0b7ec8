// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/inventory.h"

#include <algorithm>
#include <map>

#include "base/net/address_set.h"
#include "compiler/tailnet/read.h"

namespace aclc::lsp {
namespace {

struct Collector : DiagnosticSink {
  std::vector<Diagnostic>& found;
  explicit Collector(std::vector<Diagnostic>& f) : found(f) {}
  void report(Diagnostic d) override { found.push_back(std::move(d)); }
};

const std::vector<uint32_t> kNone;

const std::vector<uint32_t>& find(const std::unordered_map<std::string, std::vector<uint32_t>>& map,
                                  std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? kNone : found->second;
}

void normalise(std::vector<uint32_t>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

/// How far sets inside of sets are followed: what a stack holds, and more than anybody writes.
constexpr int kMaxSetNesting = 1000;
/// Groups inside of groups are refused by the check; a text that has them all the same must not cost twice at every level.
constexpr int kMaxGroupNesting = 16;

/// One selector at a time, with a limit on how far sets are followed.
class Resolver {
 public:
  Resolver(const Policy& policy, const Definitions& definitions, const Inventory* inventory)
      : policy_(policy), definitions_(definitions), inventory_(inventory) {}

  /// literal: of kAddress, kPrefix and kRange.
  void add(SelectorKind kind, StringId name, Autogroup autogroup, const AddressRange& literal, Reached& out,
           int depth = 0) {
    switch (kind) {
      case SelectorKind::kWildcard:
        add_where(out, [](const Node&) { return true; });
        break;
      case SelectorKind::kUser:
        add_nodes(inventory_ ? inventory_->nodes_of_user(policy_.text(name)) : kNone, out);
        break;
      case SelectorKind::kUserDomain:
        add_domain(policy_.text(name), out);
        break;
      case SelectorKind::kGroup:
        if (const uint32_t at = definitions_.group_of(name); at != Definitions::kNone && depth < kMaxGroupNesting)
          add_all(policy_.groups[at].members, out, depth);
        break;
      case SelectorKind::kTag:
        add_nodes(inventory_ ? inventory_->nodes_of_tag(policy_.text(name)) : kNone, out);
        break;
      case SelectorKind::kAutogroup:
        add_autogroup(autogroup, out);
        break;
      case SelectorKind::kHost:
        if (const uint32_t at = definitions_.host_of(name); at != Definitions::kNone) {
          const Selector& value = policy_.hosts[at].value;
          if (value.kind != SelectorKind::kInvalid) add_range(policy_.range(value), out);
        }
        break;
      case SelectorKind::kAddress:
      case SelectorKind::kPrefix:
      case SelectorKind::kRange:
        add_range(literal, out);
        break;
      case SelectorKind::kIpSet:
        if (const uint32_t at = definitions_.ipset_of(name); at != Definitions::kNone) {
          for (const AddressRange& range : ipset(at, depth).ranges()) add_range(range, out);
        }
        break;
      case SelectorKind::kService:
        ++out.services;
        break;
      case SelectorKind::kPosture:
      case SelectorKind::kInvalid:
        break;
    }
  }
  void add(const Selector& s, Reached& out, int depth = 0) {
    add(s.kind, s.name, s.autogroup, s.address.valid() ? policy_.range(s) : AddressRange{}, out, depth);
  }

 private:
  void add_all(Selectors selectors, Reached& out, int depth) {
    for (const Selector& s : policy_.at(selectors)) add(s, out, depth + 1);
  }
  void add_nodes(const std::vector<uint32_t>& nodes, Reached& out) {
    out.nodes.insert(out.nodes.end(), nodes.begin(), nodes.end());
  }
  template <class Test>
  void add_where(Reached& out, Test&& test) {
    if (!inventory_) return;
    const auto& nodes = inventory_->tailnet().nodes;
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      if (test(nodes[TailnetNodeId(size_t{i})])) out.nodes.push_back(i);
    }
  }
  void add_domain(std::string_view domain, Reached& out) {
    add_where(out, [&](const Node& node) {
      if (node.tagged() || node.shared_in || !node.user.valid()) return false;
      const std::string_view login = inventory_->tailnet().text(inventory_->tailnet().users[node.user].login);
      const size_t at = login.rfind('@');
      return at != std::string_view::npos && login.substr(at + 1) == domain;
    });
  }
  void add_autogroup(Autogroup autogroup, Reached& out) {
    switch (autogroup) {
      case Autogroup::kMember:
        return add_where(out, [](const Node& n) { return !n.tagged() && !n.shared_in; });
      case Autogroup::kTagged:
        return add_where(out, [](const Node& n) { return n.tagged(); });
      case Autogroup::kShared:
        return add_where(out, [](const Node& n) { return n.shared_in; });
      case Autogroup::kDangerAll:
        out.internet = true;
        return add_where(out, [](const Node&) { return true; });
      case Autogroup::kInternet:
        out.internet = true;
        return;
      default:
        break;
    }
    out.own |= autogroup == Autogroup::kSelf;
    if (!is_role(autogroup)) return;
    const auto has = [autogroup](Role role) {
      switch (autogroup) {
        case Autogroup::kOwner:
          return role == Role::kOwner;
        case Autogroup::kAdmin:  // owners are admins too (recorded answers)
          return role == Role::kOwner || role == Role::kAdmin;
        case Autogroup::kItAdmin:
          return role == Role::kItAdmin;
        case Autogroup::kNetworkAdmin:
          return role == Role::kNetworkAdmin;
        case Autogroup::kBillingAdmin:
          return role == Role::kBillingAdmin;
        default:
          return role == Role::kAuditor;
      }
    };
    add_where(out, [&](const Node& n) {
      return !n.tagged() && !n.shared_in && n.user.valid() && has(inventory_->tailnet().users[n.user].role);
    });
  }
  void add_range(const AddressRange& range, Reached& out) {
    out.literals.push_back(range);
    add_where(out, [&](const Node& n) {
      return (n.ipv4 && range.contains(*n.ipv4)) || (n.ipv6 && range.contains(*n.ipv6));
    });
  }
  /// Each set is worked out once: sets that name each other twice must not cost twice at every level.
  const AddressSet& ipset(uint32_t index, int depth) {
    const auto [slot, fresh] = ipsets_.try_emplace(index);
    if (!fresh || depth > kMaxSetNesting) return slot->second;  // sets that contain each other were reported
    AddressSet set;
    for (const IpSetElement& e : policy_.at(policy_.ipsets[index].elements)) {
      AddressSet part;
      if (e.target.kind == SelectorKind::kIpSet) {
        const uint32_t other = definitions_.ipset_of(e.target.name);
        if (other != Definitions::kNone) part = ipset(other, depth + 1);
      } else {
        Reached literal;
        Resolver(policy_, definitions_, nullptr).add(e.target, literal, depth + 1);
        part = AddressSet::of(std::move(literal.literals));
      }
      if (e.remove) set.remove(part);
      else set.add(part);
    }
    return ipsets_[index] = std::move(set);
  }

  const Policy& policy_;
  const Definitions& definitions_;
  const Inventory* inventory_;
  std::map<uint32_t, AddressSet> ipsets_;
};

}  // namespace

Inventory::Inventory(std::string path, std::string text) : path_(std::move(path)), version_(std::move(text)) {
  Collector sink(findings_);
  tailnet_ = read_tailnet(version_.text, SourceId(), sink);
  for (uint32_t i = 0; i < tailnet_.users.size(); ++i)
    users_.emplace(tailnet_.text(tailnet_.users[UserId(size_t{i})].login), i);
  for (uint32_t i = 0; i < tailnet_.nodes.size(); ++i) {
    const Node& node = tailnet_.nodes[TailnetNodeId(size_t{i})];
    for (const StringId tag : node.tags) by_tag_[std::string(tailnet_.text(tag))].push_back(i);
    if (!node.tagged() && node.user.valid())
      by_user_[std::string(tailnet_.text(tailnet_.users[node.user].login))].push_back(i);
  }
}

std::shared_ptr<const Inventory> Inventory::load(const std::string& path) {
  Result<std::string> text = read_file(path);
  if (!text) return nullptr;
  return of(path, std::move(text).value());
}

std::shared_ptr<const Inventory> Inventory::of(std::string path, std::string text) {
  return std::shared_ptr<const Inventory>(new Inventory(std::move(path), std::move(text)));
}

bool Inventory::usable() const {
  return std::none_of(findings_.begin(), findings_.end(), [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

const std::vector<uint32_t>& Inventory::nodes_of_user(std::string_view login) const { return find(by_user_, login); }
const std::vector<uint32_t>& Inventory::nodes_of_tag(std::string_view tag) const { return find(by_tag_, tag); }

std::optional<uint32_t> Inventory::user(std::string_view login) const {
  const auto found = users_.find(std::string(login));
  if (found == users_.end()) return std::nullopt;
  return found->second;
}

Reached reach(const Policy& policy, const Definitions& definitions, const Inventory* inventory,
              const Selector& selector) {
  Reached out;
  Resolver(policy, definitions, inventory).add(selector, out);
  normalise(out.nodes);
  return out;
}

Reached reach(const Policy& policy, const Definitions& definitions, const Inventory* inventory, SelectorKind kind,
              StringId name) {
  Reached out;
  Autogroup autogroup = Autogroup::kNone;
  AddressRange literal;
  const std::string_view text = policy.text(name);
  if (kind == SelectorKind::kAutogroup && text.starts_with("autogroup:"))
    autogroup = parse_autogroup(text.substr(10)).value_or(Autogroup::kNone);
  if (kind == SelectorKind::kAddress) {
    if (const auto address = Address::parse(text)) literal = {*address, *address};
  } else if (kind == SelectorKind::kPrefix) {
    if (const auto prefix = Prefix::parse(text)) literal = prefix->range();
  } else if (kind == SelectorKind::kRange) {
    literal = AddressRange::parse(text).value_or(AddressRange{});
  }
  Resolver(policy, definitions, inventory).add(kind, name, autogroup, literal, out);
  normalise(out.nodes);
  return out;
}

}  // namespace aclc::lsp
