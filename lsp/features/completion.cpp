// SPDX-License-Identifier: Apache-2.0
// Turns offers into items: quotes, commas and brackets that are missing around them, and a bound on their number.
#include "lsp/features/completion.h"

#include <algorithm>
#include <unordered_set>

#include "lsp/protocol/writer.h"

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

/// The next byte after a place that is neither white space nor comment; 0 at the end.
char next_significant(std::string_view text, uint32_t at) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*')) {
      const size_t close = text[at + 1] == '/' ? text.find('\n', at) : text.find("*/", at + 2);
      if (close == std::string_view::npos) return 0;
      at = static_cast<uint32_t>(close) + (text[at + 1] == '/' ? 1 : 2);
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return c;
    ++at;
  }
  return 0;
}

}  // namespace

CompletionList complete(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  const Place place = place_at(a.tree(), offset, a.options().target);
  CompletionList list;
  if (place.what == Place::What::kNothing) return list;
  if (place.quoted && a.text(place.token).find('\\') != std::string_view::npos) return list;
  // A word or an unclosed string may run over what is a line's end to the protocol.
  Span token = place.token;
  const std::string_view raw = a.text(token);
  if (const size_t end = raw.find_first_of("\r\n"); end != std::string_view::npos)
    token.end = token.begin + static_cast<uint32_t>(end);
  if (offset > token.end) return list;
  completion::Request request{view, place, offset, a.text({token.begin, offset}), a.text(token), token};

  std::vector<completion::Offer> offers;
  const bool name = place.what != Place::What::kValue;
  if (place.what == Place::What::kFieldName) offer_fields(request, offers);
  else if (place.what == Place::What::kMapName) offer_names(request, offers);
  else offer_values(request, offers);

  const std::string_view typed = a.text({request.token.begin, offset});
  if (offers.size() > kMaxItems) {
    std::erase_if(offers, [&](const auto& o) { return !fits(o.filter.empty() ? o.text : o.filter, typed); });
    list.incomplete = true;
  }
  std::stable_sort(offers.begin(), offers.end(), [](const auto& x, const auto& y) {
    return x.rank != y.rank ? x.rank < y.rank : x.text < y.text;
  });

  // What has to follow for the text to be whole again.
  const uint32_t after = token.end + (place.quoted && place.closed ? 1 : 0);
  const char next = next_significant(a.text(), after);
  const bool rest = request.token.end == token.end;  // the offer reaches to the end of the string
  std::string tail;
  if (place.quoted && !place.closed && rest) tail += '"';
  const bool colon = name && next != ':';
  const bool comma = !name && next != ',' && next != ']' && next != '}' && next != 0 && next != ':';
  const bool list_missing = !name && !place.quoted && !place.element && place.field &&
                            place.field->container == Container::kList;
  list.range = view.at.range(request.token);
  // A value takes the comma along only as an element; before a member's value it is the name that lacks one.
  const bool element = !name && !(place.holder.valid() && a.tree().is(place.holder, NodeKind::kObject));
  if (place.comma_at && (name || element)) list.comma = view.at.position(*place.comma_at);
  std::unordered_set<std::string> seen;
  for (completion::Offer& offer : offers) {
    if (!seen.insert(offer.text).second) continue;
    if (list.items.size() == kMaxItems) {
      list.incomplete = true;
      break;
    }
    if (offer.bare && place.quoted) continue;
    CompletionItem item;
    item.kind = offer.kind;
    item.detail = std::move(offer.detail);
    item.sort_text = std::string(1, offer.rank) + offer.text;
    item.filter_text = offer.filter.empty() ? offer.text : offer.filter;
    std::string text = offer.insert.empty() ? offer.text : std::move(offer.insert);
    if (!place.quoted && !offer.bare) text = json_quote(text);
    if (list_missing && !offer.bare) text = "[" + text + "]";
    text += tail;
    if (place.quoted && place.closed) {
      // The closing quote stands; only a name's colon could be missing, and that goes after it by hand.
    } else if (colon) {
      text += ": ";
    } else if (comma) {
      text += ',';
    }
    item.new_text = std::move(text);
    if (offer.named != SelectorKind::kInvalid)
      item.data = "{\"uri\":" + json_quote(view.uri) + ",\"kind\":" + std::to_string(static_cast<int>(offer.named)) +
                  ",\"name\":" + json_quote(offer.text) + "}";
    item.label = std::move(offer.text);
    list.items.push_back(std::move(item));
  }
  return list;
}

}  // namespace aclc::lsp
