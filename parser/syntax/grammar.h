// SPDX-License-Identifier: Apache-2.0
// HuJSON's tokens as a PEGTL grammar. The token stream drives the pushdown automaton in builder.h, so nesting costs heap and
// not stack, and what to do about a token out of place is decided where the open brackets are known. Rules on broken tokens
// (a string without its quote, a comment without its end, bytes that begin nothing) are part of the grammar.
//
// Facts that surprise (recorded verdicts of the HuJSON library): a `//` comment must end in a newline; white space is four
// characters; a literal is the longest run of letters, digits, `+`, `-` and `.`; a string ends at the first quote that no
// backslash precedes, whatever lies between.
#pragma once

#include <tao/pegtl.hpp>

#include "parser/syntax/scan.h"

namespace aclc::grammar {

using namespace tao::pegtl;  // NOLINT: the grammar reads as PEGTL

// A rule that takes the bytes which a function finds, many at a step: PEGTL's own loops go byte by byte.
template <const char* (*Find)(const char*, const char*)>
struct scan {
  using rule_t = scan;
  using subs_t = empty_list;
  template <class Input>
  static bool match(Input& in) {
    in.bump(static_cast<size_t>(Find(in.current(), in.end()) - in.current()));
    return true;
  }
};

struct blank : plus<one<' ', '\t', '\n', '\r'>> {};
struct line_comment : seq<two<'/'>, scan<find_newline>, one<'\n'>> {};
struct block_comment : seq<string<'/', '*'>, until<string<'*', '/'>, any, scan<find_star>>> {};
struct endless_comment : seq<one<'/'>, one<'/', '*'>, star<any>> {};

struct object_open : one<'{'> {};
struct object_close : one<'}'> {};
struct array_open : one<'['> {};
struct array_close : one<']'> {};
struct colon : one<':'> {};
struct comma : one<','> {};

struct word : plus<ranges<'a', 'z', 'A', 'Z', '0', '9', '+', '+', '-', '.'>> {};
// Nearly every string is plain: printable ASCII without an escape, with nothing in it to judge.
struct plain_string : seq<one<'"'>, scan<find_not_plain>, one<'"'>> {};
struct line_string : seq<one<'"'>, star<sor<not_one<'"', '\\', '\n'>, seq<one<'\\'>, not_one<'\n'>>>>, one<'"'>> {};
// A string that its line does not close: the line is all of it, whatever the library, which reads on to the next quote, thinks.
struct cut_string : seq<one<'"'>, scan<find_newline>> {};

// Bytes that begin no token, up to the next that does; one at least, and not so many that reading them again and again, as one mistake
// after the other is seen in them, would take long.
struct token_start : one<' ', '\t', '\n', '\r', '{', '}', '[', ']', ':', ',', '"', '/'> {};
struct stray : seq<any, rep_opt<255, not_at<token_start>, any>> {};

struct token : sor<plain_string, comma, colon, word, object_open, object_close, array_open, array_close, line_comment,
                   line_string, cut_string, block_comment, endless_comment, stray> {};

// The builder may ask to go on elsewhere than after the token, or not at all; the run then ends.
struct going {
  using rule_t = going;
  using subs_t = empty_list;
  template <apply_mode, rewind_mode, template <class...> class, template <class...> class, class Input, class State>
  static bool match(Input&, State& state) {
    return state.going();
  }
};
struct tokens : seq<opt<blank>, star<token, going, opt<blank>>> {};

// What JSON allows in a word and in a string.
struct digits : plus<digit> {};
struct number : seq<opt<one<'-'>>, sor<one<'0'>, seq<range<'1', '9'>, star<digit>>>, opt<one<'.'>, digits>,
                    opt<one<'e', 'E'>, opt<one<'+', '-'>>, digits>, eof> {};
struct escape : seq<one<'\\'>, sor<one<'"', '\\', '/', 'b', 'f', 'n', 'r', 't'>, seq<one<'u'>, rep<4, xdigit>>>> {};

}  // namespace aclc::grammar
