// SPDX-License-Identifier: Apache-2.0
// Markdown about names and fields: what hover shows and completion documents.
#pragma once

#include <string>
#include <string_view>

#include "lsp/service/analysis.h"
#include "lsp/service/place.h"

namespace aclc::lsp {

/// A name of the policy with its members, what it resolves to, and how often it is used.
std::string describe_name(const Analysis& analysis, SelectorKind kind, StringId name);
/// The same without the policy's knowledge: what the form of a selector means.
std::string_view describe_kind(SelectorKind kind);
/// One paragraph on an autogroup and where it may stand.
std::string describe_autogroup(Autogroup autogroup);
/// A field: its sentence, its form, its old spelling.
std::string describe_field(const Field& field);
/// "3 nodes: `a` 100.64.0.1, ...", or that nobody knows without an inventory.
std::string describe_reached(const Analysis& analysis, const Reached& reached);
/// The usual service of a port, or an empty text.
std::string_view service_of_port(uint16_t port);

/// Text inside a Markdown code span.
std::string code(std::string_view text);

/// The texts of things with a `span`, each as code: "`a`, `b` and 3 more" where there are more than `most`.
template <class Items>
std::string listed(const Analysis& analysis, const Items& items, size_t most) {
  std::string out;
  size_t n = 0;
  for (const auto& item : items) {
    if (n == most) return out + " and " + std::to_string(items.size() - n) + " more";
    if (n++ > 0) out += ", ";
    out += code(analysis.text(item.span));
  }
  return out;
}

}  // namespace aclc::lsp
