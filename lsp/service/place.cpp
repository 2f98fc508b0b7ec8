// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/place.h"

#include <algorithm>

namespace aclc::lsp {
namespace {

constexpr std::string_view kConnectors = "tailscale.com/app-connectors";

/// What stands below a node that has been reached.
struct Expected {
  enum class Level : uint8_t {
    kShape,
    kField,
    kElement,
    kInnerList,
    kObjects,  ///< a list of objects of `shape`
    kOpaque
  } level = Level::kOpaque;
  Shape shape = Shape::kPolicy;
  uint32_t index = 0;
  const Field* field = nullptr;
};

Expected value_of_field(Shape shape, uint32_t index) {
  const Field& field = shape_info(shape).fields[index];
  if (field.container == Container::kOne && field.value == Value::kObject)
    return {Expected::Level::kShape, field.shape, 0, nullptr};
  return {Expected::Level::kField, shape, index, &field};
}

Expected element_of(const Expected& list) {
  if (list.field->value == Value::kObject) return {Expected::Level::kShape, list.field->shape, 0, nullptr};
  return {Expected::Level::kElement, list.shape, list.index, list.field};
}

class Finder {
 public:
  Finder(const SyntaxTree& tree, uint32_t offset, Target target) : tree_(tree), offset_(offset), target_(target) {}

  Place find() {
    Expected expected{Expected::Level::kShape, Shape::kPolicy, 0, nullptr};
    NodeId at = tree_.root();
    if (!touches(at)) {
      if (read_gap(tree_.text(), 0, offset_).in_comment) return place_;
      return place_;
    }
    while (true) {
      place_.chain.push_back(at);
      switch (tree_[at].kind) {
        case NodeKind::kObject:
          if (!enter_object(at, expected)) return place_;
          break;
        case NodeKind::kArray:
          if (!enter_array(at, expected)) return place_;
          break;
        default:
          leaf(at, expected);
          return place_;
      }
      at = next_;
      expected = next_expected_;
    }
  }

 private:
  bool touches(NodeId id) const {
    const Span span = tree_[id].span;
    return span.begin <= offset_ && offset_ <= span.end;
  }
  /// A string that lost its closing quote is cut where the text makes sense again, which may be before the cursor.
  bool runs_on(NodeId id) const {
    if (tree_[id].kind == NodeKind::kMember) id = tree_.value_of(id);
    const std::string_view text = tree_.text_of(id);
    if (tree_[id].kind != NodeKind::kString || !(tree_[id].flags & kBroken) || tree_[id].span.end > offset_) return false;
    if (text.size() > 1 && text.back() == '"') return false;
    const uint32_t end = tree_[id].span.end;
    return tree_.text().substr(end, offset_ - end).find_first_of("\"\r\n,") == std::string_view::npos;
  }
  /// Strictly inside a composite, where its children and gaps are; an unclosed one goes on to its end.
  bool inside(NodeId id) const {
    const SyntaxNode& node = tree_[id];
    return node.span.begin < offset_ && (offset_ < node.span.end || (node.flags & kUnclosed));
  }
  /// The child that the offset is in or touches, and the last one before it.
  void look(NodeId parent, NodeId& in, NodeId& before) const {
    for (const NodeId child : tree_.children(parent)) {
      if (tree_[child].span.begin > offset_) break;
      if (offset_ <= tree_[child].span.end && !tree_.is(child, NodeKind::kMissing)) in = child;
      else before = child;
    }
    if (!in.valid() && before.valid() && runs_on(before)) in = before;
  }
  /// Notes that a comma is missing between a child and what begins at `next`.
  void note_comma(NodeId before, uint32_t next) {
    if (!before.valid() || tree_.is(before, NodeKind::kMissing) || next < tree_[before].span.end) return;
    if (read_gap(tree_.text(), tree_[before].span.end, next).last != ',') place_.comma_at = tree_[before].span.end;
  }

  bool enter_object(NodeId object, const Expected& expected) {
    if (!inside(object)) return false;
    place_.holder = object;
    place_.comma_at.reset();
    NodeId in, before;
    look(object, in, before);
    if (!in.valid()) return object_gap(object, before, expected);
    if (before != in) note_comma(before, tree_[in].span.begin);
    place_.chain.push_back(in);
    place_.member = in;
    const NodeId name = tree_.name_of(in), value = tree_.value_of(in);
    if (tree_[in].kind != NodeKind::kMember) return false;
    if (touches(name) && !tree_.is(name, NodeKind::kMissing)) {
      place_.chain.push_back(name);
      name_place(expected);
      if (place_.what != Place::What::kNothing) set_token(name);
      return false;
    }
    if (tree_.is(value, NodeKind::kMissing) || !(touches(value) || runs_on(value))) return member_gap(in, expected);
    next_ = value;
    next_expected_ = below_member(in, expected);
    return true;
  }

