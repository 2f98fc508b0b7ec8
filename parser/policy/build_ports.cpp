// SPDX-License-Identifier: Apache-2.0
// Port lists of destinations and of grants' `ip`, in the hosted service's words where they are known.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "base/text/quote.h"
#include "parser/policy/builder.h"
#include "parser/policy/port_form.h"

namespace aclc {
namespace {

using sv = std::string_view;

}  // namespace

std::string Builder::upstream_port(const Quoted& q, sv item, Place place, sv words) const {
  switch (place) {
    case Place::kAclDst:
      return fmt::format("dst={}: port range {}: {}", quote_go(q.text), quote_go(item), words);
    case Place::kGrantIp:
      return fmt::format("port range {}: {}", quote_go(item), words);
    case Place::kTest:
      break;
  }
  return {};  // one text for all faults of tests; report() knows it
}

void Builder::report_missing_port(const Quoted& q, size_t begin, size_t end, Place place, std::string upstream) {
  if (!wanted(Kind::kMissingPort)) return;
  const sv written = q.text.substr(begin, end - begin);
  Diagnostic d = diag::MissingPort(span_of(q, begin, end), written).upstream(std::move(upstream));
  const uint32_t at = span_of(q, begin, end).end;
  const uint32_t from = span_of(q, begin, end).begin;
  const bool bracketed = written.starts_with('[');
  const bool v6 = !bracketed && written.find(':') != sv::npos && (Address::parse(written) || Prefix::parse(written));
  if (place == Place::kTest) {
    report(std::move(d).help(fmt::format("a test names one port: `{}`",
                                         v6 ? fmt::format("[{}]:443", written) : fmt::format("{}:443", written))));
    return;
  }
  if (v6 && written.find('/') == sv::npos) {
    d = std::move(d)
            .help("write `[address]:ports`")
            .fix("allow all ports", {{{from, from}, "["}, {{at, at}, "]:*"}}, FixSafety::kUnsafe);
  } else if (!written.empty() && written.front() >= '0' && written.front() <= '9' && written.find_first_not_of("0123456789,-") == sv::npos) {
    d = std::move(d)
            .help("write whose ports they are before a colon: `HOST:443`, or `*:443` for those of everybody")
            .fix(fmt::format("take it as a port: `*:{}`", written), {{{from, from}, "*:"}}, FixSafety::kUnsafe);
  } else {
    d = std::move(d)
            .help("write the ports after a colon: `:443`, `:80,443`, `:8000-8100`, or `:*` for all")
            .fix("allow all ports", {{{at, at}, ":*"}}, FixSafety::kUnsafe);
  }
  report(std::move(d));
}

void Builder::report_port(const Quoted& q, size_t begin, size_t end, Place place) {
  const sv item = q.text.substr(begin, end - begin);
  const Span span = span_of(q, begin, end);
  if (report_placeholder(q, begin, end)) return;
  PortRange range;
  const sv first = item.substr(0, item.find('-'));
  switch (const PortFault fault = parse_port_item(item, range)) {
    case PortFault::kNone:
      return;
    case PortFault::kZero:
      if (!wanted(Kind::kPortZero)) return;
      report(diag::PortZero(span)
                 .upstream(upstream_port(q, item, place, "first port must be >0, or use '*' for wildcard"))
                 .help("ports are 1 to 65535; `*` stands for all of them")
                 .fix("replace with `*`", {{span, "*"}}, FixSafety::kUnsafe));
      return;
    case PortFault::kReversed: {
      if (!wanted(Kind::kPortRangeReversed)) return;
      const std::string right = fmt::format("{}-{}", range.first, range.last);
      report(diag::PortRangeReversed(span, item).fix(fmt::format("replace with `{}`", right), {{span, right}}));
      return;
    }
    case PortFault::kFirstBig:
    case PortFault::kLastBig: {
      if (!wanted(Kind::kPortTooBig)) return;
      const bool last = fault == PortFault::kLastBig;
      const size_t cut = last ? begin + first.size() + 1 : begin;
      const sv number = last ? item.substr(first.size() + 1) : first;
      report(diag::PortTooBig(span_of(q, cut, cut + number.size()), number)
                 .upstream(upstream_port(q, item, place, last ? "invalid last integer" : "invalid first integer"))
                 .help(last ? "ports end at 65535; for all from one port on write `FIRST-65535`" : "ports are 1 to 65535"));
      return;
    }
    case PortFault::kFirst:
    case PortFault::kLast: {
      if (!wanted(Kind::kInvalidPort)) return;
      Diagnostic d =
          diag::InvalidPort(span, item)
              .upstream(upstream_port(q, item, place,
                                      fault == PortFault::kLast ? "invalid last integer" : "invalid first integer"));
      PortRange trimmed;
      if (const sv kept = trim(item);
          kept.size() != item.size() && parse_port_item(kept, trimmed) == PortFault::kNone) {
        d = std::move(d)
                .help("no white space stands in a list of ports")
                .fix("remove the white space", {{span, std::string(kept)}});
      } else if (const uint16_t port = port_of_service(item); port != 0) {
        d = std::move(d)
                .help(fmt::format("ports are numbers; {} usually is {}", item, port))
                .fix(fmt::format("replace with `{}`", port), {{span, std::to_string(port)}});
      } else if (const ProtocolAndPorts mixed = protocol_and_ports(item); mixed && place != Place::kGrantIp) {
        d = without_protocol(std::move(d), mixed, place);
      } else if (place == Place::kGrantIp && parse_protocol(item)) {
        d = std::move(d)
                .help("a protocol is followed by its ports")
                .fix(fmt::format("replace with `{}:*`", item), {{span, fmt::format("{}:*", item)}});
      } else {
        d = std::move(d).help(item.empty() ? "a port is missing here"
                                           : "ports are `443`, `80,443`, `8000-8100` or `*`");
      }
      report(std::move(d));
      return;
    }
  }
}

bool Builder::ports(const Quoted& q, size_t begin, size_t end, Place place, Slice<PortItem>& out) {
  bool ok = true;
  out.begin = static_cast<uint32_t>(policy_.port_items.size());
  for (size_t at = begin;;) {
    size_t comma = at;
    uint32_t number = 0;
    while (comma < end && q.text[comma] >= '0' && q.text[comma] <= '9' && comma - at < 6)
      number = number * 10 + static_cast<uint32_t>(q.text[comma++] - '0');
    if (number != 0 && number <= 65535 && (comma == end || q.text[comma] == ',')) {  // most items are one port
      policy_.port_items.push_back({PortRange::single(static_cast<uint16_t>(number)), span_of(q, at, comma)});
      if (comma == end) break;
      at = comma + 1;
      continue;
    }
    while (comma < end && q.text[comma] != ',') ++comma;
    PortItem item;
    const PortFault fault = parse_port_item(q.text.substr(at, comma - at), item.range);
    // A test of ICMP names port 0 (documentation, "Tests"; deployed policies do so).
    if (fault == PortFault::kNone || (fault == PortFault::kZero && place == Place::kTest)) {
      item.span = span_of(q, at, comma);
      policy_.port_items.push_back(item);
    } else {
      ok = false;
      report_port(q, at, comma, place);
    }
    if (comma == end) break;
    at = comma + 1;
  }
  out.count = static_cast<uint32_t>(policy_.port_items.size()) - out.begin;
  if (place == Place::kTest && ok &&
      (out.count != 1 || policy_.port_items[out.begin].range.first != policy_.port_items[out.begin].range.last)) {
    ok = false;
    if (wanted(Kind::kTestPort)) {
      Diagnostic d = diag::TestPort(span_of(q, begin, end), q.text.substr(begin, end - begin)).help("write one destination for each port to try");
      const std::span<const PortItem> items = std::span(policy_.port_items).subspan(out.begin, out.count);
      const auto single = [](const PortItem& item) { return item.range.first == item.range.last; };
      constexpr size_t kMostSplit = 8;
      if (items.size() > 1 && items.size() <= kMostSplit && std::all_of(items.begin(), items.end(), single)) {
        std::string apart;
        for (const PortItem& item : items) {
          if (!apart.empty()) apart.append("\", \"").append(tree_.text().substr(span_of(q).begin, span_of(q, begin, begin).begin - span_of(q).begin));
          apart += item.range.to_text();
        }
        d = std::move(d).fix("write a destination for each", {{span_of(q, begin, end), std::move(apart)}});
      } else if (items.size() == 1 && !items[0].range.is_all()) {
        d = std::move(d).fix(fmt::format("try the first, `{}`", items[0].range.first), {{span_of(q, begin, end), fmt::format("{}", items[0].range.first)}}, FixSafety::kUnsafe);
      }
      report(std::move(d));
    }
  }
  return ok;
}

}  // namespace aclc
