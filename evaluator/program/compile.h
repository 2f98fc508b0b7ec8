// SPDX-License-Identifier: Apache-2.0
// Wire rules to the bytes of a program.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "base/result.h"
#include "base/span.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc {

/// A policy rule that a wire rule was made from.
struct OriginText {
  uint32_t line = 0;  ///< counted from 1; 0: not known
  Span span;          ///< bytes in the policy's text
  std::string text;   ///< the rule as written; cut to ProgramLimits::origin_text bytes
};

struct NodeFilter {
  std::string name;
  std::span<const wire::FilterRule> rules;  ///< in order: the first that matches is the one reported
  AddressSet local;                         ///< own addresses and the routes the node serves
  std::vector<std::vector<OriginText>> origins;  ///< none, or one list for each rule
};

struct ProgramLimits {
  uint64_t bytes = uint64_t{2} << 30;
  /// Elements visited while classes and ports are worked out; a second takes some hundred million.
  uint64_t work = uint64_t{4} << 30;
  uint32_t origin_text = 240;
};

struct CompiledProgram {
  std::vector<std::byte> bytes;
  std::vector<std::string> faults;  ///< sources and destinations that could not be read and match nothing
};

/// Fails only where a limit is passed. The bytes depend on nothing but the input.
Result<CompiledProgram> compile_program(std::span<const NodeFilter> nodes, const ProgramLimits& limits = {});

}  // namespace aclc
