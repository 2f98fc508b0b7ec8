// SPDX-License-Identifier: Apache-2.0
// What may stand as a name: members of objects, names of groups, tags and so on.
#include <algorithm>
#include <array>

#include "lsp/features/completion.h"
#include "lsp/protocol/encode.h"

namespace aclc::lsp::completion {
namespace {

constexpr std::array<std::string_view, 9> kAttributes = {
    "node:os",           "node:osVersion",          "node:tsVersion", "node:tsReleaseTrack", "node:tsAutoUpdate",
    "node:tsStateEncrypted", "ip:country", "ip:publicAddress", "custom:"};

std::string_view form_of(const Field& field) {
  switch (field.container) {
    case Container::kList:
      return "[...]";
    case Container::kMap:
    case Container::kMapOfLists:
      return "{...}";
    case Container::kOne:
      return field.value == Value::kObject ? "{...}" : "";
  }
  return "";
}

}  // namespace

void offer_fields(const Request& request, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  const SyntaxTree& tree = a.tree();
  const std::span<const Field> fields = shape_info(request.place.shape).fields;
  std::vector<bool> taken(fields.size());
  std::string scratch;
  for (const NodeId member : tree.children(request.place.holder)) {
    if (!tree.is(member, NodeKind::kMember) || member == request.place.member) continue;
    const NodeId name = tree.name_of(member);
    if (!tree.is(name, NodeKind::kString)) continue;
    if (const auto match = find_field(request.place.shape, tree.string_value(name, scratch), a.options().target))
      taken[match->index] = true;
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (taken[i]) continue;
    if (a.options().target == Target::kHeadscale && field.known_by == KnownBy::kTailscale) continue;
    Offer offer;
    offer.text = field.name;
    offer.kind = request.place.shape == Shape::kPolicy ? CompletionKind::kModule : CompletionKind::kField;
    offer.detail = std::string(form_of(field));
    if (!offer.detail.empty()) offer.detail += " ";
    offer.detail += plain_text(field.doc);
    // The order of the table is the order of importance.
    offer.rank = static_cast<char>('A' + std::min<size_t>(i, 25));
    out.push_back(std::move(offer));
  }
}

void offer_names(const Request& request, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  const Policy& policy = a.policy();
  const auto undefined = [&](SelectorKind kind) {
    for (const Occurrence& o : a.occurrences().all()) {
      if (o.kind != kind || o.definition || a.definition_of(kind, o.name)) continue;
      out.push_back({std::string(policy.text(o.name)), CompletionKind::kReference, "used, not defined yet", '1'});
    }
  };
  const auto prefix = [&](std::string_view text, std::string_view detail) {
    out.push_back({std::string(text), CompletionKind::kKeyword, std::string(detail), '9'});
  };
  switch (request.place.field->key) {
    case KeyForm::kGroup:
      undefined(SelectorKind::kGroup);
      prefix("group:", "a new group");
      break;
    case KeyForm::kTag:
      undefined(SelectorKind::kTag);
      if (const Inventory* inventory = a.inventory()) {
        for (const Node& node : inventory->tailnet().nodes) {
          for (const StringId tag : node.tags) {
            const std::string_view text = inventory->tailnet().text(tag);
            const StringId name = policy.names.find(text);
            if (name.valid() && a.definitions().tag_of(name) != Definitions::kNone) continue;
            out.push_back({std::string(text), CompletionKind::kReference, "on a node of the tailnet", '2'});
          }
        }
      }
      prefix("tag:", "a new tag");
      break;
    case KeyForm::kIpSet:
      undefined(SelectorKind::kIpSet);
      prefix("ipset:", "a new set");
      break;
    case KeyForm::kPosture:
      undefined(SelectorKind::kPosture);
      prefix("posture:", "a new posture");
      break;
    case KeyForm::kHost:
      undefined(SelectorKind::kHost);
      break;
    case KeyForm::kPrefix:
      if (const Inventory* inventory = a.inventory()) {
        for (const Node& node : inventory->tailnet().nodes) {
          for (const Prefix& route : node.routable_ips) {
            out.push_back({route.to_text(), CompletionKind::kValue,
                           "advertised by " + std::string(inventory->tailnet().text(node.name)), '1'});
          }
        }
      }
      for (const Host& host : policy.hosts) {
        if (host.value.kind == SelectorKind::kPrefix)
          out.push_back({policy.prefix(host.value).to_text(), CompletionKind::kValue, std::string(policy.text(host.name)), '2'});
      }
      break;
    case KeyForm::kService:
      offer_selectors(request, Standpoint::kServiceKey, {}, out);
      prefix("svc:", "a service");
      break;
    case KeyForm::kAttribute:
      for (const std::string_view name : kAttributes)
        out.push_back({std::string(name), CompletionKind::kProperty, "", '1'});
      break;
    case KeyForm::kCustomAttribute:
      prefix("custom:", "an attribute of your own");
      break;
    default:
      break;
  }
}

}  // namespace aclc::lsp::completion
