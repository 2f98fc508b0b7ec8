// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/fixes.h"

#include "tests/unit/diagnostics/findings.h"

namespace aclc {
namespace {

const SourceId kSource(size_t{0});

Diagnostic with(std::vector<Edit> edits, FixSafety safety = FixSafety::kSafe) {
  return diag::UnknownTag({0, 1}, "t").in(kSource).fix("mend", std::move(edits), safety);
}

Mended mend(std::string_view text, std::vector<Diagnostic> findings, FixSafety up_to = FixSafety::kSafe) {
  return apply_fixes(text, findings, kSource, up_to);
}

TEST(Fixes, AppliesEditsAnywhereInTheText) {
  const Mended m = mend("abcdef", {with({{{4, 5}, "E"}}), with({{{0, 1}, ""}, {{6, 6}, "!"}})});
  EXPECT_EQ(m.text, "bcdEf!");
  EXPECT_EQ(m.applied, 2u);
  EXPECT_EQ(m.left, 0u);
}

TEST(Fixes, TakesAFixWholeOrNotAtAll) {
  const Mended m = mend("abcdef", {with({{{1, 3}, "X"}}), with({{{2, 4}, "Y"}, {{5, 6}, "Z"}})});
  EXPECT_EQ(m.text, "aXdef");
  EXPECT_EQ(m.applied, 1u);
  EXPECT_EQ(m.left, 1u);
}

TEST(Fixes, LeavesTheSecondOfTwoInsertionsAtOnePlace) {
  const Mended m = mend("{}", {with({{{1, 1}, "a"}}), with({{{1, 1}, "b"}})});
  EXPECT_EQ(m.text, "{a}");
  EXPECT_EQ(m.left, 1u);
}

TEST(Fixes, KeepsAllThatOneFixPutsAtOnePlace) {
  EXPECT_EQ(mend("abc", {with({{{1, 1}, "x"}, {{1, 1}, "y"}, {{1, 2}, "B"}})}).text, "axyBc");
  const Mended overlapping = mend("abc", {with({{{0, 2}, "x"}, {{1, 3}, "y"}})});
  EXPECT_EQ(overlapping.text, "abc");
  EXPECT_EQ(overlapping.applied, 0u);
}

TEST(Fixes, AppliesAnEditThatManyFindingsShareOnce) {
  const Mended m = mend("{}", {with({{{1, 1}, "a"}}), with({{{1, 1}, "a"}}), with({{{1, 1}, "a"}})});
  EXPECT_EQ(m.text, "{a}");
  EXPECT_EQ(m.left, 0u);
}

TEST(Fixes, NeverAppliesAnUnsafeFixUnasked) {
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}, FixSafety::kUnsafe)}).text, "abc");
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}, FixSafety::kUnsafe)}, FixSafety::kUnsafe).text, "Xbc");
}

TEST(Fixes, LeavesAloneWhatFollowsFromAGuessAboutBrackets) {
  const Diagnostic guess = diag::MissingComma({1, 2}, "x").in(kSource);
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}), guess}).text, "abc");
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}), Diagnostic(guess).fix("add a comma", {{{1, 1}, ","}})}).text, "X,bc");
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}), Diagnostic(guess).in(SourceId(size_t{1}))}).text, "Xbc");
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}), guess}, FixSafety::kUnsafe).text, "Xbc");
}

TEST(Fixes, IgnoresFixesOfOtherSourcesAndOutsideTheText) {
  EXPECT_EQ(mend("abc", {with({{{2, 9}, "X"}})}).text, "abc");
  EXPECT_EQ(mend("abc", {with({{{0, 1}, "X"}}).in(SourceId(size_t{1}))}).applied, 0u);
}

}  // namespace
}  // namespace aclc
