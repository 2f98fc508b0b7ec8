// SPDX-License-Identifier: Apache-2.0
// What may stand as a name: members of objects, names of groups, tags and so on.
#include <algorithm>

#include "compiler/check/capabilities.h"
#include "compiler/check/names.h"
#include "lsp/features/completion.h"
#include "lsp/protocol/encode.h"
#include "lsp/service/words.h"

namespace aclc::lsp::completion {
namespace {

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

/// Whether the check takes a member beside what else is there, whatever its value.
bool takes_field(const Request& request, uint32_t index) {
  const Field& field = shape_info(request.place.shape).fields[index];
  const Target target = request.view.analysis.options().target;
  if (target == Target::kHeadscale && field.known_by == KnownBy::kTailscale) return false;
  switch (request.place.shape) {
    case Shape::kPolicy:
      return field.known_by != KnownBy::kOurs;  // a section that the check warns of
    case Shape::kGrant:
      return index != field::grant::kApp || request.rule.app;
    case Shape::kSsh:
      return index != field::ssh::kCheckPeriod || request.rule.check_period;
    default:
      return true;
  }
}

/// Capabilities that every tailnet has, and those that the policy names elsewhere.
void offer_capabilities(const Request& request, std::vector<Offer>& out) {
  if (request.place.shape == Shape::kNodeAttr) {
    if (request.rule.connectors) out.push_back({"tailscale.com/app-connectors", CompletionKind::kModule, "devices that connect to apps", '1'});
    out.push_back({"tailscale.com/visible-groups", CompletionKind::kModule, "", '2'});
    return;
  }
  if (!request.rule.app) return;
  for (const std::string_view name : words_of(request, WordKind::kCapability)) {
    const size_t slash = name.find('/');
    const bool formed = slash != std::string_view::npos && slash != 0 && slash + 1 != name.size() && name.find("://") == std::string_view::npos;
    if (formed && !name.starts_with("tailscale.")) out.push_back({std::string(name), CompletionKind::kModule, "in another rule", '1'});
  }
  for (const std::string_view name : checks::lent_capabilities())
    out.push_back({"tailscale.com/cap/" + std::string(name), CompletionKind::kModule, "", '2'});
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
  if (request.place.shape == Shape::kAppConnector) {
    // A preset brings its own domains.
    using namespace field::app_connector;
    if (taken[kDomains]) taken[kPresetAppId] = true;
    else if (taken[kPresetAppId]) taken[kDomains] = true;
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (taken[i] || !takes_field(request, static_cast<uint32_t>(i))) continue;
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

std::vector<std::string_view> words_of(const Request& request, WordKind kind) {
  const Policy& policy = request.view.analysis.policy();
  std::vector<bool> seen(policy.names.size());
  std::vector<std::string_view> out;
  for_each_word(policy, [&](const Word& word) {
    const bool written_now = word.span.begin == request.place.token.begin;
    if (word.kind != kind || written_now || !word.name.valid() || seen[word.name.value]) return;
    seen[word.name.value] = true;
    if (const std::string_view name = policy.text(word.name); !name.empty()) out.push_back(name);
  });
  return out;
}

void offer_names(const Request& request, std::vector<Offer>& out) {
  const Analysis& a = request.view.analysis;
  const Policy& policy = a.policy();
  const auto undefined = [&](SelectorKind kind) {
    for (const Occurrence& o : a.occurrences().all()) {
      if (o.kind != kind || o.definition || a.definition_of(kind, o.name)) continue;
      const std::string_view name = policy.text(o.name);
      if (kind == SelectorKind::kTag && !checks::is_tag_name(name)) continue;
      out.push_back({std::string(name), CompletionKind::kReference, "used, not defined yet", '1'});
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
      offer_prefixes(request, out);
      break;
    case KeyForm::kService:
      offer_selectors(request, Standpoint::kServiceKey, {}, out);
      prefix("svc:", "a service");
      break;
    case KeyForm::kAttribute:
      offer_attributes(request, out);
      break;
    case KeyForm::kCustomAttribute:
      for (const std::string_view name : words_of(request, WordKind::kDeviceAttribute)) {
        if (name.starts_with("custom:") && name.size() > 7) out.push_back({std::string(name), CompletionKind::kReference, "used", '1'});
      }
      prefix("custom:", "an attribute of your own");
      break;
    case KeyForm::kCapability:
      offer_capabilities(request, out);
      break;
    default:
      break;
  }
}

}  // namespace aclc::lsp::completion
