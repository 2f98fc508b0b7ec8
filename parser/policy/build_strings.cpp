// SPDX-License-Identifier: Apache-2.0
// Single strings: selectors, destinations with ports, protocols.
#include <fmt/format.h>

#include "base/nearest.h"
#include "base/net/protocol.h"
#include "base/text/quote.h"
#include "parser/policy/address_advice.h"
#include "parser/policy/builder.h"
#include "parser/policy/port_form.h"
#include "parser/syntax/removal.h"

namespace aclc {
namespace {

using sv = std::string_view;

constexpr sv kProtocolNames[] = {"tcp",      "udp", "icmp", "sctp", "ipv6-icmp", "igmp", "ipv4",
                                 "ip-in-ip", "egp", "igp",  "gre",  "esp",       "ah"};

/// Words that are prefixes of names: what follows their colon may be a name, not ports.
bool is_prefix_word(sv word) {
  return word == "tag" || word == "group" || word == "autogroup" || word == "ipset" || word == "svc";
}
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
/// A prefixed name that stands whole, so that what follows its colon is no port: `tag:web`.
bool is_prefixed(SelectorKind k) {
  return k == SelectorKind::kGroup || k == SelectorKind::kTag || k == SelectorKind::kAutogroup ||
         k == SelectorKind::kIpSet || k == SelectorKind::kService;
}

}  // namespace

Text Builder::text(const Quoted& q, bool trimmed) {
  const sv kept = trimmed ? trim(q.text) : q.text;
  const size_t begin = static_cast<size_t>(kept.data() - q.text.data());
  return {policy_.names.intern(kept), span_of(q, begin, begin + kept.size())};
}

bool Builder::report_placeholder(const Quoted& q, size_t begin, size_t end) {
  const sv found = find_placeholder(q.text.substr(begin, end - begin));
  if (found.empty()) return false;
  const size_t at = static_cast<size_t>(found.data() - q.text.data());
  if (wanted(Kind::kPlaceholder)) {
    report(diag::Placeholder(span_of(q, at, at + found.size()), found)
               .help("the file is a template: check it after the tool that fills it in has run"));
  }
  return true;
}

void Builder::report_selector(const Quoted& q, size_t begin, size_t end, const ClassifiedSelector& form) {
  const sv text = q.text.substr(begin, end - begin);
  const Span span = span_of(q, begin, end);
  switch (form.fault) {
    case SelectorFault::kNone:
      return;
    case SelectorFault::kPlaceholder:
      report_placeholder(q, begin, end);
      return;
    case SelectorFault::kAutogroup:
      return unknown_autogroup(text, span);
    case SelectorFault::kUserPrefix: {
      if (!wanted(Kind::kUserPrefix)) return;
      Diagnostic d = diag::UserPrefix(span, text);
      const sv login = text.substr(sv("user:").size());
      const size_t at = login.find('@');
      if (at != sv::npos && at > 0 && login.find('*') == sv::npos) {
        d = std::move(d)
                .help("a single user is written without it")
                .fix("remove `user:`", {{span_of(q, begin, begin + 5), ""}});
      }
      report(std::move(d));
      return;
    }
    case SelectorFault::kForm:
      break;
  }
  if (!wanted(Kind::kInvalidSelector)) return;
  Diagnostic d = diag::InvalidSelector(span, text, form.reason);
  if (!form.replacement.empty()) {
    d = std::move(d)
            .help(fmt::format("did you mean `{}`?", form.replacement))
            .fix(fmt::format("replace the prefix with `{}`", form.replacement),
                 {{span_of(q, begin, begin + text.find(':') + 1), std::string(form.replacement)}},
                 is_slip_in_list(text.substr(0, text.find(':') + 1), form.replacement) ? FixSafety::kSafe : FixSafety::kUnsafe);
  } else if (text.empty() && end < q.text.size() && q.text[end] == ':') {
    d = std::move(d)
            .help("`*:PORTS` are those of everybody")
            .fix(fmt::format("replace with `*{}`", q.text.substr(end)), {{{span.begin, span.begin}, "*"}}, FixSafety::kUnsafe);
  } else if (q.text.empty()) {
    if (auto edits = removal(tree_, {span.begin - 1, span.end + 1}); !edits.empty()) d = std::move(d).fix("remove it", std::move(edits), FixSafety::kUnsafe);
  } else if (form.reason.starts_with("ports stand only") && text.find(':') == text.rfind(':')) {
    d = std::move(d).fix("remove the ports", {{span_of(q, begin + text.find(':'), end), ""}}, FixSafety::kUnsafe);
  }
  report(std::move(d));
}

const Builder::Form& Builder::form_of(sv text) {
  const uint64_t hash = hash_text(text);
  if (!form_slots_.empty()) {
    const size_t mask = form_slots_.size() - 1;
    for (size_t i = hash & mask; form_slots_[i].form != 0; i = (i + 1) & mask) {
      const Form& form = forms_[form_slots_[i].form - 1];
      if (form_slots_[i].hash == static_cast<uint32_t>(hash) && equal_text(form.text, text)) return form;
    }
  }
  return add_form(text, hash);
}

const Builder::Form& Builder::add_form(sv text, uint64_t hash) {
  const auto place = [&](uint64_t h, uint32_t form) {
    const size_t mask = form_slots_.size() - 1;
    size_t i = h & mask;
    while (form_slots_[i].form != 0) i = (i + 1) & mask;
    form_slots_[i] = {static_cast<uint32_t>(h), form};
  };
  if (forms_.size() * 2 >= form_slots_.size()) {
    form_slots_.assign(std::max<size_t>(256, form_slots_.size() * 2), {});
    for (size_t i = 0; i < forms_.size(); ++i) place(hash_text(forms_[i].text), static_cast<uint32_t>(i + 1));
  }
  const ClassifiedSelector form = classify_selector(text);
  const StringId id = policy_.names.intern(text);
  Selector s;
  s.kind = form.kind;
  s.autogroup = form.autogroup;
  s.name = form.kind == SelectorKind::kUserDomain ? policy_.names.intern(form.name) : id;
  bool plain = form.kind != SelectorKind::kInvalid;
  if (form.kind == SelectorKind::kAddress || form.kind == SelectorKind::kPrefix || form.kind == SelectorKind::kRange) {
    set_address(s, form.prefix, form.last);
    plain = !form.prefix.has_host_bits();
  }
  // More colons than a name has: `tag:web:80`. What that means depends on what follows.
  if (is_prefixed(s.kind) && text.find(':', text.find(':') + 1) != sv::npos) plain = false;
  forms_.push_back({s, policy_.names.text(id), plain});
  place(hash, static_cast<uint32_t>(forms_.size()));
  return forms_.back();
}

void Builder::set_address(Selector& s, const Prefix& prefix, const Address& last) {
  s.address = Id<SelectorAddress>(policy_.selector_addresses.size());
  policy_.selector_addresses.push_back({prefix, last});
}

Selector Builder::selector_of(const Quoted& q, size_t begin, size_t end, bool& broken) {
  const sv text = q.text.substr(begin, end - begin);
  const Form& form = form_of(text);
  Selector s = form.selector;
  s.span = span_of(q, begin, end);
  if (form.plain) return s;
  if (s.kind == SelectorKind::kInvalid) {
    broken = true;
    report_selector(q, begin, end, classify_selector(text));
  } else {
    warn_host_bits(s);
  }
  return s;
}

Selector Builder::selector(const Quoted& q, bool& broken) {
  const sv kept = trim(q.text);
  const size_t begin = static_cast<size_t>(kept.data() - q.text.data());
  return selector_of(q, begin, begin + kept.size(), broken);
}

void Builder::warn_host_bits(const Selector& s) {
  if (s.kind != SelectorKind::kPrefix || !policy_.prefix(s).has_host_bits() || !wanted(Kind::kHostBits)) return;
  const std::string masked = policy_.prefix(s).masked().to_text();
  report(diag::HostBits(s.span, policy_.text(s))
             .help(fmt::format("it stands for `{}`", masked))
             .fix(fmt::format("replace with `{}`", masked), {{s.span, masked}}));
}

Selector Builder::address_or_prefix(const Quoted& q, bool& broken) {
  Selector s;
  const Text t = text(q, true);
  s.span = t.span;
  s.name = t.value;
  const sv written = policy_.text(t);
  if (const auto a = Address::parse(written)) {
    s.kind = SelectorKind::kAddress;
    set_address(s, Prefix::host(*a));
  } else if (const auto p = Prefix::parse(written)) {
    s.kind = SelectorKind::kPrefix;
    set_address(s, *p);
    warn_host_bits(s);
  } else {
    broken = true;
    if (!report_placeholder(q, 0, q.text.size()) && wanted(Kind::kInvalidAddress))
      report(diag::InvalidAddress(s.span, written).help(address_advice(written)));
  }
  return s;
}

Protocol Builder::protocol(const Quoted& q, size_t begin, size_t end, Place place, bool& broken) {
  const sv name = q.text.substr(begin, end - begin);
  const Span span = span_of(q, begin, end);
  if (name.empty() && place != Place::kGrantIp) return {};  // the zero value: as if left out
  if (name == "*" && place == Place::kGrantIp) return {0, span};
  if (const auto number = parse_protocol(name)) return {*number, span};
  broken = true;
  if (report_placeholder(q, begin, end) || !wanted(Kind::kUnknownProtocol)) return {};
  Diagnostic d = diag::UnknownProtocol(span, name);
  if (const uint16_t port = port_of_service(name)) {
    d = std::move(d).help(place == Place::kGrantIp
                              ? fmt::format("`{}` is a service, usually `tcp:{}`", name, port)
                              : fmt::format("`{}` is a service: leave `proto` out and allow port {}", name, port));
  } else if (const ProtocolAndPorts both = protocol_and_ports(name); both && place != Place::kGrantIp) {
    d = std::move(d)
            .help(fmt::format("ports stand after the destination's colon: `tag:web:{}`", both.ports))
            .fix(fmt::format("replace with `{}`", both.protocol), {{span, std::string(both.protocol)}}, FixSafety::kUnsafe);
  } else if (name == "any" || name == "all" || name == "ip") {
    d = std::move(d).help(place == Place::kGrantIp ? "any protocol is `*`" : "any protocol is what a rule without `proto` allows");
  } else if (const sv meant = name == "icmpv6" || name == "icmp6" ? "ipv6-icmp" : nearest(name, kProtocolNames); !meant.empty()) {
    // Names of protocols are so short that most are near another's.
    d = std::move(d)
            .help(fmt::format("did you mean `{}`?", meant))
            .fix(fmt::format("replace with `{}`", meant), {{span, std::string(meant)}},
                 is_slip(name, meant) ? FixSafety::kSafe : FixSafety::kUnsafe);
  } else {
    d = std::move(d).help("a protocol is a name such as tcp, udp, icmp, sctp, or a number from 1 to 255");
  }
  report(std::move(d));
  return {};
}

bool Builder::quick_destination(const Quoted& q, Place place, Destination& out, bool& ok) {
  const size_t colon = q.text.rfind(':');
  if (colon == sv::npos || colon == 0 || colon + 1 == q.text.size() || q.text.front() == '[') return false;
  const char c = q.text[colon + 1];
  if (c != '*' && (c < '0' || c > '9')) return false;
  const Form& form = form_of(q.text.substr(0, colon));
  if (!form.plain) return false;
  if (form.selector.kind == SelectorKind::kHost && is_prefix_word(q.text.substr(0, colon))) return false;
  if (is_space(q.text.back()) || is_space(q.text.front())) return false;
  out.selector = form.selector;
  out.selector.span = span_of(q, 0, colon);
  out.span = span_of(q);
  out.ports_span = span_of(q, colon + 1, q.text.size());
  ok = ports(q, colon + 1, q.text.size(), place, out.ports);
  return true;
}

Builder::Split Builder::split_destination(sv kept) {
  const size_t colon = kept.rfind(':');
  if (colon == sv::npos) return {Split::kNoColon, 0};
  const sv tail = kept.substr(colon + 1);
  PortRange unused;
  const bool numeric = tail.find(',') != sv::npos || parse_port_item(tail, unused) != PortFault::kFirst;
  const ClassifiedSelector whole = classify_selector(kept);
  if (whole.kind == SelectorKind::kAddress || whole.kind == SelectorKind::kPrefix) {
    const bool head_stands = classify_selector(kept.substr(0, colon)).kind != SelectorKind::kInvalid;
    if (!numeric || !head_stands) return {Split::kBareAddress, colon};
  }
  if (!numeric && kept.find(':') == colon && (is_prefixed(whole.kind) || whole.fault == SelectorFault::kAutogroup)) {
    return {Split::kBareName, colon};
  }
  return {Split::kPorts, colon};
}

bool Builder::bracketed(const Quoted& q, size_t begin, size_t colon, Selector& out, bool& broken) {
  const sv text = q.text.substr(begin, colon - begin);
  const size_t close = text.find(']');
  const auto address = close == sv::npos ? std::nullopt : Address::parse(text.substr(1, close - 1));
  if (address && !address->is_v4()) {
    const sv rest = text.substr(close + 1);
    if (rest.empty()) {
      out = selector_of(q, begin + 1, begin + close, broken);
      return true;
    }
    const std::string joined = fmt::format("{}{}", text.substr(1, close - 1), rest);
    if (const auto prefix = Prefix::parse(joined)) {
      out.kind = SelectorKind::kPrefix;
      set_address(out, *prefix);
      out.span = span_of(q, begin, colon);
      out.name = policy_.names.intern(joined);
      warn_host_bits(out);
      return true;
    }
  }
  ClassifiedSelector form;
  form.fault = find_placeholder(text).empty() ? SelectorFault::kForm : SelectorFault::kPlaceholder;
  form.reason = "brackets stand only around an IPv6 address";
  report_selector(q, begin, colon, form);
  out.span = span_of(q, begin, colon);
  return false;
}

bool Builder::destination(const Quoted& q, Place place, Destination& out) {
  bool ok = true;
  if (quick_destination(q, place, out, ok)) return ok;
  const sv kept = trim(q.text);
  const size_t begin = static_cast<size_t>(kept.data() - q.text.data());
  const size_t end = begin + kept.size();
  out.span = span_of(q);
  bool broken = kept.size() != q.text.size() && !kept.empty();
  if (broken && wanted(Kind::kStraySpace)) {
    const Span inner = span_of(q, begin, end);
    Diagnostic d =
        diag::StraySpace(out.span, kept)
            .fix("remove the white space", {{{out.span.begin, inner.begin}, ""}, {{inner.end, out.span.end}, ""}});
    report(std::move(d));
  }
  if (kept.starts_with('[') && kept.ends_with(']') && Address::parse(kept.substr(1, kept.size() - 2))) {
    report_missing_port(q, begin, end, place, {});
    return false;
  }
  const Split split = split_destination(kept);
  const size_t colon = begin + split.colon;
  if (split.how != Split::kPorts) {
    out.selector = selector_of(q, begin, end, broken);
    if (out.selector.kind != SelectorKind::kInvalid) {
      std::string upstream;
      if (split.how == Split::kNoColon && place == Place::kAclDst)
        upstream = fmt::format("dst={}: hostport must contain a colon (\":\")", quote_go(kept));
      if (split.how == Split::kBareName)
        upstream = upstream_port(q, q.text.substr(colon + 1, end - colon - 1), place, "invalid first integer");
      report_missing_port(q, begin, end, place, std::move(upstream));
    }
    return false;
  }
  if (kept.front() != '[' && find_placeholder(kept).empty() && report_two_port_lists(q, begin, end, place, out.selector)) return false;
  out.ports_span = span_of(q, colon + 1, end);
  if (kept.front() == '[') {
    if (!bracketed(q, begin, colon, out.selector, broken)) broken = true;
  } else {
    out.selector = selector_of(q, begin, colon, broken);
  }
  const bool placeholder = broken && out.selector.kind == SelectorKind::kInvalid && !find_placeholder(kept).empty();
  return (placeholder || ports(q, colon + 1, end, place, out.ports)) && !broken;
}

}  // namespace aclc
