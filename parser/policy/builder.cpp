// SPDX-License-Identifier: Apache-2.0
// Walking members and entries, and the reports about types, unknown and doubled members.
#include "parser/policy/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/text/quote.h"
#include "parser/syntax/removal.h"

namespace aclc {
namespace {

std::string_view found_text(NodeKind kind) {
  switch (kind) {
    case NodeKind::kObject:
      return "an object";
    case NodeKind::kArray:
      return "an array";
    case NodeKind::kString:
      return "a string";
    case NodeKind::kNumber:
      return "a number";
    case NodeKind::kTrue:
    case NodeKind::kFalse:
      return "true or false";
    case NodeKind::kNull:
      return "null";
    default:
      return "nothing";
  }
}

bool is_whole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

bool fits(const Field& field, NodeKind kind, std::string_view text) {
  switch (field.container) {
    case Container::kList:
      return kind == NodeKind::kArray;
    case Container::kMap:
    case Container::kMapOfLists:
      return kind == NodeKind::kObject;
    case Container::kOne:
      break;
  }
  switch (field.value) {
    case Value::kBoolean:
      return kind == NodeKind::kTrue || kind == NodeKind::kFalse;
    case Value::kInteger:
      return kind == NodeKind::kNumber && is_whole(text);
    case Value::kScalar:
      return kind == NodeKind::kString || kind == NodeKind::kNumber || kind == NodeKind::kTrue ||
             kind == NodeKind::kFalse;
    case Value::kObject:
      return kind == NodeKind::kObject;
    case Value::kAnything:
      return true;
    default:
      return kind == NodeKind::kString;
  }
}

/// Whether a number in quotes would be right; true and false hardly ever are.
bool fits_in_quotes(const Field& field, std::string_view source) {
  switch (field.value) {
    case Value::kSelector:
    case Value::kDestination:
    case Value::kTestDestination:
    case Value::kAddress:
    case Value::kPrefix:
    case Value::kAddressOrPrefix:
    case Value::kTag:
    case Value::kPostureName:
    case Value::kAssertion:
    case Value::kIpSetElement:
      return false;
    case Value::kChoice:
      return std::find(field.choices.begin(), field.choices.end(), source) != field.choices.end();
    case Value::kProtocol:
    case Value::kNetCapability:
      return source != "true" && source != "false";
    default:
      return true;
  }
}

std::string_view service_name(Target target) {
  return target == Target::kTailscale ? "Tailscale" : "Headscale";
}

}  // namespace

std::string Builder::quote(std::string_view name) {
  return fmt::format("`{}`", name);
}

Span Builder::mark_of(NodeId id) const {
  const SyntaxNode& n = tree_[id];
  if (n.kind == NodeKind::kObject || n.kind == NodeKind::kArray)
    return {n.span.begin, std::min(n.span.begin + 1, n.span.end)};
  return n.span;
}

void Builder::report(Diagnostic d) {
  // Whatever is wrong with a test's strings, the hosted service says no more than this (recorded answers).
  if (in_test_ && d.kind >= Kind::kStraySpace && d.severity == Severity::kError && d.upstream_text.empty())
    d.upstream_text = "test(s) failed";
  uint32_t& count = reported_[static_cast<size_t>(d.kind)];
  if (count >= kMaxPerKind) return;
  if (++count == kMaxPerKind) d = std::move(d).help("further findings of this kind are not shown");
  sink_.report(std::move(d));
}

void Builder::wrong_type(std::string subject, std::string_view expected, NodeId found, const Field* field) {
  if (already_reported(found) || !wanted(Kind::kWrongType)) return;
  const NodeKind kind = tree_[found].kind;
  Diagnostic d = diag::WrongType(mark_of(found), subject, expected, found_text(kind));
  const Span span = span_of(found);
  const std::string_view source = tree_.text_of(found);
  const bool scalar = kind == NodeKind::kNumber || kind == NodeKind::kTrue || kind == NodeKind::kFalse;
  const bool choice = field != nullptr && field->value == Value::kChoice;
  if (field != nullptr && field->value == Value::kDuration && kind == NodeKind::kNumber) {
    const std::string hours = fmt::format("\"{}h\"", source);
    d = std::move(d).help("a period has a unit: `12h`, `30m`").fix(fmt::format("replace with `{}`", hours), {{span, hours}}, FixSafety::kUnsafe);
  } else if (choice && kind == NodeKind::kTrue && std::count(field->choices.begin(), field->choices.end(), "accept") == 1) {
    d = std::move(d).help("`accept` lets through").fix("replace with `\"accept\"`", {{span, "\"accept\""}});
  } else if (choice && kind == NodeKind::kFalse && std::count(field->choices.begin(), field->choices.end(), "accept") == 1) {
    d = std::move(d).help("rules only let through: to deny, leave the rule out");
  } else if (expected == "a string" && scalar && (field == nullptr || fits_in_quotes(*field, source))) {
    d = std::move(d).fix("put it in quotes", {{span, fmt::format("\"{}\"", source)}});
  } else if (expected == "true or false" && (source == "\"true\"" || source == "\"false\"")) {
    d = std::move(d).fix("remove the quotes", {{span, std::string(source.substr(1, source.size() - 2))}});
  } else if (expected == "an array of strings" && kind == NodeKind::kString) {
    d = std::move(d).fix("put it in brackets", {{span, fmt::format("[{}]", source)}});
  } else if (expected == "an array of objects" && kind == NodeKind::kObject && holds_objects(found)) {
    std::vector<Edit> edits{{{span.begin, span.begin + 1}, "["}, {{span.end - 1, span.end}, "]"}};
    for (const NodeId member : tree_.children(found)) edits.push_back({{span_of(member).begin, span_of(tree_.value_of(member)).begin}, ""});
    d = std::move(d).help("entries of a list have no names").fix("write `[` and `]`, and leave the names out", std::move(edits), FixSafety::kUnsafe);
  } else if (expected == "an array of objects" && kind == NodeKind::kObject) {
    d = std::move(d).fix("put it in brackets", {{{span.begin, span.begin}, "["}, {{span.end, span.end}, "]"}});
  }
  report(std::move(d));
}

bool Builder::holds_objects(NodeId object) const {
  size_t count = 0;
  for (const NodeId member : tree_.children(object)) {
    if (!tree_.is(tree_.value_of(member), NodeKind::kObject)) return false;
    ++count;
  }
  return count > 0;
}

bool Builder::type_matches(const Field& field, NodeId value) {
  if (already_reported(value)) return false;
  if (fits(field, tree_[value].kind,
           tree_[value].kind == NodeKind::kNumber ? tree_.text_of(value) : std::string_view()))
    return true;
  wrong_type(fmt::format("`{}`", field.name), expected_text(field), value, &field);
  return false;
}

void Builder::duplicate(const Quoted& name, NodeId first, NodeId second) {
  if (!wanted(Kind::kDuplicateKey)) return;
  const NodeId first_name = tree_.name_of(first);
  Diagnostic d = diag::DuplicateKey(span_of(name), name.text).label(inside_of(first_name), "first given here");
  const bool same = tree_.text_of(tree_.value_of(first)) == tree_.text_of(tree_.value_of(second));
  if (auto edits = removal(tree_, span_of(second)); !edits.empty())
    d = std::move(d).fix("remove the later one", std::move(edits), same ? FixSafety::kSafe : FixSafety::kUnsafe);
  report(std::move(d));
}

bool Builder::first_of_key(const Quoted& key, NodeId member) {
  const StringId id = policy_.names.intern(key.text);
  if (id.value >= seen_keys_.size()) seen_keys_.resize(std::max<size_t>(policy_.names.size(), seen_keys_.size() * 2));
  SeenKey& seen = seen_keys_[id.value];
  if (seen.map == map_count_) {
    duplicate(key, seen.member, member);
    return false;
  }
  seen = {map_count_, member};
  return true;
}

bool Builder::match_member(Shape shape, NodeId object, NodeId member, uint32_t (&seen)[kMostFields], bool& broken, Member& out) {
  const NodeId name_node = tree_.name_of(member);
  if (!readable(name_node)) {
    broken = true;
    return false;
  }
  const Quoted name = quoted(name_node);
  std::optional<FieldMatch> match = find_field(shape, name.text, target_);
  if (!match) {
    // A third-party console for Headscale keeps its own data in such members, and Headscale passes over them.
    if (target_ == Target::kHeadscale && shape == Shape::kAcl && !name.text.empty() && name.text.front() == '#')
      return false;
    broken = true;
    if (!find_placeholder(name.text).empty()) {
      report_placeholder(name, 0, name.text.size());
    } else if (const std::string_view meant = unknown_field(shape, object, name); !meant.empty()) {
      // Read as what it is meant to be: its own faults are told with it, and nothing is missing because of a slip in a name.
      match = find_field(shape, meant, target_);
      if (match && seen[match->index] != 0) return false;
    }
    if (!match) return false;
  }
  const Field& field = shape_info(shape).fields[match->index];
  if (seen[match->index] != 0) {
    const NodeId first{size_t{seen[match->index] - 1}};
    std::string first_scratch;
    const std::string_view first_name = tree_.string_value(tree_.name_of(first), first_scratch);
    const std::optional<FieldMatch> first_match = find_field(shape, first_name, target_);
    if (first_match && first_match->old_name != match->old_name) {
      const NodeId old = first_match->old_name ? first : member;
      const std::string_view note = field.value == Value::kDestination ? "; ports stand after each destination's colon: `tag:web:80,443`" : "";
      report(diag::TwoNamesForField(span_of(name), first_name, name.text)
                 .label(inside_of(tree_.name_of(first)), "first given here")
                 .help(fmt::format("keep `{}`{}", field.name, note))
                 .fix(fmt::format("remove `{}`", old == first ? first_name : name.text), removal(tree_, span_of(old)), FixSafety::kUnsafe));
    } else {
      duplicate(name, first, member);
    }
    broken = true;
    return false;
  }
  seen[match->index] = member.value + 1;
  const NodeId value = tree_.value_of(member);
  if (tree_[value].kind == NodeKind::kNull) return false;
  if (field.known_by == KnownBy::kOurs) {
    if (shape == Shape::kPolicy) {
      report(diag::OwnSection(span_of(name), service_name(target_), field.name)
                 .help("this project's node daemon serves it; remove it from a policy that is meant for others")
                 .fix("remove it", removal(tree_, span_of(member)), FixSafety::kUnsafe));
    }
  } else if (field.known_by == KnownBy::kTailscale && target_ == Target::kHeadscale) {
    if (!in_foreign_section_) {
      report(diag::NotInTarget(span_of(name), service_name(target_), field.name)
                 .help(fmt::format("take it out of a policy that is meant for {}", service_name(target_)))
                 .fix("remove it", removal(tree_, span_of(member)), FixSafety::kUnsafe));
    }
    broken = true;
  }
  if (!type_matches(field, value)) {
    broken = true;
    // One string where a list of strings belongs: its meaning is plain, so later phases get it.
    const bool lone = field.container == Container::kList && field.value != Value::kObject && readable(value);
    if (!lone) return false;
  }
  out = {match->index, value};
  return true;
}

bool Builder::string_element(const Field& field, NodeId element, bool& broken) {
  if (readable(element)) return true;
  broken = true;
  if (!already_reported(element)) wrong_type(fmt::format("an element of `{}`", field.name), "a string", element, &field);
  return false;
}

bool Builder::object_element(const Field& field, NodeId element) {
  if (tree_.is(element, NodeKind::kObject)) return true;
  wrong_type(fmt::format("an entry of `{}`", field.name), "an object", element);
  return false;
}

}  // namespace aclc
