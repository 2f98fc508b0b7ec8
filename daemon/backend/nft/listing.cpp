// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/listing.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>

#include "daemon/backend/nft/element_messages.h"
#include "daemon/backend/nft/netlink.h"

namespace aclc::nft {
namespace {

std::span<const uint8_t> payload(const nlattr* attribute) {
  return {static_cast<const uint8_t*>(mnl_attr_get_payload(attribute)), mnl_attr_get_payload_len(attribute)};
}

// Names of the objects of one table.
Result<std::vector<std::string>> names(uint16_t type, uint16_t table_type, uint16_t name_type, const std::string& table, const std::string& what,
                                       const std::function<bool(const nlattr*)>& unwanted) {
  std::vector<std::string> out;
  const auto done = dump(
      type, [&](nlmsghdr* header) { mnl_attr_put_strz(header, table_type, table.c_str()); },
      [&](const nlmsghdr* header) {
        std::string of_table, name;
        bool wanted = true;
        each_attribute(header, [&](const nlattr* a) {
          wanted = wanted && !unwanted(a);
          if (mnl_attr_get_type(a) == table_type) of_table = text_of(a);
          if (mnl_attr_get_type(a) == name_type) name = text_of(a);
        });
        if (wanted && of_table == table) out.push_back(std::move(name));  // some kernels list chains of all tables
      },
      [&] { out.clear(); }, what);
  if (!done) return done.error();
  return out;
}

// Sets that stand within a rule, as in `{ icmp, ipv6-icmp }`: they go with it.
bool is_anonymous(const nlattr* attribute) {
  return mnl_attr_get_type(attribute) == NFTA_SET_FLAGS && (ntohl(mnl_attr_get_u32(attribute)) & NFT_SET_ANONYMOUS) != 0;
}

Count count_of(const nlattr* nest) {
  Count out;
  each_attribute(nest, [&](const nlattr* a) {
    if (mnl_attr_get_type(a) == NFTA_COUNTER_PACKETS) out.packets = number64(a);
    if (mnl_attr_get_type(a) == NFTA_COUNTER_BYTES) out.bytes = number64(a);
  });
  return out;
}

std::span<const uint8_t> value_of(const nlattr* nest) {
  std::span<const uint8_t> out;
  each_attribute(nest, [&](const nlattr* a) {
    if (mnl_attr_get_type(a) == NFTA_DATA_VALUE) out = payload(a);
  });
  return out;
}

Count counter_of(const nlattr* expression) {
  Count out;
  each_attribute(expression, [&](const nlattr* a) {
    if (mnl_attr_get_type(a) == NFTA_EXPR_DATA) out = count_of(a);
  });
  return out;
}

void take_element(const nlattr* element, Key key, Family family, std::vector<CountedBox>& out) {
  std::span<const uint8_t> first, last;
  Count count;
  each_attribute(element, [&](const nlattr* a) {
    switch (mnl_attr_get_type(a)) {
      case NFTA_SET_ELEM_KEY: first = value_of(a); break;
      case NFTA_SET_ELEM_KEY_END: last = value_of(a); break;
      case NFTA_SET_ELEM_EXPR: count = counter_of(a); break;
      default: break;
    }
  });
  if (const auto box = box_of(key, family, first, last.empty() ? first : last)) out.push_back({*box, count});
}

}  // namespace

Result<std::vector<std::string>> list_chains(const std::string& table) {
  return names(NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, table, "list the chains of " + table, [](const nlattr*) { return false; });
}

Result<std::vector<std::string>> list_sets(const std::string& table) {
  return names(NFT_MSG_GETSET, NFTA_SET_TABLE, NFTA_SET_NAME, table, "list the sets of " + table, is_anonymous);
}

// Our rules hold no counts of their own (they name counters), so equal rules are equal bytes.
Result<std::string> list_rules(const std::string& table, const std::string& chain) {
  std::string out;
  const auto done = dump(
      NFT_MSG_GETRULE,
      [&](nlmsghdr* header) {
        mnl_attr_put_strz(header, NFTA_RULE_TABLE, table.c_str());
        mnl_attr_put_strz(header, NFTA_RULE_CHAIN, chain.c_str());
      },
      [&](const nlmsghdr* header) {
        out += "rule";
        each_attribute(header, [&](const nlattr* a) {
          if (mnl_attr_get_type(a) != NFTA_RULE_EXPRESSIONS) return;
          const auto bytes = payload(a);
          out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        });
      },
      [&] { out.clear(); }, "list the rules of " + table + " " + chain);
  if (!done) return done.error();
  return out;
}

Result<std::map<std::string, Count>> list_counters(const std::string& table) {
  std::map<std::string, Count> out;
  const auto done = dump(
      NFT_MSG_GETOBJ,
      [&](nlmsghdr* header) {
        mnl_attr_put_strz(header, NFTA_OBJ_TABLE, table.c_str());
        mnl_attr_put_u32(header, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
      },
      [&](const nlmsghdr* header) {
        std::string name;
        Count count;
        each_attribute(header, [&](const nlattr* a) {
          if (mnl_attr_get_type(a) == NFTA_OBJ_NAME) name = text_of(a);
          if (mnl_attr_get_type(a) == NFTA_OBJ_DATA) count = count_of(a);
        });
        out[name] = count;
      },
      [&] { out.clear(); }, "list the counters of " + table);
  if (!done) return done.error();
  return out;
}

Result<std::vector<CountedBox>> list_elements(const std::string& table, const std::string& set, Key key, Family family) {
  std::vector<CountedBox> out;
  const auto done = dump(
      NFT_MSG_GETSETELEM,
      [&](nlmsghdr* header) {
        mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_TABLE, table.c_str());
        mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_SET, set.c_str());
      },
      [&](const nlmsghdr* header) {
        each_attribute(header, [&](const nlattr* a) {
          if (mnl_attr_get_type(a) != NFTA_SET_ELEM_LIST_ELEMENTS) return;
          each_attribute(a, [&](const nlattr* element) { take_element(element, key, family, out); });
        });
      },
      [&] { out.clear(); }, "list the elements of " + table + " " + set);
  if (!done) return done.error();
  return out;
}

}  // namespace aclc::nft
