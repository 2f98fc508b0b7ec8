// SPDX-License-Identifier: Apache-2.0
// What an editor can ask about a policy, one function a feature, each in a file of its own. They read an analysis and answer
// in the protocol's structures; they know no connection, no request and no other document.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lsp/protocol/types.h"
#include "lsp/service/analysis.h"
#include "lsp/service/verdicts.h"

namespace aclc::lsp {

/// One version of one document as a feature sees it.
struct View {
  const Analysis& analysis;
  const Positions& at;
  const std::string& uri;
  std::optional<int64_t> version;       ///< the editor's number; unset for a file that is not open
  const Verdicts* verdicts = nullptr;   ///< what the slow tier found for this very text; null until it has
  /// What it found for a text before, moved by the edits since; shown until there are verdicts. May be null.
  const std::vector<Diagnostic>* former = nullptr;
};

/// At most this many are shown of one document, errors before warnings before notes; a last one says how many more there are.
inline constexpr size_t kMaxDiagnostics = 500;

DiagnosticItem to_item(const View& view, const Diagnostic& finding);
/// What tells a finding from others in whatever version of a text; its item has it in `data.finding`, in hexadecimal digits.
uint64_t identity(const TextVersion& version, const Diagnostic& finding);
/// Findings at once, and those of tests and lint, which come after a pause.
enum class Tiers : uint8_t { kBoth, kFast, kSlow };
std::vector<DiagnosticItem> diagnostics(const View& view, Tiers tiers = Tiers::kBoth);

std::vector<DocumentSymbol> document_symbols(const View& view);
/// Appends the definitions whose names hold the query's letters in order, ASCII case aside; an empty query fits all.
void workspace_symbols(const View& view, std::string_view query, size_t limit, std::vector<WorkspaceSymbol>& out);

std::vector<FoldingRange> folding_ranges(const View& view);
SelectionChain selection_range(const View& view, uint32_t offset);

std::optional<Hover> hover(const View& view, uint32_t offset);

CompletionList complete(const View& view, uint32_t offset);

std::vector<Location> definition(const View& view, uint32_t offset);
/// What a name is a part of: the sets and prefixes that hold a host, the groups that list a user, the rows of tagOwners for a group.
std::vector<Location> type_definition(const View& view, uint32_t offset);
/// The rules that let somebody reach what a name stands for, by the places in their destinations.
std::vector<Location> implementation(const View& view, uint32_t offset);
std::vector<Location> references(const View& view, uint32_t offset, bool with_declaration);
std::vector<DocumentHighlight> highlights(const View& view, uint32_t offset);

/// What may be renamed, or why it may not.
std::variant<PrepareRename, ResponseError> prepare_rename(const View& view, uint32_t offset);
/// new_name with or without the prefix. Refuses what would change the meaning of the policy.
std::variant<WorkspaceEdit, ResponseError> rename(const View& view, uint32_t offset, std::string_view new_name);

/// A finding that a client asks about: it may be of a version before, and stand elsewhere by now.
struct AskedFinding {
  uint64_t identity = 0;
  uint32_t line = 0;  ///< where the client has it
};
/// Quick fixes of findings in the span and of those that are asked about, refactorings of what stands there, and actions on the
/// whole text. `only` holds the kinds that the client wants, empty for all. With kLater, actions whose edits take long to
/// work out at every move of a cursor have `data` instead: where to ask again.
enum class CostlyEdits : uint8_t { kAtOnce, kLater };
std::vector<CodeAction> code_actions(const View& view, Span span, const std::vector<std::string>& only,
                                     const std::vector<AskedFinding>& asked = {}, CostlyEdits costly = CostlyEdits::kAtOnce);

/// What the tests, or one of them, or those of a section (`only` with no index), came to: JSON text of an object whose members lsp/server/README.md lists.
std::string test_results(const View& view, const Verdicts& verdicts, std::optional<Entry> only);
/// The same in a line: "2 of 41 assertions failed, the first in line 12: ...".
std::string test_words(const View& view, const Verdicts& verdicts, std::optional<Entry> only);

std::vector<CodeLens> code_lenses(const View& view);
std::vector<InlayHint> inlay_hints(const View& view, Span span);

std::span<const std::string_view> semantic_token_types();
std::span<const std::string_view> semantic_token_modifiers();
/// In the protocol's relative form.
std::vector<uint32_t> semantic_tokens(const View& view, std::optional<Span> only);

/// Empty where nobody stands there.
std::vector<CallItem> prepare_call_hierarchy(const View& view, uint32_t offset);
/// Who can reach what the item names; `name` and `kind` are those of its data.
std::vector<Call> incoming_calls(const View& view, SelectorKind kind, std::string_view name);
/// What it can reach.
std::vector<Call> outgoing_calls(const View& view, SelectorKind kind, std::string_view name);

std::vector<DocumentLink> document_links(const View& view);

/// Edits that lay the whole text out, or the members that a span touches; none for a broken text.
std::vector<TextEdit> format_edits(const View& view, std::optional<Span> only);

}  // namespace aclc::lsp
