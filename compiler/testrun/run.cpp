// SPDX-License-Identifier: Apache-2.0
#include "compiler/testrun/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/net/protocol.h"
#include "compiler/reference/ssh.h"
#include "compiler/testrun/people.h"

namespace aclc {
namespace {

using reference::World;

/// An address that a test speaks of, and the node that has it.
struct End {
  Address address;
  TailnetNodeId node;
};

/// A tailnet with the world and rules over it. Tests that give posture attributes get a stage of their own.
struct Stage {
  Stage(const Policy& policy, const Definitions& definitions, Tailnet t)
      : tailnet(std::move(t)), world(policy, definitions, tailnet), reach(world) {}

  Tailnet tailnet;
  World world;
  Reach reach;
  std::map<TailnetNodeId, reference::NodeTable> ssh;  ///< by destination, made on demand
};

class Runner {
 public:
  Runner(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet, const std::atomic<bool>* cancelled,
         std::function<void(size_t)> done)
      : policy_(policy), definitions_(definitions), tailnet_(tailnet), cancelled_(cancelled), done_(std::move(done)) {}

  TestReport run() {
    report_.on_stand_ins = tailnet_ == nullptr;
    report_.rules = reference::statement_spans(policy_);
    for (const SshRule& rule : policy_.ssh) report_.rules.push_back(rule.span);
    report_.exercised.resize(report_.rules.size());
    for (uint32_t i = 0; i < policy_.tests.size() && !given_up(); ++i) acl_test(i);
    for (uint32_t i = 0; i < policy_.ssh_tests.size() && !given_up(); ++i) ssh_test(i);
    return std::move(report_);
  }

 private:
  bool given_up() {
    if (done_) done_(tests_done_++);
    return cancelled_ != nullptr && *cancelled_;
  }

  /// Made for the first test: most policies that are checked have none.
  Stage& common() {
    if (!common_) common_ = std::make_unique<Stage>(policy_, definitions_, with_stand_ins(policy_, tailnet_));
    return *common_;
  }

  std::unique_ptr<Stage> with_attributes(const Selector& src, Slice<PostureAttr> attributes) {
    Tailnet tailnet = with_stand_ins(policy_, tailnet_);
    std::vector<PostureValueOf> values;
    for (const PostureAttr& attribute : policy_.at(attributes)) {
      PostureValueOf value;
      value.attribute = tailnet.names.intern(policy_.text(attribute.name));
      value.type = static_cast<PostureValueOf::Type>(attribute.value.type);
      value.text = tailnet.names.intern(policy_.text(attribute.value.text));
      value.number = attribute.value.number;
      value.boolean = attribute.value.boolean;
      values.push_back(value);
    }
    const World world(policy_, definitions_, tailnet);
    for (const TailnetNodeId id : world.nodes_of(src)) tailnet.nodes[id].posture = values;
    return std::make_unique<Stage>(policy_, definitions_, std::move(tailnet));
  }

  /// The addresses that a selector of a test stands for: those of its nodes, or the one that it writes.
  static std::vector<End> ends(const Stage& stage, const Selector& selector) {
    std::vector<End> out;
    for (const TailnetNodeId id : stage.world.nodes_of(selector)) {
      for (const Address& a : World::addresses(stage.world.node(id))) out.push_back({a, id});
    }
    const auto literal = stage.world.literal(selector);
    if (!literal) return out;
    std::erase_if(out, [&](const End& end) { return !literal->contains(end.address); });
    if (out.empty() && !literal->empty()) out.push_back({literal->ranges().front().first, {}});
    return out;
  }

  void acl_test(uint32_t index) {
    const AclTest& test = policy_.tests[index];
    std::unique_ptr<Stage> own;
    if (!test.posture_attrs.empty()) own = with_attributes(test.src, test.posture_attrs);
    Stage& stage = own ? *own : common();
    const std::vector<End> sources = ends(stage, test.src);
    for (const bool accept : {true, false}) {
      for (const Destination& d : policy_.at(accept ? test.accept : test.deny)) {
        AssertionResult result;
        result.test = index;
        result.at = d.span;
        result.source = policy_.text(test.src);
        result.destination = fmt::format("{}:{}", policy_.text(d.selector), policy_.at(d.ports).front().range.first);
        result.protocol = test.proto.number;
        result.expected = accept ? Expectation::kAccept : Expectation::kDeny;
        decide(stage, sources, d, test.proto.number, result);
        add(std::move(result));
      }
    }
  }

