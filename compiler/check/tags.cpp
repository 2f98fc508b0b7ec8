// SPDX-License-Identifier: Apache-2.0
// tagOwners: names and owners. Tags may own each other in a circle, and themselves: the hosted service takes it
// (recorded answers).
#include <fmt/format.h>

#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool name_char(char c) {
  return letter(c) || (c >= '0' && c <= '9') || c == '-';
}

// What is wrong with the name: for the author, and as the client library of the service says it.
struct Fault {
  std::string_view reason, upstream;
};
std::optional<Fault> tag_fault(std::string_view name) {
  if (!name.starts_with("tag:")) return Fault{"it does not begin with `tag:`", "tags must start with 'tag:'"};
  name.remove_prefix(4);
  if (name.empty()) return Fault{"nothing follows `tag:`", "tag names must not be empty"};
  if (!letter(name[0]))
    return Fault{"the first character after `tag:` is no letter a to z",
                 "tag names must start with a letter, after 'tag:'"};
  for (const char c : name) {
    if (!name_char(c)) {
      return Fault{"it may hold letters a to z, digits and dashes",
                   "tag names can only contain numbers, letters, or dashes"};
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_tag_name(std::string_view name) {
  return !tag_fault(name);
}

void check_tag_owners(const Context& context) {
  for (const TagOwner& tag : context.policy.tag_owners) {
    const std::string_view name = context.policy.text(tag.name);
    if (const auto fault = tag.name.present() ? tag_fault(name) : std::nullopt) {
      Diagnostic found = diag::NameForm(tag.name.span, name, "a tag", fault->reason)
                             .upstream(fmt::format("tagOwners[{}]: {}", quote_go(name), fault->upstream));
      if (!name.starts_with("tag:") && !tag_fault(fmt::format("tag:{}", name))) {
        found = std::move(found).fix(fmt::format("rename to `tag:{}`", name),
                                     {{{tag.name.span.begin, tag.name.span.begin}, "tag:"}},
                                     renaming_to(context, fmt::format("tag:{}", name), context.definitions.tag));
      }
      context.sink.report(std::move(found));
    }
    for (const Selector& owner : context.policy.at(tag.owners)) use(context, owner, Position::kTagOwner);
  }
}

}  // namespace aclc::checks
