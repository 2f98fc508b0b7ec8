// SPDX-License-Identifier: Apache-2.0
// acls and grants in one form: what may reach what, in the order in which the hosted service takes them.
#pragma once

#include <functional>
#include <vector>

#include "parser/policy/policy.h"

namespace aclc::reference {

/// One destination selector. Ports are its own in an acl, and left empty in a grant, whose `ip` has them for all.
struct Target {
  Selector selector;
  std::vector<PortRange> ports;
};

/// Destinations that are compiled together: either `autogroup:self` alone or none of it.
struct Part {
  bool self = false;
  std::vector<Target> targets;
};

/// A protocol (0: the default ones) and, in a grant, its ports.
struct ProtocolPorts {
  uint8_t protocol = 0;
  std::vector<PortRange> ports;
};

struct Statement {
  Span span;
  std::vector<Selector> src;
  PostureRefs src_posture;
  std::vector<Part> parts;
  std::vector<ProtocolPorts> ip;
  std::vector<AppCapability> app;
  std::vector<Selector> via;
};

/// All grants in file order, then all acls in file order, wherever the sections stand (recorded answers). A policy with neither
/// section allows everything.
std::vector<Statement> statements(const Policy& policy);
/// The same one by one, for who keeps none of them: at ten thousand rules they take more memory than the policy.
void each_statement(const Policy& policy, const std::function<void(Statement)>& visit);
/// Their spans alone, in that order.
std::vector<Span> statement_spans(const Policy& policy);

}  // namespace aclc::reference
