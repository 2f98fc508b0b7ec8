// SPDX-License-Identifier: Apache-2.0
// nf_tables' own netlink messages, for what libnftables does slowly: thousands of elements, and questions about single objects (it
// fetches all elements of a table whatever it is asked). Private to this folder.
#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace aclc::nft {

/// Messages that take effect all at once, or not at all.
class Batch {
 public:
  Batch();
  /// Starts a message of family inet. Attributes go into it until the next one starts. Reserves room for `room` bytes of them.
  nlmsghdr* message(uint16_t type, uint16_t flags, size_t room);
  bool empty() const { return messages_ == 0; }
  /// Sends and waits for the kernel's word. `what` stands in the failure's text.
  Result<Done> commit(const std::string& what);

 private:
  nlmsghdr* put(uint16_t type, uint16_t flags, size_t room);
  void close_last();

  std::vector<char> bytes_;
  size_t last_ = 0;  // where the message that is being written starts
  bool open_ = false;
  uint32_t messages_ = 0;
};

/// The room that every message of a Batch may take; nested attributes end at 64 KiB.
inline constexpr size_t kLargestMessage = 60'000;

/// Asks for all objects of a kind; `fill` adds what narrows the question, `take` gets each answer. An object that does not exist is an
/// empty answer. Begins anew, after `again`, where a change by somebody else came between.
Result<Done> dump(uint16_t type, const std::function<void(nlmsghdr*)>& fill, const std::function<void(const nlmsghdr*)>& take,
                  const std::function<void()>& again, const std::string& what);

/// See Runner::ruleset_id.
uint32_t ruleset_id();

/// `take` gets each attribute of a message of nf_tables, or of a nested attribute.
void each_attribute(const nlmsghdr* header, const std::function<void(const nlattr*)>& take);
void each_attribute(const nlattr* nest, const std::function<void(const nlattr*)>& take);
uint64_t number64(const nlattr* attribute);
std::string text_of(const nlattr* attribute);

}  // namespace aclc::nft
