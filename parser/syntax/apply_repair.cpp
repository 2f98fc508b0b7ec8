// SPDX-License-Identifier: Apache-2.0
// From the window round a fault to its repair, and from the repair to the tree: what was read since the window's beginning is taken
// back and read again as if the slip had not been made.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parser/syntax/builder.h"
#include "parser/syntax/look.h"
#include "parser/syntax/repair.h"
#include "parser/syntax/tokens.h"

namespace aclc {
/// What lies round a fault, from a node on that can be taken back.
struct TreeBuilder::Window {
  uint32_t first;              ///< node; their number where none is to be taken back
  std::vector<Frame> frames;   ///< open before it
  Machine machine;             ///< the state before it
  std::vector<Token> tokens;   ///< from it on
  size_t fault;                ///< of tokens
  bool ends;                   ///< they go on to the end of the text
};

bool TreeBuilder::repair(uint32_t at) {
  constexpr size_t kBack = 64;   // nodes
  constexpr size_t kAhead = 48;  // tokens
  if (replaying_ || stopped_ || searches_left_ == 0) return false;
  --searches_left_;
  auto first = static_cast<uint32_t>(nodes_.size());
  size_t back = 0;
  for (uint32_t i = first; i-- > 0 && back < kBack && nodes_[i].span.begin >= floor_;) {
    if (nodes_[i].kind == NodeKind::kMember) continue;
    first = i;
    ++back;
  }
  const Window window = window_from(first, at, kAhead);
  const Repair near = find_repair(text_, window.machine, window.tokens, {0, window.fault, window.fault, window.ends});
  const uint32_t near_begin = window.tokens.empty() ? at : window.tokens.front().begin;
  if ((!near.good || near.oddities > 0 || at == text_.size()) && repair_from_afar(at, near, near_begin)) return true;
  if (near.what == Repair::What::kNone) return false;
  // After the end one token may be too many; more is another text.
  if (top().expect == Expect::kEnd && near.what == Repair::What::kDelete && near.token == window.fault && !near.good) return false;
  apply(window, near);
  return true;
}

// Where the layout stopped to fit the brackets long before the fault, the slip was made there: brackets that are never closed are only
// missed at the end.
bool TreeBuilder::repair_from_afar(uint32_t at, const Repair& near, uint32_t near_begin) {
  constexpr size_t kMostTokens = 200'000;
  constexpr size_t kAhead = 256;
  constexpr size_t kBack = 48;
  if (far_left_ == 0) return false;
  --far_left_;
  const auto from = std::lower_bound(nodes_.begin(), nodes_.end(), floor_,
                                     [](const SyntaxNode& n, uint32_t floor) { return n.span.begin < floor; });
  auto first = static_cast<uint32_t>(from - nodes_.begin());
  if (first < nodes_.size() && nodes_[first].kind == NodeKind::kMember) ++first;
  const Window window = window_from(first, at, kAhead);
  if (window.tokens.size() > kMostTokens) return false;
  const Oddities odd = oddities_of(window.machine, window.tokens, window.fault);
  if (odd.count == 0) return false;
  const size_t to = odd.first;
  const Repair far = find_repair(text_, window.machine, window.tokens, {to > kBack ? to - kBack : 0, to, window.fault, window.ends});
  // What the near repair leaves: its own oddities, and those before what it looked at.
  const auto near_first = std::find_if(window.tokens.begin(), window.tokens.end(), [&](const Token& t) { return t.begin >= near_begin; });
  const Oddities before = oddities_of(window.machine, window.tokens, static_cast<size_t>(near_first - window.tokens.begin()));
  const uint32_t left = near.good ? before.count + near.oddities : odd.count + 1;
  if (!far.good || far.oddities >= left) return false;
  apply(window, far);
  return true;
}

TreeBuilder::Window TreeBuilder::window_from(uint32_t first, uint32_t at, size_t ahead) const {
  Window out;
  out.first = first;
  out.frames = first < nodes_.size() ? frames_before(first) : frames_;
  const uint32_t begin = first < nodes_.size() ? nodes_[first].span.begin : at;
  Machine& m = out.machine;
  for (size_t i = 1; i < out.frames.size(); ++i) {
    const SyntaxNode& node = nodes_[out.frames[i].node];
    Machine::Level level{node.kind == NodeKind::kObject ? '{' : '[', 0, static_cast<uint32_t>(indentation(text_, node.span.begin).size()), Machine::kAny};
    const uint32_t child = out.frames[i].node + 1;
    if (child < std::min<size_t>(first, nodes_.size())) {
      const uint32_t place = nodes_[child].span.begin;
      const std::string_view blank = indentation(text_, place);
      if (blank.data() + blank.size() == text_.data() + place) level.child = static_cast<uint32_t>(blank.size());
    }
    if (i == 1 && no_first_brace_) level.indent = Machine::kAny;
    m.levels.push_back(level);
  }
  m.expect = out.frames.back().expect;
  m.line_indent = static_cast<uint32_t>(indentation(text_, begin).size());
  out.tokens = tokens_of(text_, begin, at, ahead);
  const auto fault = std::find_if(out.tokens.begin(), out.tokens.end(), [&](const Token& t) { return t.begin >= at; });
  out.fault = static_cast<size_t>(fault - out.tokens.begin());
  out.ends = out.tokens.empty() || next_character(text_, out.tokens.back().end) == 0;
  return out;
}

// The brackets that were open before a node.
std::vector<TreeBuilder::Frame> TreeBuilder::frames_before(uint32_t node) const {
  std::vector<Frame> out{{kNone, kNone, Expect::kValue}};
  // What is open now was open then if it begins before the node, and has no end yet.
  const auto end_of = [&](uint32_t i) {
    const size_t depth = out.size();
    const bool open = frames_[std::min(depth, frames_.size()) - 1].member == i || (depth < frames_.size() && frames_[depth].node == i);
    return open ? UINT32_MAX : nodes_[i].next;
  };
  uint32_t at = 0;
  while (at < node) {
    if (nodes_[at].kind == NodeKind::kMember) {
      const uint32_t name = at + 1;
      if (node == name) break;
      out.back().member = at;
      out.back().expect = Expect::kValue;
      at = name + 1;
      continue;
    }
    const bool object = nodes_[at].kind == NodeKind::kObject;
    out.push_back({at, kNone, object ? Expect::kNameOrClose : Expect::kValueOrClose});
    for (++at; end_of(at) <= node;) {
      at = end_of(at);
      out.back().has_comma = true;
    }
  }
  return out;
}

void TreeBuilder::rewind(const Window& window) {
  if (window.first >= nodes_.size()) return;
  const bool name = window.first > 0 && nodes_[window.first - 1].kind == NodeKind::kMember;
  frames_ = window.frames;
  nodes_.resize(name ? window.first - 1 : window.first);
  for (const Frame& f : frames_) {
    if (f.node != kNone) nodes_[f.node].flags = 0;
  }
  last_end_ = 0;
  if (nodes_.empty()) return;
  // The end of the last token before the window: a node's, or that of punctuation after it.
  const SyntaxNode& last = nodes_.back();
  const bool leaf = last.kind != NodeKind::kObject && last.kind != NodeKind::kArray && last.kind != NodeKind::kMember;
  const uint32_t stop = window.tokens.empty() ? static_cast<uint32_t>(text_.size()) : window.tokens.front().begin;
  last_end_ = leaf ? last.span.end : last.span.begin + 1;
  for (const Token& t : tokens_of(text_, last_end_, stop, 0)) {
    if (t.begin < stop) last_end_ = std::min(t.end, stop);
  }
}

void TreeBuilder::apply(const Window& window, const Repair& repair) {
  constexpr size_t kClear = 8;     // tokens
  constexpr size_t kMurky = 256;   // bytes
  using What = Repair::What;
  const bool quotes = !repair.tokens.empty();
  const std::vector<Token>& tokens = quotes ? repair.tokens : window.tokens;
  const size_t stop = quotes ? repair.resume : std::min(std::max(window.fault, repair.token) + 1, tokens.size());
  quiet_ = false;
  resume_ = 0;
  rewind(window);
  replaying_ = true;
  doubtful_ = !repair.good && repair.reached < kClear;
  const auto end = static_cast<uint32_t>(text_.size());
  if (quotes) {
    if (repair.what == What::kExtraQuote) {
      const Span quote{repair.offset, repair.offset + 1};
      Diagnostic d = diag::UnclosedString(quote).help("it is one too many, or its partner is missing").fix("remove the quote", {{quote, ""}});
      const auto holds = [&](const Token& t) { return t.kind == Token::kString && t.begin < quote.begin && t.end > quote.end; };
      if (std::any_of(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(stop), holds)) {
        d = std::move(d).help("a quote inside a string is written `\\\"`").fix("escape the quote", {{quote, "\\\""}}, FixSafety::kUnsafe);
      }
      d.message = "the quote neither begins nor ends a string";
      report(std::move(d));
    }
    feed_all(tokens, 0, stop);
  } else {
    feed_all(tokens, 0, repair.token);
    const Token* token = repair.token < tokens.size() ? &tokens[repair.token] : nullptr;
    make(repair, token, token ? token->begin : end);
    const bool skips = repair.what == What::kDelete || repair.what == What::kReplace;
    feed_all(tokens, repair.token + (skips ? 1 : 0), stop);
  }
  replaying_ = false;
  resume_ = std::max(resume_, stop < tokens.size() ? tokens[stop].begin : end);  // what was read last may have taken more
  if (std::exchange(doubtful_, false)) {
    // Nothing fits well: what the rest of the line looks like now says little about it.
    const size_t line_end = std::min(text_.find('\n', resume_), text_.size());
    murky_ = static_cast<uint32_t>(std::min<size_t>(line_end, resume_ + kMurky));
  }
  floor_ = std::max(floor_, resume_);
}

void TreeBuilder::feed_all(const std::vector<Token>& tokens, size_t begin, size_t end) {
  for (size_t i = begin; i < end && !stopped_; ++i) {
    if (tokens[i].begin < resume_) continue;  // part of what the token before it took
    resume_ = 0;
    feed(tokens[i]);
  }
}

void TreeBuilder::feed(const Token& t) {
  const bool slipped = t.lost_opening || t.lost_closing || t.other_quote || t.broken_line;
  if (slipped && !ready_for_value(t.begin, true)) return;
  if (t.lost_opening) {
    if (const auto length = static_cast<uint32_t>(typographic_quote(text_, t.begin)); length != 0) {
      report(diag::WrongQuotes({t.begin, t.end}, shown(t.begin, t.end)).fix("use double quotes", {{{t.begin, t.begin + length}, "\""}}));
    } else {
      report(diag::LostQuote({t.begin, t.end}).fix("open the string", {{{t.begin, t.begin}, "\""}}));
    }
    return add_name_or_value(NodeKind::kError, t.begin, t.end, kBroken);
  }
  if (t.lost_closing) return add_unclosed_string(t.begin, t.end);
  if (t.broken_line) return add_broken_string(t.begin, t.end);
  if (t.other_quote) {
    const uint32_t at = text_[t.begin] == '"' ? t.end - 1 : t.begin;
    report(diag::WrongQuotes({t.begin, t.end}, shown(t.begin, t.end)).fix("use double quotes", {{{at, at + 1}, "\""}}));
    return add_name_or_value(NodeKind::kError, t.begin, t.end, kBroken);
  }
  switch (t.kind) {
    case '{':
      return on_open(NodeKind::kObject, t.begin);
    case '[':
      return on_open(NodeKind::kArray, t.begin);
    case '}':
      return on_close(NodeKind::kObject, t.begin);
    case ']':
      return on_close(NodeKind::kArray, t.begin);
    case ',':
      return on_comma(t.begin);
    case ':':
      return on_colon(t.begin);
    case Token::kString:
      return on_string(t.begin, t.end);
    case Token::kCutString:
      return on_unclosed_string(t.begin, t.end);
    case Token::kStray:
      return on_stray(t.begin, t.end);
    default:
      // Other quotes and placeholders are words to the search.
      return is_word_character(text_[t.begin]) ? on_word(t.begin, t.end) : on_stray(t.begin, t.end);
  }
}

// Does to the tree what the repair says, and reports the slip. The token is the one that it is about, or nothing at the end.
void TreeBuilder::make(const Repair& repair, const Token* token, uint32_t at) {
  using What = Repair::What;
  const Span place = token ? Span{token->begin, token->is_value() ? token->begin + 1 : token->end} : Span{at, at};
  const std::string text = token ? shown(token->begin, token->end) : "the end of the text";
  const Span whole = token ? Span{token->begin, token->end} : place;
  const std::string put(1, repair.punctuation);
  switch (repair.what) {
    case What::kInsert:
      if (repair.punctuation == ',') {
        // Commas forgotten on several lines in a row: the next fault near by says nothing against this one.
        const bool next_member = in_object() && token && near_character(text_, token->end) == ':';
        const bool next_element = !in_object() && text_.substr(last_end_, at - last_end_).find('\n') != std::string_view::npos;
        if (next_member || next_element) doubtful_ = false;
        report(diag::MissingComma(place, text)
                   .help(fmt::format("separate {} by commas", in_object() ? "members" : "values"))
                   .fix("insert a comma", {{{last_end_, last_end_}, ","}}));
        expect_next();
      } else if (repair.punctuation == ':') {
        report(diag::MissingColon(place, text)
                   .help("write a colon between a name and its value")
                   .fix("insert a colon", {{{last_end_, last_end_}, ":"}}));
        top().expect = Expect::kValue;
      } else {
        // What it should open is closed further on: that bracket is the stray one.
        Diagnostic d = diag::StrayBracket(place, put);
        d.message = fmt::format("an opening `{}` is missing before `{}`", put, text);
        d.help_text = fmt::format("what it opens is closed by the `{}` that follows", repair.punctuation == '{' ? '}' : ']');
        if (top().expect == Expect::kColon) {
          d = std::move(d).fix(fmt::format("insert `: {}`", put), {{{last_end_, last_end_}, ": " + put}});
        } else if (top().expect == Expect::kNameOrClose) {
          d.help_text = fmt::format("write the name that it belongs to, a colon and `{}`", put);
        } else {
          d = std::move(d).fix(fmt::format("insert `{}`", put), {{{at, at}, put}});
        }
        report(std::move(d));
        const uint32_t before = last_end_;
        if (top().expect == Expect::kNameOrClose) {
          begin_member(at);
          add(NodeKind::kMissing, at, at, kBroken);
        }
        open_frame(repair.punctuation == '{' ? NodeKind::kObject : NodeKind::kArray, at);
        last_end_ = before;
      }
      return;
    case What::kCloseOut:
      return close_out(repair, token, at);
    case What::kValue:
    case What::kMember:
      report_missing_value(at);
      add_missing(last_end_);
      if (repair.comma) expect_next();
      return;
    case What::kName:
      report(diag::MissingName(place).help("write a name in double quotes before the colon"));
      begin_member(at);
      add(NodeKind::kMissing, at, at, kBroken);
      return;
    case What::kDelete:
      return report(too_much(*token));
    case What::kReplace: {
      const bool closing = token->kind == '}' || token->kind == ']';
      if (closing && (repair.punctuation == '}' || repair.punctuation == ']')) {
        const uint32_t opener = nodes_[top().node].span.begin;
        report(diag::MismatchedBracket(whole, text, bracket_of(top().node))
                   .label({opener, opener + 1}, "opened here")
                   .fix("replace the bracket", {{whole, put}}));
      } else {
        report(diag::UnexpectedCharacter(whole, text, wanted()).fix(fmt::format("write `{}`", put), {{whole, put}}, FixSafety::kUnsafe));
      }
      Token other = *token;
      other.kind = repair.punctuation;
      return feed(other);
    }
    default:
      return;
  }
}

// A token that is to go.
Diagnostic TreeBuilder::too_much(const Token& t) const {
  const Span whole{t.begin, t.end};
  const std::string text = shown(t.begin, t.end);
  const std::vector<Edit> removal{{whole, ""}};
  if (top().expect == Expect::kEnd && t.kind != ',') {
    return diag::TextAfterEnd(whole, text).fix("remove it", removal, t.is_value() ? FixSafety::kUnsafe : FixSafety::kSafe);
  }
  if (t.kind == ',') return diag::ExtraComma(whole, wanted()).fix("remove the comma", removal);
  if (t.kind == ':') return diag::ExtraColon(whole, wanted()).fix("remove the colon", removal);
  if (t.kind == Token::kStray) return diag::UnexpectedCharacter(whole, text, wanted()).fix("remove it", removal, FixSafety::kUnsafe);
  // Which bracket of several is too many is a guess.
  if (!t.is_value()) {
    Diagnostic d = diag::StrayBracket(whole, text);
    if (t.kind == '{' || t.kind == '[') d.message = fmt::format("`{}` is one too many, or is not closed", text);
    return std::move(d).fix("remove the bracket", removal, FixSafety::kUnsafe);
  }
  if (top().expect != Expect::kCommaOrClose) return diag::UnexpectedCharacter(whole, text, wanted()).fix("remove it", removal, FixSafety::kUnsafe);
  Diagnostic d = diag::ExtraValue(whole, text).fix("remove it", removal, FixSafety::kUnsafe);
  if (in_object()) d.help_text = "a member has one value; several stand in an array";
  return d;
}

void TreeBuilder::close_out(const Repair& repair, const Token* token, uint32_t at) {
  const uint32_t opener = nodes_[top().node].span.begin;
  const bool closing = token && (token->kind == '}' || token->kind == ']');
  const bool name = token && token->kind == Token::kString && near_character(text_, token->end) == ':';
  const std::string before = !token ? "the end of the text"
                             : name ? "the next member"
                             : token->kind == '{' ? "the next `{`"
                                                  : fmt::format("`{}`", shown(token->begin, token->end));
  const bool pending = top().expect == Expect::kColon || top().expect == Expect::kValue;
  std::string closers;
  for (size_t i = 0; i < repair.closes; ++i) closers += nodes_[frames_[frames_.size() - 1 - i].node].kind == NodeKind::kObject ? '}' : ']';
  if (repair.comma) closers += ',';
  Diagnostic d = diag::UnclosedBracket({at, token ? at + 1 : at}, bracket_of(top().node), before).label({opener, opener + 1}, "opened here");
  if (pending) {
    d.help_text = "its last member has no value yet";
  } else {
    const std::string title = repair.closes > 1 ? "close what is open" : in_object() ? "close the object" : "close the array";
    if (!token) d.help_text = fmt::format("close what is open with `{}`", closers);
    if (!token && repair.closes == 1 && lacks_last_bracket()) {
      const auto end = static_cast<uint32_t>(text_.size());
      d = std::move(d).fix(title, {{{end, end}, text_.ends_with('\n') ? "}\n" : "\n}\n"}});
    } else {
      const bool sure = repair.closes == 1 && (closing || name);
      d = std::move(d).fix(title, {{{last_end_, last_end_}, closers}}, sure ? FixSafety::kSafe : FixSafety::kUnsafe);
    }
  }
  report(std::move(d));
  if (pending) add_missing(last_end_);
  for (size_t i = 0; i < repair.closes; ++i) close_frame(last_end_, true);
  if (repair.comma) expect_next();
}

}  // namespace aclc
