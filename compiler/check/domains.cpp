// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/domains.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace aclc::checks {
namespace {

// Where anybody can have an account: "all users of this domain" would be strangers (documentation, "Targets and
// selectors").
constexpr std::array<std::string_view, 16> kPublicProviders = {
    "aol.com",    "fastmail.com", "gmail.com", "gmx.de",      "gmx.net",   "googlemail.com", "hey.com",   "hotmail.com",
    "icloud.com", "live.com",     "mail.ru",   "outlook.com", "proton.me", "protonmail.com", "yahoo.com", "yandex.ru",
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_but_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view after_at(std::string_view text) {
  const size_t at = text.rfind('@');
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

}  // namespace

std::optional<std::string_view> tailnet_domain(const Tailnet* tailnet) {
  if (tailnet == nullptr) return std::nullopt;
  if (const std::string_view name = tailnet->text(tailnet->name); !name.empty()) return after_at(name);
  for (const User& user : tailnet->users) {
    if (user.role != Role::kOwner) continue;
    const std::string_view login = tailnet->text(user.login);
    if (login.find('@') != std::string_view::npos) return after_at(login);
  }
  return std::nullopt;
}

bool is_public_provider(std::string_view domain) {
  return std::any_of(kPublicProviders.begin(), kPublicProviders.end(),
                     [&](std::string_view p) { return same_but_case(p, domain); });
}

void check_domain(const Context& context, std::string_view domain, Span span, std::string_view where, DomainUse use) {
  if (use == DomainUse::kUsers && is_public_provider(domain)) {
    context.sink.report(diag::SharedDomain(span, domain).help("list the users, or a group of them"));
    return;
  }
  if (!context.domain || domain == *context.domain) return;
  const bool case_only = same_but_case(domain, *context.domain);
  Diagnostic found = diag::ForeignDomain(span, domain);
  // Recorded answer: in a tailnet that belongs to a login, the login's own domain in another case comes back redacted.
  const Tailnet& tailnet = *context.options.tailnet;
  const bool personal = tailnet.text(tailnet.name).find('@') != std::string_view::npos;
  found.upstream_text =
      fmt::format("{}{} is not associated with this Tailnet and cannot be used in user:*@<domain> expressions", where,
                  case_only && personal ? "PASSKEY" : domain);
  if (case_only) {
    found = std::move(found)
                .help(fmt::format("domains are compared with their case; the tailnet's is `{}`", *context.domain))
                .fix(fmt::format("replace with `{}`", *context.domain),
                     {{{span.end - static_cast<uint32_t>(domain.size()), span.end}, std::string(*context.domain)}});
  } else {
    found.help_text = fmt::format("the tailnet's domain is `{}`, whatever domains its users have", *context.domain);
  }
  context.sink.report(std::move(found));
}

}  // namespace aclc::checks
