// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/reach/advice.h"
#include "compiler/testrun/people.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {

Result<Trace> trace(const Analysis& analysis, std::string_view src, std::string_view dst, std::optional<uint16_t> port,
                    uint8_t protocol) {
  if (std::any_of(analysis.findings().begin(), analysis.findings().end(),
                  [](const Diagnostic& d) { return d.severity == Severity::kError; }))
    return Failure{"an answer needs a policy without errors"};
  const auto destination = split_destination(dst);
  if (!destination) return destination.error();
  if (!port) port = destination->port;
  const Inventory* inventory = analysis.inventory();
  const Tailnet tailnet = with_stand_ins(analysis.policy(), inventory ? &inventory->tailnet() : nullptr);
  const reference::World world(analysis.policy(), analysis.definitions(), tailnet);
  auto from = find_endpoint(world, analysis.definitions(), src);
  if (!from) return from.error();
  auto to = find_endpoint(world, analysis.definitions(), destination->name);
  if (!to) return to.error();
  Reach reach(world);
  Trace out{ask(reach, std::move(from).value(), std::move(to).value(), port, protocol), {}, 0, {}};
  out.protocol = named_protocol(reach, out.answer);
  out.advice = advice_for(world, analysis.definitions(), out.answer, analysis.text());
  if (out.answer.decision.has_rule()) out.rule = reach.rule_span(out.answer.decision.rule);
  return out;
}

std::string trace_text(const Analysis& analysis, const Trace& trace) {
  const Answer& a = trace.answer;
  std::string out = fmt::format("{}: {} -> {}, {}{}", a.all() ? "allowed" : a.allowed > 0 ? "partly allowed" : "denied", a.src.name,
                                a.dst.name, trace.protocol == 0 ? "tcp or udp" : protocol_name(trace.protocol),
                                a.port ? fmt::format(" {}", *a.port) : ", any port");
  if (a.allowed > 0 && !a.all())
    out += fmt::format(" ({} of {} pairs of addresses; denied is {} -> {})", a.allowed, a.pairs, a.from.to_text(), a.to.to_text());
  if (!a.decision.has_rule()) return out + "; no rule comes near";
  if (trace.rule.empty()) return out + "; neither acls nor grants: everything is allowed";
  const uint32_t line = analysis.version().lines.line_of(trace.rule.begin) + 1;
  out += fmt::format("; {} line {}", a.decision.allowed ? "by" : "nearest is", line);
  if (!a.decision.allowed) out += fmt::format(": {}", missed_words(a.decision.missed));
  if (!trace.advice.empty()) out += "; " + trace.advice;
  return out;
}

}  // namespace aclc::lsp
