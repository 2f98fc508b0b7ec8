// SPDX-License-Identifier: Apache-2.0
// The stub resolver: UDP and TCP on one address, never blocking. Each question to an upstream server has a socket and a random id of its
// own; a server that does not answer in time is passed over for the next one, and is asked last for a while.
#pragma once

#include <poll.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/dns/names.h"

namespace aclc::dns {

struct StubCounts {
  uint64_t questions = 0;
  uint64_t own_answers = 0;
  uint64_t forwarded = 0;
  uint64_t failed_over = 0;  ///< times that the next server was asked
  uint64_t given_up = 0;     ///< questions that no server answered
};

class Stub {
 public:
  /// Takes UDP and TCP port `port` of `address`.
  static Result<std::unique_ptr<Stub>> listen(const Address& address, uint16_t port);
  ~Stub();
  Stub(const Stub&) = delete;
  Stub& operator=(const Stub&) = delete;

  void set_names(Names names) { names_ = std::move(names); }
  std::vector<pollfd> waits() const;
  /// Milliseconds until something has to be done even if nothing comes; -1: nothing.
  int patience(uint64_t now) const;
  /// Does what can be done without waiting. `now` in milliseconds.
  void serve(uint64_t now);
  const StubCounts& counts() const { return counts_; }

 private:
  struct Asker;      // who wants to know
  struct Errand;     // a question on its way to a server
  struct TcpClient;
  Stub(int udp, int tcp);
  void take_datagrams(uint64_t now);
  void take_clients(uint64_t now);
  bool advance(TcpClient& client, uint64_t now);
  void ask(const std::string& bytes, const Asker& asker, uint64_t now);
  bool send_to_next(Errand& errand, uint64_t now);
  bool advance(Errand& errand, uint64_t now);
  void reply(const Asker& asker, const Query& query, std::string answer);

  int udp_, tcp_;
  Names names_;
  StubCounts counts_;
  std::vector<std::unique_ptr<Errand>> errands_;
  std::vector<std::unique_ptr<TcpClient>> clients_;
  uint64_t next_client_ = 1;
  std::map<std::string, uint64_t> silent_until_;  // servers that did not answer
};

}  // namespace aclc::dns
