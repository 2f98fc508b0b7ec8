// SPDX-License-Identifier: Apache-2.0
#include "deploy/digest/record.h"

#include <nlohmann/json.hpp>

#include "deploy/digest/digest.h"

namespace aclc {
namespace {

nlohmann::json entries(std::string_view record) {
  const auto all = nlohmann::json::parse(record, nullptr, false);
  if (!all.is_object()) return nlohmann::json::object();
  const auto found = all.find("deployed");
  return found != all.end() && found->is_object() ? *found : nlohmann::json::object();
}

}  // namespace

std::optional<std::string> recorded_digest(std::string_view record, const std::string& place) {
  const auto all = entries(record);
  const auto found = all.find(place);
  if (found == all.end() || !found->is_string() || !is_policy_digest(found->get_ref<const std::string&>())) return std::nullopt;
  return found->get<std::string>();
}

std::string with_digest(std::string_view record, const std::string& place, const std::string& digest) {
  nlohmann::json all = entries(record);
  all[place] = digest;
  return nlohmann::json{{"deployed", std::move(all)}}.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace aclc
