// SPDX-License-Identifier: Apache-2.0
// May this address reach that one? Decided over the rules of the whole tailnet, as the hosted service decides its tests,
// with the rule that allowed it or the rule that came nearest.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/net/address.h"
#include "base/net/ports.h"
#include "base/span.h"
#include "compiler/reach/address_rows.h"
#include "compiler/reference/statements.h"
#include "compiler/reference/world.h"

namespace aclc {

/// One packet that opens a connection. The nodes are those that have the addresses, where any do.
struct Connection {
  Address src;
  Address dst;
  TailnetNodeId src_node, dst_node;
  uint8_t protocol = 0;  ///< 0: TCP or UDP will do
  uint16_t port = 0;     ///< 0 for protocols without ports
  bool any_port = false; ///< whether there is a port at all
};

/// What a rule lacks for a flow. kPosture: its sources have the node, and none of its postures holds for it. kUser: of an ssh rule, the
/// user to log in as.
enum class Miss : uint8_t { kNone, kSource, kPosture, kDestination, kProtocol, kPort, kUser };

/// "source and destination match, the port does not"; empty where nothing is missed.
std::string_view missed_words(Miss missed);

struct ReachVerdict {
  static constexpr uint32_t kNoRule = UINT32_MAX;

  bool allowed = false;
  uint32_t rule = kNoRule;  ///< number in pipeline order, grants before acls: the first that allows, or the nearest miss
  Miss missed = Miss::kNone;

  bool has_rule() const { return rule != kNoRule; }
};

/// Holds references: policy and tailnet of the world must outlive it. Remembers what it decided: not for several threads at once.
class Reach {
 public:
  explicit Reach(const reference::World& world);

  /// O(rules) at first; then as little as a look-up, also for other addresses that are in the same sources and destinations.
  ReachVerdict decide(const Connection& flow);
  /// The ports that all rules together open for a flow of the protocol.
  PortSet ports_for(const Connection& flow);
  /// Every rule that allows the flow, in order.
  std::vector<uint32_t> rules_for(const Connection& flow);

  /// Addresses of the set that stand for all of it: each other one is in the same sources as one of them, or the same destinations.
  std::vector<Address> sources_within(const AddressSet& set) { return sources_.representatives(set, kMostPlaces); }
  std::vector<Address> destinations_within(const AddressSet& set) { return destinations_.representatives(set, kMostPlaces); }
  static constexpr size_t kMostPlaces = 4096;  ///< in a set where they may begin; more are not looked at

  size_t rule_count() const { return rules_.size(); }
  /// The rule's span in the policy; empty for the rule that absent `acls` and `grants` stand for.
  Span rule_span(uint32_t rule) const { return rules_[rule].span; }
  const reference::World& world() const { return world_; }

 private:
  /// Of one of the lists below: what a rule has there. A policy has many rules with little in each.
  struct Run {
    uint32_t first = 0, end = 0;
    bool empty() const { return first == end; }
  };
  struct Target {
    bool self = false;
    AddressSetId addresses;
    Run ports;  ///< of an acl; a grant's are beside its protocols
  };
  struct Protocol {
    uint8_t number = 0;
    Run ports;
  };
  struct Rule {
    Span span;
    Run sources, targets, ip;
    Run unchecked;  ///< the sources whatever their posture, where the rule asks for one
  };
  /// What tells selectors apart that may cover different addresses.
  struct Known {
    SelectorKind kind{};
    Autogroup autogroup{};
    uint32_t name = 0, postures = 0;
    friend bool operator==(const Known&, const Known&) = default;
  };
  struct KnownHash {
    size_t operator()(const Known& k) const noexcept;
  };
  /// All that a decision depends on.
  struct Question {
    AddressRowId src, dst;
    bool same_user = false;  ///< both ends are untagged nodes of one user
    uint8_t protocol = 0;
    uint16_t port = 0;
    bool any_port = false;
    friend bool operator==(const Question&, const Question&) = default;
  };
  struct QuestionHash {
    size_t operator()(const Question& q) const noexcept;
  };

  void add(const reference::Statement& statement);
  Run add(const std::vector<PortRange>& ports);
  template <class T>
  static std::span<const T> of(const std::vector<T>& list, Run run) { return std::span(list).subspan(run.first, run.end - run.first); }
  AddressSetId source_set(const Selector& selector, const PostureRefs& posture, uint32_t postures);
  AddressSetId destination_set(const Selector& selector);
  Question question(const Connection& flow);
  bool from(Run sources, const Question& q) const;
  /// Whether the rule's destination has the question's; each protocol's ports of it that serve the question's protocol go to `visit`.
  template <class Visit>
  bool each_opening(const Rule& rule, const Question& q, Visit&& visit) const;
  Miss judge(const Rule& rule, const Question& q) const;
  ReachVerdict decide(const Question& q) const;

  const reference::World& world_;
  std::vector<Rule> rules_;
  std::vector<AddressSetId> source_list_;
  std::vector<Target> target_list_;
  std::vector<Protocol> protocol_list_;
  std::vector<PortRange> port_list_;
  AddressRows sources_, destinations_;
  std::map<std::vector<uint32_t>, uint32_t> posture_lists_;  ///< the numbers of lists of names, from 1; 0 is no list
  std::unordered_map<Known, AddressSetId, KnownHash> known_sources_, known_destinations_;
  std::unordered_map<Question, ReachVerdict, QuestionHash> decided_;
};

}  // namespace aclc
