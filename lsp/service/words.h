// SPDX-License-Identifier: Apache-2.0
// Names that no selector has and no section defines, but that are one thing wherever they stand: accounts to log in to, application
// capabilities, attributes of nodes and of devices. Read from the policy when somebody asks: nothing is kept of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/service/analysis.h"

namespace aclc::lsp {

enum class WordKind : uint8_t {
  kAccount,          ///< `root`, `autogroup:nonroot`: in `users` of ssh rules, in sshTests
  kCapability,       ///< a name in `app`
  kNodeAttribute,    ///< `funnel`: in `attr` of nodeAttrs
  kDeviceAttribute,  ///< `node:os`: in postures and in `srcPostureAttrs` of tests
};

/// Before a domain: the account that is named as the user is before the `@`.
inline constexpr std::string_view kLocalpart = "localpart:*@";

struct Word {
  WordKind kind{};
  StringId name;
  Span span;
  Entry entry;
};

/// f(const Word&) for each, section by section.
template <class F>
void for_each_word(const Policy& p, F&& f) {
  const auto texts = [&](Texts list, WordKind kind, Entry entry) {
    for (const Text& t : p.at(list)) f(Word{kind, t.value, t.span, entry});
  };
  const auto apps = [&](Slice<AppCapability> list, Entry entry) {
    for (const AppCapability& app : p.at(list)) f(Word{WordKind::kCapability, app.name.value, app.name.span, entry});
  };
  const auto devices = [&](Slice<PostureAttr> list, Entry entry) {
    for (const PostureAttr& attribute : p.at(list)) f(Word{WordKind::kDeviceAttribute, attribute.name.value, attribute.name.span, entry});
  };
  for (uint32_t i = 0; i < p.grants.size(); ++i) apps(p.grants[i].app, {field::kGrants, i});
  for (uint32_t i = 0; i < p.ssh.size(); ++i) texts(p.ssh[i].users, WordKind::kAccount, {field::kSsh, i});
  for (uint32_t i = 0; i < p.node_attrs.size(); ++i) {
    texts(p.node_attrs[i].attr, WordKind::kNodeAttribute, {field::kNodeAttrs, i});
    apps(p.node_attrs[i].app, {field::kNodeAttrs, i});
  }
  for (uint32_t i = 0; i < p.postures.size(); ++i) {
    for (const PostureAssertion& assertion : p.at(p.postures[i].assertions))
      f(Word{WordKind::kDeviceAttribute, assertion.attribute.value, assertion.attribute.span, {field::kPostures, i}});
  }
  for (uint32_t i = 0; i < p.tests.size(); ++i) devices(p.tests[i].posture_attrs, {field::kTests, i});
  for (uint32_t i = 0; i < p.ssh_tests.size(); ++i) {
    const SshTest& test = p.ssh_tests[i];
    for (const Texts list : {test.accept, test.check, test.deny}) texts(list, WordKind::kAccount, {field::kSshTests, i});
    devices(test.posture_attrs, {field::kSshTests, i});
  }
}

/// The one that the offset is in, or that ends there.
std::optional<Word> word_at(const Policy& policy, uint32_t offset);
/// All places of a name, in the order of the text.
std::vector<Word> words_like(const Policy& policy, const Word& word);
/// Markdown: what one condition of a posture asks of a device.
std::string describe_assertion(const Analysis& analysis, const PostureAssertion& assertion);
/// Markdown: what it is, what it means where that is fixed, where it stands.
std::string describe_word(const Policy& policy, const Word& word);

}  // namespace aclc::lsp
