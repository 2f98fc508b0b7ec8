// SPDX-License-Identifier: Apache-2.0
// The tailnet file beside a policy: which users and nodes there are, found by name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "lsp/documents/text.h"
#include "parser/policy/policy.h"

namespace aclc::lsp {

/// What a selector means in an inventory.
struct Reached {
  std::vector<uint32_t> nodes;         ///< indices of Tailnet::nodes, rising
  std::vector<AddressRange> literals;  ///< addresses that the policy itself says
  bool own = false;                    ///< the devices of whoever connects: `autogroup:self`
  bool internet = false;               ///< addresses that are nobody's in the tailnet: `autogroup:internet`, `autogroup:danger-all`

  size_t services = 0;                 ///< `svc:` names: the nodes behind them are not the policy's to say

  /// Whether the nodes and literals are not all there is to say.
  bool more() const { return own || internet || services > 0; }
};

class Inventory {
 public:
  /// Reads the file; nothing when it is not there or cannot be read.
  static std::shared_ptr<const Inventory> load(const std::string& path);
  /// From a text, for tests.
  static std::shared_ptr<const Inventory> of(std::string path, std::string text);

  const Tailnet& tailnet() const { return tailnet_; }
  const std::string& path() const { return path_; }
  const TextVersion& version() const { return version_; }
  const std::vector<Diagnostic>& findings() const { return findings_; }
  /// False where the file has errors: what was read of it is not the tailnet.
  bool usable() const;

  const std::vector<uint32_t>& nodes_of_user(std::string_view login) const;
  const std::vector<uint32_t>& nodes_of_tag(std::string_view tag) const;
  std::optional<uint32_t> user(std::string_view login) const;

 private:
  Inventory(std::string path, std::string text);

  std::string path_;
  TextVersion version_;
  Tailnet tailnet_;
  std::vector<Diagnostic> findings_;
  std::unordered_map<std::string, std::vector<uint32_t>> by_user_, by_tag_;
  std::unordered_map<std::string, uint32_t> users_;
};

/// Resolves a selector of the policy. Without an inventory only literals are found.
Reached reach(const Policy& policy, const Definitions& definitions, const Inventory* inventory, const Selector& selector);
/// A name with its kind: as the selector of that name would.
Reached reach(const Policy& policy, const Definitions& definitions, const Inventory* inventory, SelectorKind kind,
              StringId name);

}  // namespace aclc::lsp
