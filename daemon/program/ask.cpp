// SPDX-License-Identifier: Apache-2.0
#include "daemon/program/ask.h"

#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/api/client.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;

// Texts come from a daemon that anybody on the host may have started: no control characters reach the terminal.
std::string shown(const Json& value) {
  std::string out;
  for (const char c : value.is_string() ? value.get<std::string>() : value.dump()) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}
std::string joined(const Json& list) {
  std::string out;
  for (const Json& item : list) out += (out.empty() ? "" : ", ") + shown(item);
  return out;
}
void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int show_status(const Json& s) {
  print(fmt::format("{}  {}\n", shown(s.at("state")), shown(s.at("interface"))));
  if (s.contains("node")) {
    print(fmt::format("  node        {} of {}, {}\n", shown(s.at("node")), shown(s.at("tailnet")), joined(s.at("addresses"))));
    print(fmt::format("  policy      generation {}, applied {} in {:.1f} ms: {} rules, {} elements, {} peers\n", shown(s.at("generation")), shown(s.at("applied")),
                      s.at("apply_ms").get<double>(), shown(s.at("rules")), shown(s.at("elements")), shown(s.at("peers"))));
    if (!s.at("expires").is_null()) print(fmt::format("  expires     {}\n", shown(s.at("expires"))));
  }
  print(fmt::format("  snapshots   {} applied, {} refused\n", shown(s.at("snapshots_applied")), shown(s.at("snapshots_refused"))));
  for (const Json& trouble : s.at("degraded")) {
    print(fmt::format("  degraded    {} since {}: {}\n", shown(trouble.at("topic")), shown(trouble.at("since")), shown(trouble.at("message"))));
  }
  return s.at("state") == "up" && s.at("healthy") == true ? 0 : 1;
}

int show_why(const Json& w) {
  const bool allowed = w.at("allowed").get<bool>();
  print(fmt::format("{}  {} -> {}  {}{}{}\n", allowed ? "allowed" : "denied ", shown(w.at("src")), shown(w.at("dst")), shown(w.at("protocol")),
                    w.contains("port") ? " " + shown(w.at("port")) : "", allowed ? "" : "  (" + shown(w.at("reason")) + ")"));
  if (w.contains("rule")) print(fmt::format("by       {}  {}\n", shown(w.at("rule").at("place")), shown(w.at("rule").at("text"))));
  if (!w.contains("nearest")) return allowed ? 0 : 1;
  for (const Json& near : w.at("nearest")) {
    print(fmt::format("nearest  {}  {}\n         {}\n", shown(near.at("place")), shown(near.at("text")), shown(near.at("lacks"))));
  }
  return 1;
}

int show_peers(const Json& answer) {
  for (const Json& p : answer.at("peers")) {
    print(fmt::format("{:<20} {:<24} received {:>10} sent {:>10}  last handshake {}\n", shown(p.at("name")), p.at("endpoint") == "" ? "no endpoint" : shown(p.at("endpoint")),
                      shown(p.at("received")), shown(p.at("sent")), p.at("last_handshake").is_null() ? "never" : shown(p.at("last_handshake"))));
    print(fmt::format("  {}\n", joined(p.at("allowed_ips"))));
  }
  return 0;
}

int show_routes(const Json& answer) {
  for (const Json& r : answer.at("into_tunnel")) print(fmt::format("into the mesh  {:<24} {}\n", shown(r.at("prefix")), shown(r.at("by"))));
  for (const Json& r : answer.at("served")) print(fmt::format("served here    {}\n", shown(r)));
  return 0;
}

int show(const std::string& what, const Json& answer) {
  if (what == "why") return show_why(answer);
  if (what == "peers") return show_peers(answer);
  if (what == "routes") return show_routes(answer);
  const int status = show_status(answer);
  return what == "status" ? status : 0;
}

}  // namespace

int ask(const Question& question) {
  const auto answer = ask_daemon(question.socket, question.request);
  if (!answer) {
    std::fprintf(stderr, "aclcd: %s\n", answer.error().message.c_str());
    return 2;
  }
  const bool is_text = question.what == "metrics" || question.what == "flows";
  const Json json = Json::parse(answer->body, nullptr, false);
  if (answer->status != 200) {
    const bool told = json.is_object() && json.contains("error");
    std::fprintf(stderr, "aclcd: %s\n", told ? shown(json["error"]).c_str() : "the daemon refused");
    return 2;
  }
  try {
    if (is_text || question.json) {
      print(answer->body);
      return 0;
    }
    return show(question.what, json);
  } catch (const Json::exception& e) {
    std::fprintf(stderr, "aclcd: the daemon's answer cannot be read: %s\n", e.what());
    return 2;
  }
}

}  // namespace aclc