  Expected below_member(NodeId member, const Expected& expected) const {
    std::string scratch;
    const NodeId name = tree_.name_of(member);
    if (!tree_.is(name, NodeKind::kString)) return {};
    switch (expected.level) {
      case Expected::Level::kShape: {
        const auto match = find_field(expected.shape, tree_.string_value(name, scratch), target_);
        if (!match) return {};
        return value_of_field(expected.shape, match->index);
      }
      case Expected::Level::kField:
        if (expected.field->container == Container::kMap) return element_of(expected);
        // Opaque to the language, but for what the connectors' own documentation says.
        if (expected.shape == Shape::kNodeAttr && expected.index == field::node_attr::kApp)
          return tree_.string_value(name, scratch) == kConnectors ? Expected{Expected::Level::kObjects, Shape::kAppConnector, 0, nullptr} : Expected();
        if (expected.field->container == Container::kMapOfLists)
          return {Expected::Level::kInnerList, expected.shape, expected.index, expected.field};
        return {};
      default:
        return {};
    }
  }

  void name_place(const Expected& expected) {
    if (expected.level == Expected::Level::kShape) {
      place_.what = Place::What::kFieldName;
      place_.shape = expected.shape;
    } else if (expected.level == Expected::Level::kField && expected.field->key != KeyForm::kNone) {
      place_.what = Place::What::kMapName;
      set_field(expected);
      if (expected.field->key == KeyForm::kService) place_.standpoint = Standpoint::kServiceKey;
    }
  }

  void set_field(const Expected& expected) {
    place_.shape = expected.shape;
    place_.field = expected.field;
    place_.field_index = expected.index;
    if (expected.field) place_.standpoint = standpoint_of(expected.shape, expected.index);
  }

  void empty_token() { place_.token = {offset_, offset_}; }

  /// Between members: a name stands after `{` or a comma.
  bool object_gap(NodeId object, NodeId before, const Expected& expected) {
    const uint32_t begin = before.valid() ? tree_[before].span.end : tree_[object].span.begin + 1;
    const Gap gap = read_gap(tree_.text(), begin, offset_);
    if (gap.in_comment) return false;
    if (before.valid() && tree_.is(before, NodeKind::kMember) && gap.last != ',') {
      // A member that breaks off after its colon has its value here.
      const NodeId value = tree_.value_of(before);
      if (tree_.is(value, NodeKind::kMissing)) {
        place_.member = before;
        return member_gap(before, expected);
      }
      place_.comma_at = tree_[before].span.end;
    }
    name_place(expected);
    empty_token();
    return false;
  }

  /// Between a name and its value: a value stands after the colon.
  bool member_gap(NodeId member, const Expected& expected) {
    const NodeId name = tree_.name_of(member);
    const Gap gap = read_gap(tree_.text(), tree_[name].span.end, offset_);
    if (gap.in_comment || gap.last != ':') return false;
    value_place(below_member(member, expected));
    empty_token();
    return false;
  }

  void value_place(const Expected& expected) {
    place_.what = Place::What::kValue;
    if (expected.level == Expected::Level::kShape) {
      place_.shape = expected.shape;
      return;
    }
    if (!expected.field) return;
    set_field(expected);
    place_.list_of_map = expected.level == Expected::Level::kInnerList;
    place_.element = expected.level == Expected::Level::kElement ||
                     (expected.level == Expected::Level::kField && expected.field->container == Container::kOne);
  }

  bool enter_array(NodeId array, const Expected& expected) {
    if (!inside(array)) return false;
    place_.holder = array;
    place_.comma_at.reset();
    Expected element;
    if (expected.level == Expected::Level::kField && expected.field->container == Container::kList) {
      element = element_of(expected);
    } else if (expected.level == Expected::Level::kInnerList) {
      element = {Expected::Level::kElement, expected.shape, expected.index, expected.field};
    } else if (expected.level == Expected::Level::kObjects) {
      element = {Expected::Level::kShape, expected.shape, 0, nullptr};
    }
    NodeId in, before;
    look(array, in, before);
    if (in.valid()) {
      if (before != in) note_comma(before, tree_[in].span.begin);
      next_ = in;
      next_expected_ = element;
      return true;
    }
    const uint32_t begin = before.valid() ? tree_[before].span.end : tree_[array].span.begin + 1;
    const Gap gap = read_gap(tree_.text(), begin, offset_);
    if (gap.in_comment) return false;
    if (before.valid() && !tree_.is(before, NodeKind::kMissing) && gap.last != ',') place_.comma_at = tree_[before].span.end;
    value_place(element);
    empty_token();
    return false;
  }

