// SPDX-License-Identifier: Apache-2.0
// Lines above the code: how often a name is used, what a rule reaches, how a test fared.
#include <fmt/format.h>

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/protocol/writer.h"
#include "lsp/service/labels.h"
#include "lsp/service/rules.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMaxLenses = 2000;
constexpr const char* kPending = "\xe2\x80\xa6";  // the slow tier has not spoken yet

class Lenses {
 public:
  explicit Lenses(const View& view) : view_(view), a_(view.analysis), p_(a_.policy()) {}

  std::vector<CodeLens> all() {
    tests();
    rules();
    for_each_definition(p_, [&](const Text& name, SelectorKind kind, Span, Entry) {
      if (!name.present()) return;
      const uint32_t uses = a_.occurrences().uses_of(kind, name.value);
      add(name.span, counted(uses, "reference"), "aclc.showReferences", position_arguments(name.span));
    });
    return std::move(out_);
  }

 private:
  void add(Span where, std::string title, std::string command, std::string arguments) {
    if (out_.size() >= kMaxLenses) return;
    out_.push_back({view_.at.range(where), Command{std::move(title), std::move(command), std::move(arguments)}, ""});
  }
  std::string uri_arguments(std::string more = {}) const { return "[" + json_quote(view_.uri) + more + "]"; }
  std::string position_arguments(Span span) const {
    const Position at = view_.at.position(span.begin);
    return uri_arguments(fmt::format(",{{\"line\":{},\"character\":{}}}", at.line, at.character));
  }

  void tests() {
    const Verdicts* verdicts = view_.verdicts;
    const auto title = [&](Entry entry) -> std::string {
      if (!verdicts) return kPending;
      const auto count = verdicts->of(entry);
      if (!count) return "not run: " + verdicts->not_run;
      if (count->failed == 0) return fmt::format("pass ({}/{})", count->passed, count->passed);
      return fmt::format("{} of {} failed - show trace", count->failed, count->all());
    };
    const auto section = [&](field::Policy which, const auto& items) {
      for (const Section& s : p_.sections) {
        if (p_.text(s.name) != shape_info(Shape::kPolicy).fields[which].name || items.empty()) continue;
        std::string text = fmt::format("run all {}", items.size());
        const std::vector<TestCount>* counts = verdicts && verdicts->report ? &(which == field::kTests ? verdicts->tests : verdicts->ssh_tests) : nullptr;
        if (counts) {
          text += fmt::format(" - {} pass", std::count_if(counts->begin(), counts->end(), [](const TestCount& c) { return c.failed == 0; }));
        } else {
          text += verdicts ? " - not run: " + verdicts->not_run : std::string(" ") + kPending;
        }
        add(s.name_span, std::move(text), "aclc.runAllTests",
            uri_arguments("," + json_quote(shape_info(Shape::kPolicy).fields[which].name)));
      }
      for (uint32_t i = 0; i < items.size(); ++i) {
        const Span span = items[i].span;
        add({span.begin, span.begin + 1}, title({which, i}), "aclc.runTest",
            uri_arguments(fmt::format(",{},{}", json_quote(shape_info(Shape::kPolicy).fields[which].name), i)));
      }
    };
    section(field::kTests, p_.tests);
    section(field::kSshTests, p_.ssh_tests);
  }

  /// Nodes alone, or nothing: what a bare number says.
  static bool is_number(const Reached& r) { return !r.more() && r.literals.empty(); }

  template <class Rule>
  void rule(const Rule& r, field::Policy section, uint32_t index) {
    if (out_.size() >= kMaxLenses) return;
    std::string title;
    if (a_.inventory()) {
      const auto [src, dst] = sides_of(a_, {section, index}).value_or(Sides());
      title = is_number(src) && is_number(dst) ? fmt::format("{} src \xc3\x97 {} dst nodes", src.nodes.size(), dst.nodes.size())
                                               : fmt::format("{} \xc3\x97 {}", said(src, "src node"), said(dst, "dst node"));
    } else {
      title = fmt::format("{} src \xc3\x97 {} dst selectors (no inventory)", r.src.count, r.dst.count);
    }
    // Which nodes hold it changes with them.
    const PostureRefs& postures = r.src_posture.present ? r.src_posture : p_.default_src_posture;
    if (const auto names = p_.at(postures.names); !names.empty())
      title += names.size() == 1 ? fmt::format(", where {} holds", a_.text(names.front().span)) : fmt::format(", where one of {} postures holds", names.size());
    if (view_.verdicts && view_.verdicts->report && (!p_.tests.empty() || !p_.ssh_tests.empty()))
      title += fmt::format(", used by {}", counted(view_.verdicts->tests_of_rule(r.span), "test"));
    add({r.span.begin, r.span.begin + 1}, std::move(title), "aclc.showRule",
        uri_arguments(fmt::format(",{},{}", json_quote(shape_info(Shape::kPolicy).fields[section].name), index)));
  }
  void rules() {
    for (uint32_t i = 0; i < p_.acls.size(); ++i) rule(p_.acls[i], field::kAcls, i);
    for (uint32_t i = 0; i < p_.grants.size(); ++i) rule(p_.grants[i], field::kGrants, i);
    for (uint32_t i = 0; i < p_.ssh.size(); ++i) rule(p_.ssh[i], field::kSsh, i);
  }

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  std::vector<CodeLens> out_;
};

}  // namespace

std::vector<CodeLens> code_lenses(const View& view) { return Lenses(view).all(); }

}  // namespace aclc::lsp
