// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/fixes.h"

#include <algorithm>
#include <map>

namespace aclc {
namespace {

/// Edits taken so far by where they begin; they never overlap.
class Taken {
 public:
  bool has(const Edit& e) const {
    const auto at = edits_.find(e.span.begin);
    return at != edits_.end() && at->second->span == e.span && at->second->text == e.text;
  }

  // An insertion touches what begins or ends where it stands: which of two texts comes first is not ours to say.
  bool free(const Edit& e) const {
    const auto after = edits_.lower_bound(e.span.begin);
    if (after != edits_.end() && (after->first < e.span.end || after->first == e.span.begin)) return false;
    if (after == edits_.begin()) return true;
    const Edit& before = *std::prev(after)->second;
    return before.span.end <= e.span.begin;
  }

  void take(const Edit& e) { edits_.emplace(e.span.begin, &e); }

  std::string apply(std::string_view text) const {
    std::string out;
    out.reserve(text.size() + 64 * edits_.size());
    size_t at = 0;
    for (const auto& [begin, edit] : edits_) {
      out.append(text.substr(at, begin - at)).append(edit->text);
      at = edit->span.end;
    }
    return out.append(text.substr(at));
  }

 private:
  std::map<uint32_t, const Edit*> edits_;
};

bool inside(const Fix& fix, size_t size) {
  return std::all_of(fix.edits.begin(), fix.edits.end(),
                     [&](const Edit& e) { return e.span.begin <= e.span.end && e.span.end <= size; });
}

bool is_of_syntax(const Diagnostic& d) { return d.kind < Kind::kNotAnObject; }
bool is_safe(const Diagnostic& d) { return !d.fixes.empty() && d.fixes.front().safety == FixSafety::kSafe; }

}  // namespace

SafeFixes::SafeFixes(std::span<const Diagnostic> findings) {
  for (const Diagnostic& d : findings) {
    if (is_of_syntax(d) && d.severity == Severity::kError && !is_safe(d)) doubtful_.insert(d.source);
  }
}

bool SafeFixes::has(const Diagnostic& d) const {
  return is_safe(d) && (is_of_syntax(d) || doubtful_.count(d.source) == 0);
}

Mended apply_fixes(std::string_view text, std::span<const Diagnostic> findings, SourceId source, FixSafety up_to) {
  Mended out;
  Taken taken;
  const SafeFixes safe(findings);
  for (const Diagnostic& d : findings) {
    if (d.source != source || d.fixes.empty()) continue;
    const Fix& fix = d.fixes.front();
    if (up_to == FixSafety::kSafe && !safe.has(d)) continue;
    if (fix.edits.empty() || !inside(fix, text.size())) continue;
    const auto taken_already = [&](const Edit& e) { return taken.has(e); };
    if (std::all_of(fix.edits.begin(), fix.edits.end(), taken_already)) continue;
    if (!std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& e) { return taken.free(e); })) {
      ++out.left;
      continue;
    }
    for (const Edit& e : fix.edits) taken.take(e);
    ++out.applied;
  }
  out.text = taken.apply(text);
  return out;
}

}  // namespace aclc
