// SPDX-License-Identifier: Apache-2.0
// Logins that the hosted service takes and nobody has: two in one string, a mark before one, quotes of a word processor.
#include <algorithm>
#include <vector>

#include "compiler/check/context.h"

namespace aclc::checks {
namespace {

/// What is odd about it, and what to do; empty where nothing is.
std::string_view oddity(std::string_view login) {
  if (login.find_first_of(" ,;") != std::string_view::npos) return "each login is a string of its own";
  if (std::string_view("!-~^").find(login.front()) != std::string_view::npos)
    return "there is no negation: rules only allow, and what no rule names is denied";
  if (std::count(login.begin(), login.end(), '@') > 1) return "a login has one `@`";
  for (const std::string_view quote : {"\"", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019"}) {
    if (login.find(quote) != std::string_view::npos && (login.starts_with(quote) || login.ends_with(quote)))
      return "the quote is part of the login here; write the login alone";
  }
  return "";
}

}  // namespace

void check_logins(const Context& context) {
  enum class Seen : uint8_t { kNo, kFine, kOdd };
  std::vector<Seen> seen(context.policy.names.size(), Seen::kNo);
  const auto look = [&](const Selector& s) {
    if (s.kind != SelectorKind::kUser || !s.name.valid()) return;
    Seen& known = seen[s.name.value];
    const std::string_view login = context.policy.text(s);
    if (known == Seen::kNo) known = oddity(login).empty() ? Seen::kFine : Seen::kOdd;
    if (known == Seen::kOdd && context.sink.wanted(Kind::kOddLogin))
      context.sink.report(diag::OddLogin(s.span, login).help(std::string(oddity(login))));
  };
  for (const Selector& s : context.policy.selectors) look(s);
  for (const Destination& d : context.policy.destinations) look(d.selector);
}

}  // namespace aclc::checks
