// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "lsp/service/describe.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

std::string meaning(const Word& word, std::string_view text) {
  switch (word.kind) {
    case WordKind::kAccount:
      if (text == "autogroup:nonroot") return describe_autogroup(Autogroup::kNonroot);
      if (text == "root") return "The account that may do everything on a device.";
      if (text.starts_with(kLocalpart))
        return fmt::format("The account that is named as a user of {} is before the `@`: `ann@{}` logs in as `ann`.", code(text.substr(kLocalpart.size())), text.substr(kLocalpart.size()));
      return "An account on the device that is logged in to.";
    case WordKind::kCapability:
      return "Its parameters are handed to the applications on the destination, which read them.";
    case WordKind::kNodeAttribute:
      return "What the nodes of the targets may do, or do otherwise.";
    case WordKind::kDeviceAttribute:
      return text.starts_with("custom:") ? "An attribute of your own, set by your device management." : "What is known about a device.";
  }
  return {};
}

std::string_view title(WordKind kind) {
  switch (kind) {
    case WordKind::kAccount:
      return "account";
    case WordKind::kCapability:
      return "app capability";
    case WordKind::kNodeAttribute:
      return "node attribute";
    case WordKind::kDeviceAttribute:
      return "device attribute";
  }
  return "";
}

}  // namespace

std::optional<Word> word_at(const Policy& policy, uint32_t offset) {
  std::optional<Word> found;
  for_each_word(policy, [&](const Word& word) {
    if (word.name.valid() && !word.span.empty() && word.span.begin <= offset && offset <= word.span.end) found = word;
  });
  return found;
}

std::vector<Word> words_like(const Policy& policy, const Word& word) {
  std::vector<Word> out;
  for_each_word(policy, [&](const Word& other) {
    if (other.kind == word.kind && other.name == word.name) out.push_back(other);
  });
  std::stable_sort(out.begin(), out.end(), [](const Word& x, const Word& y) { return x.span.begin < y.span.begin; });
  return out;
}

std::string describe_assertion(const Analysis& a, const PostureAssertion& assertion) {
  const Policy& p = a.policy();
  const std::string attribute = code(p.text(assertion.attribute)), values = listed(a, p.at(assertion.values), 10);
  const auto asked = [&]() -> std::string {
    switch (assertion.op) {
      case PostureOp::kEqual:
        return "is " + values;
      case PostureOp::kNotEqual:
        return "is not " + values;
      case PostureOp::kLess:
        return "is below " + values;
      case PostureOp::kLessEqual:
        return "is " + values + " or below";
      case PostureOp::kGreater:
        return "is above " + values;
      case PostureOp::kGreaterEqual:
        return "is " + values + " or above";
      case PostureOp::kIn:
        return "is one of " + values;
      case PostureOp::kNotIn:
        return "is none of " + values;
      case PostureOp::kIsSet:
        return "is known";
      case PostureOp::kNotSet:
        return "is not known";
      case PostureOp::kTrue:
        return "is true";
    }
    return {};
  }();
  return fmt::format("**condition**: holds for devices whose {} {}", attribute, asked);
}

std::string describe_word(const Policy& policy, const Word& word) {
  const std::string_view text = policy.text(word.name);
  return fmt::format("**{}** {}\n\n{}\n\n{}", title(word.kind), code(text), meaning(word, text), counted(words_like(policy, word).size(), "use"));
}

}  // namespace aclc::lsp
