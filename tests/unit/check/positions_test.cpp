// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/positions.h"

#include <gtest/gtest.h>

namespace aclc {
namespace {

Selector of(SelectorKind kind, Autogroup autogroup = Autogroup::kNone) {
  Selector s;
  s.kind = kind;
  s.autogroup = autogroup;
  return s;
}

TEST(Positions, RowsAndSelectorsAgree) {
  for (const SelectorForm& form : selector_forms()) {
    for (size_t p = 0; p < kPositions; ++p) {
      const auto position = static_cast<Position>(p);
      EXPECT_EQ(standing(form, position), standing(of(form.kind, form.autogroup), position))
          << form.label << " in " << position_name(position);
    }
  }
}

TEST(Positions, EveryFormHasARowOnce) {
  std::vector<int> kinds(static_cast<size_t>(SelectorKind::kHost) + 1),
      autogroups(static_cast<size_t>(Autogroup::kNonroot) + 1);
  for (const SelectorForm& form : selector_forms()) {
    ++(form.kind == SelectorKind::kAutogroup ? autogroups[static_cast<size_t>(form.autogroup)]
                                             : kinds[static_cast<size_t>(form.kind)]);
  }
  for (size_t k = 1; k < kinds.size(); ++k)
    EXPECT_EQ(kinds[k], static_cast<SelectorKind>(k) == SelectorKind::kAutogroup ? 0 : 1) << k;
  for (size_t a = 1; a < autogroups.size(); ++a) EXPECT_EQ(autogroups[a], 1) << a;
}

TEST(Positions, WhatTheDocumentationSays) {
  EXPECT_EQ(standing(of(SelectorKind::kAutogroup, Autogroup::kSelf), Position::kAclSrc), Standing::kNo);
  EXPECT_EQ(standing(of(SelectorKind::kAutogroup, Autogroup::kSelf), Position::kSshDst), Standing::kYes);
  EXPECT_EQ(standing(of(SelectorKind::kAutogroup, Autogroup::kShared), Position::kSshSrc), Standing::kNo);
  EXPECT_EQ(standing(of(SelectorKind::kAutogroup, Autogroup::kMember), Position::kSshDst), Standing::kNo);
  EXPECT_EQ(standing(of(SelectorKind::kRange), Position::kGrantDst), Standing::kNo);
  EXPECT_EQ(standing(of(SelectorKind::kRange), Position::kIpSetElement), Standing::kYes);
  EXPECT_EQ(standing(of(SelectorKind::kService), Position::kTestDst), Standing::kYes);
  EXPECT_EQ(standing(of(SelectorKind::kUserDomain), Position::kTagOwner), Standing::kDoubtful);
  EXPECT_EQ(standing(of(SelectorKind::kInvalid), Position::kVia), Standing::kYes);
}

TEST(Positions, ListsWhatIsTaken) {
  EXPECT_EQ(allowed_forms(Position::kVia), "`tag:NAME`");
  EXPECT_EQ(allowed_forms(Position::kGroupMember), "`NAME@DOMAIN`");
  EXPECT_EQ(allowed_forms(Position::kSshDst), "`NAME@DOMAIN`, `tag:NAME`, `autogroup:tagged` or `autogroup:self`");
  EXPECT_EQ(allowed_forms(Position::kTagOwner),
            "`NAME@DOMAIN`, `group:NAME`, `tag:NAME`, `autogroup:member`, `autogroup:tagged` or `autogroup:ROLE`");
}

}  // namespace
}  // namespace aclc
