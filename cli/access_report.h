// SPDX-License-Identifier: Apache-2.0
// Who gains and who loses access, as it is told to people, to programs and in a pull request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diff/diff.h"
#include "compiler/pipeline/pipeline.h"

namespace aclc::cli {

/// Two sound policies compared: on the run's tailnet, or on one made of all that they name, whose limits are in `notes`.
struct ComparedAccess {
  AccessDiff diff;
  std::vector<std::string> notes;
  bool blind = false;  ///< something that the policies name is nowhere in a tailnet made of their names: no change is not sure
};
ComparedAccess compare_access(const Analysis& before, const Analysis& after, const std::optional<Tailnet>& tailnet);

/// Refers to what it is made of: it must not outlive that.
class AccessReport {
 public:
  /// For people so many changes of each sort are shown, the widest first; 0: all. Programs get all of them.
  AccessReport(const ComparedAccess& compared, const SourceBuffer& before, const SourceBuffer& after, size_t most)
      : diff_(compared.diff), notes_(compared.notes), before_(before), after_(after), most_(most) {}

  std::string text() const;
  std::string markdown() const;  ///< with a heading of its own
  std::string json() const;

 private:
  const SourceBuffer& side(bool gained) const { return gained ? after_ : before_; }
  std::string place(bool gained, Span rule) const;
  /// Rules as lines of text, as a cell of a table, as JSON.
  std::string rules_text(bool gained, const std::vector<Span>& rules) const;
  std::string rules_cell(bool gained, const std::vector<Span>& rules) const;
  std::string rules_json(bool gained, const std::vector<Span>& rules) const;
  std::string summary() const;
  template <class Change>
  std::vector<const Change*> shown(const std::vector<Change>& all) const;
  std::string left_out() const;

  const AccessDiff& diff_;
  const std::vector<std::string>& notes_;
  const SourceBuffer &before_, &after_;
  const size_t most_;
};

}  // namespace aclc::cli
