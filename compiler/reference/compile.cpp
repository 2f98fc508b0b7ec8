// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/compile.h"

#include "compiler/reference/attributes.h"
#include "compiler/reference/filter.h"
#include "compiler/reference/ssh.h"
#include "compiler/reference/visibility.h"

namespace aclc::reference {

std::vector<NodeTable> compile(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions,
                               const Tailnet& tailnet) {
  const World world(policy, definitions, tailnet);
  FilterCompiler filter(world, tree);
  std::vector<NodeTable> tables;
  std::vector<AddressSet> accepted_from;
  for (const TailnetNodeId id : world.all_nodes()) {
    NodeTable table;
    accepted_from.push_back(filter.compile(id, table));
    compile_ssh(world, id, table);
    table.caps = node_capabilities(world, tree, id);
    table.allowed_ips = allowed_ips(world.node(id), world.served(id), table.caps);
    table.primary_routes = primary_routes(world, id);
    tables.push_back(std::move(table));
  }
  fill_peers(world, accepted_from, tables);
  return tables;
}

}  // namespace aclc::reference
