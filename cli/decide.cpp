// SPDX-License-Identifier: Apache-2.0
// aclc decide: what wire rules say to packets, in the client's own semantics.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/protocol.h"
#include "cli/command.h"
#include "cli/options.h"
#include "evaluator/classify/batch.h"
#include "evaluator/classify/classify.h"
#include "evaluator/program/compile.h"
#include "evaluator/wire/read.h"
#include "evaluator/wire/resolve.h"
#include "parser/source/source.h"

namespace aclc::cli {
namespace {

struct DecideArguments {
  OutputOptions output;
  std::string filter;
  std::string batch;
  std::vector<std::string> local;
  std::vector<std::string> packets;
};

struct NamedPacket {
  Packet packet;
  std::string text;
};

std::optional<uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  uint32_t port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  if (port > 65535) return std::nullopt;
  return static_cast<uint16_t>(port);
}

// `address`, `v4:port` or `[v6]:port`.
bool parse_destination(std::string_view text, Packet& packet) {
  const bool bracketed = text.starts_with('[');
  const auto bare = Address::parse(text);
  if (bare) {
    packet.dst = *bare;
    return true;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view host = text.substr(0, colon);
  if (bracketed) {
    if (!host.ends_with(']')) return false;
    host = host.substr(1, host.size() - 2);
  }
  const auto address = Address::parse(host);
  const auto port = parse_port(text.substr(colon + 1));
  if (!address || !port || address->is_v4() == bracketed) return false;
  packet.dst = *address;
  packet.port = *port;
  return true;
}

// Words in threes, whether a packet came as one argument or as three.
Result<std::vector<NamedPacket>> parse_packets(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    for (size_t at = 0; at < argument.size();) {
      const size_t begin = argument.find_first_not_of(" \t", at);
      if (begin == std::string::npos) break;
      at = std::min(argument.find_first_of(" \t", begin), argument.size());
      words.push_back(argument.substr(begin, at - begin));
    }
  }
  if (words.empty() || words.size() % 3 != 0) return Failure{"a packet is `PROTOCOL SOURCE DESTINATION[:PORT]`, for instance `tcp 100.64.0.1 100.64.0.2:22`"};
  std::vector<NamedPacket> out;
  for (size_t i = 0; i < words.size(); i += 3) {
    NamedPacket& p = out.emplace_back();
    p.text = fmt::format("{} {} -> {}", words[i], words[i + 1], words[i + 2]);
    const auto protocol = parse_protocol(words[i]);
    if (!protocol) return Failure{fmt::format("`{}` is no protocol", words[i])};
    const auto source = Address::parse(words[i + 1]);
    if (!source) return Failure{fmt::format("`{}` is no source address", words[i + 1])};
    p.packet.protocol = *protocol;
    p.packet.src = *source;
    if (!parse_destination(words[i + 2], p.packet)) return Failure{fmt::format("`{}` is no destination: ADDRESS, ADDRESS:PORT or [IPV6]:PORT", words[i + 2])};
  }
  return out;
}

// `--local` takes all words that follow; those from the first that is no address on belong to packets.
Result<AddressSet> take_local(DecideArguments& arguments) {
  AddressSet out;
  size_t i = 0;
  for (; i < arguments.local.size(); ++i) {
    const auto set = wire::parse_address_set(arguments.local[i]);
    if (!set) {
      if (arguments.local[i].find('/') != std::string::npos) return Failure{fmt::format("`{}` is no prefix, or has bits set behind it", arguments.local[i])};
      break;
    }
    out.add(*set);
  }
  arguments.packets.insert(arguments.packets.begin(), arguments.local.begin() + static_cast<ptrdiff_t>(i), arguments.local.end());
  if (i == 0) return Failure{"--local needs the node's own addresses and the routes it serves: packets to anything else are dropped"};
  return out;
}

Exit decide_batch(const DecideArguments& arguments, Console& console) {
  const auto input = read_file(arguments.batch);
  if (!input) {
    console.complain(input.error().message);
    return Exit::kTrouble;
  }
  Exit status = Exit::kYes;
  const std::string_view text = *input;
  const std::string& name = arguments.batch;
  size_t number = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto answer = decide_batch_line(line);
    if (!answer) {
      console.complain(fmt::format("{}:{}: {}", name, number, answer.error().message));
      status = Exit::kTrouble;
      continue;
    }
    for (const std::string& fault : answer->faults) console.complain(fmt::format("{}:{}: {}", name, number, fault));
    if (!answer->faults.empty()) status = Exit::kTrouble;
    console.print(answer->line);
    console.print("\n");
  }
  return status;
}

