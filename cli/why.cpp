// SPDX-License-Identifier: Apache-2.0
// aclc why: may A reach B? By which rule, or how near.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "cli/test_results.h"
#include "compiler/reach/advice.h"
#include "compiler/reach/ask.h"
#include "compiler/testrun/people.h"

namespace aclc::cli {
namespace {

struct Options {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::vector<std::string> words;
  std::string protocol;
};

std::string described(const Endpoint& end) {
  const size_t nodes = end.node_count();
  if (!end.range.empty()) return end.name;
  if (nodes > 1) return fmt::format("{} ({} nodes)", end.name, nodes);
  const std::string address = end.at.front().address.to_text();
  return address == end.name ? end.name : fmt::format("{} ({})", end.name, address);
}

void print_text(const Answer& a, Reach& reach, std::string_view advice, const SourceBuffer& source, Console& console) {
  const bool all = a.all();
  const uint8_t open = named_protocol(reach, a);
  const std::string protocol = open == 0 ? "tcp or udp" : protocol_name(open);
  const std::string port = a.port                   ? fmt::format(" {}", *a.port)
                           : a.ports && !a.ports->empty() ? fmt::format(", ports {}", a.ports->to_text())
                           : all                    ? ", some port"
                                                    : ", any port";
  console.print(fmt::format("{:<8} {} -> {}  {}{}\n", all ? "allowed" : a.allowed > 0 ? "partly" : "denied", described(a.src),
                            described(a.dst), protocol, port));
  if (!all && a.allowed > 0) {
    const bool ranges = !a.src.range.empty() || !a.dst.range.empty();
    console.print(fmt::format("         {} of {} {} are allowed; denied is {} -> {}\n", a.allowed, a.pairs,
                              ranges ? "kinds of address that the rules tell apart" : "pairs of addresses", a.from.to_text(), a.to.to_text()));
  }
  if (!a.decision.has_rule()) {
    console.print(reach.rule_count() == 0 ? "         no rule allows anything\n" : "         no rule comes near: each lacks more than one thing, and none has this source\n");
    return;
  }
  const Span rule = reach.rule_span(a.decision.rule);
  if (rule.empty()) {
    console.print("by       neither acls nor grants: everything is allowed\n");
    return;
  }
  console.print(fmt::format("{:<8} {}:{}  {}\n", all ? "by" : "nearest", source.name(), source.position(rule.begin).line,
                            quoted_rule(source.text(), rule)));
  if (all) {
    if (!advice.empty()) console.print(fmt::format("         {}\n", advice));
    return;
  }
  console.print(fmt::format("         {}\n", missed_words(a.decision.missed)));
  if (!advice.empty()) console.print(fmt::format("         {}\n", advice));
}

void print_json(const Answer& a, Reach& reach, std::string_view advice, const SourceBuffer& source, Console& console) {
  std::string out = fmt::format("{{\"allowed\": {}, \"pairs\": {}, \"allowed_pairs\": {}, \"src\": ", a.all(), a.pairs, a.allowed);
  append_json_string(out, a.src.name);
  out += ", \"dst\": ";
  append_json_string(out, a.dst.name);
  const uint8_t open = named_protocol(reach, a);
  out += open == 0 ? std::string(", \"protocols\": [\"tcp\", \"udp\"]") : fmt::format(", \"protocols\": [\"{}\"]", protocol_name(open));
  if (a.ports) out += fmt::format(", \"ports\": \"{}\"", a.ports->to_text());
  if (a.allowed > 0 && !a.all()) out += fmt::format(", \"denied\": {{\"src\": \"{}\", \"dst\": \"{}\"}}", a.from.to_text(), a.to.to_text());
  if (a.decision.has_rule() && !reach.rule_span(a.decision.rule).empty()) {
    const Span rule = reach.rule_span(a.decision.rule);
    out += fmt::format(", \"{}\": {{\"line\": {}, \"offset\": {}, \"length\": {}, \"text\": ", a.decision.allowed ? "rule" : "nearest",
                       source.position(rule.begin).line, rule.begin, rule.length());
    append_json_string(out, quoted_rule(source.text(), rule));
    out += '}';
    if (!a.decision.allowed) out += fmt::format(", \"missed\": \"{}\"", missed_words(a.decision.missed));
    if (!advice.empty()) {
      out += ", \"advice\": ";
      append_json_string(out, advice);
    }
  }
  console.print(out + "}\n");
}

Exit run_why(Options& o, Console& console) {
  constexpr std::string_view kExample = "such as `aclc why alice@example.com tag:web:443`";
  if (o.words.empty()) {
    console.complain(fmt::format("who is to reach what? write a source and a destination, {}", kExample));
    return Exit::kTrouble;
  }
  if (o.words.size() == 1) {
    console.complain(fmt::format("`{}` is to reach what? write a destination after the source, {}", o.words.front(), kExample));
    return Exit::kTrouble;
  }
  if (o.words.size() == 3) {
    o.policy.paths = {o.words.front()};
    o.words.erase(o.words.begin());
  }
  const auto destination = split_destination(o.words[1]);
  if (!destination) {
    console.complain(destination.error().message);
    return Exit::kTrouble;
  }
  uint8_t protocol = 0;
  if (!o.protocol.empty()) {
    const auto number = parse_protocol(o.protocol);
    if (!number) {
      console.complain(fmt::format("`{}` is no protocol", o.protocol));
      return Exit::kTrouble;
    }
    protocol = *number;
  }
  Run run;
  const auto id = open_policy(run, o.policy.paths.front(), o.policy, console);
  if (!id || !open_tailnet(run, o.tailnet, o.policy, console)) return Exit::kTrouble;
  const Analysis analysis = analyse(run, *id, o.policy.pipeline);
  if (run.findings.has_errors()) {
    Showing showing;
    showing.ok = false;
    showing.summary = "an answer needs a valid policy";
    show_findings(run, o.output, showing, console);
    return Exit::kTrouble;
  }
  const Tailnet tailnet = with_stand_ins(analysis.policy, run.tailnet ? &*run.tailnet : nullptr);
  const reference::World world(analysis.policy, analysis.definitions, tailnet);
  auto src = find_endpoint(world, analysis.definitions, o.words[0]);
  auto dst = find_endpoint(world, analysis.definitions, destination->name);
  for (const auto* end : {&src, &dst}) {
    if (*end) continue;
    console.complain(end->error().message);
    return Exit::kTrouble;
  }
  Reach reach(world);
  const Answer answer = ask(reach, std::move(src).value(), std::move(dst).value(), destination->port, protocol);
  const std::string advice = advice_for(world, analysis.definitions, answer, run.sources[*id].text());
  if (o.output.format == Format::kJson) {
    print_json(answer, reach, advice, run.sources[*id], console);
  } else {
    print_text(answer, reach, advice, run.sources[*id], console);
  }
  return answer.all() ? Exit::kYes : Exit::kNo;
}

/// One list of words stands for three: CLI11 would show it so.
struct WhyHelp : CLI::Formatter {
  std::string make_usage(const CLI::App*, std::string) const override { return "Usage: aclc why [OPTIONS] [POLICY] SRC DST[:PORT]\n"; }
};

}  // namespace

Action define_why(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  o->policy.paths = {"policy.hujson"};
  app.add_option("WORDS", o->words, "POLICY is a file (default policy.hujson); SRC and DST are a node, user, tag, group, host, address or CIDR; DST may be [v6]:PORT")
      ->type_name("")
      ->expected(0, 3);  // run_why says better what is missing
  app.formatter(std::make_shared<WhyHelp>());
  app.add_option("--proto", o->protocol, "tcp, udp, icmp ... (default tcp or udp)")->type_name("NAME");
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_output_options(app, o->output);
  return [o, &console] { return run_why(*o, console); };
}

}  // namespace aclc::cli
