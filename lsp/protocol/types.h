// SPDX-License-Identifier: Apache-2.0
// The structures of the Language Server Protocol 3.17 that this server speaks, as plain data. Members follow the
// specification's names in this project's spelling; what an absent member means there is an empty or unset one here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aclc::lsp {

/// A request's id as JSON text: `7` or `"x"`. Compared as text, answered as it came.
struct RequestId {
  std::string json;
  friend bool operator==(const RequestId&, const RequestId&) = default;
};

enum class ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerNotInitialized = -32002,
  kRequestCancelled = -32800,
  kRequestFailed = -32803,
};

struct ResponseError {
  ErrorCode code{};
  std::string message;
};

/// Zero-based; characters count the negotiated unit.
struct Position {
  uint32_t line = 0;
  uint32_t character = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

struct Range {
  Position start, end;
  friend bool operator==(const Range&, const Range&) = default;
};

struct Location {
  std::string uri;
  Range range;
};

struct TextEdit {
  Range range;
  std::string new_text;
};

/// Edits to one document.
struct DocumentEdit {
  std::string uri;
  std::optional<int64_t> version;
  std::vector<TextEdit> edits;
};
struct WorkspaceEdit {
  std::vector<DocumentEdit> documents;
};

/// `arguments` is JSON text: an array.
struct Command {
  std::string title;
  std::string command;
  std::string arguments = "[]";
};

enum class DiagnosticTag : int { kUnnecessary = 1, kDeprecated = 2 };

struct RelatedInformation {
  Location location;
  std::string message;
};

struct DiagnosticItem {
  Range range;
  int severity = 1;
  std::string code;
  std::string href;
  std::string message;
  std::vector<DiagnosticTag> tags;
  std::vector<RelatedInformation> related;
  std::string data;  ///< JSON text, or empty
};

enum class SymbolKind : int {
  kFile = 1,
  kModule = 2,
  kNamespace = 3,
  kPackage = 4,
  kClass = 5,
  kMethod = 6,
  kProperty = 7,
  kField = 8,
  kInterface = 11,
  kFunction = 12,
  kVariable = 13,
  kConstant = 14,
  kString = 15,
  kNumber = 16,
  kBoolean = 17,
  kArray = 18,
  kObject = 19,
  kKey = 20,
  kNull = 21,
  kEvent = 24,
  kOperator = 25,
};

struct DocumentSymbol {
  std::string name;
  std::string detail;
  SymbolKind kind{};
  Range range;
  Range selection;
  std::vector<DocumentSymbol> children;
};

struct WorkspaceSymbol {
  std::string name;
  SymbolKind kind{};
  Location location;
  std::string container;
};

struct FoldingRange {
  uint32_t start_line = 0;
  uint32_t end_line = 0;
  std::string kind;  ///< `comment`, `region` or empty
};

/// From the innermost range outwards.
struct SelectionChain {
  std::vector<Range> ranges;
};

struct Hover {
  std::string markdown;
  Range range;
};

enum class CompletionKind : int {
  kField = 5,
  kVariable = 6,
  kClass = 7,
  kModule = 9,
  kProperty = 10,
  kUnit = 11,
  kValue = 12,
  kEnum = 13,
  kKeyword = 14,
  kFile = 17,
  kReference = 18,
  kEnumMember = 20,
  kConstant = 21,
};

struct CompletionItem {
  std::string label;
  CompletionKind kind{};
  std::string detail;
  std::string documentation;  ///< Markdown; sent with completionItem/resolve
  std::string sort_text;
  std::string filter_text;
  std::string new_text;
  std::string data;  ///< JSON text
  std::vector<TextEdit> also;  ///< what this item changes elsewhere
};

/// All items replace the same range.
struct CompletionList {
  bool incomplete = false;
  Range range;
  Range insert;  ///< what is replaced where the text after the cursor shall stay: a beginning of `range`
  std::vector<CompletionItem> items;
  std::vector<TextEdit> also;  ///< quotes and commas that each item brings along elsewhere
};

enum class HighlightKind : int { kText = 1, kRead = 2, kWrite = 3 };
struct DocumentHighlight {
  Range range;
  HighlightKind kind{};
};

struct CodeAction {
  std::string title;
  std::string kind;
  bool preferred = false;
  std::vector<DiagnosticItem> diagnostics;
  WorkspaceEdit edit;
  std::string data;  ///< JSON text of an action whose edit comes with codeAction/resolve, else empty
};

struct CodeLens {
  Range range;
  std::optional<Command> command;
  std::string data;
};

struct LabelPart {
  std::string value;
  std::optional<Location> location;
};
struct InlayHint {
  Position position;
  std::vector<LabelPart> label;
  std::string tooltip;
  int kind = 0;  ///< 1 type, 2 parameter, 0 none
};

struct DocumentLink {
  Range range;
  std::string target;
  std::string tooltip;
};

struct CallItem {
  std::string name;
  std::string detail;
  SymbolKind kind{};
  std::string uri;
  Range range, selection;
  std::string data;
};
struct Call {
  CallItem item;
  std::vector<Range> from_ranges;
};

struct PrepareRename {
  Range range;
  std::string placeholder;
};

/// A notification of changed text; no range replaces everything.
struct ContentChange {
  std::optional<Range> range;
  std::string text;
};

struct FormattingOptions {
  int tab_size = 0;  ///< 0: not given
  bool insert_spaces = false;
};

}  // namespace aclc::lsp
