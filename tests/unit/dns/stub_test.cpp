// SPDX-License-Identifier: Apache-2.0
// The stub with real sockets on the loopback interface: servers that answer, are silent, or are not there.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "daemon/dns/stub.h"

namespace aclc::dns {
namespace {

constexpr Address kLoopback = Address::v4(0x7f000001);

class Socket {
 public:
  explicit Socket(int type = SOCK_DGRAM) : fd_(socket(AF_INET, type, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    const timeval patience{2, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Socket() { close(fd_); }
  int fd() const { return fd_; }
  uint16_t port() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
  }
  void to(uint16_t port) const {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }

 private:
  int fd_;
};

const std::string kQuestion("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01x\x07" "example\0\0\x01\0\x01", 27);

class AStub : public ::testing::Test {
 protected:
  AStub() {
    // A port that is free for UDP and TCP alike.
    for (uint16_t port = 40053; !stub_ && port < 40153; ++port) {
      if (auto stub = Stub::listen(kLoopback, port)) {
        stub_ = std::move(stub).value();
        port_ = port;
      }
    }
  }
  void servers(std::vector<uint16_t> ports) {
    SnapshotDns dns;
    for (const uint16_t port : ports) dns.nameservers.push_back("127.0.0.1:" + std::to_string(port));
    stub_->set_names(Names(dns, {}));
  }
  void serve() {
    auto waits = stub_->waits();
    poll(waits.data(), waits.size(), 200);
    stub_->serve(now_);
  }
  std::string received(const Socket& socket) {
    char buffer[2048];
    const ssize_t n = recv(socket.fd(), buffer, sizeof buffer, 0);
    return n < 0 ? "" : std::string(buffer, static_cast<size_t>(n));
  }
  // What a server makes of the question that has come to it.
  void answer_at(const Socket& server) {
    char buffer[2048];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t n = recvfrom(server.fd(), buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
    ASSERT_EQ(n, static_cast<ssize_t>(kQuestion.size()));
    std::string wrong_id(buffer, static_cast<size_t>(n)), answer = wrong_id;
    wrong_id[2] = answer[2] = '\x81';
    wrong_id[0] = static_cast<char>(wrong_id[0] + 1);
    for (const std::string& bytes : {wrong_id, answer}) sendto(server.fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }

  std::unique_ptr<Stub> stub_;
  uint16_t port_ = 0;
  uint64_t now_ = 1000;
};

TEST_F(AStub, PassesQuestionsOnAndAnswersBackUnderTheirOwnId) {
  Socket server, client;
  servers({server.port()});
  client.to(port_);
  send(client.fd(), kQuestion.data(), kQuestion.size(), 0);
  serve();
  answer_at(server);
  serve();
  serve();
  const std::string answer = received(client);
  ASSERT_EQ(answer.size(), kQuestion.size());
  EXPECT_EQ(answer.substr(0, 2), kQuestion.substr(0, 2));
  EXPECT_EQ(stub_->counts().failed_over, 0u);
}

TEST_F(AStub, GoesToTheNextServerAndAsksTheSilentOneLastAfterwards) {
  Socket silent, server, client;
  servers({silent.port(), server.port()});
  client.to(port_);
  send(client.fd(), kQuestion.data(), kQuestion.size(), 0);
  serve();
  EXPECT_EQ(stub_->patience(now_), 1500);
  now_ += 1500;
  serve();
  answer_at(server);
  serve();
  serve();
  EXPECT_EQ(received(client).size(), kQuestion.size());
  EXPECT_EQ(stub_->counts().failed_over, 1u);
  send(client.fd(), kQuestion.data(), kQuestion.size(), 0);
  serve();
  answer_at(server);
  serve();
  serve();
  EXPECT_EQ(received(client).size(), kQuestion.size());
  EXPECT_EQ(stub_->counts().failed_over, 1u);
}

TEST_F(AStub, SaysThatNobodyAnswered) {
  uint16_t gone = 0;
  {
    Socket closed;
    gone = closed.port();
  }
  Socket client;
  servers({gone});
  client.to(port_);
  send(client.fd(), kQuestion.data(), kQuestion.size(), 0);
  for (int i = 0; i < 3; ++i) {
    now_ += 1500;
    serve();
  }
  const std::string answer = received(client);
  ASSERT_GE(answer.size(), 12u);
  EXPECT_EQ(answer[3] & 0x0f, kServerFailure);
  EXPECT_EQ(stub_->counts().given_up, 1u);
}

TEST_F(AStub, ServesTcpAndDropsThoseWhoDawdle) {
  Socket client(SOCK_STREAM), slow(SOCK_STREAM);
  stub_->set_names(Names(SnapshotDns{}, {}));
  client.to(port_);
  slow.to(port_);
  const std::string framed = std::string{'\0', static_cast<char>(kQuestion.size())} + kQuestion;
  send(client.fd(), framed.data(), 1, 0);
  serve();
  send(client.fd(), framed.data() + 1, framed.size() - 1, 0);
  serve();
  serve();
  const std::string answer = received(client);
  ASSERT_GT(answer.size(), 14u);
  EXPECT_EQ(answer[5] & 0x0f, kRefused);
  now_ += 10'000;
  serve();
  EXPECT_EQ(received(slow), "");
}

}  // namespace
}  // namespace aclc::dns
