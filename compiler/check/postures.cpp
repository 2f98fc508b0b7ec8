// SPDX-License-Identifier: Apache-2.0
// postures: names, and the ipsets that assertions name.
#include <fmt/format.h>

#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {

void check_postures(const Context& context) {
  const Policy& policy = context.policy;
  for (const Posture& posture : policy.postures) {
    const std::string_view name = policy.text(posture.name);
    if (posture.name.present() && !name.starts_with("posture:")) {
      context.sink.report(diag::NameForm(posture.name.span, name, "a posture", "it does not begin with `posture:`")
                              .fix(fmt::format("rename to `posture:{}`", name),
                                   {{{posture.name.span.begin, posture.name.span.begin}, "posture:"}}));
    } else if (posture.name.present() && name.size() == 8) {
      context.sink.report(diag::NameForm(posture.name.span, name, "a posture", "nothing follows `posture:`"));
    }
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
