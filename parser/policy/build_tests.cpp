// SPDX-License-Identifier: Apache-2.0
// tests and sshTests.
#include "parser/policy/builder.h"

namespace aclc {

void Builder::acl_test(NodeId node, AclTest& test) {
  test.span = span_of(node);
  const std::span<const Field> fields = shape_info(Shape::kTest).fields;
  members(Shape::kTest, node, test.broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::test::Test>(index)) {
      case field::test::kSrc:
        test.src = test_source(value, test.src_text, test.broken);
        break;
      case field::test::kProto: {
        const Quoted q = quoted(value);
        test.proto_text = text(q, false);
        test.proto = protocol(q, 0, q.text.size(), Place::kTest, test.broken);
        break;
      }
      case field::test::kAccept:
        test.accept_present = true;
        test.accept = destinations(f, value, Place::kTest, test.broken);
        break;
      case field::test::kDeny:
        test.deny_present = true;
        test.deny = destinations(f, value, Place::kTest, test.broken);
        break;
      case field::test::kSrcPostureAttrs:
        test.posture_attrs = posture_attrs(value, test.broken);
        break;
    }
  });
}

Selector Builder::test_source(NodeId value, Text& written, bool& broken) {
  const Quoted q = quoted(value);
  written = text(q, false);
  const std::string_view kept = trim(q.text);
  if (kept.size() != q.text.size() && !kept.empty()) {
    broken = true;
    if (wanted(Kind::kStraySpace)) {
      const size_t begin = static_cast<size_t>(kept.data() - q.text.data());
      const Span whole = span_of(q), inner = span_of(q, begin, begin + kept.size());
      report(diag::StraySpace(whole, kept)
                 .fix("remove the white space", {{{whole.begin, inner.begin}, ""}, {{inner.end, whole.end}, ""}}));
    }
  }
  if (kept.empty()) {  // a test from nobody: what is missing is for the check to say
    Selector none;
    none.span = span_of(q);
    return none;
  }
  return selector(q, broken);
}

void Builder::ssh_test(NodeId node, SshTest& test) {
  test.span = span_of(node);
  const std::span<const Field> fields = shape_info(Shape::kSshTest).fields;
  members(Shape::kSshTest, node, test.broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::ssh_test::SshTest>(index)) {
      case field::ssh_test::kSrc: {
        const Quoted q = quoted(value);
        test.src_text = text(q, true);
        test.src.span = test.src_text.span;
        if (!trim(q.text).empty()) test.src = selector(q, test.broken);
        break;
      }
      case field::ssh_test::kDst:
        test.dst_span = span_of(value);
        test.dst = selectors(f, value, test.broken);
        break;
      case field::ssh_test::kAccept:
        test.accept_present = true;
        test.accept = texts(f, value, true, test.broken);
        break;
      case field::ssh_test::kCheck:
        test.check_present = true;
        test.check = texts(f, value, true, test.broken);
        break;
      case field::ssh_test::kDeny:
        test.deny_present = true;
        test.deny = texts(f, value, true, test.broken);
        break;
      case field::ssh_test::kSrcPostureAttrs:
        test.posture_attrs = posture_attrs(value, test.broken);
        break;
    }
  });
}

}  // namespace aclc
