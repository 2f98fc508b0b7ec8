// SPDX-License-Identifier: Apache-2.0
// Assertions of postures, `attribute operator value`, part by part: only what makes a whole assertion with the parts that
// stand there is offered.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lsp/features/completion.h"
#include "parser/policy/posture_form.h"

namespace aclc::lsp::completion {
namespace {

constexpr size_t kNowhere = std::string_view::npos;
constexpr std::array<std::string_view, 10> kOperators = {"==", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "IS SET", "NOT SET"};
constexpr std::string_view kPublicAddress = "ip:publicAddress";

bool is_flag(std::string_view attribute) { return attribute == "node:tsAutoUpdate" || attribute == "node:tsStateEncrypted"; }
bool is_unary(std::string_view op) { return op.ends_with("SET"); }
bool takes_list(std::string_view op) { return op.ends_with("IN"); }

/// Whether it would be taken without a word.
bool makes_sense(std::string_view assertion) {
  const AssertionForm form = parse_assertion(assertion);
  return form.ok && std::all_of(form.literals.begin(), form.literals.end(),
                                [&](const auto& l) { return is_possible_value(form.attribute, l.text); });
}

/// The values that an attribute is known to have, as written in an assertion.
std::vector<std::string> values_of(std::string_view attribute, const Policy& policy) {
  std::vector<std::string> out;
  if (is_flag(attribute)) out = {"true", "false"};
  for (const std::string_view value : known_values(attribute)) out.push_back(fmt::format("'{}'", value));
  if (attribute == kPublicAddress) {
    for (const IpSet& set : policy.ipsets) out.push_back(fmt::format("'{}'", policy.text(set.name)));
  }
  return out;
}

/// Whether some value could follow the operator.
bool has_use(std::string_view attribute, std::string_view op) {
  if (is_unary(op)) return true;
  if (attribute == kPublicAddress) return takes_list(op);
  const auto values = known_values(attribute);
  const std::string text = values.empty() ? "'1'" : fmt::format("'{}'", values.front());
  // Whether the attributes of one's own are numbers or words nobody knows.
  const bool own = !attribute.starts_with("node:") && !attribute.starts_with("ip:");
  for (const std::string_view value : {is_flag(attribute) ? std::string_view("true") : std::string_view(text), std::string_view(own ? "1" : "")}) {
    if (!value.empty() && makes_sense(takes_list(op) ? fmt::format("{} {} [{}]", attribute, op, value) : fmt::format("{} {} {}", attribute, op, value))) return true;
  }
  return false;
}

/// In a list `['a', 'b']` that begins at `from` only the item that is being written is replaced; false where there is none.
bool one_of_list(Request& request, size_t from) {
  const std::string_view whole = request.whole;
  const size_t open = whole.find_first_not_of(' ', from);
  if (open == kNowhere || whole[open] != '[' || open >= request.before.size()) return false;
  const size_t comma = request.before.rfind(',');
  size_t begin = comma == kNowhere || comma < open ? open + 1 : comma + 1;
  while (begin < request.before.size() && whole[begin] == ' ') ++begin;
  size_t end = std::min(whole.find_first_of(",]", request.before.size()), whole.size());
  while (end > begin && end > request.before.size() && whole[end - 1] == ' ') --end;
  const uint32_t base = request.token.begin - static_cast<uint32_t>(from);
  request.token = {base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};
  return true;
}

void offer_literals(Request& request, std::string_view attribute, std::string_view op, size_t at, std::vector<Offer>& out) {
  if (request.before.find(']', at) != kNowhere) return;  // behind the list
  request.token.begin += static_cast<uint32_t>(at);
  const bool listed = one_of_list(request, at);
  for (std::string& value : values_of(attribute, request.view.analysis.policy())) {
    if (attribute == kPublicAddress && !takes_list(op)) continue;
    if (!makes_sense(takes_list(op) ? fmt::format("{} {} [{}]", attribute, op, value) : fmt::format("{} {} {}", attribute, op, value))) continue;
    // What the list holds already is not offered again.
    const std::string_view whole = request.whole;
    const size_t there = listed ? whole.find(value, at) : kNowhere;
    const size_t own = request.token.begin - request.place.token.begin;
    if (there != kNowhere && there != own) continue;
    out.push_back({takes_list(op) && !listed ? fmt::format("[{}]", value) : std::move(value), CompletionKind::kValue, "", '1'});
  }
}

}  // namespace

void offer_attributes(const Request& request, std::vector<Offer>& out) {
  for (const std::string_view name : known_attributes()) out.push_back({std::string(name), CompletionKind::kProperty, "device attribute", '1'});
  for (const std::string_view name : words_of(request, WordKind::kDeviceAttribute)) {
    // The others of `node:` and `ip:` do not exist.
    if (is_known_attribute(name) && makes_sense(name)) out.push_back({std::string(name), CompletionKind::kProperty, "used elsewhere", '2'});
  }
  out.push_back({"custom:", CompletionKind::kProperty, "an attribute of your own", '3'});
}

void offer_assertion(Request& request, std::vector<Offer>& out) {
  const std::string_view before = request.before, whole = request.whole;
  const size_t space = before.find(' ');
  if (space == kNowhere) {
    // The rest of an assertion that is there already stays.
    std::string_view rest;
    if (const size_t end = whole.find(' '); end != kNowhere) {
      request.token.end = request.token.begin + static_cast<uint32_t>(end);
      rest = whole.substr(end);
    }
    std::vector<Offer> attributes;
    offer_attributes(request, attributes);
    for (Offer& offer : attributes) {
      const bool whole_name = offer.text.back() != ':';
      if (rest.empty() || (whole_name && makes_sense(offer.text + std::string(rest)))) out.push_back(std::move(offer));
    }
    return;
  }
  const std::string_view attribute = before.substr(0, space);
  const size_t at = std::min(before.find_first_not_of(' ', space), before.size());
  for (const std::string_view op : kOperators) {
    const std::string_view rest = before.substr(at);
    if (is_unary(op) || !rest.starts_with(op) || rest.size() <= op.size() || rest[op.size()] != ' ') continue;
    return offer_literals(request, attribute, op, at + op.size() + 1, out);
  }
  // The value that is there already stays: an operator ends where a quote, a bracket or a number begins.
  const size_t value = whole.find_first_of("'[0123456789", at);
  const uint32_t begin = request.token.begin;
  std::string_view stays;
  if (value != kNowhere && value >= before.size()) {
    const size_t end = std::max(before.size(), whole.find_last_not_of(' ', value - 1) + 1);
    request.token.end = begin + static_cast<uint32_t>(end);
    stays = whole.substr(value);
  }
  request.token.begin = begin + static_cast<uint32_t>(at);
  for (const std::string_view op : kOperators) {
    if (stays.empty() ? has_use(attribute, op) : makes_sense(fmt::format("{} {} {}", attribute, op, stays)))
      out.push_back({std::string(op), CompletionKind::kKeyword, "", '1'});
  }
}

void offer_attribute_values(const Request& request, std::vector<Offer>& out) {
  const SyntaxTree& tree = request.view.analysis.tree();
  if (!request.place.member.valid()) return;
  std::string scratch;
  const NodeId name = tree.name_of(request.place.member);
  if (!tree.is(name, NodeKind::kString)) return;
  const std::string_view attribute = tree.string_value(name, scratch);
  for (const std::string_view value : known_values(attribute)) out.push_back({std::string(value), CompletionKind::kValue, "", '1'});
  if (!is_flag(attribute)) return;
  for (const std::string_view value : {"true", "false"}) {
    Offer offer{std::string(value), CompletionKind::kValue, "", '1'};
    offer.bare = true;
    out.push_back(std::move(offer));
  }
}

}  // namespace aclc::lsp::completion
