// SPDX-License-Identifier: Apache-2.0
// Quick fixes from the findings' own fixes, and which refactorings are offered where.
#include "lsp/features/actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lsp/protocol/writer.h"
#include "parser/diagnostics/fixes.h"

namespace aclc::lsp {
namespace {

size_t errors_of(const Analysis& analysis) {
  return static_cast<size_t>(std::count_if(analysis.findings().begin(), analysis.findings().end(),
                                           [](const Diagnostic& d) { return d.severity == Severity::kError; }));
}

/// Whether the other text has a finding that this one has not, or more of a kind.
bool brings_findings(const Analysis& after, const Analysis& before) {
  std::map<std::pair<std::string_view, std::string_view>, int64_t> known;
  for (const Diagnostic& d : before.findings()) ++known[{d.slug(), d.message}];
  return std::any_of(after.findings().begin(), after.findings().end(),
                     [&](const Diagnostic& d) { return --known[{d.slug(), d.message}] < 0; });
}

std::string edited(std::string_view text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const Edit& x, const Edit& y) { return x.span.begin < y.span.begin; });
  std::string out;
  uint32_t copied = 0;
  for (const Edit& edit : edits) {
    out.append(text, copied, edit.span.begin - copied).append(edit.text);
    copied = edit.span.end;
  }
  return out.append(text, copied);
}

}  // namespace

std::vector<CodeAction> Actions::all() {
  if (wanted("quickfix")) {
    fixes(a_.findings());
    if (view_.verdicts) fixes(view_.verdicts->findings);
  }
  if (wanted("source.fixAll.aclc") && !only_.empty()) fix_all();
  if (a_.broken()) return std::move(out_);  // no guesses about a text that is not whole
  if (wanted("quickfix")) {
    repairs();
    failed_tests();
  }
  if (wanted("source.organize.aclc") && !only_.empty()) organize();
  if (wanted("refactor.rewrite")) {
    acl_to_grant();
    grant_to_acl();
    all_acls_to_grants();
    split_destinations();
    sort_list();
  }
  if (wanted("refactor.extract")) extract_group();
  if (wanted("refactor.inline")) inline_group();
  return std::move(out_);
}

/// A kind is asked for by itself or by the part before a dot; the empty one is every kind.
bool Actions::wanted(std::string_view kind) const {
  return only_.empty() || std::any_of(only_.begin(), only_.end(), [&](const std::string& o) {
           return o.empty() || kind == o || (kind.starts_with(o) && kind.size() > o.size() && kind[o.size()] == '.') ||
                  (o.starts_with(kind) && o.size() > kind.size() && o[kind.size()] == '.');
         });
}

void Actions::find(const std::vector<AskedFinding>& asked) {
  if (asked.empty()) return;
  std::multimap<uint64_t, const Diagnostic*> known;
  const auto learn = [&](const std::vector<Diagnostic>& findings) {
    for (const Diagnostic& finding : findings) known.emplace(identity(a_.version(), finding), &finding);
  };
  learn(a_.findings());
  if (view_.verdicts) learn(view_.verdicts->findings);
  for (const AskedFinding& one : asked) {
    const Diagnostic* nearest = nullptr;
    uint32_t distance = UINT32_MAX;
    const auto [begin, end] = known.equal_range(one.identity);
    for (auto at = begin; at != end && distance > 0; ++at) {
      const uint32_t line = a_.version().lines.line_of(at->second->span.begin);
      const uint32_t far = touches(at->second->span) ? 0 : std::max(line, one.line) - std::min(line, one.line);
      if (far < distance) distance = far, nearest = at->second;
    }
    if (nearest && !touches(nearest->span)) asked_.push_back(nearest);
  }
}

CodeAction& Actions::add(std::string title, std::string kind, std::vector<Edit> edits) {
  CodeAction action;
  action.title = std::move(title);
  action.kind = std::move(kind);
  DocumentEdit document{view_.uri, view_.version, {}};
  std::stable_sort(edits.begin(), edits.end(), [](const Edit& x, const Edit& y) { return x.span.begin < y.span.begin; });
  const bool crlf = a_.version().terminator() == "\r\n";
  for (Edit& edit : edits) {
    std::string text;
    for (const char c : edit.text) {
      if (c == '\n' && crlf && (text.empty() || text.back() != '\r')) text += '\r';
      text += c;
    }
    document.edits.push_back({view_.at.range(edit.span), std::move(text)});
  }
  action.edit.documents.push_back(std::move(document));
  out_.push_back(std::move(action));
  return out_.back();
}

