// SPDX-License-Identifier: Apache-2.0
#include "compiler/tailnet/read.h"

#include "compiler/tailnet/reader.h"
#include "parser/syntax/parse.h"

namespace aclc {

namespace {

/// Gives every finding the file's id and stops after so many: ten megabytes of junk get one page, not a million lines.
class BoundedSink final : public DiagnosticSink {
 public:
  BoundedSink(DiagnosticSink& next, SourceId source) : next_(next), source_(source) {}

  void report(Diagnostic d) override {
    // At the start of the file, where it is read first.
    if (count_ == kMost) next_.report(diag::TailnetTooManyFaults(Span{0, 0}, kMost).in(source_));
    if (count_++ < kMost) next_.report(std::move(d).in(source_));
  }

 private:
  static constexpr int64_t kMost = 1'000;
  DiagnosticSink& next_;
  SourceId source_;
  int64_t count_ = 0;
};

enum class Shape { kUnknown, kOwn, kTailscale, kHeadscale };

}  // namespace

Tailnet TailnetReader::read() {
  const NodeId root = tree_.root();
  const auto first_of = [&](NodeId array) {
    if (!array.valid() || !tree_.is(array, NodeKind::kArray)) return NodeId();
    const auto elements = tree_.children(array);
    return elements.empty() ? NodeId() : *elements.begin();
  };
  const auto shape_of = [&](NodeId node) {
    if (!node.valid() || !tree_.is(node, NodeKind::kObject)) return Shape::kUnknown;
    if (member(node, {"ipAddresses", "ip_addresses", "givenName", "given_name"}).valid()) return Shape::kHeadscale;
    if (member(node, {"addresses"}).valid()) return Shape::kTailscale;
    return Shape::kOwn;
  };
  const auto list = [&](NodeId array, Shape shape) {
    if (!array.valid()) return;
    objects(array, shape == Shape::kTailscale ? "the list of devices" : "the list of nodes", [&](NodeId object) {
      if (shape == Shape::kHeadscale) headscale_node(object);
      if (shape == Shape::kTailscale) tailscale_device(object);
      if (shape == Shape::kOwn) own_node(object);
    });
  };

  if (tree_.is(root, NodeKind::kArray)) {
    const Shape shape = shape_of(first_of(root));
    list(root, shape == Shape::kUnknown ? Shape::kOwn : shape);
  } else if (tree_.is(root, NodeKind::kObject)) {
    const NodeId devices = member(root, {"devices"}), nodes = member(root, {"nodes"}), users = member(root, {"users"});
    Shape shape = devices.valid() ? Shape::kTailscale : shape_of(first_of(nodes));
    if (shape == Shape::kUnknown && users.valid() && !nodes.valid()) {
      // A list of users alone.
      shape = member(first_of(users), {"loginName"}).valid() ? Shape::kTailscale
              : member(first_of(users), {"name", "email"}).valid() ? Shape::kHeadscale
                                                                   : Shape::kOwn;
    }
    if (shape == Shape::kUnknown || shape == Shape::kOwn) {
      if (nodes.valid() || users.valid() || member(root, {"tailnet"}).valid()) {
        read_own(root);
      } else {
        report(diag::NoTailnet(Span{tree_[root].span.begin, tree_[root].span.begin + 1}, "it has neither `nodes` nor `devices`")
                   .help("a tailnet file has `users` and `nodes`, or is what the Tailscale API or Headscale prints"));
      }
    } else {
      if (users.valid()) {
        users_given_ = true;
        objects(users, "`users`",
                [&](NodeId object) { shape == Shape::kTailscale ? tailscale_user(object) : headscale_user(object); });
      }
      list(devices.valid() ? devices : nodes, shape);
    }
  } else if (!absent(root) || tree_.is(root, NodeKind::kNull)) {
    report(diag::NoTailnet(tree_[root].span, "it holds neither an object nor an array"));
  }
  check_addresses();
  return std::move(out_);
}

Tailnet read_tailnet(std::string_view text, SourceId source, DiagnosticSink& sink, const TailnetLimits& limits) {
  BoundedSink bounded(sink, source);
  ParseLimits parse_limits;
  parse_limits.max_bytes = limits.max_bytes;
  const SyntaxTree tree = parse(text, bounded, parse_limits);
  return TailnetReader(tree, source, bounded, limits.strict).read();
}

}  // namespace aclc
