// SPDX-License-Identifier: Apache-2.0
// All that is known about one version of a policy, worked out when somebody asks: tree, typed policy, definitions, findings,
// occurrences of names. Works on broken text; knows nothing of the protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/check/check.h"
#include "lsp/documents/text.h"
#include "lsp/service/inventory.h"
#include "lsp/service/occurrences.h"
#include "parser/policy/rebuild.h"
#include "parser/syntax/reparse.h"
#include "parser/syntax/tree.h"

namespace aclc::lsp {

/// What a text is, by the name of its file.
enum class TextKind : uint8_t {
  kPolicy,
  kLintConfig,  ///< `.aclc.hujson`
  kTailnet,     ///< `tailnet.json`: an inventory
};
/// Of a path or a URI.
TextKind kind_of_file(std::string_view name);

struct AnalysisOptions {
  Target target = Target::kTailscale;
  bool synced_groups = true;
  std::shared_ptr<const Inventory> inventory;  ///< may be null
  TextKind kind = TextKind::kPolicy;           ///< of the others the policy is empty
};

/// What is kept of versions before, so that the next need not be worked out from nothing. Nothing of their texts is.
struct Earlier {
  std::optional<SyntaxTree> tree;    ///< without faults
  Damage tree_damage;                ///< by all edits since
  std::optional<BuiltPolicy> built;  ///< of a tree without faults, maybe an older one
  Damage built_damage;

  void add(Span replaced, uint32_t length) {
    tree_damage.add(replaced, length);
    built_damage.add(replaced, length);
  }
};

/// Not for several threads at once until `complete()` was called; after that it only reads.
class Analysis {
 public:
  Analysis(std::shared_ptr<const TextVersion> text, AnalysisOptions options, Earlier earlier = {})
      : version_(std::move(text)), options_(std::move(options)), earlier_(std::move(earlier)) {}

  const TextVersion& version() const { return *version_; }
  std::string_view text() const { return version_->text; }
  std::string_view text(Span span) const { return text().substr(span.begin, span.length()); }
  const AnalysisOptions& options() const { return options_; }
  /// The tailnet; null where there is none, and where its file is broken: nobody knows then what is in it.
  const Inventory* inventory() const { return options_.inventory && options_.inventory->usable() ? options_.inventory.get() : nullptr; }

  const SyntaxTree& tree() const;
  const Policy& policy() const;
  const Definitions& definitions() const;
  const Occurrences& occurrences() const;
  /// What parser, builder and check say, in the order of the text; of a text that is no policy what its own reader says.
  const std::vector<Diagnostic>& findings() const;
  /// Whether the text itself is damaged; asks for the tree only.
  bool broken() const;
  /// Whether nothing at all was said about the syntax.
  bool sound() const {
    tree();
    return sound_;
  }
  void complete() const;
  /// What the next version can go on from. Takes it away from an analysis that nobody else holds.
  static Earlier leave(std::shared_ptr<const Analysis> analysis);

  /// Where the name of a definition stands; nothing for names that the policy does not define.
  std::optional<Entry> definition_of(SelectorKind kind, StringId name) const;
  /// The span of the name at its definition, inside the quotes.
  Span name_span(Entry definition) const;
  StringId name_of(Entry definition) const;

 private:
  struct Collector : DiagnosticSink {
    std::vector<Diagnostic> found;
    void report(Diagnostic d) override { found.push_back(std::move(d)); }
  };

  std::shared_ptr<const TextVersion> version_;
  AnalysisOptions options_;
  mutable Earlier earlier_;
  mutable Collector syntax_;
  mutable std::optional<SyntaxTree> tree_;
  mutable std::optional<BuiltPolicy> built_;
  mutable std::optional<Definitions> definitions_;
  mutable std::optional<Occurrences> occurrences_;
  mutable std::optional<std::vector<Diagnostic>> findings_;
  mutable bool broken_ = false;
  mutable bool sound_ = false;  ///< nothing at all was reported about the syntax
};

}  // namespace aclc::lsp
