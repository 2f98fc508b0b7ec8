// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/element_messages.h"

#include <linux/netfilter/nf_tables.h>

#include "evaluator/wire/semantics.h"

namespace aclc::nft {
namespace {

constexpr size_t kRegister = 4;  // bytes

size_t padded(size_t size) { return (size + kRegister - 1) / kRegister * kRegister; }
size_t address_size(Family family) { return family == Family::kV4 ? 4 : 16; }

uint8_t* put(uint8_t* at, uint128 value, size_t size) {
  for (size_t i = 0; i < padded(size); ++i) at[i] = i < size ? static_cast<uint8_t>(value >> (8 * (size - 1 - i))) : 0;
  return at + padded(size);
}

class Fields {
 public:
  explicit Fields(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint128 take(size_t size) {
    uint128 value = 0;
    for (size_t i = 0; i < size && at_ + i < bytes_.size(); ++i) value = value << 8 | bytes_[at_ + i];
    at_ += padded(size);
    return value;
  }
  bool all_read() const { return at_ == bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

void put_key(nlmsghdr* header, uint16_t type, const uint8_t* bytes, size_t size) {
  nlattr* nest = mnl_attr_nest_start(header, type);
  mnl_attr_put(header, NFTA_DATA_VALUE, size, bytes);
  mnl_attr_nest_end(header, nest);
}

void append_elements_of(Batch& batch, const std::string& table, const ElementChange& change, uint16_t type, uint16_t flags,
                        const std::vector<const Box*>& boxes) {
  for (size_t i = 0; i < boxes.size();) {
    nlmsghdr* header = batch.message(type, flags, kLargestMessage + 512);
    mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_TABLE, table.c_str());
    mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_SET, change.set.c_str());
    nlattr* list = mnl_attr_nest_start(header, NFTA_SET_ELEM_LIST_ELEMENTS);
    for (; i < boxes.size() && header->nlmsg_len < kLargestMessage; ++i) {
      const ElementKey key = key_of(change.key, *boxes[i]);
      nlattr* element = mnl_attr_nest_start(header, NFTA_LIST_ELEM);
      put_key(header, NFTA_SET_ELEM_KEY, key.first, key.size);
      if (change.has_ranges) put_key(header, NFTA_SET_ELEM_KEY_END, key.last, key.size);
      mnl_attr_nest_end(header, element);
    }
    mnl_attr_nest_end(header, list);
  }
}

}  // namespace

ElementKey key_of(Key key, const Box& box) {
  ElementKey out;
  const size_t size = address_size(box.src.first.family);
  const auto fill = [&](uint8_t* bytes, const Address& src, const Address& dst, uint16_t port) {
    uint8_t* at = put(put(bytes, src.bits(), size), dst.bits(), size);
    if (key != Key::kIcmp) at = put(at, box.protocol, 1);
    if (key == Key::kPorts) at = put(at, port, 2);
    out.size = static_cast<size_t>(at - bytes);
  };
  fill(out.first, box.src.first, box.dst.first, box.ports.first);
  fill(out.last, box.src.last, box.dst.last, box.ports.last);
  return out;
}

std::optional<Box> box_of(Key key, Family family, std::span<const uint8_t> first, std::span<const uint8_t> last) {
  Box box;
  box.ports = PortRange::single(0);
  box.protocol = wire::icmp_of(family);
  Fields low(first), high(last);
  const auto range = [&] {
    const size_t size = address_size(family);
    const Address from = Address::of(family, low.take(size));
    return AddressRange{from, Address::of(family, high.take(size))};
  };
  box.src = range();
  box.dst = range();
  if (key != Key::kIcmp) {
    box.protocol = static_cast<uint8_t>(low.take(1));
    high.take(1);
  }
  if (key == Key::kPorts) {
    box.ports.first = static_cast<uint16_t>(low.take(2));
    box.ports.last = static_cast<uint16_t>(high.take(2));
  }
  if (!low.all_read() || !high.all_read()) return std::nullopt;
  return box;
}

void append(Batch& batch, const std::string& table, std::span<const ElementChange> changes) {
  for (const ElementChange& change : changes) append_elements_of(batch, table, change, NFT_MSG_DELSETELEM, 0, change.gone);
  for (const ElementChange& change : changes) append_elements_of(batch, table, change, NFT_MSG_NEWSETELEM, NLM_F_CREATE, change.come);
}

}  // namespace aclc::nft
