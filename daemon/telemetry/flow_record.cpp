// SPDX-License-Identifier: Apache-2.0
#include "daemon/telemetry/flow_record.h"

#include <cstdio>
#include <ctime>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"

namespace aclc {
namespace {

const char* event_name(FlowEvent event) {
  switch (event) {
    case FlowEvent::kAccept: return "accept";
    case FlowEvent::kDeny: return "deny";
    case FlowEvent::kCut: return "cut";
    case FlowEvent::kEnd: return "end";
  }
  return "";
}

class Line {
 public:
  void text(const char* name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void number(const char* name, uint64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void seconds(const char* name, double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.3f", value);
    key(name);
    out_ += buffer;
  }
  std::string done() { return out_ + "}"; }

 private:
  void key(const char* name) {
    out_ += out_.size() > 1 ? ",\"" : "\"";
    out_ += name;
    out_ += "\":";
  }
  std::string out_ = "{";
};

}  // namespace

std::string time_text(uint64_t ms) {
  const auto seconds = static_cast<time_t>(ms / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32], out[48];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(out, sizeof out, "%s.%03uZ", date, static_cast<unsigned>(ms % 1000));
  return out;
}

std::string flow_line(const FlowRecord& r) {
  Line line;
  line.text("time", time_text(r.time_ms));
  line.text("event", event_name(r.event));
  line.text("protocol", protocol_name(r.flow.protocol));
  line.text("src", r.flow.src.to_text());
  if (protocol_has_ports(r.flow.protocol)) line.number("src_port", r.flow.src_port);
  line.text("dst", r.flow.dst.to_text());
  if (protocol_has_ports(r.flow.protocol)) line.number("dst_port", r.flow.dst_port);
  if (!r.peer.empty()) line.text("peer", r.peer);
  if (!r.reason.empty()) line.text("reason", r.reason);
  if (!r.rule.empty()) line.text(r.event == FlowEvent::kCut ? "was_allowed_by" : "rule", r.rule);
  if (!r.rule_text.empty()) line.text("rule_text", r.rule_text);
  if (r.event == FlowEvent::kEnd) {
    line.number("packets_in", r.packets_in);
    line.number("bytes_in", r.bytes_in);
    line.number("packets_out", r.packets_out);
    line.number("bytes_out", r.bytes_out);
    if (r.seconds > 0) line.seconds("seconds", r.seconds);
  }
  line.number("generation", r.generation);
  return line.done();
}

}  // namespace aclc
