// SPDX-License-Identifier: Apache-2.0
// HuJSON's tokens as a PEGTL grammar. The token stream drives the pushdown automaton in builder.h, so nesting costs heap and
// not stack, and what to do about a token out of place is decided where the open brackets are known.
//
// Facts that surprise (recorded verdicts of the HuJSON library): a `//` comment must end in a newline; white space is four
// characters; a literal is the longest run of letters, digits, `+`, `-` and `.`; a string ends at the first quote that no
// backslash precedes, whatever lies between.
#pragma once

#include <tao/pegtl.hpp>

namespace aclc::grammar {

using namespace tao::pegtl;  // NOLINT: the grammar reads as PEGTL

struct blank : plus<one<' ', '\t', '\n', '\r'>> {};
struct line_comment : seq<two<'/'>, until<one<'\n'>>> {};
struct block_comment : seq<string<'/', '*'>, until<string<'*', '/'>>> {};
struct endless_comment : seq<one<'/'>, one<'/', '*'>, star<any>> {};

struct object_open : one<'{'> {};
struct object_close : one<'}'> {};
struct array_open : one<'['> {};
struct array_close : one<']'> {};
struct colon : one<':'> {};
struct comma : one<','> {};

struct word : plus<ranges<'a', 'z', 'A', 'Z', '0', '9', '+', '+', '-', '.'>> {};
struct string_body : star<sor<not_one<'"', '\\'>, seq<one<'\\'>, any>>> {};
struct closed_string : seq<one<'"'>, string_body, one<'"'>> {};
struct endless_string : seq<one<'"'>, star<any>> {};

// Bytes that begin no token, up to the next that does; one at least.
struct token_start : one<' ', '\t', '\n', '\r', '{', '}', '[', ']', ':', ',', '"', '/'> {};
struct stray : seq<any, star<not_at<token_start>, any>> {};

struct token : sor<blank, closed_string, comma, colon, word, object_open, object_close, array_open, array_close,
                   line_comment, block_comment, endless_comment, endless_string, stray> {};

// What JSON allows in a word and in a string.
struct digits : plus<digit> {};
struct number : seq<opt<one<'-'>>, sor<one<'0'>, seq<range<'1', '9'>, star<digit>>>, opt<one<'.'>, digits>,
                    opt<one<'e', 'E'>, opt<one<'+', '-'>>, digits>, eof> {};
struct escape : seq<one<'\\'>, sor<one<'"', '\\', '/', 'b', 'f', 'n', 'r', 't'>, seq<one<'u'>, rep<4, xdigit>>>> {};

}  // namespace aclc::grammar