  // Accepted is what every source address may reach at some address of the destination (recorded answers).
  void decide(Stage& stage, const std::vector<End>& sources, const Destination& d, uint8_t protocol,
              AssertionResult& result) {
    const std::vector<End> destinations = ends(stage, d.selector);
    const uint16_t port = policy_.at(d.ports).front().range.first;
    bool all = !sources.empty() && !destinations.empty();
    ReachVerdict allowing, nearest;
    const End* failing = nullptr;  // the first of them
    bool some = false;             // others get there
    for (const End& source : sources) {
      bool reached = false;
      ReachVerdict missed;
      for (const End& destination : destinations) {
        const Connection flow{source.address, destination.address, source.node, destination.node, protocol, port};
        const ReachVerdict decision = stage.reach.decide(flow);
        if (decision.allowed) {
          reached = true;
          if (!allowing.has_rule()) allowing = decision;
          // Every stage has the same rules: they are the policy's.
          if (result.expected == Expectation::kAccept) {
            for (const uint32_t rule : stage.reach.rules_for(flow)) report_.exercised[rule] = true;
          }
          break;
        }
        if (!missed.has_rule()) missed = decision;
      }
      some |= reached;
      if (reached) continue;
      if (all && !nearest.has_rule()) {
        nearest = missed;
        failing = &source;
      }
      all = false;
    }
    result.got = all ? Expectation::kAccept : Expectation::kDeny;
    result.passed = result.got == result.expected;
    const ReachVerdict& shown = all ? allowing : nearest;
    if (shown.has_rule()) result.rule = stage.reach.rule_span(shown.rule);
    result.missed = shown.missed;
    // Whom it was seen with is news where others get there, or where the first that does not is not the first of all.
    if (!result.passed && failing && failing->node.valid() && (some || failing->node != sources.front().node))
      result.witness = fmt::format("{} ({})", stage.tailnet.text(stage.world.node(failing->node).name), failing->address.to_text());
  }

  void ssh_test(uint32_t index) {
    const SshTest& test = policy_.ssh_tests[index];
    std::unique_ptr<Stage> own;
    if (!test.posture_attrs.empty()) own = with_attributes(test.src, test.posture_attrs);
    Stage& stage = own ? *own : common();
    const std::vector<End> sources = ends(stage, test.src);
    const struct {
      Expectation expected;
      Texts users;
    } lists[] = {{Expectation::kAccept, test.accept}, {Expectation::kCheck, test.check}, {Expectation::kDeny, test.deny}};
    for (const auto& list : lists) {
      for (const Text& user : policy_.at(list.users)) {
        for (const Selector& dst : policy_.at(test.dst)) {
          AssertionResult result;
          result.ssh = true;
          result.test = index;
          result.at = user.span;
          result.source = policy_.text(test.src);
          result.destination = policy_.text(dst);
          result.user = policy_.text(user);
          result.expected = list.expected;
          decide_ssh(stage, sources, dst, result);
          add(std::move(result));
        }
      }
    }
  }

  // Every source address must get the expected answer at every node of the destination (recorded answers). To be let in after
  // a check is to be accepted.
  void decide_ssh(Stage& stage, const std::vector<End>& sources, const Selector& dst, AssertionResult& result) {
    std::vector<TailnetNodeId> nodes;
    for (const End& end : ends(stage, dst)) {
      if (end.node.valid() && (nodes.empty() || nodes.back() != end.node)) nodes.push_back(end.node);
    }
    const bool nobody = sources.empty() || nodes.empty();
    result.passed = !nobody || result.expected == Expectation::kDeny;
    result.got = Expectation::kDeny;
    for (const TailnetNodeId node : nodes) {
      for (const End& source : sources) {
        const auto [got, rule, missed] = session(stage, node, source.address, result.user);
        const bool fits = got == result.expected ||
                          (result.expected == Expectation::kAccept && got == Expectation::kCheck);
        if (fits && !result.passed) continue;
        result.got = got;
        result.rule = rule;
        result.missed = missed;
        if (fits) {
          if (result.expected != Expectation::kDeny) exercise_ssh(rule);
          continue;
        }
        result.passed = false;
        if (sources.size() * nodes.size() > 1 && source.node.valid()) {
          result.witness = fmt::format("{} at {}", stage.tailnet.text(stage.world.node(source.node).name), stage.tailnet.text(stage.world.node(node).name));
        }
        return;
      }
    }
  }

