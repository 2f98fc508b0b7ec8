// SPDX-License-Identifier: Apache-2.0
// After any sequence of edits the engine's tables are those of a compile from scratch, and no table changed that was not named; a
// node that is told the difference has the filter of now.
//
//   property_engine                       10,000 edits
//   ACLC_EDITS=1000000 property_engine    as many as that
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <sstream>

#include "compiler/engine/engine.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"
#include "tests/support/random_tailnet.h"

namespace aclc {
namespace {

struct Errors : DiagnosticSink {
  void report(Diagnostic d) override {
    if (d.severity == Severity::kError) ++count;
  }
  size_t count = 0;
};

constexpr uint32_t kUsers = 4;

/// One engine with what it was made from.
class Session {
 public:
  explicit Session(uint64_t seed) : random_(seed) {
    policies_.push_back(random_.policy());
    Errors errors;
    Tailnet tailnet = read_tailnet(random_.tailnet(), SourceId(size_t{1}), errors);
    std::optional<Written> read = written(policies_.back(), tailnet);
    valid_ = errors.count == 0 && read;
    if (!valid_) return;
    engine_ = std::make_unique<Engine>(EngineInput{std::move(read->tree), std::move(read->policy), read->definitions, std::move(tailnet)});
    for (size_t i = 0; i < engine_->tailnet().nodes.size(); ++i) last_.push_back(table(TailnetNodeId(i)));
    for (size_t i = 0; i < last_.size(); ++i) rules_.push_back(engine_->tables().filter_rules(TailnetNodeId(i)));
  }

  bool valid() const { return valid_; }

  /// One random edit. What is wrong afterwards, or nothing.
  std::string edit() {
    const Affected affected = some_edit();
    named_ += affected.nodes.size();
    if (affected.anew && !rewritten_) ++anew_;
    const size_t nodes = engine_->tailnet().nodes.size();
    last_.resize(nodes);
    rules_.resize(nodes);
    const std::vector<std::string> wanted = from_scratch();
    for (size_t i = 0; i < nodes; ++i) {
      const TailnetNodeId id(i);
      const std::string now = engine_->present(id) ? table(id) : "";
      if (now != wanted[i]) return fmt::format("node {} after {}\nscratch {}\nengine  {}\n{}", i, what_, wanted[i], now, policies_.back());
      const bool named = std::binary_search(affected.nodes.begin(), affected.nodes.end(), id);
      if (now != last_[i] && !named && engine_->present(id)) {
        return fmt::format("node {} was not named after {}\nbefore {}\nnow    {}\n{}", i, what_, last_[i], now, policies_.back());
      }
      if (now == last_[i]) continue;
      ++changed_;
      last_[i] = now;
      if (now.empty()) continue;
      const auto told = wire::apply(rules_[i], engine_->delta(id, rules_[i]));
      rules_[i] = engine_->tables().filter_rules(id);
      if (!told || *told != rules_[i]) return fmt::format("node {} was told otherwise after {}", i, what_);
    }
    return "";
  }

  static inline size_t named_ = 0, changed_ = 0, anew_ = 0;

 private:
  struct Written {
    SyntaxTree tree;
    Policy policy;
    Definitions definitions;
  };
  /// Nothing where it does not pass the check.
  static std::optional<Written> written(const std::string& text, const Tailnet& tailnet) {
    Errors errors;
    SyntaxTree tree = parse(text, errors);
    Policy policy = build_policy(tree, errors);
    Definitions definitions = define(policy);
    CheckOptions options;
    options.tailnet = &tailnet;
    check(policy, tree, definitions, options, errors);
    if (errors.count > 0) return std::nullopt;
    return Written{std::move(tree), std::move(policy), std::move(definitions)};
  }

  /// The policy with one of its rules, each of which stands on a line, removed or written twice.
  std::string with_a_rule_edited() {
    std::vector<std::string> lines;
    std::vector<size_t> rules;
    std::istringstream in(policies_.back());
    for (std::string line; std::getline(in, line); lines.push_back(line)) {
      if (line.starts_with("{\"")) rules.push_back(lines.size());
    }
    if (rules.empty()) return policies_.back();
    const size_t rule = rules[random_.below(static_cast<uint32_t>(rules.size()))];
    if (random_.one_in(3)) {
      lines[rule] += "\n" + lines[rules[random_.below(static_cast<uint32_t>(rules.size()))]];
    } else {
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(rule));
    }
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
  }

  std::string table(TailnetNodeId id) {
    std::string out;
    engine_->tables().append_json(out, id);
    return out;
  }

