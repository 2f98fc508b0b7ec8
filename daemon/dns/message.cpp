// SPDX-License-Identifier: Apache-2.0
#include "daemon/dns/message.h"

#include <algorithm>

namespace aclc::dns {
namespace {

constexpr size_t kHeader = 12, kLongestName = 255, kLongestLabel = 63;
constexpr uint16_t kClassIn = 1, kTypeOpt = 41;
constexpr size_t kOldUdpLimit = 512, kOurUdpLimit = 1232;

uint8_t byte_at(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }
uint16_t number_at(std::string_view bytes, size_t at) { return static_cast<uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1)); }
void put(std::string& out, uint16_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

// A name without compression, which questions never need. The place behind it; 0: no such name.
size_t read_name(std::string_view bytes, size_t at, std::string& out) {
  const size_t start = at;
  while (true) {
    if (at >= bytes.size()) return 0;
    const size_t length = byte_at(bytes, at++);
    if (length == 0) break;
    if (length > kLongestLabel || length > bytes.size() - at || at + length - start > kLongestName - 1) return 0;
    if (!out.empty()) out += '.';
    for (const size_t end = at + length; at < end; ++at) {
      const char c = bytes[at];
      const bool upper = c >= 'A' && c <= 'Z';
      const bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*' || c == '/';
      if (!plain) return 0;
      out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return at;
}

void put_name(std::string& out, const std::string& name) {
  size_t at = 0;
  while (at < name.size()) {
    const size_t end = std::min(name.find('.', at), name.size());
    const size_t length = std::min(end - at, kLongestLabel);
    out += static_cast<char>(length);
    out.append(name, at, length);
    at = end + 1;
  }
  out += '\0';
}

std::string start_answer(const Query& query, uint8_t code, size_t answers) {
  std::string out;
  put(out, query.id);
  // Answer, recursion available; authoritative for nothing.
  put(out, static_cast<uint16_t>(0x8080 | (query.recursion_desired ? 0x0100 : 0) | code));
  put(out, 1);
  put(out, static_cast<uint16_t>(answers));
  put(out, 0);
  put(out, query.extended ? 1 : 0);
  return out + query.question;
}

void put_record(std::string& out, uint16_t type, uint32_t ttl, const std::string& data) {
  put(out, 0xc00c);  // the question's name
  put(out, type);
  put(out, kClassIn);
  put(out, static_cast<uint16_t>(ttl >> 16));
  put(out, static_cast<uint16_t>(ttl));
  put(out, static_cast<uint16_t>(data.size()));
  out += data;
}

std::string finish(std::string out, const Query& query) {
  if (!query.extended) return out;
  out += '\0';
  put(out, kTypeOpt);
  put(out, kOurUdpLimit);
  out.append(6, '\0');  // no extended code, version 0, no options
  return out;
}

}  // namespace

std::optional<uint16_t> message_id(std::string_view bytes) {
  if (bytes.size() < kHeader) return std::nullopt;
  return number_at(bytes, 0);
}

std::optional<Query> read_query(std::string_view bytes) {
  if (bytes.size() < kHeader) return std::nullopt;
  const uint16_t flags = number_at(bytes, 2);
  const bool is_query = (flags & 0xf800) == 0;  // neither an answer nor another kind of request
  if (!is_query || number_at(bytes, 4) != 1 || number_at(bytes, 6) != 0 || number_at(bytes, 8) != 0 || number_at(bytes, 10) > 2) return std::nullopt;
  Query query;
  query.id = number_at(bytes, 0);
  query.recursion_desired = (flags & 0x0100) != 0;
  const size_t end = read_name(bytes, kHeader, query.name);
  if (end == 0 || bytes.size() - end < 4 || number_at(bytes, end + 2) != kClassIn) return std::nullopt;
  query.type = number_at(bytes, end);
  query.question = std::string(bytes.substr(kHeader, end + 4 - kHeader));
  // The first additional record, where it is EDNS: root name, type 41, then the size that the client takes.
  const size_t extra = end + 4;
  query.extended = number_at(bytes, 10) > 0 && bytes.size() - extra >= 11 && byte_at(bytes, extra) == 0 && number_at(bytes, extra + 1) == kTypeOpt;
  return query;
}

std::string address_answer(const Query& query, const std::vector<Address>& addresses, uint32_t ttl) {
  std::vector<std::string> records;
  for (const Address& address : addresses) {
    const uint16_t type = address.is_v4() ? kTypeA : kTypeAaaa;
    if (query.type != type && query.type != kTypeAny) continue;
    std::string data;
    for (int shift = address_bits(address.family) - 8; shift >= 0; shift -= 8) data += static_cast<char>(address.bits() >> shift & 0xff);
    put_record(records.emplace_back(), type, ttl, data);
  }
  std::string out = start_answer(query, kNoError, records.size());
  for (const std::string& record : records) out += record;
  return finish(std::move(out), query);
}

std::string name_answer(const Query& query, const std::string& name, uint32_t ttl) {
  std::string data;
  put_name(data, name);
  std::string out = start_answer(query, kNoError, 1);
  put_record(out, kTypePtr, ttl, data);
  return finish(std::move(out), query);
}

std::string error_answer(const Query& query, uint8_t code) { return finish(start_answer(query, code, 0), query); }

std::string form_error(std::string_view bytes) {
  if (bytes.size() < kHeader || (byte_at(bytes, 2) & 0x80) != 0) return {};
  std::string out(bytes.substr(0, 2));
  const bool other_kind = (byte_at(bytes, 2) & 0x78) != 0;
  out += static_cast<char>(0x80 | (byte_at(bytes, 2) & 0x79));
  out += static_cast<char>(0x80 | (other_kind ? kNotImplemented : kFormError));
  return out + std::string(8, '\0');
}

bool answers(std::string_view bytes, uint16_t id, const Query& query) {
  if (bytes.size() < kHeader || number_at(bytes, 0) != id || (byte_at(bytes, 2) & 0x80) == 0 || number_at(bytes, 4) != 1) return false;
  std::string name;
  const size_t end = read_name(bytes, kHeader, name);
  return end != 0 && bytes.size() - end >= 4 && name == query.name && number_at(bytes, end) == query.type && number_at(bytes, end + 2) == kClassIn;
}

void set_id(std::string& bytes, uint16_t id) {
  bytes[0] = static_cast<char>(id >> 8);
  bytes[1] = static_cast<char>(id & 0xff);
}

size_t udp_limit(std::string_view bytes, const Query& query) {
  if (!query.extended) return kOldUdpLimit;
  const size_t asked = number_at(bytes, kHeader + query.question.size() + 3);
  return std::clamp(asked, kOldUdpLimit, size_t{4096});
}

void truncate(std::string& bytes, const Query& query, size_t limit) {
  if (bytes.size() <= limit) return;
  std::string out = bytes.substr(0, 4);
  out[2] = static_cast<char>(out[2] | 0x02);
  put(out, 1);
  out.append(6, '\0');
  bytes = out + query.question;
}

std::string reverse_name(const Address& address) {
  std::string out;
  if (address.is_v4()) {
    for (int shift = 0; shift < 32; shift += 8) out += std::to_string(static_cast<unsigned>(address.bits() >> shift & 0xff)) + ".";
    return out + "in-addr.arpa";
  }
  for (int shift = 0; shift < 128; shift += 4) {
    out += "0123456789abcdef"[static_cast<unsigned>(address.bits() >> shift & 0xf)];
    out += '.';
  }
  return out + "ip6.arpa";
}

}  // namespace aclc::dns
