// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/capabilities.h"

#include <algorithm>
#include <array>

namespace aclc::checks {
namespace {

// Recorded answers and the documentation of the features behind them.
constexpr std::array<std::string_view, 8> kLent = {"drive",   "golink",  "kubernetes", "relay",
                                                   "secrets", "tailsql", "tsidp",      "webui"};
// What the service and the clients set themselves: refused in recorded answers, or of the same kind.
constexpr std::array<std::string_view, 9> kOwn = {"debug-peer",          "drive-sharer", "file-send",
                                                  "file-sharing-target", "funnel",       "ingress",
                                                  "relay-target",        "ssh",          "wake-on-lan"};

template <size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::span<const std::string_view> lent_capabilities() {
  return kLent;
}

void check_capability_name(const Context& context, const Text& text) {
  const std::string_view name = context.policy.text(text);
  const size_t slash = name.find('/');
  const size_t scheme = name.find("://");
  if (scheme != std::string_view::npos || slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
    Diagnostic found = diag::CapabilityForm(text.span, name)
                           .upstream("capability name must have the form {domain}/{path}")
                           .help("for instance `example.com/cap/reports`, in a domain of your own");
    if (scheme != std::string_view::npos && text.span.length() == name.size()) {
      const auto length = static_cast<uint32_t>(scheme + 3);
      found = std::move(found).fix("remove the scheme", {{{text.span.begin, text.span.begin + length}, ""}});
    }
    context.sink.report(std::move(found));
    return;
  }
  const std::string_view domain = name.substr(0, slash);
  if (domain == "tailscale.io") {
    context.sink.report(diag::CapabilityReserved(text.span, name).help("name your own in a domain of your own"));
    return;
  }
  if (domain != "tailscale.com") return;
  const std::string_view path = name.substr(slash + 1);
  const std::string_view cap = path.starts_with("cap/") ? path.substr(4) : std::string_view();
  if (among(kLent, cap) || path.starts_with("cap/conn25/")) return;
  if (among(kOwn, cap)) {
    context.sink.report(diag::CapabilityReserved(text.span, name)
                            .upstream("capability name must not be in the tailscale.com domain")
                            .help("this one is set by the service itself; name your own in a domain of your own"));
    return;
  }
  // Others are enabled tailnet by tailnet, which no file tells.
  context.sink.report(diag::CapabilityUnlisted(text.span, name)
                          .upstream("capability name must not be in the tailscale.com domain")
                          .help("the policy is refused unless the service has enabled it for this tailnet; a capability of your "
                                "own stands in a domain of your own"));
}

}  // namespace aclc::checks
