// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tailnet file: read without a fault of ours, with findings inside the text and nodes that hang together.
#include <cstdint>
#include <string_view>

#include "compiler/tailnet/read.h"

namespace {

struct PlaceCheck : aclc::DiagnosticSink {
  size_t size = 0;
  void report(aclc::Diagnostic d) override { ACLC_CHECK(d.span.begin <= d.span.end && d.span.end <= size); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  PlaceCheck sink;
  sink.size = size;
  TailnetLimits limits;
  limits.strict = size % 2 == 1;
  const Tailnet tailnet = read_tailnet(text, SourceId(size_t{0}), sink, limits);
  for (const Node& n : tailnet.nodes) {
    ACLC_CHECK(!tailnet.text(n.name).empty());
    ACLC_CHECK(n.ipv4 || n.ipv6);
    ACLC_CHECK(n.tagged() != n.user.valid());
    ACLC_CHECK(!n.user.valid() || n.user.value < tailnet.users.size());
    ACLC_CHECK(!n.ipv4 || n.ipv4->is_v4());
    ACLC_CHECK(!n.ipv6 || !n.ipv6->is_v4());
  }
  return 0;
}
