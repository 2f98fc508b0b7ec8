// SPDX-License-Identifier: Apache-2.0
// One selector at one position: may it stand there, and is what it names defined? Internal to compiler/check, but for the form of
// tags, which completion asks about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text/quote.h"
#include "compiler/check/context.h"

namespace aclc::checks {

/// False where the selector is refused at the position, or was refused before: nothing more need be said about it.
bool may_stand(const Context& context, const Selector& selector, Position position);

/// False where the selector's name is defined nowhere; undefined groups may come from an identity provider and are
/// true.
bool is_defined(const Context& context, const Selector& selector, Position position);

/// Both of them, with the domain of `user:*@domain`.
bool use_slowly(const Context& context, const Selector& selector, Position position);
inline bool use(const Context& context, const Selector& selector, Position position) {
  // Nearly every selector of nearly every policy is fine, and there are many.
  if (standing(selector, position) == Standing::kYes) {
    switch (selector.kind) {
      case SelectorKind::kTag:
        if (context.definitions.tag_of(selector.name) != Definitions::kNone) return true;
        break;
      case SelectorKind::kGroup:
        if (context.definitions.group_of(selector.name) != Definitions::kNone) return true;
        break;
      case SelectorKind::kHost:
        if (context.definitions.host_of(selector.name) != Definitions::kNone) return true;
        break;
      case SelectorKind::kWildcard:
      case SelectorKind::kUser:
      case SelectorKind::kAddress:
      case SelectorKind::kPrefix:
      case SelectorKind::kAutogroup:
        return true;
      default:
        break;
    }
  }
  return use_slowly(context, selector, position);
}

/// Whether tagOwners may define it: `tag:`, a letter, and letters, digits and dashes.
bool is_tag_name(std::string_view name);

/// A definition whose name lacks the prefix that its kind has, or has nothing else: `noun` is "a group", `prefix` "group:", `index` where
/// the definitions of the kind are found.
void check_name_form(const Context& context, const Text& name, std::string_view noun, std::string_view prefix,
                     const std::vector<uint32_t>& index);
/// Safe unless another definition has that name.
FixSafety renaming_to(const Context& context, std::string_view name, const std::vector<uint32_t>& index);

/// Reports an undefined tag named by a text of its own (an app connector, a recorder).
void report_unknown_tag(const Context& context, std::string_view name, Span span, std::string upstream);

/// A reference to `posture:x` in a rule or in defaultSrcPosture.
void check_postures_of(const Context& context, const PostureRefs& refs);

}  // namespace aclc::checks
