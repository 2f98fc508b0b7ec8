// SPDX-License-Identifier: Apache-2.0
// What is in the kernel's tables of family inet: each question costs what it is about, not the size of the table. Private to this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/backend/nft/runner.h"

namespace aclc::nft {

Result<std::vector<std::string>> list_chains(const std::string& table);
Result<std::vector<std::string>> list_sets(const std::string& table);
Result<std::string> list_rules(const std::string& table, const std::string& chain);
Result<std::map<std::string, Count>> list_counters(const std::string& table);
Result<std::vector<CountedBox>> list_elements(const std::string& table, const std::string& set, Key key, Family family);

}  // namespace aclc::nft
