// SPDX-License-Identifier: Apache-2.0
// The walk from a tailnet file's syntax tree to the Tailnet; inside this folder only. What the formats share stands here and in
// reader.cpp, one format each in read_own.cpp, read_tailscale.cpp and read_headscale.cpp.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/tailnet/read.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// A string of the file, decoded, and where it stands inside its quotes.
struct FileText {
  std::string value;
  Span span;
};

/// Whether a format's objects may carry more than is read without a word: true for what other programs print.
enum class Openness : uint8_t { kClosed, kOpen };

class TailnetReader {
 public:
  TailnetReader(const SyntaxTree& tree, SourceId source, DiagnosticSink& sink, bool strict)
      : tree_(tree), sink_(sink), strict_(strict) {
    out_.source = source;
  }
  Tailnet read();

 private:
  // The formats. Each reads one element of its list.
  void read_own(NodeId root);
  void own_user(NodeId object);
  void own_node(NodeId object);
  void tailscale_user(NodeId object);
  void tailscale_device(NodeId object);
  void headscale_user(NodeId object);
  void headscale_node(NodeId object);
  int64_t headscale_time(NodeId value);
  void posture(NodeId object, Node& node);

  /// The members of an object by their place in `keys`: f(index, value). Keys given twice are reported and read once; others
  /// are reported unless the format is open. `what` names the object in messages.
  template <class F>
  void members(NodeId object, std::string_view what, std::initializer_list<std::string_view> keys, Openness openness, F&& f);
  bool key_is_new(NodeId member, size_t index, uint64_t& seen, std::string_view what);
  void unknown_key(NodeId name, std::string_view what, std::initializer_list<std::string_view> keys, Openness openness);
  NodeId member(NodeId object, std::initializer_list<std::string_view> names) const;
  /// f for each element of an array that is an object; other elements are reported.
  template <class F>
  void objects(NodeId array, std::string_view what, F&& f);

  // Values; a wrong type is reported, null and broken text count as absent.
  bool absent(NodeId value) const;
  bool is_array(NodeId value, std::string_view what);
  bool is_object(NodeId value, std::string_view what);
  bool string(NodeId value, std::string_view what, FileText& out);
  bool boolean(NodeId value, std::string_view what);
  /// The strings of an array.
  std::vector<FileText> strings(NodeId value, std::string_view what);
  void wrong_type(NodeId value, std::string_view what, std::string_view wanted);

  // Parts of a node, from the texts of any format.
  void address(const FileText& text, Node& node, std::optional<Family> wanted);
  void tag(const FileText& text, Node& node);
  void route(const FileText& text, std::vector<Prefix>& out);
  void time(const FileText& text, Node& node);
  void key(const FileText& text, Node& node);
  void endpoint(const FileText& text, Node& node);
  void posture_text(Node& node, std::string_view attribute, std::string_view value);

  // Users and nodes as wholes.
  void user_without(NodeId object, std::string_view key);
  UserId user_of(std::string_view login, Span span, bool shared_in);
  UserId add_user(const FileText& login, Role role);
  std::optional<Role> role(const FileText& text);
  /// Checks a node against the others and keeps it. `owner` is the login it names, empty for none.
  void add_node(Node node, Span object, const FileText& owner, bool owner_matters);
  void check_approved(const Node& node, const std::vector<FileText>& approved);
  void check_addresses();

  void report(Diagnostic&& d) {
    faulty_ = faulty_ || d.severity == Severity::kError;
    sink_.report(std::move(d).in(out_.source));
  }
  StringId intern(std::string_view text) { return out_.names.intern(text); }
  Span inside(NodeId string) const {
    const Span s = tree_[string].span;
    return s.length() >= 2 ? Span{s.begin + 1, s.end - 1} : s;
  }

  const SyntaxTree& tree_;
  DiagnosticSink& sink_;
  const bool strict_;
  Tailnet out_;
  bool faulty_ = false;      ///< the element being read has an error: what it then lacks is no news
  bool users_given_ = false;           ///< the file lists its users: who is not there is unknown
  std::vector<UserId> user_by_login_;  ///< by StringId of the login
  std::vector<TailnetNodeId> node_by_name_;
  struct Claim {
    Address address;
    uint32_t order;
    Span span;
    TailnetNodeId node;
  };
  std::vector<Claim> claims_;  ///< every address and who has it
  std::vector<std::pair<Address, Span>> pending_;  ///< addresses of the node being read
  mutable std::string scratch_;
};

template <class F>
void TailnetReader::members(NodeId object, std::string_view what, std::initializer_list<std::string_view> keys,
                            Openness openness, F&& f) {
  uint64_t seen = 0;
  for (const NodeId m : tree_.children(object)) {
    if (!tree_.is(m, NodeKind::kMember) || !tree_.is(tree_.name_of(m), NodeKind::kString)) continue;
    const std::string_view name = tree_.string_value(tree_.name_of(m), scratch_);
    size_t index = 0;
    for (const std::string_view key : keys) {
      if (key == name) break;
      ++index;
    }
    const NodeId value = tree_.value_of(m);
    if (absent(value) && !tree_.is(value, NodeKind::kNull)) faulty_ = true;  // the parser has said why
    if (index == keys.size()) {
      unknown_key(tree_.name_of(m), what, keys, openness);
    } else if (key_is_new(m, index, seen, what) && !absent(value)) {
      f(index, value);
    }
  }
}

template <class F>
void TailnetReader::objects(NodeId array, std::string_view what, F&& f) {
  if (!is_array(array, what)) return;
  for (const NodeId element : tree_.children(array)) {
    faulty_ = false;
    if (tree_.is(element, NodeKind::kObject)) {
      f(element);
    } else {
      wrong_type(element, std::string("each of ").append(what), "an object");
    }
  }
}

}  // namespace aclc
