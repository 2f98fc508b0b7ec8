// SPDX-License-Identifier: Apache-2.0
// Turns offers into items: quotes, commas and brackets that are missing around them, and a bound on their number.
#include "lsp/features/completion.h"

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "lsp/protocol/writer.h"
#include "lsp/service/typing.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMaxItems = 200;

/// Letters of the query in order, case aside: what editors match by.
bool fits(std::string_view text, std::string_view query) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  size_t at = 0;
  for (const char c : query) {
    while (at < text.size() && lower(text[at]) != lower(c)) ++at;
    if (at++ == text.size()) return false;
  }
  return true;
}

/// `tag:web:`, `remove `: more has to follow in the same string.
bool goes_on(std::string_view inserted) { return inserted.ends_with(':') || inserted.ends_with(' '); }

/// What a whole text expects at a place, told as if it were being typed there.
std::optional<Typing> typing_in(const SyntaxTree& tree, const Place& place) {
  Typing typing;
  typing.token = place.token;
  typing.quoted = typing.closed = place.quoted;
  const Following after = following(tree.text(), place.token.end + (place.quoted ? 1 : 0));
  const bool object = place.holder.valid() && tree.is(place.holder, NodeKind::kObject);
  if (place.what == Place::What::kValue) {
    if (object && !place.leaf.valid()) return {};  // the value is there already
    typing.comma_after = after.next != 0 && std::string_view(",]}").find(after.next) == std::string_view::npos;
  } else {
    typing.role = Typing::Role::kName;
    typing.colon_after = after.next != ':';
  }
  if (!object || typing.role == Typing::Role::kName) typing.comma_before = place.comma_at;
  return typing;
}

/// The strings, or names, that stand in the same list or map.
std::unordered_set<std::string_view> texts_beside(const SyntaxTree& tree, const Place& place) {
  std::unordered_set<std::string_view> out;
  const bool map = place.what == Place::What::kMapName;
  if (!place.holder.valid() || (!map && !tree.is(place.holder, NodeKind::kArray))) return out;
  for (const NodeId child : tree.children(place.holder)) {
    if (map && (child == place.member || !tree.is(child, NodeKind::kMember))) continue;
    const NodeId string = map ? tree.name_of(child) : child;
    if (string == place.leaf || !tree.is(string, NodeKind::kString)) continue;
    const std::string_view text = tree.text_of(string);
    if (text.size() > 2) out.insert(text.substr(1, text.size() - 2));
  }
  return out;
}

/// A text that holds nothing yet.
CompletionList first_policies(const View& view, const Typing& typing) {
  CompletionList list;
  if (typing.quoted) return list;
  list.range = view.at.range(typing.token);
  const auto add = [&](std::string label, std::string detail, std::string text) {
    CompletionItem item;
    item.label = item.filter_text = std::move(label);
    item.kind = CompletionKind::kModule;
    item.detail = std::move(detail);
    item.new_text = std::move(text);
    list.items.push_back(std::move(item));
  };
  add("{}", "an empty policy: nobody reaches anything", "{\n  \n}\n");
  add("{\"grants\": ...}", "what a new tailnet starts with: everybody reaches everything",
      "{\n  \"grants\": [\n    {\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"*\"]},\n  ],\n}\n");
  return list;
}