  /// The nodes that are there in a tailnet of their own, compiled.
  std::vector<std::string> from_scratch() const {
    const Tailnet& now = engine_->tailnet();
    Tailnet copy;
    const auto text = [&](StringId id) { return copy.names.intern(now.text(id)); };
    for (const User& u : now.users) copy.users.add({text(u.login), u.role, {}});
    for (size_t i = 0; i < now.nodes.size(); ++i) {
      if (!engine_->present(TailnetNodeId(i))) continue;
      Node n = now.nodes[TailnetNodeId(i)];
      n.name = text(n.name);
      for (StringId& t : n.tags) t = text(t);
      for (PostureValueOf& v : n.posture) {
        v.attribute = text(v.attribute);
        if (v.text.valid()) v.text = text(v.text);
      }
      copy.nodes.add(std::move(n));
    }
    Errors errors;
    const SyntaxTree tree = parse(policies_.back(), errors);
    const Definitions definitions = define(engine_->policy());
    const lower::SharedForm form(reference::Meaning(engine_->policy(), definitions, copy), tree);
    tables::Tables tables(form, tree);
    std::vector<std::string> out(now.nodes.size());
    size_t next = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      if (engine_->present(TailnetNodeId(i))) tables.append_json(out[i], TailnetNodeId(next++));
    }
    return out;
  }

  Node random_node(uint32_t index) {
    // Read from its text, then moved into the engine's tailnet.
    Errors errors;
    std::string users;
    for (uint32_t u = 0; u < kUsers; ++u) users += fmt::format("{}{{\"login\": \"{}\"}}", u > 0 ? ", " : "", random_.user(u));
    const std::string file = fmt::format("{{\"tailnet\": \"example.com\", \"users\": [{}], \"nodes\": [{}]}}", users, random_.node(index));
    const Tailnet read = read_tailnet(file, SourceId(size_t{1}), errors);
    Node n = read.nodes[TailnetNodeId(size_t{0})];
    const auto text = [&](StringId id) { return engine_->intern(read.text(id)); };
    n.name = text(n.name);
    for (StringId& t : n.tags) t = text(t);
    for (PostureValueOf& v : n.posture) {
      v.attribute = text(v.attribute);
      if (v.text.valid()) v.text = text(v.text);
    }
    if (n.user.valid()) n.user = UserId(size_t{n.user.value % engine_->tailnet().users.size()});
    return n;
  }

  Affected some_edit() {
    const auto nodes = static_cast<uint32_t>(engine_->tailnet().nodes.size());
    std::vector<TailnetNodeId> present;
    for (uint32_t i = 0; i < nodes; ++i) {
      if (engine_->present(TailnetNodeId(i))) present.emplace_back(i);
    }
    const uint32_t kind = random_.below(7);
    rewritten_ = kind == 6;
    if (rewritten_) {
      what_ = "editing a rule";
      const std::string text = with_a_rule_edited();
      if (!written(text, engine_->tailnet())) return {};
      policies_.push_back(text);
      std::optional<Written> read = written(policies_.back(), engine_->tailnet());
      return engine_->replace_policy(std::move(read->tree), std::move(read->policy), std::move(read->definitions));
    }
    if (present.empty() || (kind == 0 && present.size() < 10)) {
      what_ = "adding a node";
      return engine_->add(random_node(nodes));
    }
    const TailnetNodeId id = present[random_.below(static_cast<uint32_t>(present.size()))];
    if (kind == 1) {
      what_ = fmt::format("removing node {}", id.value);
      return engine_->remove(id);
    }
    if (kind == 2) {
      const std::string group = std::string("group:") + "xyz"[random_.below(3)], login = random_.user(random_.below(kUsers));
      const bool member = random_.one_in(2);
      what_ = fmt::format("{} of {} {}", login, group, member ? "joining" : "leaving");
      return engine_->set_member(group, login, member);
    }
    Node record = random_node(id.value);
    const Node& old = engine_->tailnet().nodes[id];
    if (kind == 3) {  // an approval alone
      const std::vector<Prefix> approved = record.routable_ips;
      record = old;
      record.approved_routes = random_.one_in(2) ? approved : record.routable_ips;
    } else if (kind == 4) {  // tags alone
      std::vector<StringId> tags = record.tags;
      const UserId user = record.user;
      record = old;
      record.tags = std::move(tags);
      record.user = record.tagged() ? UserId() : user;
    }
    what_ = fmt::format("changing node {}, kind {}", id.value, kind);
    return engine_->change(id, std::move(record));
  }

  aclc::testing::RandomTailnet random_;
  std::deque<std::string> policies_;  // trees refer to the texts; the last one is in force
  std::string what_;
  bool rewritten_ = false;
  std::unique_ptr<Engine> engine_;
  std::vector<std::string> last_;
  std::vector<std::vector<wire::FilterRule>> rules_;
  bool valid_ = false;
};

TEST(Engine, EditsEndWhereACompileFromScratchDoes) {
  const char* asked = std::getenv("ACLC_EDITS");
  const size_t edits = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 10'000;
  constexpr size_t kPerSession = 40;
  size_t done = 0;
  for (uint64_t seed = 1; done < edits; ++seed) {
    Session session(seed * 104729);
    if (!session.valid()) continue;
    for (size_t i = 0; i < kPerSession && done < edits; ++i, ++done) {
      const std::string wrong = session.edit();
      ASSERT_EQ(wrong, "") << "seed " << seed << ", edit " << i;
    }
  }
  RecordProperty("named", static_cast<int>(Session::named_));
  RecordProperty("changed", static_cast<int>(Session::changed_));
  RecordProperty("anew", static_cast<int>(Session::anew_));
  // Following indexes is of no use if every node is named.
  EXPECT_LT(Session::anew_ * 4, edits);
}

}  // namespace
}  // namespace aclc
