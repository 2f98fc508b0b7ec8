// SPDX-License-Identifier: Apache-2.0
// One node's table in the forms for programs: JSON of the wire, a program, a script for nft.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/tables/tables.h"

namespace aclc::cli {

enum class Emit { kTailcfg, kProgram, kNft };

std::optional<Emit> parse_emit(std::string_view name);
/// Of the files that hold it, without the dot.
std::string_view extension(Emit form);

struct OutputForm {
  Emit emit = Emit::kTailcfg;
  std::string interface;  ///< of kNft: packets that come in here are judged
};

/// A program holds the policy rules that its rules come from; a script stands alone and `nft -f` takes it. Fails where the node's
/// rules pass the limits of the form.
Result<std::string> node_output(const OutputForm& form, const Run& run, const Analysis& analysis, tables::Tables& tables,
                                TailnetNodeId node);

}  // namespace aclc::cli
