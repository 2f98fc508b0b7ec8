// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/diagnostic.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include "base/check.h"

namespace aclc {
namespace {

constexpr KindInfo kKinds[] = {
#define DIAG(Name, slug, severity, format, ...) {slug, severity, format},
#include "parser/diagnostics/kinds.def"
#include "parser/diagnostics/kinds_lint_rules.def"
#undef DIAG
};

}  // namespace

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "";
}

const KindInfo& info(Kind kind) {
  ACLC_CHECK(static_cast<size_t>(kind) < std::size(kKinds));
  return kKinds[static_cast<size_t>(kind)];
}

std::span<const KindInfo> all_kinds() {
  return kKinds;
}

std::string format_message(Kind kind, std::span<const std::string> arguments) {
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  for (const std::string& argument : arguments) store.push_back(std::string_view(argument));
  return fmt::vformat(info(kind).format, store);
}

namespace detail {

std::string argument_text(int64_t v) {
  return fmt::format("{}", v);
}

}  // namespace detail

}  // namespace aclc
