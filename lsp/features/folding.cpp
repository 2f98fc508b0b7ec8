// SPDX-License-Identifier: Apache-2.0
// What can be folded: objects, arrays, block comments, runs of line comments, `#region` to `#endregion`.
#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/comments.h"

namespace aclc::lsp {
namespace {

std::string_view inner(std::string_view comment) {
  comment.remove_prefix(2);
  const size_t begin = comment.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : comment.substr(begin);
}

}  // namespace

std::vector<FoldingRange> folding_ranges(const View& view) {
  const SyntaxTree& tree = view.analysis.tree();
  const LineTable& lines = view.analysis.version().lines;
  std::vector<FoldingRange> out;
  uint32_t line = 0;  // nodes come in the order of the text, so their lines only rise
  for (uint32_t i = 0; i < tree.size(); ++i) {
    const SyntaxNode& node = tree[NodeId(size_t{i})];
    if (node.kind != NodeKind::kObject && node.kind != NodeKind::kArray) continue;
    while (line + 1 < lines.count() && lines.start(line + 1) <= node.span.begin) ++line;
    if (line + 1 >= lines.count() || lines.start(line + 1) >= node.span.end) continue;  // on one line
    const uint32_t last = lines.line_of(node.span.end - 1);
    // The closing bracket stays in sight.
    const uint32_t end = (node.flags & kUnclosed) ? last : last - 1;
    if (end > line) out.push_back({line, end, ""});
  }
  struct Region {
    uint32_t line;
  };
  std::vector<Region> regions;
  std::optional<FoldingRange> run;
  const auto end_run = [&] {
    if (run && run->end_line > run->start_line) out.push_back(*run);
    run.reset();
  };
  for (const Comment& comment : comments(tree)) {
    const uint32_t first = lines.line_of(comment.span.begin);
    if (comment.block) {
      end_run();
      const uint32_t last = lines.line_of(comment.span.end - 1);
      if (last > first) out.push_back({first, last, "comment"});
      continue;
    }
    const std::string_view text = inner(view.analysis.text(comment.span));
    if (text.starts_with("#region")) {
      end_run();
      regions.push_back({first});
      continue;
    }
    if (text.starts_with("#endregion")) {
      end_run();
      if (!regions.empty()) {
        if (first > regions.back().line) out.push_back({regions.back().line, first, "region"});
        regions.pop_back();
      }
      continue;
    }
    // Only comments that have their lines to themselves form a run.
    const std::string_view before =
        view.analysis.text({lines.start(first), comment.span.begin});
    if (before.find_first_not_of(" \t") != std::string_view::npos) {
      end_run();
    } else if (run && first == run->end_line + 1) {
      run->end_line = first;
    } else {
      end_run();
      run = FoldingRange{first, first, "comment"};
    }
  }
  end_run();
  std::sort(out.begin(), out.end(), [](const FoldingRange& a, const FoldingRange& b) {
    return a.start_line != b.start_line ? a.start_line < b.start_line : a.end_line > b.end_line;
  });
  out.erase(std::unique(out.begin(), out.end(),
                        [](const FoldingRange& a, const FoldingRange& b) { return a.start_line == b.start_line; }),
            out.end());
  return out;
}

}  // namespace aclc::lsp
