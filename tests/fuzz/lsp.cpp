// SPDX-License-Identifier: Apache-2.0
// Any bytes as what an editor sends: the framing recovers, the dispatcher answers each request once, and every message that goes
// out is JSON. Bytes after a NUL are edits of a document that is open.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/check.h"
#include "lsp/server/server.h"

namespace {

using nlohmann::json;

struct Host {
  size_t sent = 0;
  aclc::lsp::Server server{{[this](std::string body) {
                              const json message = json::parse(body, nullptr, false);
                              ACLC_CHECK(message.is_object() && message.value("jsonrpc", "") == "2.0");
                              ++sent;
                            },
                            {}, "fuzz", {}}};

  void run() {
    while (server.step()) {
    }
    server.idle();
    server.tick(std::chrono::steady_clock::now() + std::chrono::hours(1));
  }
  void feed(aclc::lsp::FrameDecoder& decoder, std::string_view bytes) {
    decoder.feed(bytes);
    while (auto frame = decoder.next()) server.enqueue(std::move(*frame));
    run();
  }
  void say(const json& message) {
    server.enqueue({message.dump(-1, ' ', false, json::error_handler_t::replace), {}});
    run();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view stream = bytes.substr(0, bytes.find('\0'));
  Host host;
  host.say({{"id", 1}, {"method", "initialize"}, {"params", {{"capabilities", json::object()}}}});
  host.say({{"method", "textDocument/didOpen"},
            {"params", {{"textDocument", {{"uri", "file:///p/policy.hujson"}, {"version", 1}, {"text", "{\"acls\": []}"}}}}}});
  aclc::lsp::FrameDecoder decoder(1 << 20);
  // Cut in two at a place that the input chooses.
  const size_t cut = stream.empty() ? 0 : static_cast<unsigned char>(stream.front()) % stream.size();
  host.feed(decoder, stream.substr(0, cut));
  host.feed(decoder, stream.substr(cut));
  if (stream.size() < bytes.size()) {
    for (std::string_view rest = bytes.substr(stream.size() + 1); rest.size() > 4;) {
      const auto number = [&](size_t i) { return static_cast<unsigned char>(rest[i]); };
      const size_t length = std::min<size_t>(number(4), rest.size() - 5);
      host.say({{"method", "textDocument/didChange"},
                {"params", {{"textDocument", {{"uri", "file:///p/policy.hujson"}, {"version", 2}}},
                            {"contentChanges", {{{"range", {{"start", {{"line", number(0)}, {"character", number(1)}}},
                                                            {"end", {{"line", number(2)}, {"character", number(3)}}}}},
                                                 {"text", std::string(rest.substr(5, length))}}}}}}});
      rest.remove_prefix(5 + length);
    }
  }
  // Whatever came, it still answers.
  const size_t before = host.sent;
  host.say({{"id", "last"}, {"method", "textDocument/hover"},
            {"params", {{"textDocument", {{"uri", "file:///p/policy.hujson"}}}, {"position", {{"line", 0}, {"character", 3}}}}}});
  ACLC_CHECK(host.server.exit_status() || host.sent > before);
  return 0;
}
