// SPDX-License-Identifier: Apache-2.0
// Short texts about parts of a policy, for lists, headings and hints.
#pragma once

#include <string>
#include <string_view>

#include "lsp/service/analysis.h"

namespace aclc::lsp {

/// `group:eng, tag:ci -> tag:web:80,443`: a rule, test or entry in one line of at most `limit` bytes.
std::string entry_label(const Analysis& analysis, Entry entry, size_t limit = 80);
/// `acls[3]`, `group:eng`: what to call an entry in a sentence.
std::string entry_name(const Analysis& analysis, Entry entry);
/// Cuts at a character's border and adds an ellipsis where the text is longer.
std::string shortened(std::string_view text, size_t limit);
/// Why nobody knows the nodes: "no inventory: a `tailnet.json` beside the policy would tell ...", or that its file has errors.
std::string no_inventory(const Analysis& analysis, std::string_view would_tell);
/// "1 node", "2 nodes"
std::string counted(size_t n, std::string_view one);
/// `tagOwners`, `hosts` ...: where the policy itself must define a name of this kind; empty where it need not.
std::string_view section_defining(SelectorKind kind);
/// `group`, `tag`, `host` ...
std::string_view kind_word(SelectorKind kind);

}  // namespace aclc::lsp
