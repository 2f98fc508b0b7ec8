// SPDX-License-Identifier: Apache-2.0
// Settings: dns, OneCGNATRoute, and what is checked by the tables alone (derpMap, attrConfig,
// extraDNSRecords).
#include <fmt/format.h>

#include <charconv>

#include "base/nearest.h"
#include "parser/policy/builder.h"

namespace aclc {

void Builder::dns(NodeId object) {
  Dns out;
  out.span = span_of(object);
  bool broken = false;
  const std::span<const Field> fields = shape_info(Shape::kDns).fields;
  members(Shape::kDns, object, broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::dns::Dns>(index)) {
      case field::dns::kMagic:
        out.magic = tree_.is(value, NodeKind::kTrue);
        break;
      case field::dns::kNameservers:
        out.nameservers = addresses(f, value, broken);
        break;
      case field::dns::kRoutes:
        entries(value, [&](const Quoted& key, NodeId, NodeId list) {
          DnsRoute r;
          r.domain = text(key, true);
          r.nameservers = list_entry(r.domain, list, [&](NodeId array) { return addresses(f, array, broken); });
          out.routes.push_back(r);
        });
        break;
      case field::dns::kDomains:
        out.domains = texts(f, value, true, broken);
        break;
    }
  });
  policy_.dns = std::move(out);
}

void Builder::one_cgnat_route(const Field& field, NodeId value) {
  check_element(field, value);
  const std::string_view chosen = quoted(value).text;
  if (chosen == "mac-always") policy_.one_cgnat_route = OneCgnatRoute::kMacAlways;
  if (chosen == "mac-never") policy_.one_cgnat_route = OneCgnatRoute::kMacNever;
}

void Builder::check_shape(Shape shape, NodeId object) {
  bool broken = false;
  const std::span<const Field> fields = shape_info(shape).fields;
  members(shape, object, broken, [&](uint32_t index, NodeId value) { check_value(fields[index], value); });
}

void Builder::check_value(const Field& field, NodeId value) {
  switch (field.container) {
    case Container::kOne:
      check_element(field, value);
      return;
    case Container::kList:
      for (const NodeId element : tree_.children(value)) check_element(field, element);
      return;
    case Container::kMap:
      entries(value, [&](const Quoted&, NodeId, NodeId entry) {
        if (!tree_.is(entry, NodeKind::kNull)) check_element(field, entry);
      });
      return;
    case Container::kMapOfLists:
      return;  // no such member among those checked by tables alone
  }
}

void Builder::check_element(const Field& field, NodeId value) {
  if (already_reported(value)) return;
  Field one = field;
  one.container = Container::kOne;
  if (!type_matches(one, value)) return;
  if (field.value == Value::kObject) return check_shape(field.shape, value);
  if (!readable(value)) return;
  const Quoted q = quoted(value);
  bool broken = false;
  switch (field.value) {
    case Value::kSelector:
      selector(q, broken);
      return;
    case Value::kPrefix: {
      if (!Prefix::parse(trim(q.text)) && !report_placeholder(q, 0, q.text.size())) {
        Selector s;
        s.span = span_of(q);
        s.name = policy_.names.intern(q.text);
        report_prefix(s);
      }
      return;
    }
    case Value::kChoice:
      break;
    default:
      report_placeholder(q, 0, q.text.size());
      return;
  }
  for (const std::string_view choice : field.choices) {
    if (choice == q.text) return;
  }
  if (report_placeholder(q, 0, q.text.size()) || !wanted(Kind::kInvalidChoice)) return;
  Diagnostic d = diag::InvalidChoice(span_of(q), q.text, field.name);
  std::string list;
  for (const std::string_view choice : field.choices) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", choice);
  d = std::move(d).help(fmt::format("it is one of {}", list));
  if (const std::string_view meant = nearest(q.text, field.choices); !meant.empty()) {
    d = std::move(d).fix(fmt::format("replace with `{}`", meant), {{span_of(q), std::string(meant)}},
                         is_slip_in_list(q.text, meant) ? FixSafety::kSafe : FixSafety::kUnsafe);
  }
  report(std::move(d));
}

void Builder::derp_map(NodeId object) {
  check_shape(Shape::kDerpMap, object);
  for (const NodeId member : tree_.children(object)) {
    const NodeId name = tree_.name_of(member), regions = tree_.value_of(member);
    if (!readable(name) || !tree_.is(regions, NodeKind::kObject)) continue;
    const auto match = find_field(Shape::kDerpMap, quoted(name).text, target_);
    if (!match || shape_info(Shape::kDerpMap).fields[match->index].key != KeyForm::kRegion) continue;
    for (const NodeId region : tree_.children(regions)) {
      const NodeId key = tree_.name_of(region);
      if (!readable(key)) continue;
      const Quoted q = quoted(key);
      int32_t number = 0;
      const auto [rest, error] = std::from_chars(q.text.data(), q.text.data() + q.text.size(), number);
      if (error == std::errc() && rest == q.text.data() + q.text.size() && number > 0) continue;
      if (!find_placeholder(q.text).empty() || !wanted(Kind::kInvalidChoice)) continue;
      report(diag::InvalidChoice(span_of(q), q.text, "Regions")
                 .help("a region's key is its number in quotes; 900 to 999 are free for own regions"));
    }
  }
}

}  // namespace aclc
