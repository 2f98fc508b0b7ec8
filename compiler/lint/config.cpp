// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/config.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <type_traits>

#include "base/nearest.h"
#include "parser/diagnostics/lint_kinds.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

class InSource final : public DiagnosticSink {
 public:
  InSource(SourceId source, DiagnosticSink& to) : source_(source), to_(to) {}
  void report(Diagnostic d) override { to_.report(std::move(d).in(source_)); }

 private:
  SourceId source_;
  DiagnosticSink& to_;
};

class ConfigReader {
 public:
  ConfigReader(const SyntaxTree& tree, SourceId source, LintOptions& out, DiagnosticSink& sink) : tree_(tree), source_(source), out_(out), sink_(sink) {}

  void read() {
    if (!tree_.is(tree_.root(), NodeKind::kObject)) {
      wrong(tree_.root(), "the configuration is an object");
      return;
    }
    static constexpr std::string_view kNames[] = {"levels", "budgets", "protected", "environments", "management-ports"};
    members(tree_.root(), [&](NodeId name, std::string_view key, NodeId value) {
      if (key == "levels") {
        members(value, [&](NodeId n, std::string_view k, NodeId v) { level(n, k, v); });
      } else if (key == "budgets") {
        members(value, [&](NodeId n, std::string_view k, NodeId v) { budget(n, k, v); });
      } else if (key == "protected") {
        members(value, [&](NodeId n, std::string_view k, NodeId v) { out_.protected_destinations.push_back({{std::string(k), inside(n)}, texts(v), source_}); });
      } else if (key == "environments") {
        members(value, [&](NodeId n, std::string_view k, NodeId v) { environment(n, k, v); });
      } else if (key == "management-ports") {
        ports(value);
      } else {
        unknown(name, key, "setting", kNames);
      }
    });
  }

 private:
  Span inside(NodeId string) const { return {tree_[string].span.begin + 1, tree_[string].span.end - 1}; }
  void wrong(NodeId at, std::string_view what) { sink_.report(diag::ConfigValue(tree_[at].span, what)); }

  template <class Names>
  void unknown(NodeId at, std::string_view word, std::string_view what, const Names& names) {
    Diagnostic d = diag::ConfigValue(inside(at), fmt::format("there is no {} `{}`", what, word));
    suggest(d, at, word, names);
    sink_.report(std::move(d));
  }

  template <class Names>
  void suggest(Diagnostic& d, NodeId at, std::string_view word, const Names& names) {
    const std::string_view near = nearest(word, names);
    if (near.empty()) return;
    d = std::move(d).help(fmt::format("did you mean `{}`?", near));
    d = std::move(d).fix(fmt::format("replace with `{}`", near), {{inside(at), std::string(near)}});
  }

  template <class F>
  void members(NodeId object, F&& f) {
    if (!tree_.is(object, NodeKind::kObject)) {
      wrong(object, "an object is expected here");
      return;
    }
    std::map<std::string, NodeId> first;
    for (const NodeId m : tree_.children(object)) {
      if (!tree_.is(m, NodeKind::kMember) || !tree_.is(tree_.name_of(m), NodeKind::kString)) continue;
      std::string scratch;
      const std::string key(tree_.string_value(tree_.name_of(m), scratch));
      // One of the two would be dropped in silence.
      if (const auto [known, is_new] = first.try_emplace(key, tree_.name_of(m)); !is_new) {
        sink_.report(diag::DuplicateKey(inside(tree_.name_of(m)), key).label(inside(known->second), "first given here").help("keep the one that is meant"));
        continue;
      }
      f(tree_.name_of(m), key, tree_.value_of(m));
    }
  }

  std::optional<uint64_t> number(NodeId value, uint64_t most) {
    uint64_t out = 0;
    const std::string_view text = tree_.text_of(value);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (tree_.is(value, NodeKind::kNumber) && error == std::errc() && end == text.data() + text.size() && out <= most) return out;
    wrong(value, fmt::format("a number from 0 to {} is expected here", most));
    return std::nullopt;
  }

  std::vector<ProtectedDestination::Written> texts(NodeId array) {
    std::vector<ProtectedDestination::Written> out;
    if (!tree_.is(array, NodeKind::kArray)) {
      wrong(array, "a list of texts is expected here");
      return out;
    }
    std::string scratch;
    for (const NodeId e : tree_.children(array)) {
      if (tree_.is(e, NodeKind::kString)) {
        out.push_back({std::string(tree_.string_value(e, scratch)), inside(e)});
      } else {
        wrong(e, "a text is expected here");
      }
    }
    return out;
  }

