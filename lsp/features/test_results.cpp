// SPDX-License-Identifier: Apache-2.0
// The results of a policy's tests as data, for commands and an editor's view of tests.
#include <fmt/format.h>

#include "base/net/protocol.h"
#include "lsp/features/features.h"
#include "lsp/protocol/encode.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

class Results {
 public:
  Results(const View& view, const Verdicts& verdicts) : view_(view), a_(view.analysis), v_(verdicts) {}

  std::string take(std::optional<Entry> only) {
    w_.begin_object().key("ran").boolean(v_.report.has_value());
    if (!v_.report) {
      w_.key("reason").text(v_.not_run).key("passed").number(0).key("failed").number(0);
      w_.key("tests").begin_array().end_array().end_object();
      return w_.take();
    }
    TestCount sum;
    const std::vector<AssertionResult>& all = v_.report->results;
    w_.key("standIns").boolean(v_.report->on_stand_ins).key("tests").begin_array();
    for (size_t i = 0; i < all.size();) {
      size_t end = i;
      while (end < all.size() && all[end].ssh == all[i].ssh && all[end].test == all[i].test) ++end;
      const Entry entry{all[i].ssh ? field::kSshTests : field::kTests, all[i].test};
      if (is_meant(entry, only)) {
        test(entry, {all.data() + i, end - i});
        if (const auto count = v_.of(entry)) {
          sum.passed += count->passed;
          sum.failed += count->failed;
        }
      }
      i = end;
    }
    w_.end_array().key("passed").number(sum.passed).key("failed").number(sum.failed).end_object();
    return w_.take();
  }

  std::string words(std::optional<Entry> only) const {
    if (!v_.report) return "the tests were not run: " + v_.not_run;
    size_t run = 0, failed = 0;
    const AssertionResult* first = nullptr;
    for (const AssertionResult& r : v_.report->results) {
      if (!is_meant({r.ssh ? field::kSshTests : field::kTests, r.test}, only)) continue;
      ++run;
      if (r.passed) continue;
      ++failed;
      if (!first) first = &r;
    }
    if (!first) return fmt::format("{} of {} assertions passed", run, run);
    return fmt::format("{} of {} assertions failed, the first in line {}: {} -> {}: {}", failed, run,
                       a_.version().lines.line_of(first->at.begin) + 1, first->source, first->destination, message(*first));
  }

 private:
  static bool is_meant(Entry entry, const std::optional<Entry>& only) {
    return !only || *only == entry || (only->index == Entry::kNone && only->section == entry.section);
  }
  void test(Entry entry, std::span<const AssertionResult> assertions) {
    const TestCount count = v_.of(entry).value_or(TestCount());
    w_.begin_object().key("section").text(shape_info(Shape::kPolicy).fields[entry.section].name);
    w_.key("index").number(entry.index).key("label").text(entry_label(a_, entry)).key("range");
    encode(w_, view_.at.range(span_of(a_.policy(), entry)));
    w_.key("passed").number(count.passed).key("failed").number(count.failed);
    w_.key("assertions").begin_array();
    for (const AssertionResult& r : assertions) assertion(r);
    w_.end_array().end_object();
  }

  void assertion(const AssertionResult& r) {
    w_.begin_object().key("source").text(r.source).key("destination").text(r.destination);
    if (r.ssh) w_.key("user").text(r.user);
    if (r.protocol != 0) w_.key("protocol").text(protocol_name(r.protocol));
    w_.key("expected").text(expectation_name(r.expected)).key("got").text(expectation_name(r.got));
    w_.key("passed").boolean(r.passed).key("message").text(message(r)).key("range");
    encode(w_, view_.at.range(r.at));
    if (!r.rule.empty()) {
      w_.key("rule").begin_object().key("range");
      encode(w_, view_.at.range(r.rule));
      w_.key("text").text(shortened(a_.text(r.rule), 200)).end_object();
    }
    w_.end_object();
  }

  std::string message(const AssertionResult& r) const {
    const auto line = [&] { return a_.version().lines.line_of(r.rule.begin) + 1; };
    std::string out = r.passed ? "" : fmt::format("expected {}, got {}: ", expectation_name(r.expected), expectation_name(r.got));
    if (r.got != Expectation::kDeny) {
      out += r.rule.empty() ? "everything is allowed: neither acls nor grants"
                            : fmt::format("{} by line {}", r.got == Expectation::kCheck ? "after a check" : "allowed", line());
    } else {
      out += r.witness.empty() ? "no rule allows it" : "no rule allows all of it";
      if (!r.passed && !r.rule.empty()) out += fmt::format("; nearest is line {}: {}", line(), missed_words(r.missed));
    }
    if (!r.witness.empty()) out += fmt::format(" (seen with {})", r.witness);
    return out;
  }

  const View& view_;
  const Analysis& a_;
  const Verdicts& v_;
  JsonWriter w_;
};

}  // namespace

std::string test_results(const View& view, const Verdicts& verdicts, std::optional<Entry> only) {
  return Results(view, verdicts).take(only);
}

std::string test_words(const View& view, const Verdicts& verdicts, std::optional<Entry> only) {
  return Results(view, verdicts).words(only);
}

}  // namespace aclc::lsp
