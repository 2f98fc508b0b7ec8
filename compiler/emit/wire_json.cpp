// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/wire_json.h"

#include "base/text/json_quote.h"

namespace aclc {

namespace {

/// `[...]` or `{...}` around what `item` appends for each element.
template <class List, class F>
void append_list(std::string& out, char open, const List& list, char close, F&& item) {
  out += open;
  bool first = true;
  for (const auto& element : list) {
    if (!first) out += ',';
    first = false;
    item(element);
  }
  out += close;
}

/// As the hosted service sends it (recorded answers); the client asks there and waits.
constexpr std::string_view kHold =
    R"("holdAndDelegate":"https://unused/machine/ssh/action/$SRC_NODE_ID/to/$DST_NODE_ID?local_user=$LOCAL_USER")";
constexpr std::string_view kAccept =
    R"("accept":true,"allowAgentForwarding":true,"allowLocalPortForwarding":true,"allowRemotePortForwarding":true)";

}  // namespace

void append_json(std::string& out, const std::vector<std::string>& texts) {
  append_list(out, '[', texts, ']', [&](const std::string& text) { append_json_string(out, text); });
}

void append_json(std::string& out, const wire::CapMap& caps) {
  append_list(out, '{', caps, '}', [&](const auto& cap) {
    append_json_string(out, cap.first);
    out += ':';
    out += cap.second;
  });
}

void append_json(std::string& out, const wire::FilterRule& rule) {
  out += "{\"SrcIPs\":";
  append_json(out, rule.src_ips);
  if (!rule.dst_ports.empty()) {
    out += ",\"DstPorts\":";
    append_list(out, '[', rule.dst_ports, ']', [&](const wire::DstPort& dst) {
      out += "{\"IP\":";
      append_json_string(out, dst.ip);
      out += ",\"Ports\":{\"First\":" + std::to_string(dst.ports.first) + ",\"Last\":" + std::to_string(dst.ports.last) + "}}";
    });
  }
  if (!rule.ip_proto.empty()) {
    out += ",\"IPProto\":";
    append_list(out, '[', rule.ip_proto, ']', [&](uint8_t proto) { out += std::to_string(proto); });
  }
  if (!rule.cap_grants.empty()) {
    out += ",\"CapGrant\":";
    append_list(out, '[', rule.cap_grants, ']', [&](const wire::CapGrant& grant) {
      out += "{\"Dsts\":";
      append_json(out, grant.dsts);
      out += ",\"CapMap\":";
      append_json(out, grant.cap_map);
      out += '}';
    });
  }
  out += '}';
}

void append_json(std::string& out, const wire::SshRule& rule) {
  out += "{\"principals\":";
  append_list(out, '[', rule.principals, ']', [&](const std::string& ip) {
    out += "{\"nodeIP\":";
    append_json_string(out, ip);
    out += '}';
  });
  out += ",\"sshUsers\":";
  append_list(out, '{', rule.ssh_users, '}', [&](const auto& user) {
    append_json_string(out, user.first);
    out += ':';
    append_json_string(out, user.second);
  });
  out += ",\"action\":{";
  out += rule.check ? kHold : kAccept;
  if (!rule.recorders.empty()) {
    out += ",\"recorders\":";
    append_json(out, rule.recorders);
    if (rule.enforce_recorder) {
      out += R"(,"onRecordingFailure":{"rejectSessionWithMessage":"the session could not be recorded",)"
             R"("terminateSessionWithMessage":"the session could no longer be recorded"})";
    }
  }
  out += '}';
  if (!rule.accept_env.empty()) {
    out += ",\"acceptEnv\":";
    append_json(out, rule.accept_env);
  }
  out += '}';
}

}  // namespace aclc
