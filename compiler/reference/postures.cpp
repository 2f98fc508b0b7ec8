// SPDX-License-Identifier: Apache-2.0
// Device posture (Tailscale docs, "Device posture management"): a posture holds when all its assertions do; a rule asks for one
// of its postures. What a node's attributes are stands in the tailnet file.
#include <algorithm>
#include <charconv>

#include "compiler/reference/meaning.h"
#include "compiler/reference/version.h"

namespace aclc::reference {

const PostureRefs& Meaning::effective(const PostureRefs& own) const {
  return own.present ? own : policy_.default_src_posture;
}

bool Meaning::passes(const Node& node, const PostureRefs& refs) const {
  if (!refs.present || refs.names.empty()) return true;
  if (node.shared_in) return true;  // judged by its own tailnet
  for (const Selector& name : policy_.at(refs.names)) {
    const uint32_t index = definitions_.posture_of(name.name);
    if (index == Definitions::kNone) continue;
    if (!failed(node, policy_.postures[index])) return true;
  }
  return false;
}

const PostureAssertion* Meaning::failed(const Node& node, const Posture& posture) const {
  for (const PostureAssertion& assertion : policy_.at(posture.assertions)) {
    if (!holds(node, assertion)) return &assertion;
  }
  return nullptr;
}

bool Meaning::equal(const PostureValueOf& actual, const PostureValue& wanted, bool version) const {
  if (actual.type == PostureValueOf::Type::kBool) {
    return wanted.type == PostureValue::Type::kBool && actual.boolean == wanted.boolean;
  }
  if (actual.type == PostureValueOf::Type::kNumber) {
    return wanted.type == PostureValue::Type::kNumber && actual.number == wanted.number;
  }
  if (wanted.type != PostureValue::Type::kString) return false;
  const std::string_view have = tailnet_.text(actual.text), want = policy_.text(wanted.text);
  if (version) return compare_versions(have, want) == 0;
  if (want.starts_with("ipset:")) {  // ip:publicAddress may be asked for in a set
    const StringId name = policy_.names.find(want);
    const uint32_t index = definitions_.ipset_of(name);
    const std::optional<Address> address = Address::parse(have);
    return index != Definitions::kNone && address && ipset(index).contains(*address);
  }
  return have == want;
}

bool Meaning::holds(const Node& node, const PostureAssertion& assertion) const {
  const std::string_view attribute = policy_.text(assertion.attribute);
  const PostureValueOf* actual = nullptr;
  for (const PostureValueOf& v : node.posture) {
    if (tailnet_.text(v.attribute) == attribute) actual = &v;
  }
  // An attribute that the node does not have fails every other assertion, `!=` and `NOT IN` too.
  if (assertion.op == PostureOp::kNotSet) return actual == nullptr;
  if (actual == nullptr) return false;

  const bool version = attribute == "node:tsVersion" || attribute == "node:osVersion";
  const auto values = policy_.at(assertion.values);
  const auto equals_one = [&] {
    return std::any_of(values.begin(), values.end(), [&](const PostureValue& v) { return equal(*actual, v, version); });
  };
  switch (assertion.op) {
    case PostureOp::kIsSet: return true;
    case PostureOp::kTrue: return actual->type == PostureValueOf::Type::kBool && actual->boolean;
    case PostureOp::kEqual:
    case PostureOp::kIn: return equals_one();
    case PostureOp::kNotEqual:
    case PostureOp::kNotIn: return !equals_one();
    default: break;
  }
  // Order exists for versions and numbers alone.
  if (values.empty()) return false;
  int order = 0;
  if (version && actual->type == PostureValueOf::Type::kString && values[0].type == PostureValue::Type::kString) {
    order = compare_versions(tailnet_.text(actual->text), policy_.text(values[0].text));
  } else if (actual->type == PostureValueOf::Type::kNumber && values[0].type == PostureValue::Type::kNumber) {
    order = actual->number < values[0].number ? -1 : actual->number > values[0].number ? 1 : 0;
  } else {
    return false;
  }
  switch (assertion.op) {
    case PostureOp::kLess: return order < 0;
    case PostureOp::kLessEqual: return order <= 0;
    case PostureOp::kGreater: return order > 0;
    case PostureOp::kGreaterEqual: return order >= 0;
    default: return false;
  }
}

int compare_versions(std::string_view a, std::string_view b) {
  const auto take = [](std::string_view& text) {
    const size_t end = std::min(text.find_first_of(".-_+ "), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == text.size() ? end : end + 1);
    return part;
  };
  const auto number = [](std::string_view part, uint64_t& out) {
    out = 0;
    if (part.empty()) return true;  // a missing part is zero: 1.80 is 1.80.0
    const auto r = std::from_chars(part.data(), part.data() + part.size(), out);
    return r.ec == std::errc() && r.ptr == part.data() + part.size();
  };
  while (!a.empty() || !b.empty()) {
    const std::string_view x = take(a), y = take(b);
    uint64_t m = 0, n = 0;
    if (number(x, m) && number(y, n)) {
      if (m != n) return m < n ? -1 : 1;
    } else if (const int order = x.compare(y)) {
      return order < 0 ? -1 : 1;
    }
  }
  return 0;
}

}  // namespace aclc::reference