Exit decide(DecideArguments& arguments, Console& console) {
  if (!arguments.batch.empty()) return decide_batch(arguments, console);
  const auto fail = [&console](const Failure& failure) {
    console.complain(failure.message);
    return Exit::kTrouble;
  };
  const auto local = take_local(arguments);
  if (!local) return fail(local.error());
  const auto packets = parse_packets(arguments.packets);
  if (!packets) return fail(packets.error());
  const auto input = read_file(arguments.filter);
  if (!input) return fail(input.error());
  const auto rules = wire::read_filter_rules(*input);
  if (!rules) return fail({fmt::format("{}: {}", arguments.filter, rules.error().message)});
  const NodeFilter node{{}, *rules, *local, {}};
  const auto compiled = compile_program({&node, 1});
  if (!compiled) return fail(compiled.error());
  for (const std::string& fault : compiled->faults) console.complain(fmt::format("{}: {}", arguments.filter, fault));
  const auto program = Program::load(ProgramBytes::copy(compiled->bytes));
  if (!program) return fail(program.error());
  bool all = true;
  std::string json;
  for (const NamedPacket& p : *packets) {
    const Verdict verdict = classify((*program)->filter(0), p.packet);
    all = all && verdict.allowed();
    if (arguments.output.format == Format::kJson) {
      json += fmt::format("{}{{\"allowed\":{},\"rule\":{}}}", json.empty() ? "" : ",", verdict.allowed(), verdict.has_rule() ? std::to_string(verdict.rule()) : "null");
      continue;
    }
    console.print(fmt::format("{:<8} {}{}\n", verdict.allowed() ? "allowed" : "denied", p.text,
                      verdict.has_rule() ? fmt::format("  by rule {} of {}", verdict.rule() + 1, rules->size()) : ""));
  }
  if (arguments.output.format == Format::kJson) console.print(fmt::format("{{\"verdicts\":[{}]}}\n", json));
  if (!compiled->faults.empty()) return Exit::kTrouble;  // what was said holds for the rules that could be read
  return all ? Exit::kYes : Exit::kNo;
}

}  // namespace

Action define_decide(CLI::App& app, Console& console) {
  const auto o = std::make_shared<DecideArguments>();
  CLI::Option* filter = app.add_option("--filter", o->filter, "JSON: an array of filter rules, or an object with PacketFilterRules")->type_name("FILE");
  app.add_option("--local", o->local, "the node's own addresses and the routes it serves")->type_name("PREFIX")->expected(1, 1 << 20);
  CLI::Option* batch = app.add_option("--batch", o->batch, "JSON lines: {\"id\",\"rules\",\"local\",\"packets\":[[src,dst,protocol,port],..]}")->type_name("FILE");
  app.add_option("PACKET", o->packets, "PROTOCOL SOURCE DESTINATION[:PORT], for instance tcp 100.64.0.1 100.64.0.2:22")->type_name("");
  add_output_options(app, o->output);
  filter->excludes(batch);
  return [o, &console] {
    if (o->filter.empty() && o->batch.empty()) {
      console.complain("which rules? give --filter FILE, or --batch FILE");
      return Exit::kTrouble;
    }
    return decide(*o, console);
  };
}

}  // namespace aclc::cli
