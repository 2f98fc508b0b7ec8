// SPDX-License-Identifier: Apache-2.0
// The call hierarchy read as reachability: incoming is who can reach this, outgoing what this can reach.
#include "lsp/features/features.h"
#include "lsp/protocol/writer.h"
#include "lsp/service/access.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

SymbolKind symbol_kind(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kGroup:
      return SymbolKind::kClass;
    case SelectorKind::kUser:
      return SymbolKind::kVariable;
    case SelectorKind::kTag:
      return SymbolKind::kConstant;
    default:
      return SymbolKind::kProperty;
  }
}

CallItem item(const View& view, SelectorKind kind, StringId name, Span where) {
  const Analysis& a = view.analysis;
  CallItem out;
  const std::string text(a.policy().text(name));
  out.name = kind == SelectorKind::kUserDomain ? "user:*@" + text : text;
  out.detail = std::string(kind_word(kind));
  out.kind = symbol_kind(kind);
  out.uri = view.uri;
  Span span = where;
  if (const auto entry = a.definition_of(kind, name)) {
    where = a.name_span(*entry);
    span = span_of(a.policy(), *entry);
  }
  out.range = view.at.range(span);
  out.selection = view.at.range(where);
  out.data = "{\"kind\":" + std::to_string(static_cast<int>(kind)) + ",\"name\":" + json_quote(text) + "}";
  return out;
}

std::vector<Call> calls(const View& view, const std::vector<Party>& parties) {
  std::vector<Call> out;
  for (const Party& party : parties) {
    Call call;
    call.item = item(view, party.kind, party.name, party.example);
    for (const Span span : party.because) call.from_ranges.push_back(view.at.range(span));
    out.push_back(std::move(call));
  }
  return out;
}

}  // namespace

std::vector<CallItem> prepare_call_hierarchy(const View& view, uint32_t offset) {
  const Occurrence* o = view.analysis.occurrences().at(offset);
  if (!o || o->kind == SelectorKind::kPosture || o->kind == SelectorKind::kInvalid) return {};
  return {item(view, o->kind, o->name, o->span)};
}

std::vector<Call> incoming_calls(const View& view, SelectorKind kind, std::string_view name) {
  const StringId id = view.analysis.policy().names.find(name);
  if (!id.valid()) return {};
  std::vector<Party> parties = who_reaches(view.analysis, kind, id);
  // fromRanges are places of the caller; the protocol wants them in the caller's rule, which is where the name stands.
  return calls(view, parties);
}

std::vector<Call> outgoing_calls(const View& view, SelectorKind kind, std::string_view name) {
  const StringId id = view.analysis.policy().names.find(name);
  if (!id.valid()) return {};
  return calls(view, what_reaches(view.analysis, kind, id));
}

}  // namespace aclc::lsp
