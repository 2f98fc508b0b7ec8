// SPDX-License-Identifier: Apache-2.0
// Ports and protocols in the notation of other tools.
#include <fmt/format.h>

#include "base/net/protocol.h"
#include "parser/policy/builder.h"
#include "parser/policy/port_form.h"

namespace aclc {
namespace {

using sv = std::string_view;

}  // namespace

bool Builder::report_odd_capability(const Quoted& q) {
  const ProtocolAndPorts found = protocol_and_ports(q.text);
  if (!found || found.usual) return false;
  const size_t colon = q.text.find(':');
  const bool protocol_known = colon == sv::npos || parse_protocol(q.text.substr(0, colon));
  if (!wanted(Kind::kInvalidPort) || !wanted(Kind::kUnknownProtocol)) return true;
  // What the hosted service stumbles over is the item that the slash or the name stands in.
  const sv faulty = colon == sv::npos ? q.text : q.text.substr(colon + 1);
  const size_t mark = faulty.find('/');
  const size_t before = faulty.rfind(',', mark == sv::npos ? 0 : mark);
  const sv from = before == sv::npos ? faulty : faulty.substr(before + 1);
  Diagnostic d = protocol_known ? diag::InvalidPort(span_of(q), q.text)
                                      .upstream(upstream_port(q, from.substr(0, from.find(',')), Place::kGrantIp, "invalid first integer"))
                                : diag::UnknownProtocol(span_of(q), q.text);
  const std::string right = fmt::format("{}:{}", found.protocol, found.ports);
  d.message = fmt::format("`{}` is neither `ports` nor `protocol:ports`", q.text);
  report(std::move(d)
             .help("the protocol comes first, and a colon after it")
             .fix(fmt::format("replace with `{}`", right), {{span_of(q), right}}));
  return true;
}

Diagnostic Builder::without_protocol(Diagnostic d, const ProtocolAndPorts& mixed, Place place) {
  const Span span = d.span;
  return std::move(d)
      .help(fmt::format("a destination has no protocol: write `:{}` here, and `\"proto\": \"{}\"` beside `{}`", mixed.ports, mixed.protocol,
                        place == Place::kTest ? "src" : "dst"))
      .fix(fmt::format("replace with `{}`", mixed.ports), {{span, std::string(mixed.ports)}}, FixSafety::kUnsafe);
}

bool Builder::report_two_port_lists(const Quoted& q, size_t begin, size_t end, Place place, Selector& out) {
  const sv kept = q.text.substr(begin, end - begin);
  const size_t last = kept.rfind(':');
  const sv head = kept.substr(0, last);
  const size_t cut = head.rfind(':');  // after the selector
  if (cut == sv::npos || cut == 0) return false;
  const SelectorKind whole = classify_selector(head).kind;
  if (whole == SelectorKind::kAddress || whole == SelectorKind::kPrefix || whole == SelectorKind::kRange) return false;
  const sv tail = kept.substr(cut + 1);
  const bool ports_twice = is_port_list(head.substr(cut + 1)) && is_port_list(kept.substr(last + 1));
  const ProtocolAndPorts mixed = ports_twice ? ProtocolAndPorts{} : protocol_and_ports(tail);
  if (!ports_twice && !mixed) return false;
  const sv name = kept.substr(0, cut);
  const SelectorKind kind = classify_selector(name).kind;
  if (kind == SelectorKind::kInvalid || name == "tag" || name == "group" || name == "autogroup" || name == "ipset" || name == "svc") return false;
  bool broken = false;
  out = selector_of(q, begin, begin + cut, broken);
  if (!wanted(Kind::kInvalidPort)) return true;
  const Span span = span_of(q, begin + cut + 1, end);
  Diagnostic d = diag::InvalidPort(span, tail);
  if (ports_twice && place == Place::kTest) {
    d = std::move(d).help("a test takes one port; write one destination for each port to try");
  } else if (ports_twice) {
    std::string list(tail);
    list[last - cut - 1] = ',';
    d = std::move(d)
            .help(fmt::format("several ports are written with commas: `{}:{}`", name, list))
            .fix(fmt::format("replace with `{}`", list), {{span, list}}, FixSafety::kUnsafe);
  } else {
    d = without_protocol(std::move(d), mixed, place);
  }
  report(std::move(d));
  return true;
}

}  // namespace aclc
