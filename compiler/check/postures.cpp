// SPDX-License-Identifier: Apache-2.0
// postures: names, and the ipsets that assertions name.
#include <fmt/format.h>

#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {

void check_postures(const Context& context) {
  const Policy& policy = context.policy;
  for (const Posture& posture : policy.postures) {
    check_name_form(context, posture.name, "a posture", "posture:", context.definitions.posture);
    for (const PostureAssertion& assertion : policy.at(posture.assertions)) {
      for (const PostureValue& value : policy.at(assertion.values)) {
        if (value.type != PostureValue::Type::kString || !policy.names.text(value.text).starts_with("ipset:")) continue;
        Selector set;
        set.kind = SelectorKind::kIpSet;
        set.name = value.text;
        set.span = value.span;
        is_defined(context, set, Position::kIpSetElement);
      }
    }
  }
  check_postures_of(context, policy.default_src_posture);
}

}  // namespace aclc::checks
