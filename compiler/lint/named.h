// SPDX-License-Identifier: Apache-2.0
// Whom the selectors of tests and nodeAttrs mean, to be compared as sets: without a tailnet over every tailnet, as the model has it; with one as
// the addresses of its devices. Internal to lint.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/lint/context.h"
#include "compiler/lint/model/model.h"

namespace aclc {

/// What one selector means.
struct NamedSet {
  AtomId atom = AccessModel::kNone;  ///< kNone for addresses
  std::vector<AtomId> elements;      ///< the atom, or the users of a defined group; with a tailnet services only
  AddressSet addresses;              ///< what is written as addresses, and with a tailnet those of devices

  bool nobody() const { return elements.empty() && addresses.empty(); }
};

class NamedSets {
 public:
  using Id = uint32_t;

  explicit NamedSets(LintContext& c);

  /// The same for selectors that say the same.
  Id of(const Selector& selector);
  const NamedSet& at(Id id) const { return sets_[id]; }

  /// Whether all of `narrow`, which must not be nobody, is in one of the others or is addresses in them together.
  bool within(Id narrow, std::span<const Id> wide) const;
  bool within(Id narrow, Id wide);
  /// Somebody who is in both for certain; none where that is not known.
  std::optional<std::string> common(Id a, Id b) const;
  /// Somebody of the set, as a reader knows them: `ann@example.com`, `laptop (100.64.0.1)`.
  std::string witness(Id id) const;

 private:
  bool holds(Id wide, AtomId element) const;
  std::string name(const Address& address) const;

  LintContext& c_;
  std::unique_ptr<AccessModel> model_;
  std::optional<Tailnet> tailnet_;  ///< with stand-ins, as the tests run on it
  std::unique_ptr<reference::World> world_;
  std::vector<NamedSet> sets_;
  std::map<std::string, Id> ids_;
  std::map<std::pair<Id, Id>, bool> within_;
};

}  // namespace aclc