  void leaf(NodeId node, const Expected& expected) {
    const NodeKind kind = tree_[node].kind;
    if (kind == NodeKind::kMissing) return;
    value_place(expected);
    // A list where its element is typed without brackets is completed as the element would be.
    set_token(node);
  }

  void set_token(NodeId node) {
    const Span span = tree_[node].span;
    const std::string_view text = tree_.text_of(node);
    if (!text.empty() && text.front() == '"') {
      place_.closed = text.size() > 1 && text.back() == '"' && !(tree_[node].flags & kBroken);
      if (offset_ == span.begin || (place_.closed && offset_ == span.end)) {
        place_.what = Place::What::kNothing;  // beside the quotes
        place_.leaf = node;
        return;
      }
      place_.quoted = true;
      place_.token = {span.begin + 1, place_.closed ? span.end - 1 : std::max(span.end, offset_)};
    } else {
      place_.token = span;
    }
    place_.leaf = node;
  }

  const SyntaxTree& tree_;
  uint32_t offset_;
  Target target_;
  Place place_;
  NodeId next_;
  Expected next_expected_;
};

}  // namespace

Place place_at(const SyntaxTree& tree, uint32_t offset, Target target) { return Finder(tree, offset, target).find(); }

Gap read_gap(std::string_view text, uint32_t begin, uint32_t end) {
  Gap gap;
  end = std::min(end, static_cast<uint32_t>(text.size()));
  for (uint32_t i = begin; i < end;) {
    const char c = text[i];
    if (c == '/' && i + 1 < text.size() && (text[i + 1] == '/' || text[i + 1] == '*')) {
      const bool line = text[i + 1] == '/';
      const size_t close = line ? text.find('\n', i) : text.find("*/", i + 2);
      const uint32_t stop = close == std::string_view::npos ? static_cast<uint32_t>(text.size()) + 1
                                                            : static_cast<uint32_t>(close) + (line ? 1 : 2);
      // At the very end of a line comment one still writes into it.
      if (end < stop) {
        gap.in_comment = end > i;
        return gap;
      }
      i = stop;
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      gap.last = c;
      gap.last_at = i;
    }
    ++i;
  }
  return gap;
}

std::optional<Standpoint> standpoint_of(Shape shape, uint32_t index) {
  switch (shape) {
    case Shape::kPolicy:
      switch (index) {
        case field::kGroups:
          return Standpoint::kGroupMember;
        case field::kTagOwners:
          return Standpoint::kTagOwner;
        case field::kIpsets:
          return Standpoint::kIpSetElement;
        case field::kDefaultSrcPosture:
          return Standpoint::kSrcPosture;
        default:
          return std::nullopt;
      }
    case Shape::kAcl:
      if (index == field::acl::kSrc) return Standpoint::kAclSrc;
      if (index == field::acl::kDst) return Standpoint::kAclDst;
      if (index == field::acl::kSrcPosture) return Standpoint::kSrcPosture;
      return std::nullopt;
    case Shape::kGrant:
      if (index == field::grant::kSrc) return Standpoint::kGrantSrc;
      if (index == field::grant::kDst) return Standpoint::kGrantDst;
      if (index == field::grant::kVia) return Standpoint::kVia;
      if (index == field::grant::kSrcPosture) return Standpoint::kSrcPosture;
      return std::nullopt;
    case Shape::kAutoApprovers:
      if (index == field::approvers::kRoutes) return Standpoint::kRouteApprover;
      if (index == field::approvers::kExitNode) return Standpoint::kExitNodeApprover;
      return Standpoint::kServiceApprover;
    case Shape::kSsh:
      if (index == field::ssh::kSrc) return Standpoint::kSshSrc;
      if (index == field::ssh::kDst) return Standpoint::kSshDst;
      if (index == field::ssh::kRecorder) return Standpoint::kRecorder;
      if (index == field::ssh::kSrcPosture) return Standpoint::kSrcPosture;
      return std::nullopt;
    case Shape::kNodeAttr:
      if (index == field::node_attr::kTarget) return Standpoint::kNodeAttrTarget;
      return std::nullopt;
    case Shape::kTest:
      if (index == field::test::kSrc) return Standpoint::kTestSrc;
      if (index == field::test::kAccept || index == field::test::kDeny) return Standpoint::kTestDst;
      return std::nullopt;
    case Shape::kSshTest:
      if (index == field::ssh_test::kSrc) return Standpoint::kSshTestSrc;
      if (index == field::ssh_test::kDst) return Standpoint::kSshTestDst;
      return std::nullopt;
    case Shape::kCustomAttribute:
      if (index == field::custom_attribute::kBroadcastToPeers) return Standpoint::kNodeAttrTarget;
      return std::nullopt;
    case Shape::kAppConnector:
      if (index == field::app_connector::kConnectors) return Standpoint::kRecorder;  // tags alone, as there
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace aclc::lsp
