// SPDX-License-Identifier: Apache-2.0
// Links: web addresses in comments, the documentation of a section at its name, and postures to where they are defined.
#include <fmt/format.h>

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/comments.h"

namespace aclc::lsp {
namespace {

constexpr std::string_view kPage = "https://tailscale.com/kb/1337/policy-syntax";
constexpr size_t kMaxLinks = 2000;

/// Whether the last character is the sentence's around the address: punctuation, and a bracket that was not opened inside.
bool ends_outside(std::string_view address) {
  const char last = address.back();
  if (last == ')' || last == ']') {
    const char open = last == ')' ? '(' : '[';
    return std::count(address.begin(), address.end(), open) < std::count(address.begin(), address.end(), last);
  }
  return std::string_view(".,;:!?").find(last) != std::string_view::npos;
}

void find_addresses(const View& view, const Comment& comment, std::vector<DocumentLink>& out) {
  const std::string_view text = view.analysis.text(comment.span);
  size_t next = 0;
  for (size_t at = text.find("http"); at != std::string_view::npos; at = text.find("http", next)) {
    next = at + 4;
    std::string_view rest = text.substr(at);
    const size_t scheme = rest.starts_with("https://") ? 8 : rest.starts_with("http://") ? 7 : 0;
    if (scheme == 0) continue;
    size_t end = rest.find_first_of(" \t\r\n\"'<>`|\\^{}");
    if (end == std::string_view::npos) end = rest.size();
    if (comment.block && end == rest.size()) end -= 2;  // the comment's own end
    while (end > scheme && ends_outside(rest.substr(0, end))) --end;
    if (end <= scheme) continue;
    const uint32_t begin = comment.span.begin + static_cast<uint32_t>(at);
    out.push_back({view.at.range({begin, begin + static_cast<uint32_t>(end)}), std::string(rest.substr(0, end)), ""});
    next = at + end;  // an address in another's query is a part of that
  }
}

/// From a posture to its definition, by the line: `#L12` is what editors take for a place in a file.
void find_postures(const View& view, std::vector<DocumentLink>& out) {
  const Analysis& a = view.analysis;
  if (!view.uri.starts_with("file:") || view.uri.find('#') != std::string::npos) return;
  for (const Occurrence& o : a.occurrences().all()) {
    if (o.kind != SelectorKind::kPosture || o.definition) continue;
    if (out.size() >= kMaxLinks) return;
    const auto entry = a.definition_of(o.kind, o.name);
    if (!entry) continue;
    const uint32_t line = a.version().lines.line_of(a.name_span(*entry).begin) + 1;
    out.push_back({view.at.range(o.span), fmt::format("{}#L{}", view.uri, line), fmt::format("Defined in line {}", line)});
  }
}

}  // namespace

std::vector<DocumentLink> document_links(const View& view) {
  std::vector<DocumentLink> out;
  const Policy& policy = view.analysis.policy();
  for (const Section& section : policy.sections) {
    const auto match = find_field(Shape::kPolicy, policy.text(section.name), Target::kTailscale);
    if (!match || shape_info(Shape::kPolicy).fields[match->index].known_by == KnownBy::kOurs) continue;
    out.push_back({view.at.range(section.name_span), std::string(kPage), "Documentation of the policy file"});
  }
  for (const Comment& comment : comments(view.analysis.tree())) find_addresses(view, comment, out);
  find_postures(view, out);
  return out;
}

}  // namespace aclc::lsp
