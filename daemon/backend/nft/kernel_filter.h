// SPDX-License-Identifier: Apache-2.0
// The node's table in the kernel, brought from one policy to the next without losing or leaking a packet.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/backend/nft/runner.h"
#include "daemon/backend/nft/script.h"

namespace aclc::nft {

class KernelFilter {
 public:
  /// `runner` outlives this.
  KernelFilter(Runner& runner, Table table) : runner_(runner), table_(std::move(table)) {}

  /// Makes the table, denying all. A table that is there already goes on with what it enforces.
  Result<Done> prepare();
  /// A few changed elements go into the sets in use; else the sets of a new generation are filled first and then taken into use, both
  /// at once for each packet. A failure leaves what was enforced before.
  Result<Done> apply(const FilterBoxes& boxes, bool shields_up = false);
  /// Puts the whole table up again, whatever has become of it.
  Result<Done> restore(const FilterBoxes& boxes, bool shields_up = false);
  Result<Done> set_masquerade(bool wanted) { return run(masquerade_script(table_, wanted)); }
  /// Nothing but replies come in from now on.
  Result<Done> deny_all();
  Result<Done> remove();

  /// By counter, as in kCounters.
  Result<std::map<std::string, Count>> counters();
  /// Packets that each rule let in since its boxes came into the kernel. Every element is read.
  Result<std::map<uint32_t, Count>> rule_counts();
  /// Whether the rules are still those that were put there, and the elements of the sets that let packets in. Where others keep changing
  /// nftables, elements are read again every ten seconds at most, and less often where that takes long.
  Result<bool> is_untouched();

  /// Whether the table has the chains that packets come by; false where that cannot be asked.
  bool is_there();

  uint64_t generation() const { return generation_; }
  bool last_was_delta() const { return last_was_delta_; }

 private:
  Result<Done> stage_and_flip(const FilterBoxes& boxes, bool shields_up);
  Result<std::vector<std::string>> set_names();
  Result<Done> run(const std::string& script) { return noted(runner_.run(script)); }
  Result<Done> change(std::span<const ElementChange> changes) { return noted(runner_.change_elements(table_.name, changes)); }
  Result<Done> noted(Result<Done> done);
  Result<std::string> fingerprint();
  Result<bool> elements_are_ours();

  Runner& runner_;
  Table table_;
  uint64_t generation_ = 0;
  std::optional<FilterBoxes> current_;
  bool shields_up_ = false;
  bool last_was_delta_ = false;
  std::optional<std::vector<std::string>> sets_;  // of the table; nothing: they have to be asked for
  std::string fingerprint_;                       // of the rules as they were put there; empty: not known
  uint32_t ruleset_id_ = 0;                       // after our last transaction
  std::chrono::steady_clock::time_point next_elements_look_{};
};

}  // namespace aclc::nft
