// SPDX-License-Identifier: Apache-2.0
// A posture assertion taken apart: `node:os == 'macos'`, `custom:tier IN ['prod', 'stage']`, `node:tsAutoUpdate`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/policy/policy.h"

namespace aclc {

struct AssertionForm {
  struct Literal {
    PostureValue::Type type = PostureValue::Type::kString;
    std::string_view text;  ///< quotes removed; a view of the argument
    double number = 0;
    bool boolean = false;
  };
  std::string_view attribute;
  PostureOp op = PostureOp::kTrue;
  std::string_view op_text;
  std::vector<Literal> literals;

  bool ok = false;
  std::string_view fault;   ///< the part that is wrong; a view of the argument, possibly empty
  std::string reason;       ///< what is wrong with it
  std::string replacement;  ///< of fault, or empty
};

/// Keywords match in any case (Tailscale docs, "Device posture management").
AssertionForm parse_assertion(std::string_view text);

/// The attributes under `node:` and `ip:` that the documentation lists. Others of these two namespaces do not exist.
std::span<const std::string_view> known_attributes();
/// The fixed set of values of one that has such a set, or empty.
std::span<const std::string_view> known_values(std::string_view attribute);
bool is_known_attribute(std::string_view attribute);
/// The listed name nearest to one that is not listed, or empty.
std::string_view nearest_attribute(std::string_view attribute);
/// Of an attribute with a fixed set of values, whether the value is one of them.
bool is_possible_value(std::string_view attribute, std::string_view value);
/// The one of them that is meant by a word that is none; empty where nothing is near.
std::string_view likely_value(std::string_view attribute, std::string_view value);
/// "macos, windows, ...": the fixed set, or empty.
std::string possible_values(std::string_view attribute);

}  // namespace aclc
