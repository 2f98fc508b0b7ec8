// SPDX-License-Identifier: Apache-2.0
// One question and its answer over netlink (rtnetlink, generic netlink): messages are built by libmnl, sending and waiting is here.
#pragma once

#include <libmnl/libmnl.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace aclc::netlink {

/// A message of at most a kilobyte. `T` is what follows netlink's own header.
class Message {
 public:
  Message(uint16_t type, uint16_t flags) : header_(mnl_nlmsg_put_header(buffer_.data())) {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  template <class T>
  T* extra() {
    return static_cast<T*>(mnl_nlmsg_put_extra_header(header_, sizeof(T)));
  }
  nlmsghdr* header() { return header_; }

 private:
  alignas(nlmsghdr) std::array<char, 1024> buffer_{};
  nlmsghdr* header_;
};

template <class Take>
void each_attribute(const nlmsghdr* header, unsigned offset, Take take) {
  const auto* end = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
  const auto* at = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, offset));
  for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at))); at = mnl_attr_next(at)) take(at);
}
template <class Take>
void each_attribute(const nlattr* nest, Take take) {
  const auto* end = static_cast<const char*>(mnl_attr_get_payload(nest)) + mnl_attr_get_payload_len(nest);
  const auto* at = static_cast<const nlattr*>(mnl_attr_get_payload(nest));
  for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at))); at = mnl_attr_next(at)) take(at);
}

/// For one thread. `what` stands in the words of a failure: "cannot WHAT: reason".
class Socket {
 public:
  /// NETLINK_ROUTE, NETLINK_GENERIC.
  static Result<Socket> open(int bus);

  /// `fine` is an error that says that what was asked for is so already; 0: none is.
  Result<Done> talk(nlmsghdr* message, const std::string& what, int fine);
  Result<Done> dump(nlmsghdr* message, const std::string& what, const std::function<void(const nlmsghdr*)>& take);

 private:
  struct Close {
    void operator()(mnl_socket* s) const { mnl_socket_close(s); }
  };
  explicit Socket(mnl_socket* socket) : socket_(socket) {}

  std::unique_ptr<mnl_socket, Close> socket_;
  uint32_t sequence_ = 0;
};

}  // namespace aclc::netlink