  struct Session {
    Expectation got = Expectation::kDeny;
    Span rule;  ///< what decided, or came nearest
    Miss missed = Miss::kNone;
  };
  /// The first rule whose principals hold the source and that maps the user to a local one decides (Tailscale client).
  static Session session(Stage& stage, TailnetNodeId node, const Address& source, const std::string& user) {
    const auto [entry, is_new] = stage.ssh.try_emplace(node);
    if (is_new) reference::compile_ssh(stage.world, node, entry->second);
    const std::string from = source.to_text();
    Session out;
    for (size_t i = 0; i < entry->second.ssh_rules.size(); ++i) {
      const wire::SshRule& rule = entry->second.ssh_rules[i];
      const Span origin = entry->second.ssh_origins[i].rules.front();
      const bool holds = std::find(rule.principals.begin(), rule.principals.end(), from) != rule.principals.end();
      std::string local;
      bool named = false;
      for (const auto& [login, to] : rule.ssh_users) {
        if (login == user) {
          local = to;
          named = true;
        } else if (login == "*" && !named && user != "root") {
          local = to;
        }
      }
      if (holds && !local.empty()) return {rule.check ? Expectation::kCheck : Expectation::kAccept, origin, Miss::kNone};
      // One for another user of the host is nearer than one for somebody else.
      if (holds && out.missed != Miss::kUser) out = {Expectation::kDeny, origin, Miss::kUser};
      if (!local.empty() && out.missed == Miss::kNone) out = {Expectation::kDeny, origin, Miss::kSource};
    }
    return out;
  }

  void exercise_ssh(Span rule) {
    for (size_t i = 0; i < report_.rules.size(); ++i) {
      if (report_.rules[i] == rule) report_.exercised[i] = true;
    }
  }

  void add(AssertionResult result) {
    ++(result.passed ? report_.passed : report_.failed);
    report_.results.push_back(std::move(result));
  }

  const Policy& policy_;
  const Definitions& definitions_;
  const Tailnet* tailnet_;
  const std::atomic<bool>* cancelled_;
  const std::function<void(size_t)> done_;
  size_t tests_done_ = 0;
  std::unique_ptr<Stage> common_;
  TestReport report_;
};

std::string_view lacks(Miss missed) {
  switch (missed) {
    case Miss::kSource:
      return "its source does not fit";
    case Miss::kPosture:
      return "the posture of its source does not hold";
    case Miss::kDestination:
      return "its destination does not fit";
    case Miss::kProtocol:
      return "its protocol does not fit";
    case Miss::kPort:
      return "its port does not fit";
    case Miss::kUser:
      return "its users do not fit";
    case Miss::kNone:
      break;
  }
  return "this rule allows it";
}

/// The hosted service's line for a failed assertion (public issue threads that quote it).
std::string hosted_words(const AssertionResult& r) {
  const auto word = [](Expectation e) { return e == Expectation::kAccept ? "Accept" : "Drop"; };
  const std::string protocol = r.protocol == 0 ? "" : fmt::format(" (protocol \"{}\")", protocol_name(r.protocol));
  return fmt::format("address \"{}\"{}: want: {}, got: {}", r.destination, protocol, word(r.expected), word(r.got));
}

}  // namespace

std::string_view expectation_name(Expectation e) {
  switch (e) {
    case Expectation::kAccept:
      return "accept";
    case Expectation::kDeny:
      return "deny";
    case Expectation::kCheck:
      return "check";
  }
  return "";
}

TestReport run_tests(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet,
                     const std::atomic<bool>* cancelled, std::function<void(size_t)> done) {
  return Runner(policy, definitions, tailnet, cancelled, std::move(done)).run();
}

void report_failures(const TestReport& report, DiagnosticSink& sink) {
  for (const AssertionResult& r : report.results) {
    if (r.passed) continue;
    const std::string destination = r.ssh ? fmt::format("{} as {}", r.destination, r.user) : r.destination;
    Diagnostic d = diag::TestFailed(r.at, r.source, destination, expectation_name(r.expected), expectation_name(r.got));
    d.upstream_text = "test(s) failed";
    if (!r.ssh) d.help_text = fmt::format("the hosted service says: {}", hosted_words(r));
    if (!r.witness.empty()) d.labels.push_back({r.at, fmt::format("seen with {}", r.witness)});
    if (!r.rule.empty()) {
      const bool nearest = r.got == Expectation::kDeny;
      d.labels.push_back({r.rule, nearest ? fmt::format("the nearest rule: {}", lacks(r.missed)) : "this rule allows it"});
    }
    sink.report(std::move(d));
  }
}

}  // namespace aclc
