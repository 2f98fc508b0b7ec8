// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/check.h"

namespace aclc {
namespace {

template <class Entry>
std::vector<uint32_t> index_names(const std::vector<Entry>& entries, size_t names) {
  std::vector<uint32_t> index;
  if (entries.empty()) return index;
  index.assign(names, Definitions::kNone);
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const StringId name = entries[i].name.value;
    if (name.valid() && index[name.value] == Definitions::kNone) index[name.value] = i;
  }
  return index;
}

}  // namespace

Definitions define(const Policy& policy) {
  const size_t names = policy.names.size();
  Definitions out;
  out.group = index_names(policy.groups, names);
  out.host = index_names(policy.hosts, names);
  out.tag = index_names(policy.tag_owners, names);
  out.ipset = index_names(policy.ipsets, names);
  out.posture = index_names(policy.postures, names);
  return out;
}

}  // namespace aclc
