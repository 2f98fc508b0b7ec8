// SPDX-License-Identifier: Apache-2.0
// What all tailnet formats share: typed access to values with a finding for each wrong one, and the parts of a node.
#include "compiler/tailnet/reader.h"

#include <algorithm>
#include <string>

#include "base/nearest.h"
#include "compiler/tailnet/text_forms.h"

namespace aclc {

namespace {

std::string_view found_text(NodeKind kind) {
  switch (kind) {
    case NodeKind::kObject: return "an object";
    case NodeKind::kArray: return "an array";
    case NodeKind::kString: return "a string";
    case NodeKind::kNumber: return "a number";
    case NodeKind::kTrue:
    case NodeKind::kFalse: return "a boolean";
    case NodeKind::kNull: return "null";
    default: return "something else";
  }
}

// The addresses that the hosted service gives to nodes (recorded answers: every node, and the sources of `*`).
const Prefix kTailnetV4{Address::v4(100u << 24 | 64u << 16), 10};
const Prefix kTailnetV6{Address::v6(static_cast<uint128>(0xfd7a115ca1e0ull) << 80), 48};

}  // namespace

bool TailnetReader::absent(NodeId value) const {
  const NodeKind kind = tree_[value].kind;
  return kind == NodeKind::kNull || kind == NodeKind::kMissing || kind == NodeKind::kError;
}

void TailnetReader::wrong_type(NodeId value, std::string_view what, std::string_view wanted) {
  if (absent(value) && !tree_.is(value, NodeKind::kNull)) return;  // the parser has spoken
  const Span span = tree_[value].span;
  report(diag::TailnetType(Span{span.begin, std::min(span.end, span.begin + 80)}, what, wanted, found_text(tree_[value].kind)));
}

bool TailnetReader::is_array(NodeId value, std::string_view what) {
  if (tree_.is(value, NodeKind::kArray)) return true;
  wrong_type(value, what, "an array");
  return false;
}

bool TailnetReader::is_object(NodeId value, std::string_view what) {
  if (tree_.is(value, NodeKind::kObject)) return true;
  wrong_type(value, what, "an object");
  return false;
}

bool TailnetReader::string(NodeId value, std::string_view what, FileText& out) {
  if (!tree_.is(value, NodeKind::kString)) {
    wrong_type(value, what, "a string");
    return false;
  }
  out = {std::string(tree_.string_value(value, scratch_)), inside(value)};
  return true;
}

bool TailnetReader::boolean(NodeId value, std::string_view what) {
  if (tree_.is(value, NodeKind::kTrue)) return true;
  if (!tree_.is(value, NodeKind::kFalse)) wrong_type(value, what, "true or false");
  return false;
}

std::vector<FileText> TailnetReader::strings(NodeId value, std::string_view what) {
  std::vector<FileText> out;
  if (!is_array(value, what)) return out;
  FileText text;
  for (const NodeId element : tree_.children(value)) {
    if (string(element, what, text)) out.push_back(text);
  }
  return out;
}

NodeId TailnetReader::member(NodeId object, std::initializer_list<std::string_view> names) const {
  if (!object.valid() || !tree_.is(object, NodeKind::kObject)) return {};
  for (const NodeId m : tree_.children(object)) {
    if (!tree_.is(m, NodeKind::kMember) || !tree_.is(tree_.name_of(m), NodeKind::kString)) continue;
    const std::string_view name = tree_.string_value(tree_.name_of(m), scratch_);
    if (std::find(names.begin(), names.end(), name) != names.end()) return tree_.value_of(m);
  }
  return {};
}

bool TailnetReader::key_is_new(NodeId m, size_t index, uint64_t& seen, std::string_view what) {
  const uint64_t bit = uint64_t{1} << index;
  if ((seen & bit) != 0) {
    report(diag::TailnetDoubleKey(inside(tree_.name_of(m)), what, tree_.string_value(tree_.name_of(m), scratch_)));
    return false;
  }
  seen |= bit;
  return true;
}

void TailnetReader::unknown_key(NodeId name, std::string_view what, std::initializer_list<std::string_view> keys,
                                Openness openness) {
  if (openness == Openness::kOpen) return;
  const std::string text(tree_.string_value(name, scratch_));
  Diagnostic d = diag::TailnetUnknownKey(inside(name), text, what);
  if (strict_) d.severity = Severity::kError;
  const std::string_view near = nearest(text, keys);
  if (!near.empty()) d.help_text = "did you mean `" + std::string(near) + "`?";
  report(std::move(d));
}

void TailnetReader::address(const FileText& text, Node& node, std::optional<Family> wanted) {
  const std::optional<Address> address = Address::parse(text.value);
  if (!address || (wanted && address->family != *wanted)) {
    report(diag::InvalidNodeAddress(text.span, text.value, !wanted ? "IP" : *wanted == Family::kV4 ? "IPv4" : "IPv6"));
    return;
  }
  std::optional<Address>& slot = address->is_v4() ? node.ipv4 : node.ipv6;
  if (slot) {
    report(diag::InvalidNodeAddress(text.span, text.value, "address of its own beside another of its family, and a node has one IP"));
    return;
  }
  const Prefix& range = address->is_v4() ? kTailnetV4 : kTailnetV6;
  if (!range.contains(*address)) report(diag::AddressOutsideTailnet(text.span, text.value, range.to_text()));
  slot = *address;
  pending_.emplace_back(*address, text.span);
}

void TailnetReader::tag(const FileText& text, Node& node) {
  if (!text.value.starts_with("tag:") || text.value.size() == 4) {
    Diagnostic d = diag::InvalidNodeTag(text.span, text.value);
    if (!text.value.empty() && text.value.find(':') == std::string::npos) {
      d.fixes.push_back({"replace with `tag:" + text.value + "`", {{text.span, "tag:" + text.value}}, FixSafety::kSafe});
    }
    report(std::move(d));
    return;
  }
  const StringId id = intern(text.value);
  if (std::find(node.tags.begin(), node.tags.end(), id) == node.tags.end()) node.tags.push_back(id);
}

void TailnetReader::route(const FileText& text, std::vector<Prefix>& out) {
  std::optional<Prefix> prefix = Prefix::parse(text.value);
  if (!prefix) {
    Diagnostic d = diag::InvalidRoute(text.span, text.value);
    if (const std::optional<Address> a = Address::parse(text.value)) {
      const std::string whole = Prefix::host(*a).to_text();
      d.fixes.push_back({"replace with `" + whole + "`", {{text.span, whole}}, FixSafety::kSafe});
    }
    report(std::move(d));
    return;
  }
  if (prefix->has_host_bits()) {
    const std::string masked = prefix->masked().to_text();
    report(diag::RouteHostBits(text.span, text.value)
               .help("it is read as " + masked)
               .fix("replace with `" + masked + "`", {{text.span, masked}}));
    prefix = prefix->masked();
  }
  if (std::find(out.begin(), out.end(), *prefix) == out.end()) out.push_back(*prefix);
}

void TailnetReader::time(const FileText& text, Node& node) {
  if (const std::optional<int64_t> t = parse_time(text.value)) {
    node.created_ns = *t;
  } else {
    report(diag::InvalidTime(text.span, text.value).help("write it as 2026-04-10T21:06:43Z"));
  }
}

void TailnetReader::key(const FileText& text, Node& node) {
  if (const std::optional<std::string> key = parse_node_key(text.value)) {
    node.key = intern(*key);
  } else {
    report(diag::InvalidNodeKey(text.span, text.value).help("a key is 32 bytes in base64, 44 characters"));
  }
}

void TailnetReader::endpoint(const FileText& text, Node& node) {
  if (is_endpoint(text.value)) {
    node.endpoints.push_back(intern(text.value));
  } else {
    report(diag::InvalidEndpoint(text.span, text.value).help("write it as 192.0.2.7:41641 or [2001:db8::1]:41641"));
  }
}

void TailnetReader::posture_text(Node& node, std::string_view attribute, std::string_view value) {
  const StringId id = intern(attribute);
  for (const PostureValueOf& v : node.posture) {
    if (v.attribute == id) return;
  }
  node.posture.push_back({id, PostureValueOf::Type::kString, intern(value), 0, false});
}

}  // namespace aclc