/// `known` is the analysis of the text that `place` is of: the view's, or one in which the token is whole.
CompletionList complete_token(const View& view, const Analysis& known, const Place& place, const Typing& typing, uint32_t offset) {
  CompletionList list;
  const std::string_view text = view.analysis.text();
  const Span token = typing.token;
  const auto piece = [&](uint32_t begin, uint32_t end) { return text.substr(begin, end - begin); };
  if (place.what == Place::What::kNothing || offset < token.begin || offset > token.end) return list;
  if (piece(token.begin, token.end).find_first_of("\\\r\n") != std::string_view::npos) return list;
  const View of_known{known, view.at, view.uri, view.version, nullptr};
  const completion::RuleContext rule = completion::rule_context(known, place);
  completion::Request request{of_known, place, offset, piece(token.begin, offset), piece(token.begin, token.end), token, rule};

  // Behind the token the text in which it is whole is longer.
  const auto in_text = [&](Span span) {
    const auto longer = static_cast<uint32_t>(known.text().size() - text.size());
    return span.begin < token.begin ? span : Span{span.begin - longer, span.end - longer};
  };
  std::vector<completion::Offer> offers;
  if (place.what == Place::What::kFieldName) offer_fields(request, offers);
  else if (place.what == Place::What::kMapName) offer_names(request, offers);
  else offer_values(request, offers);

  // What stands beside it already would stand there twice.
  if (request.token.begin == token.begin && request.token.end == token.end) {
    const auto beside = texts_beside(known.tree(), place);
    std::erase_if(offers, [&](const auto& o) { return beside.contains(o.text); });
  }
  const std::string_view typed = piece(request.token.begin, offset);
  if (offers.size() > kMaxItems) {
    std::erase_if(offers, [&](const auto& o) { return !fits(o.filter.empty() ? o.text : o.filter, typed); });
    list.incomplete = true;
  }
  std::stable_sort(offers.begin(), offers.end(), [](const auto& x, const auto& y) {
    return x.rank != y.rank ? x.rank < y.rank : x.text < y.text;
  });

  // What has to follow for the text to be whole again.
  const std::string punctuation = typing.colon_after ? ": " : typing.comma_after ? "," : "";
  const bool list_missing = typing.role == Typing::Role::kValue && !typing.quoted && !place.element && place.field &&
                            (place.field->container == Container::kList || place.list_of_map);
  std::string head, tail;  // around each offer
  Span replaced = request.token;
  if (typing.quoted) {
    // Punctuation stands after the closing quote, so an offer that brings some replaces the quote along.
    if (!typing.closed || !punctuation.empty()) tail = "\"" + punctuation;
    if (replaced.end < token.end) {
      // The rest of the string stays.
      if (!tail.empty()) list.also.push_back({view.at.range({token.end, token.end + (typing.closed ? 1 : 0)}), tail});
      tail.clear();
    } else if (typing.closed && !tail.empty()) {
      ++replaced.end;
    }
  } else {
    // A word is quoted as a whole.
    replaced = token;
    head = piece(token.begin, request.token.begin);
    tail = piece(request.token.end, token.end);
  }
  list.range = list.insert = view.at.range(replaced);
  // The rest of the token can stay only where the offer brings nothing that has to stand behind it.
  if (typing.quoted && tail.empty()) list.insert = view.at.range({replaced.begin, std::max(replaced.begin, offset)});
  const bool glued = typing.comma_before == replaced.begin;  // both at one place: the offer itself brings it
  if (typing.comma_before && !glued) list.also.push_back({view.at.range({*typing.comma_before, *typing.comma_before}), ","});
  std::unordered_set<std::string> seen;
  for (completion::Offer& offer : offers) {
    if (!seen.insert(offer.text).second) continue;
    if (list.items.size() == kMaxItems) {
      list.incomplete = true;
      break;
    }
    if (offer.bare && typing.quoted) continue;
    CompletionItem item;
    item.kind = offer.kind;
    item.detail = std::move(offer.detail);
    item.sort_text = std::string(1, offer.rank) + offer.text;
    item.filter_text = head + (offer.filter.empty() ? offer.text : offer.filter);
    for (Edit& edit : offer.also) item.also.push_back({view.at.range(in_text(edit.span)), std::move(edit.text)});
    std::string inserted = offer.insert.empty() ? offer.text : std::move(offer.insert);
    if (typing.quoted) {
      // A string that is still open stays so where the offer is a beginning: the editor's cursor is behind what it inserts.
      item.new_text = !typing.closed && goes_on(inserted) ? inserted : inserted + tail;
    } else {
      if (!offer.bare) inserted = json_quote(head + inserted + tail);
      if (list_missing && !offer.bare) inserted = "[" + inserted + "]";
      item.new_text = (glued ? "," : "") + inserted + punctuation;
    }
    if (offer.named != SelectorKind::kInvalid)
      item.data = "{\"uri\":" + json_quote(view.uri) + ",\"kind\":" + std::to_string(static_cast<int>(offer.named)) +
                  ",\"name\":" + json_quote(offer.text) + "}";
    item.label = std::move(offer.text);
    list.items.push_back(std::move(item));
  }
  return list;
}

}  // namespace

CompletionList complete(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  if (a.options().kind != TextKind::kPolicy) return {};
  if (a.sound()) {
    const Place place = place_at(a.tree(), offset, a.options().target);
    if (place.what == Place::What::kNothing || offset > place.token.end) return {};
    const auto typing = typing_in(a.tree(), place);
    return typing ? complete_token(view, a, place, *typing, offset) : CompletionList();
  }
  const auto typing = typing_at(a.text(), offset);
  if (!typing) return {};
  if (typing->role == Typing::Role::kRoot) return first_policies(view, *typing);
  // What is expected and known there is read from the text as it would be were the token whole.
  uint32_t mark = 0;
  const auto whole = std::make_shared<TextVersion>(with_token_whole(a.text(), *typing, mark));
  const Analysis mended(whole, a.options());
  const Place place = place_at(mended.tree(), mark, a.options().target);
  if ((place.what == Place::What::kValue) != (typing->role == Typing::Role::kValue)) return {};
  return complete_token(view, mended, place, *typing, offset);
}

}  // namespace aclc::lsp
