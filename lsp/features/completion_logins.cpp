// SPDX-License-Identifier: Apache-2.0
// Accounts to log in to: `users` of ssh rules, and `accept`, `check` and `deny` of ssh tests.
#include "lsp/features/completion.h"

namespace aclc::lsp::completion {
namespace {

/// Accounts that ssh rules and ssh tests name elsewhere.
void offer_accounts(const Request& request, std::vector<Offer>& out) {
  for (const std::string_view name : words_of(request, WordKind::kAccount)) {
    if (name != "*" && !name.starts_with(kLocalpart) && !name.starts_with("autogroup:"))
      out.push_back({std::string(name), CompletionKind::kValue, "named elsewhere", '2'});
  }
}

void offer_rule_users(const Request& request, std::vector<Offer>& out) {
  out.push_back({"autogroup:nonroot", CompletionKind::kEnumMember, "every account but root", '1'});
  out.push_back({"root", CompletionKind::kValue, "", '1'});
  for (const std::string& domain : domains(request, false)) {
    out.push_back({std::string(kLocalpart) + domain, CompletionKind::kReference, "the account named like the user, without the domain", '3'});
  }
  offer_accounts(request, out);
}

/// Whether some rule lets the user in under the own name, without the domain.
bool has_own_account(const Policy& policy, std::string_view login) {
  const size_t at = login.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string own = std::string(kLocalpart).append(login.substr(at + 1));
  for (const SshRule& rule : policy.ssh) {
    for (const Text& user : policy.at(rule.users)) {
      if (policy.text(user) == own) return true;
    }
  }
  return false;
}

void offer_test_users(const Request& request, std::vector<Offer>& out) {
  const Policy& policy = request.view.analysis.policy();
  out.push_back({"root", CompletionKind::kValue, "", '1'});
  const SshTest* test = request.rule.ssh_test;
  const std::string_view login = test && test->src.kind == SelectorKind::kUser ? policy.text(test->src) : std::string_view();
  if (has_own_account(policy, login))
    out.push_back({std::string(login.substr(0, login.rfind('@'))), CompletionKind::kValue, "the account named like the user", '1'});
  offer_accounts(request, out);
  if (!test) return;
  // What is accepted is not denied.
  const bool denies = request.place.field_index == field::ssh_test::kDeny;
  for (const Texts list : {denies ? test->accept : test->deny, denies ? test->check : Texts()}) {
    for (const Text& name : policy.at(list)) std::erase_if(out, [&](const Offer& o) { return o.text == policy.text(name); });
  }
}

}  // namespace

void offer_logins(const Request& request, std::vector<Offer>& out) {
  if (request.place.shape == Shape::kSsh) return offer_rule_users(request, out);
  offer_test_users(request, out);
}

}  // namespace aclc::lsp::completion
