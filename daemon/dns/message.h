// SPDX-License-Identifier: Apache-2.0
// The little of DNS messages (RFC 1035, 6891) that a stub resolver has to understand: the question of a query, and answers of its own.
// What upstream servers say is passed on as it came, so no records are ever parsed: that is why no DNS library is linked into this daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/address.h"

namespace aclc::dns {

inline constexpr uint16_t kTypeA = 1, kTypePtr = 12, kTypeAaaa = 28, kTypeAny = 255;
inline constexpr uint8_t kNoError = 0, kFormError = 1, kServerFailure = 2, kNoSuchName = 3, kNotImplemented = 4, kRefused = 5;

struct Query {
  uint16_t id = 0;
  bool recursion_desired = false;
  std::string name;          ///< lower case, without the last dot; bytes other than letters, digits, `-`, `_`, `*`, `/` and `.` make it no query
  uint16_t type = 0;
  std::string question;      ///< the question's bytes as they came: asked names keep their case in answers
  bool extended = false;     ///< has an EDNS record
};

/// A standard query with one question of class IN; nullopt for everything else.
std::optional<Query> read_query(std::string_view bytes);
/// The id of anything that has a header.
std::optional<uint16_t> message_id(std::string_view bytes);

/// Addresses of the type that was asked for; none: the name exists and has no such address.
std::string address_answer(const Query& query, const std::vector<Address>& addresses, uint32_t ttl);
std::string name_answer(const Query& query, const std::string& name, uint32_t ttl);
std::string error_answer(const Query& query, uint8_t code);
/// To bytes that are no query; empty where they are not even a header or are an answer.
std::string form_error(std::string_view bytes);

/// Whether bytes from upstream answer this question under this id.
bool answers(std::string_view bytes, uint16_t id, const Query& query);
void set_id(std::string& bytes, uint16_t id);
/// Cuts an answer down to its header and question, marked as cut, where a UDP client cannot take `limit` bytes.
void truncate(std::string& bytes, const Query& query, size_t limit);
/// How many bytes a UDP client takes.
size_t udp_limit(std::string_view query_bytes, const Query& query);

/// `9.0.64.100.in-addr.arpa` and its like in ip6.arpa.
std::string reverse_name(const Address& address);

}  // namespace aclc::dns