  std::vector<std::string> strings(NodeId array) {
    std::vector<std::string> out;
    for (auto& written : texts(array)) out.push_back(std::move(written.text));
    return out;
  }

  void level(NodeId name, std::string_view key, NodeId value) {
    std::string scratch;
    const std::string_view word = tree_.is(value, NodeKind::kString) ? tree_.string_value(value, scratch) : std::string_view();
    LintLevel level = LintLevel::kOff;
    if (word == "error") {
      level = LintLevel::kError;
    } else if (word == "warning") {
      level = LintLevel::kWarning;
    } else if (word == "note") {
      level = LintLevel::kNote;
    } else if (word != "off") {
      wrong(value, "a level is \"error\", \"warning\", \"note\" or \"off\"");
      return;
    }
    bool found = false;
    std::vector<std::string_view> names;
    for (const LintRule& rule : lint_rules()) {
      names.push_back(rule.slug());
      names.push_back(category_name(rule.category));
      // What is said of one rule counts, wherever its category stands.
      if (rule.slug() == key) {
        out_.levels[rule.kind] = level;
        own_.push_back(rule.kind);
        found = true;
      } else if (category_name(rule.category) == key) {
        found = true;
        if (std::find(own_.begin(), own_.end(), rule.kind) == own_.end()) out_.levels[rule.kind] = level;
      }
    }
    if (found) return;
    Diagnostic d = diag::ConfigRule(inside(name), key);
    suggest(d, name, key, names);
    if (d.help_text.empty()) d = std::move(d).help("`aclc lint --list` shows them");
    sink_.report(std::move(d));
  }

  void budget(NodeId name, std::string_view key, NodeId value) {
    LintBudgets& b = out_.budgets;
    static constexpr std::string_view kNames[] = {"reach", "entries", "line-columns", "prefix-v4", "prefix-v6", "expiry-days", "looks"};
    const auto set = [&](auto& field, uint64_t most) {
      if (const auto n = number(value, most)) field = static_cast<std::remove_reference_t<decltype(field)>>(*n);
    };
    if (key == "reach") {
      set(b.reach, UINT32_MAX);
    } else if (key == "entries") {
      set(b.entries, UINT32_MAX);
    } else if (key == "line-columns") {
      set(b.line_columns, 1'000'000);
    } else if (key == "prefix-v4") {
      set(b.prefix_v4, 32);
    } else if (key == "prefix-v6") {
      set(b.prefix_v6, 128);
    } else if (key == "expiry-days") {
      set(b.expiry_days, 100'000);
    } else if (key == "looks") {
      set(b.looks, UINT32_MAX);
    } else {
      unknown(name, key, "budget", kNames);
    }
  }

  void environment(NodeId name, std::string_view key, NodeId value) {
    static constexpr std::string_view kNames[] = {"development", "production"};
    if (key == "development") {
      out_.development = strings(value);
    } else if (key == "production") {
      out_.production = strings(value);
    } else {
      unknown(name, key, "environment", kNames);
    }
  }

  void ports(NodeId array) {
    if (!tree_.is(array, NodeKind::kArray)) {
      wrong(array, "a list of ports is expected here");
      return;
    }
    out_.management_ports.clear();
    for (const NodeId e : tree_.children(array)) {
      if (const auto n = number(e, 65535)) out_.management_ports.push_back(static_cast<uint16_t>(*n));
    }
  }

  const SyntaxTree& tree_;
  SourceId source_;
  LintOptions& out_;
  DiagnosticSink& sink_;
  std::vector<Kind> own_;  ///< rules whose own level was given
};

}  // namespace

void read_lint_config(std::string_view text, SourceId source, LintOptions& options, DiagnosticSink& sink) {
  InSource to(source, sink);
  const SyntaxTree tree = parse(text, to);
  if ((tree[tree.root()].flags & kBroken) == 0) ConfigReader(tree, source, options, to).read();
}

std::string find_lint_config(const std::string& policy) {
  const auto exists = [](const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
  };
  const size_t slash = policy.rfind('/');
  std::string folder = slash == std::string::npos ? "" : policy.substr(0, slash + 1);
  constexpr int kUp = 32;
  for (int i = 0; i < kUp; ++i) {
    std::string path = folder + ".aclc.hujson";
    if (exists(path)) return path;
    if (exists(folder + ".git")) return {};
    folder += "../";
  }
  return {};
}

}  // namespace aclc
