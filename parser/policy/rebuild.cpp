// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/rebuild.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "parser/policy/builder.h"
#include "parser/policy/move_parts.h"

namespace aclc {
namespace {

// An entry that is read again leaves the texts and addresses of the old one behind; from time to time they are let go of.
constexpr uint32_t kMostRebuilt = 2000;
// From a thousand on, the builder keeps some of its findings to itself, and which ones depends on all of the text.
constexpr size_t kMostFindings = 1000;

struct Collector : DiagnosticSink {
  explicit Collector(std::vector<Diagnostic>& f) : found(f) {}
  void report(Diagnostic d) override { found.push_back(std::move(d)); }
  std::vector<Diagnostic>& found;
};

/// The node that begins at the offset, if it is an object of that span.
NodeId object_of(const SyntaxTree& tree, Span span) {
  size_t low = 0, high = tree.size();
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    (tree[NodeId(middle)].span.begin <= span.begin ? low : high) = middle;
  }
  const SyntaxNode& node = tree[NodeId(low)];
  return node.kind == NodeKind::kObject && node.span == span ? NodeId(low) : NodeId();
}

/// The part of a pool that one entry fills: entries fill the pools one after the other, in the order of the text.
struct Extent {
  uint32_t begin = UINT32_MAX, end = 0;
  bool empty() const { return begin >= end; }
  template <class T>
  void add(Slice<T> s) {
    if (s.empty()) return;
    begin = std::min(begin, s.begin);
    end = std::max(end, s.begin + s.count);
  }
};

/// Finds what an entry fills.
struct Measure {
  Policy& policy;
  std::array<Extent, kPools> extents{};

  template <class T>
  void operator()(Slice<T>& s) {
    extents[kPoolOf<T>].add(s);
    if constexpr (std::is_same_v<T, Destination>) inside(policy.destinations, s);
    if constexpr (std::is_same_v<T, NetCapability>) inside(policy.net_capabilities, s);
  }
  template <class T>
  void operator()(T&) {}

 private:
  template <class T>
  void inside(std::vector<T>& pool, Slice<T> s) {
    for (uint32_t i = s.begin; i < s.begin + s.count; ++i) visit(pool[i], *this);
  }
};

/// Moves a part of the small policy to where it goes in the whole one.
struct Transfer {
  std::array<uint32_t, kPools> begins{};
  uint32_t addresses = 0;

  template <class T>
  void operator()(Slice<T>& s) { s.begin += begins[kPoolOf<T>]; }
  void operator()(Id<SelectorAddress>& address) {
    if (address.valid()) address.value += addresses;
  }
  template <class T>
  void operator()(T&) {}
};

/// Moves what stands behind the entry.
struct Shift {
  uint32_t from;    ///< first byte behind the entry, in the text before
  uint32_t delta;   ///< what follows is so much further on; wraps around
  uint32_t first_node;  ///< behind the entry, in the tree before
  uint32_t more_nodes;
  std::array<uint32_t, kPools> after{}, more{};

  void operator()(Span& s) const {
    const uint32_t by = s.begin >= from ? delta : 0;
    s.begin += by;
    s.end += by;
  }
  void operator()(NodeId& n) const {
    if (n.valid() && n.value >= first_node) n.value += more_nodes;
  }
  template <class T>
  void operator()(Slice<T>& s) const { s.begin += s.begin >= after[kPoolOf<T>] ? more[kPoolOf<T>] : 0; }
  template <class T>
  void operator()(T&) const {}
};

/// Findings about the entry are dropped, those behind it move; false where one is about more than the one or the other.
bool move_findings(std::vector<Diagnostic>& findings, Span entry, uint32_t delta) {
  const auto inside = [&](Span s) { return entry.begin <= s.begin && s.end <= entry.end; };
  std::erase_if(findings, [&](const Diagnostic& d) { return inside(d.span); });
  const auto move = [&](Span& s) {
    if (s.end <= entry.begin) return true;
    if (s.begin < entry.end) return false;
    s.begin += delta;
    s.end += delta;
    return true;
  };
  for (Diagnostic& d : findings) {
    const bool before = d.span.end <= entry.begin;
    if (!move(d.span)) return false;
    for (Label& label : d.labels) {
      // Of two sections of one name the entry may be in the first: whether the later one may go without asking depends on both.
      if ((label.span.end <= entry.begin) != before || !move(label.span)) return false;
    }
    for (Fix& fix : d.fixes) {
      for (Edit& edit : fix.edits) {
        if (!move(edit.span)) return false;
      }
    }
  }
  return true;
}

template <class T>
void splice(std::vector<T>& pool, Extent old, std::vector<T>& fresh) {
  if (old.empty()) return;
  const uint32_t common = std::min(old.end - old.begin, static_cast<uint32_t>(fresh.size()));
  const auto at = std::copy_n(fresh.begin(), common, pool.begin() + old.begin);
  if (fresh.size() > common) pool.insert(at, fresh.begin() + common, fresh.end());
  else pool.erase(at, pool.begin() + old.end);
}

class Rebuild {
 public:
  Rebuild(BuiltPolicy& built, const Damage& damage, const SyntaxTree& tree, Target target)
      : built_(built), whole_(built.policy), damage_(damage), tree_(tree), target_(target) {}

