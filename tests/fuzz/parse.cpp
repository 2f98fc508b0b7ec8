// SPDX-License-Identifier: Apache-2.0
// Any bytes: the tree prints them again, its nodes nest, and every question about it has an answer.
#include <cstdint>

#include "base/check.h"
#include "tests/support/parsed.h"
#include "tests/support/well_formed.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const Parsed p(std::string(reinterpret_cast<const char*>(data), size));
  ACLC_CHECK(p.tree.print() == p.text);
  ACLC_CHECK(ill_formed(p.tree).empty());
  for (const Diagnostic& d : p.found) {
    ACLC_CHECK(d.span.begin <= d.span.end && d.span.end <= size);
    for (const Label& l : d.labels) ACLC_CHECK(l.span.begin <= l.span.end && l.span.end <= size);
    for (const Fix& f : d.fixes) {
      for (const Edit& e : f.edits) ACLC_CHECK(e.span.begin <= e.span.end && e.span.end <= size);
    }
  }
  bool broken = false;
  for (size_t i = 0; i < p.tree.size(); ++i) {
    const NodeKind kind = p.tree[NodeId(i)].kind;
    broken = broken || kind == NodeKind::kError || kind == NodeKind::kMissing;
  }
  ACLC_CHECK(!broken || !p.ok());
  if (size > 0) (void)p.tree.node_at(static_cast<uint32_t>(data[0] % size));
  (void)p.tree.dump();
  return 0;
}