CodeAction* Actions::add_if_sound(std::string title, std::string kind, std::vector<Edit> edits) {
  if (later_ && kind != "quickfix") {
    CodeAction action;
    action.title = std::move(title);
    action.kind = std::move(kind);
    action.data = fmt::format("{{\"uri\":{},\"version\":{},\"begin\":{},\"end\":{}}}", json_quote(view_.uri), view_.version.value_or(0), span_.begin, span_.end);
    out_.push_back(std::move(action));
    return &out_.back();
  }
  const Analysis after(std::make_shared<TextVersion>(edited(a_.text(), edits)), a_.options());
  return errors_of(after) <= errors_of(a_) ? &add(std::move(title), std::move(kind), std::move(edits)) : nullptr;
}

void Actions::fixes(const std::vector<Diagnostic>& findings) {
  const SafeFixes may_be_applied(a_.findings());
  for (const Diagnostic& finding : findings) {
    if (!is_meant(finding)) continue;
    const auto safe = std::count_if(finding.fixes.begin(), finding.fixes.end(),
                                    [](const Fix& f) { return f.safety == FixSafety::kSafe; });
    for (const Fix& fix : finding.fixes) {
      CodeAction& action = add(fix.title, "quickfix", fix.edits);
      action.diagnostics.push_back(to_item(view_, finding));
      // Preferred is what an editor may apply unasked: only where there is one safe answer.
      action.preferred = fix.safety == FixSafety::kSafe && safe == 1 && may_be_applied.has(finding);
    }
  }
}

void Actions::fix_all() {
  std::vector<Diagnostic> findings = a_.findings();
  if (view_.verdicts) findings.insert(findings.end(), view_.verdicts->findings.begin(), view_.verdicts->findings.end());
  const Mended mended = apply_fixes(a_.text(), findings, SourceId());
  if (mended.applied == 0) return;
  const Analysis fixed(std::make_shared<TextVersion>(mended.text), a_.options());
  if (brings_findings(fixed, a_)) return;
  const std::string_view before = a_.text(), after = mended.text;
  size_t head = 0;
  while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
  size_t tail = 0;
  while (tail + head < before.size() && tail + head < after.size() &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
    ++tail;
  // Not into a character, nor between CR and LF.
  while (head > 0 && head < before.size() &&
         ((static_cast<unsigned char>(before[head]) & 0xc0) == 0x80 || before[head] == '\n'))
    --head;
  while (tail > 0 && ((static_cast<unsigned char>(before[before.size() - tail]) & 0xc0) == 0x80 ||
                      before[before.size() - tail] == '\n'))
    --tail;
  add(fmt::format("apply {}", mended.applied == 1 ? "the safe fix" : fmt::format("all {} safe fixes", mended.applied)),
      "source.fixAll.aclc",
      {{{static_cast<uint32_t>(head), static_cast<uint32_t>(before.size() - tail)},
        std::string(after.substr(head, after.size() - tail - head))}});
}

std::string Actions::indent_of(uint32_t offset) const {
  const uint32_t line = a_.version().lines.line_of(offset);
  const std::string_view text = a_.version().line(line);
  const size_t end = text.find_first_not_of(" \t");
  return std::string(text.substr(0, end == std::string_view::npos ? text.size() : end));
}

bool Actions::starts_line(uint32_t offset) const {
  return a_.version().lines.start(a_.version().lines.line_of(offset)) + indent_of(offset).size() == offset;
}

std::string Actions::quoted_list(const std::vector<std::string>& items) const {
  std::string out = "[";
  for (size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + json_quote(items[i]);
  return out + "]";
}

NodeId Actions::section(std::string_view name) const {
  for (const Section& s : p_.sections) {
    if (p_.text(s.name) == name) return s.value;
  }
  return {};
}

bool Actions::comment_inside(Span span) const {
  const std::string_view text = a_.text(span);
  bool in_string = false;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\') ++i;
      else if (text[i] == '"') in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '/') {
      return true;
    }
  }
  return false;
}

std::vector<CodeAction> code_actions(const View& view, Span span, const std::vector<std::string>& only,
                                     const std::vector<AskedFinding>& asked, CostlyEdits costly) {
  return Actions(view, span, only, asked, costly).all();
}

}  // namespace aclc::lsp
