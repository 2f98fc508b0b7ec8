// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/parse.h"

#include "parser/syntax/builder.h"
#include "parser/syntax/grammar.h"
#include "parser/syntax/library_error.h"
#include "parser/syntax/look.h"

namespace aclc {
namespace {

// The source's name is a plain pointer: the default, a string, costs an allocation for every input.
using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf_crlf, const char*>;

/// The builder, and the first byte of the whole text.
struct State {
  TreeBuilder& builder;
  const char* text;

  template <class Token>
  uint32_t begin(const Token& in) const {
    return static_cast<uint32_t>(in.begin() - text);
  }
  template <class Token>
  uint32_t end(const Token& in) const {
    return static_cast<uint32_t>(in.end() - text);
  }
  bool going() const { return builder.going(); }
};

template <class Rule>
struct Action : tao::pegtl::nothing<Rule> {};

template <>
struct Action<grammar::plain_string> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_plain_string(s.begin(in), s.end(in));
  }
};
template <>
struct Action<grammar::line_string> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_string(s.begin(in), s.end(in));
  }
};
template <>
struct Action<grammar::cut_string> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_unclosed_string(s.begin(in), s.end(in));
  }
};
template <>
struct Action<grammar::word> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_word(s.begin(in), s.end(in));
  }
};
template <NodeKind kKind>
struct Opening {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_open(kKind, s.begin(in));
  }
};
template <NodeKind kKind>
struct Closing {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_close(kKind, s.begin(in));
  }
};
template <>
struct Action<grammar::object_open> : Opening<NodeKind::kObject> {};
template <>
struct Action<grammar::array_open> : Opening<NodeKind::kArray> {};
template <>
struct Action<grammar::object_close> : Closing<NodeKind::kObject> {};
template <>
struct Action<grammar::array_close> : Closing<NodeKind::kArray> {};
template <>
struct Action<grammar::comma> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_comma(s.begin(in));
  }
};
template <>
struct Action<grammar::colon> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_colon(s.begin(in));
  }
};
struct Comment {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_comment(s.begin(in), s.end(in));
  }
};
template <>
struct Action<grammar::line_comment> : Comment {};
template <>
struct Action<grammar::block_comment> : Comment {};
template <>
struct Action<grammar::endless_comment> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_unclosed_comment(s.begin(in));
  }
};
template <>
struct Action<grammar::stray> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_stray(s.begin(in), s.end(in));
  }
};

}  // namespace

SyntaxTree parse(std::string_view text, DiagnosticSink& sink, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    sink.report(diag::TooLarge({0, 0}, static_cast<int64_t>(text.size()), static_cast<int64_t>(limits.max_bytes)));
    return SyntaxTree(text, {{{0, 0}, 1, NodeKind::kMissing, kBroken}});
  }
  if (const std::string_view encoding = foreign_encoding(text); !encoding.empty()) {
    Diagnostic d = diag::WrongEncoding({0, 0}, encoding).upstream(library_error(text));
    d.help_text = encoding == "no text" ? "a policy is a text in UTF-8: is this the right file?" : "save it as UTF-8";
    sink.report(std::move(d));
    return SyntaxTree(text, {{{0, 0}, 1, NodeKind::kMissing, kBroken}});
  }
  TreeBuilder builder(text, limits);
  State state{builder, text.data()};
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end && !builder.stopped();) {
    Input in(at, end, "");
    tao::pegtl::parse<grammar::tokens, Action>(in, state);
    at = builder.going() ? in.current() : text.data() + builder.take_resume();
  }
  builder.on_end();
  for (Diagnostic& d : builder.take_diagnostics()) sink.report(std::move(d));
  return SyntaxTree(text, builder.take_nodes());
}

}  // namespace aclc
