// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/fixes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace aclc {
namespace {

/// Edits taken so far by where they begin; they never overlap.
class Taken {
 public:
  bool has(const Edit& e) const {
    const auto at = edits_.find(e.span.begin);
    return at != edits_.end() && at->second.span == e.span && at->second.text == e.text;
  }

  // An insertion touches what begins or ends where it stands: which of two texts comes first is not ours to say.
  bool free(const Edit& e) const {
    const auto after = edits_.lower_bound(e.span.begin);
    if (after != edits_.end() && (after->first < e.span.end || after->first == e.span.begin)) return false;
    if (after == edits_.begin()) return true;
    const Edit& before = std::prev(after)->second;
    return before.span.end <= e.span.begin;
  }

  void take(Edit e) { edits_.emplace(e.span.begin, std::move(e)); }

  std::string apply(std::string_view text) const {
    std::string out;
    out.reserve(text.size() + 64 * edits_.size());
    size_t at = 0;
    for (const auto& [begin, edit] : edits_) {
      out.append(text.substr(at, begin - at)).append(edit.text);
      at = edit.span.end;
    }
    return out.append(text.substr(at));
  }

 private:
  std::map<uint32_t, Edit> edits_;
};

/// The edits of one fix in the order of the text, with what it inserts at one place in one edit: there the order is its own to say.
/// Nothing where they overlap.
std::vector<Edit> in_order(const Fix& fix) {
  std::vector<Edit> edits = fix.edits, out;
  std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  for (Edit& e : edits) {
    if (!out.empty() && out.back().span.empty() && out.back().span.begin == e.span.begin) {
      out.back() = {e.span, out.back().text + e.text};
    } else if (!out.empty() && e.span.begin < out.back().span.end) {
      return {};
    } else {
      out.push_back(std::move(e));
    }
  }
  return out;
}

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
    if (!inside(fix, text.size())) continue;
    std::vector<Edit> edits = in_order(fix);
    if (edits.empty()) continue;
    const auto taken_already = [&](const Edit& e) { return taken.has(e); };
    if (std::all_of(edits.begin(), edits.end(), taken_already)) continue;
    if (!std::all_of(edits.begin(), edits.end(), [&](const Edit& e) { return taken.free(e); })) {
      ++out.left;
      continue;
    }
    for (Edit& e : edits) taken.take(std::move(e));
    ++out.applied;
  }
  out.text = taken.apply(text);
  return out;
}

}  // namespace aclc
