// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/parse.h"

#include "parser/syntax/builder.h"
#include "parser/syntax/grammar.h"

namespace aclc {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy>;

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
};

template <class Rule>
struct Action : tao::pegtl::nothing<Rule> {};

template <>
struct Action<grammar::closed_string> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    const std::string_view literal(in.begin(), in.size());
    if (literal.find('\n') == std::string_view::npos) return s.builder.on_string(s.begin(in), s.end(in));
    s.builder.on_unclosed_string(s.begin(in), s.end(in), false);
  }
};
template <>
struct Action<grammar::endless_string> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_unclosed_string(s.begin(in), s.end(in), true);
  }
};
template <>
struct Action<grammar::word> {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_word(s.begin(in), s.end(in));
  }
};
struct Opening {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_open(s.begin(in));
  }
};
struct Closing {
  template <class Token>
  static void apply(const Token& in, State& s) {
    s.builder.on_close(s.begin(in));
  }
};
template <>
struct Action<grammar::object_open> : Opening {};
template <>
struct Action<grammar::array_open> : Opening {};
template <>
struct Action<grammar::object_close> : Closing {};
template <>
struct Action<grammar::array_close> : Closing {};
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
  TreeBuilder builder(text, limits);
  State state{builder, text.data()};
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end && !builder.stopped();) {
    Input in(at, end, "");
    tao::pegtl::parse<grammar::token, Action>(in, state);
    at = in.current();
    if (const uint32_t resume = builder.take_resume()) at = text.data() + resume;
  }
  builder.on_end();
  for (Diagnostic& d : builder.take_diagnostics()) sink.report(std::move(d));
  return SyntaxTree(text, builder.take_nodes());
}

}  // namespace aclc
