// SPDX-License-Identifier: Apache-2.0
// One finding about a text: what, where, in whose words, and how to mend it.
//
//   sink.report(diag::UnknownTag(span, "tag:prdo").upstream("...").help("did you mean `tag:prod`?").fix("...", {{span, "..."}}));
//
// The kinds stand in the tables kinds_*.def, one table a phase; diag::NAME is a function object whose argument types are
// checked at compile time. Wording: lower case, no full stop, user's text in backticks, what was seen first, advice in help.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/span.h"
#include "parser/source/source.h"

namespace aclc {

enum class Severity : uint8_t { kError, kWarning, kNote };
std::string_view severity_name(Severity severity);  ///< "error", "warning", "note"

enum class Kind : uint16_t {
#define DIAG(Name, ...) k##Name,
#include "parser/diagnostics/kinds.def"
#undef DIAG
};

/// A row of the table.
struct KindInfo {
  std::string_view slug;  ///< public name: shown, suppressible, `aclc explain SLUG`
  Severity severity;
  std::string_view format;  ///< fmt format of the message
};
const KindInfo& info(Kind kind);
std::span<const KindInfo> all_kinds();

/// Another place that explains the finding. An invalid source means the diagnostic's own.
struct Label {
  Span span;
  std::string message;
  SourceId source = {};
};

/// Replace the bytes of span by text; an empty span inserts.
struct Edit {
  Span span;
  std::string text;
};

/// Safe fixes keep the meaning or mend an error in the one obvious way; `--fix` applies them without asking.
enum class FixSafety : uint8_t { kSafe, kUnsafe };

/// Edits do not overlap and belong to the diagnostic's own source.
struct Fix {
  std::string title;  ///< imperative: "replace with `tag:prod`"
  std::vector<Edit> edits;
  FixSafety safety = FixSafety::kSafe;
};

struct Diagnostic {
  Kind kind{};
  Severity severity = Severity::kError;
  SourceId source = {};  ///< set by the sink's owner where the reporter left it invalid
  Span span;
  std::string message;
  std::string upstream_text;  ///< the hosted service's own words, empty where it has none
  std::string help_text;
  std::vector<Label> labels;
  std::vector<Fix> fixes;

  std::string_view slug() const { return info(kind).slug; }

  // These return by value, so that `d = std::move(d).help(...)` is no move onto itself.
  Diagnostic upstream(std::string text) && {
    upstream_text = std::move(text);
    return std::move(*this);
  }
  Diagnostic help(std::string text) && {
    help_text = std::move(text);
    return std::move(*this);
  }
  Diagnostic label(Span at, std::string text, SourceId in = {}) && {
    labels.push_back({at, std::move(text), in});
    return std::move(*this);
  }
  Diagnostic fix(std::string title, std::vector<Edit> edits, FixSafety safety = FixSafety::kSafe) && {
    fixes.push_back({std::move(title), std::move(edits), safety});
    return std::move(*this);
  }
  Diagnostic as(Severity other) && {
    severity = other;
    return std::move(*this);
  }
  Diagnostic in(SourceId id) && {
    source = id;
    return std::move(*this);
  }
};

/// Where phases report. Implementations must not assume an order: the engine sorts.
class DiagnosticSink {
 public:
  virtual ~DiagnosticSink() = default;
  virtual void report(Diagnostic diagnostic) = 0;
};

/// Formats a message of the table; used by the function objects below.
std::string format_message(Kind kind, std::span<const std::string> arguments);

namespace detail {
inline std::string argument_text(std::string_view v) { return std::string(v); }
std::string argument_text(int64_t v);
}  // namespace detail

template <class... Args>
struct KindMaker {
  Kind kind;
  Diagnostic operator()(Span at, const std::type_identity_t<Args>&... args) const {
    const std::vector<std::string> texts{detail::argument_text(args)...};
    Diagnostic d;
    d.kind = kind;
    d.severity = info(kind).severity;
    d.span = at;
    d.message = format_message(kind, texts);
    return d;
  }
};

namespace diag {
using Text = std::string_view;  // argument types of the tables
using Number = int64_t;
#define DIAG(Name, slug, severity, format, ...) inline constexpr KindMaker<__VA_ARGS__> Name{Kind::k##Name};
#include "parser/diagnostics/kinds.def"
#undef DIAG
}  // namespace diag

}  // namespace aclc
