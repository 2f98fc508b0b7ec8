// SPDX-License-Identifier: Apache-2.0
// Any bytes as a DNS message, from a client and from a server.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "daemon/dns/names.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string refused = dns::form_error(bytes);
  ACLC_CHECK(refused.empty() || dns::message_id(refused) == dns::message_id(bytes));
  const auto query = dns::read_query(bytes);
  if (!query) return 0;
  ACLC_CHECK(query->name.size() < 256 && !query->question.empty());
  SnapshotDns settings;
  settings.magic = true;
  settings.names = {{"web.example", {Address::v4(0x64400001)}}};
  settings.routes = {{"corp", {"10.0.0.1"}}, {"none", {}}};
  const dns::Verdict verdict = dns::Names(settings, {}).decide(*query);
  ACLC_CHECK(verdict.answer.empty() != verdict.servers.empty());
  if (verdict.answer.empty()) return 0;
  ACLC_CHECK(dns::answers(verdict.answer, query->id, *query));
  std::string cut = verdict.answer;
  dns::truncate(cut, *query, dns::udp_limit(bytes, *query));
  ACLC_CHECK(dns::answers(cut, query->id, *query));
  return 0;
}
