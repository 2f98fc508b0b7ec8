// SPDX-License-Identifier: Apache-2.0
// ipsets and postures.
#include <fmt/format.h>

#include "base/nearest.h"
#include "parser/policy/builder.h"
#include "parser/policy/posture_form.h"

namespace aclc {
namespace {

using sv = std::string_view;

constexpr sv kVerbs[] = {"add", "remove"};
constexpr sv kHostPrefix = "host:";

size_t offset_in(sv part, sv whole) {
  return static_cast<size_t>(part.data() - whole.data());
}

}  // namespace

void Builder::ipsets(const Field& field, NodeId object) {
  entries(object, [&](const Quoted& key, NodeId member, NodeId value) {
    IpSet s;
    s.name = text(key, false);
    s.span = span_of(member);
    s.elements = list_entry(s.name, value, [&](NodeId array) { return ipset_elements(field, array); });
    policy_.ipsets.push_back(s);
  });
}

Slice<IpSetElement> Builder::ipset_elements(const Field& field, NodeId array) {
  Slice<IpSetElement> out{static_cast<uint32_t>(policy_.ipset_elements.size()), 0};
  bool broken = false, removes = false;
  strings(field, array, broken, [&](const Quoted& q) {
    policy_.ipset_elements.push_back(ipset_element(q));
    removes |= policy_.ipset_elements.back().remove;
  });
  out.count = static_cast<uint32_t>(policy_.ipset_elements.size()) - out.begin;
  // The verb may be left out only where every element is an `add` (documentation, "IP sets").
  for (const IpSetElement& e : policy_.at(out)) {
    if (!removes || e.has_verb || e.target.kind == SelectorKind::kInvalid || !wanted(Kind::kIpSetVerb)) continue;
    report(diag::IpSetVerb(e.span, tree_.text().substr(e.span.begin, e.span.length()))
               .help("where one element is a `remove`, each says `add` or `remove`")
               .fix("insert `add`", {{{e.span.begin, e.span.begin}, "add "}}));
  }
  return out;
}

IpSetElement Builder::ipset_element(const Quoted& q) {
  // Any selector passes here: which of them a set may hold is a question of positions.
  IpSetElement out;
  const sv kept = trim(q.text);
  size_t begin = offset_in(kept, q.text);
  const size_t end = begin + kept.size();
  out.span = span_of(q, begin, end);
  const size_t space = kept.find_first_of(" \t");
  if (space != sv::npos) {
    const sv verb = kept.substr(0, space);
    out.has_verb = verb == "add" || verb == "remove";
    out.remove = verb == "remove";
    if (!out.has_verb) {
      if (!report_placeholder(q, begin, end) && wanted(Kind::kInvalidIpSetElement)) {
        const Span at = span_of(q, begin, begin + verb.size());
        Diagnostic d = diag::InvalidIpSetElement(at, verb, "an element is `add` or `remove` and one target");
        if (const sv meant = nearest(verb, kVerbs); !meant.empty())
          d = std::move(d).fix(fmt::format("replace with `{}`", meant), {{at, std::string(meant)}});
        report(std::move(d));
      }
      out.target.span = out.span;
      return out;
    }
    begin = offset_in(trim(kept.substr(space)), q.text);
  }
  const sv target = q.text.substr(begin, end - begin);
  out.target.span = span_of(q, begin, end);
  const bool host = target.substr(0, kHostPrefix.size()) == kHostPrefix;
  bool broken = false;
  if (host && target.size() > kHostPrefix.size() && find_placeholder(target).empty()) {
    out.target.kind = SelectorKind::kHost;
    out.target.name = policy_.names.intern(target.substr(kHostPrefix.size()));
    return out;
  }
  if (host && find_placeholder(target).empty()) {
    if (wanted(Kind::kInvalidIpSetElement))
      report(diag::InvalidIpSetElement(out.target.span, target, "there is no name after `host:`"));
    return out;
  }
  out.target = selector_of(q, begin, end, broken);
  return out;
}

void Builder::postures(const Field& field, NodeId object) {
  entries(object, [&](const Quoted& key, NodeId member, NodeId value) {
    Posture p;
    p.name = text(key, false);
    p.span = span_of(member);
    p.assertions = list_entry(p.name, value, [&](NodeId array) { return assertions(field, array); });
    policy_.postures.push_back(p);
  });
}

Slice<PostureAssertion> Builder::assertions(const Field& field, NodeId array) {
  Slice<PostureAssertion> out{static_cast<uint32_t>(policy_.posture_assertions.size()), 0};
  bool broken = false;
  strings(field, array, broken, [&](const Quoted& q) { policy_.posture_assertions.push_back(assertion(q)); });
  out.count = static_cast<uint32_t>(policy_.posture_assertions.size()) - out.begin;
  return out;
}

PostureAssertion Builder::assertion(const Quoted& q) {
  PostureAssertion out;
  out.span = span_of(q);
  const AssertionForm form = parse_assertion(q.text);
  const auto span_in = [&](sv part) {
    const size_t begin = offset_in(part, q.text);
    return span_of(q, begin, begin + part.size());
  };
  if (!form.ok) {
    if (report_placeholder(q, 0, q.text.size()) || !wanted(Kind::kInvalidAssertion)) return out;
    Span at = span_in(form.fault);
    if (at.empty()) at = out.span;
    Diagnostic d = diag::InvalidAssertion(at, form.reason);
    if (!form.replacement.empty())
      d = std::move(d).fix(fmt::format("replace with `{}`", form.replacement), {{at, form.replacement}});
    report(std::move(d));
    return out;
  }
  out.valid = true;
  out.attribute = {policy_.names.intern(form.attribute), span_in(form.attribute)};
  out.op = form.op;
  out.values.begin = static_cast<uint32_t>(policy_.posture_values.size());
  for (const AssertionForm::Literal& l : form.literals) {
    policy_.posture_values.push_back({l.type, policy_.names.intern(l.text), l.number, l.boolean, span_in(l.text)});
    if (!is_possible_value(form.attribute, l.text) && find_placeholder(l.text).empty() &&
        wanted(Kind::kUnknownPostureValue)) {
      Diagnostic d = diag::UnknownPostureValue(span_in(l.text), form.attribute, l.text)
                         .help(fmt::format("it is one of {}", possible_values(form.attribute)));
      if (const sv meant = likely_value(form.attribute, l.text); !meant.empty() && l.type == PostureValue::Type::kString) {
        const bool sure = edit_distance(l.text, meant) == 0;
        d = std::move(d).fix(fmt::format("replace with `{}`", meant), {{span_in(l.text), std::string(meant)}}, sure ? FixSafety::kSafe : FixSafety::kUnsafe);
      }
      report(std::move(d));
    }
    if (!find_placeholder(l.text).empty())
      report_placeholder(q, offset_in(l.text, q.text), offset_in(l.text, q.text) + l.text.size());
  }
  out.values.count = static_cast<uint32_t>(policy_.posture_values.size()) - out.values.begin;
  if (!is_known_attribute(form.attribute) && wanted(Kind::kUnknownPostureAttribute)) {
    Diagnostic d = diag::UnknownPostureAttribute(out.attribute.span, form.attribute);
    if (const sv meant = nearest_attribute(form.attribute); !meant.empty()) {
      d = std::move(d)
              .help(fmt::format("did you mean `{}`?", meant))
              .fix(fmt::format("replace with `{}`", meant), {{out.attribute.span, std::string(meant)}});
    }
    report(std::move(d));
  }
  return out;
}

}  // namespace aclc