  bool run() {
    if (++built_.rebuilt > kMostRebuilt || built_.findings.size() >= kMostFindings) return false;
    return in(&Policy::acls, field::kAcls) || in(&Policy::grants, field::kGrants) || in(&Policy::ssh, field::kSsh) ||
           in(&Policy::node_attrs, field::kNodeAttrs) || in(&Policy::tests, field::kTests) ||
           in(&Policy::ssh_tests, field::kSshTests);
  }

 private:
  template <class Entry>
  bool in(std::vector<Entry> Policy::*list, field::Policy section) {
    std::vector<Entry>& entries = whole_.*list;
    const auto after = std::partition_point(entries.begin(), entries.end(), [&](const Entry& e) { return e.span.begin < damage_.begin; });
    if (after == entries.begin()) return false;
    Entry& entry = *std::prev(after);
    if (damage_.old_end >= entry.span.end) return false;
    // The entry is an object as before and ends where it ended: what stands around it reads as it did.
    const Span before = entry.span;
    const uint32_t delta = damage_.new_end - damage_.old_end;
    const NodeId node = object_of(tree_, {before.begin, before.end + delta});
    if (!node.valid() || !move_findings(built_.findings, before, delta)) return false;
    Collector sink(built_.findings);
    Policy fresh = Builder(tree_, sink, target_).build_entry(section, node, std::move(whole_.names));
    whole_.names = std::move(fresh.names);

    Measure measure{whole_};
    visit(entry, measure);
    Transfer transfer;
    transfer.addresses = static_cast<uint32_t>(whole_.selector_addresses.size());
    Shift shift{before.end, delta, 0, static_cast<uint32_t>(tree_.size() - built_.nodes)};
    shift.first_node = tree_[node].next - shift.more_nodes;
    bool placed = true, moved = delta != 0 || shift.more_nodes != 0;
    for_each_pool(fresh, [&]<class T>(std::vector<T>&, std::vector<T>& read) {
      const Extent extent = measure.extents[kPoolOf<T>];
      if (extent.empty()) {
        placed = placed && read.empty();  // where they go cannot be told from the entry
        return;
      }
      transfer.begins[kPoolOf<T>] = extent.begin;
      shift.after[kPoolOf<T>] = extent.end;
      shift.more[kPoolOf<T>] = static_cast<uint32_t>(read.size()) - (extent.end - extent.begin);
      moved = moved || shift.more[kPoolOf<T>] != 0;
    });
    if (!placed) return false;
    visit(fresh, transfer);
    if (moved) visit(whole_, shift);
    // The entry's own parts were moved as well, or not, and are written over.
    entry = std::move((fresh.*list).front());
    for_each_pool(fresh, [&]<class T>(std::vector<T>& pool, std::vector<T>& read) { splice(pool, measure.extents[kPoolOf<T>], read); });
    whole_.selector_addresses.insert(whole_.selector_addresses.end(), fresh.selector_addresses.begin(), fresh.selector_addresses.end());
    built_.nodes = tree_.size();
    return true;
  }

  /// f(pool of the whole, what was read) for each pool that entries fill.
  template <class F>
  void for_each_pool(Policy& fresh, F&& f) {
    f(whole_.selectors, fresh.selectors);
    f(whole_.destinations, fresh.destinations);
    f(whole_.port_items, fresh.port_items);
    f(whole_.texts, fresh.texts);
    f(whole_.net_capabilities, fresh.net_capabilities);
    f(whole_.app_capabilities, fresh.app_capabilities);
    f(whole_.posture_attrs, fresh.posture_attrs);
  }

  BuiltPolicy& built_;
  Policy& whole_;
  const Damage& damage_;
  const SyntaxTree& tree_;
  const Target target_;
};

}  // namespace

BuiltPolicy build_with_findings(const SyntaxTree& tree, Target target) {
  BuiltPolicy built;
  Collector sink(built.findings);
  built.policy = build_policy(tree, sink, target);
  built.nodes = tree.size();
  return built;
}

bool rebuild_policy(BuiltPolicy& built, const Damage& damage, const SyntaxTree& tree, Target target) {
  return Rebuild(built, damage, tree, target).run();
}

}  // namespace aclc
