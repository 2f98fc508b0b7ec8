// SPDX-License-Identifier: Apache-2.0
#include "deploy/digest/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "parser/syntax/format.h"
#include "parser/syntax/json_text.h"

namespace aclc {

std::string policy_digest(const SyntaxTree& tree) { return text_digest(format(tree)); }

std::string text_digest(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  ACLC_CHECK(EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr) == 1);
  std::string out;
  for (unsigned int i = 0; i < length; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

bool is_policy_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view etag_value(std::string_view header) {
  if (header.substr(0, 2) == "W/") header.remove_prefix(2);
  if (header.size() < 2 || header.front() != '"' || header.back() != '"') return {};
  header = header.substr(1, header.size() - 2);
  const bool plain = std::all_of(header.begin(), header.end(), [](unsigned char c) { return c > ' ' && c != '"' && c < 0x7f; });
  return plain ? header : std::string_view();
}

namespace {

nlohmann::json value_of(const SyntaxTree& tree) { return nlohmann::json::parse(json_text(tree, tree.root()), nullptr, false); }

nlohmann::json besides_access(const SyntaxTree& tree) {
  nlohmann::json out = value_of(tree);
  if (!out.is_object()) return out;
  for (const char* section : {"acls", "grants", "hosts", "ipsets"}) out.erase(section);
  for (const char* section : {"groups", "tagOwners"}) {
    const auto found = out.find(section);
    if (found == out.end() || !found->is_object()) continue;
    for (nlohmann::json& list : *found) {
      if (list.is_array()) std::sort(list.begin(), list.end());
    }
  }
  return out;
}

}  // namespace

bool same_values(const SyntaxTree& a, const SyntaxTree& b) {
  const nlohmann::json first = value_of(a);
  return !first.is_discarded() && first == value_of(b);
}

bool same_section(const SyntaxTree& a, const SyntaxTree& b, const std::string& section) {
  const nlohmann::json first = value_of(a), second = value_of(b);
  return first.is_object() && second.is_object() && first.value(section, nlohmann::json()) == second.value(section, nlohmann::json());
}

bool same_besides_access(const SyntaxTree& a, const SyntaxTree& b) {
  const nlohmann::json first = besides_access(a);
  return first.is_object() && first == besides_access(b);
}

}  // namespace aclc
