// SPDX-License-Identifier: Apache-2.0
#include "daemon/dns/stub.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/net/socket_address.h"

namespace aclc::dns {
namespace {

constexpr size_t kMostErrands = 512, kMostClients = 64, kLargest = 65535;
constexpr uint64_t kServerPatience = 1500, kClientPatience = 10'000, kSilence = 30'000;  // milliseconds

uint16_t random_id() {
  uint16_t id = 0;
  static_cast<void>(getrandom(&id, sizeof id, 0) == sizeof id);
  return id;
}

void close_if_open(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// Length before bytes, as DNS over TCP has it.
std::string framed(const std::string& bytes) {
  return std::string{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xff)} + bytes;
}
bool unframe(const std::string& in, std::string& out) {
  if (in.size() < 2) return false;
  const size_t size = static_cast<size_t>(static_cast<uint8_t>(in[0])) << 8 | static_cast<uint8_t>(in[1]);
  if (in.size() - 2 < size) return false;
  out = in.substr(2, size);
  return true;
}

// Appends what has come; false: the other side is gone.
bool receive(int fd, std::string& in) {
  char buffer[16384];
  while (in.size() <= kLargest + 2) {
    const ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
    if (n == 0) return false;
    in.append(buffer, static_cast<size_t>(n));
  }
  return true;
}
// Sends what can be sent; false: broken.
bool transmit(int fd, std::string& out) {
  while (!out.empty()) {
    const ssize_t n = send(fd, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
    out.erase(0, static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

struct Stub::Asker {
  uint64_t tcp_client = 0;  // 0: by UDP, from `address`
  SocketAddress address;
  size_t limit = kLargest;
};

struct Stub::Errand {
  Asker asker;
  Query query;
  std::string bytes;  // as they came
  uint16_t id = 0;
  std::vector<std::string> servers;  // not asked yet, the next one last
  std::string server;
  int fd = -1;
  uint64_t deadline = 0;
  std::string in, out;  // TCP
  ~Errand() { close_if_open(fd); }
};

struct Stub::TcpClient {
  uint64_t number = 0;
  int fd = -1;
  uint64_t deadline = 0;
  std::string in, out;
  bool asked = false, finished = false;
  ~TcpClient() { close_if_open(fd); }
};

Stub::Stub(int udp, int tcp) : udp_(udp), tcp_(tcp) {}
Stub::~Stub() {
  close_if_open(udp_);
  close_if_open(tcp_);
}

Result<std::unique_ptr<Stub>> Stub::listen(const Address& address, uint16_t port) {
  const SocketAddress at = SocketAddress::of(address, port);
  int udp = at.open(SOCK_DGRAM), tcp = at.open(SOCK_STREAM);
  const int yes = 1;
  if (tcp >= 0) setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool ok = udp >= 0 && tcp >= 0 && bind(udp, at.data(), at.size) == 0 && bind(tcp, at.data(), at.size) == 0 && ::listen(tcp, 16) == 0;
  if (!ok) {
    const Failure failure{"cannot listen at " + address.to_text() + " port " + std::to_string(port) + ": " + std::strerror(errno)};
    close_if_open(udp);
    close_if_open(tcp);
    return failure;
  }
  return Result<std::unique_ptr<Stub>>(std::unique_ptr<Stub>(new Stub(udp, tcp)));
}

std::vector<pollfd> Stub::waits() const {
  std::vector<pollfd> out{{udp_, POLLIN, 0}};
  if (clients_.size() < kMostClients) out.push_back({tcp_, POLLIN, 0});
  for (const auto& client : clients_) out.push_back({client->fd, static_cast<short>(POLLIN | (client->out.empty() ? 0 : POLLOUT)), 0});
  for (const auto& errand : errands_) out.push_back({errand->fd, static_cast<short>(POLLIN | (errand->out.empty() ? 0 : POLLOUT)), 0});
  return out;
}

int Stub::patience(uint64_t now) const {
  uint64_t next = UINT64_MAX;
  for (const auto& errand : errands_) next = std::min(next, errand->deadline);
  for (const auto& client : clients_) next = std::min(next, client->deadline);
  return next == UINT64_MAX ? -1 : next > now ? static_cast<int>(next - now) : 0;
}

void Stub::serve(uint64_t now) {
  take_datagrams(now);
  take_clients(now);
  // Errands first: they give answers to clients.
  std::erase_if(errands_, [&](const auto& errand) { return !advance(*errand, now); });
  std::erase_if(clients_, [&](const auto& client) { return !advance(*client, now); });
}

void Stub::take_datagrams(uint64_t now) {
  char buffer[4096];
  for (int i = 0; i < 256; ++i) {  // others want to be served, too
    Asker asker;
    const ssize_t n = recvfrom(udp_, buffer, sizeof buffer, MSG_DONTWAIT, asker.address.data(), &asker.address.size);
    if (n < 0) return;
    asker.limit = 512;
    ask(std::string(buffer, static_cast<size_t>(n)), asker, now);
  }
}

void Stub::take_clients(uint64_t now) {
  while (clients_.size() < kMostClients) {
    const int fd = accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    auto client = std::make_unique<TcpClient>();
    client->number = next_client_++;
    client->fd = fd;
    client->deadline = now + kClientPatience;
    clients_.push_back(std::move(client));
  }
}

bool Stub::advance(TcpClient& client, uint64_t now) {
  if (now >= client.deadline) return false;
  if (!client.asked) {
    const bool there = receive(client.fd, client.in);
    std::string bytes;
    if (unframe(client.in, bytes)) {
      client.asked = true;
      Asker asker;
      asker.tcp_client = client.number;
      ask(bytes, asker, now);
    } else if (!there) {
      return false;
    }
  }
  return transmit(client.fd, client.out) && !(client.finished && client.out.empty());
}

void Stub::reply(const Asker& asker, const Query& query, std::string answer) {
  if (asker.tcp_client == 0) {
    truncate(answer, query, asker.limit);
    sendto(udp_, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL, asker.address.data(), asker.address.size);
    return;
  }
  for (const auto& client : clients_) {
    if (client->number != asker.tcp_client) continue;
    client->out = framed(answer);
    client->finished = true;
  }
}

void Stub::ask(const std::string& bytes, const Asker& asker, uint64_t now) {
  ++counts_.questions;
  const auto query = read_query(bytes);
  if (!query) {
    if (std::string answer = form_error(bytes); !answer.empty()) reply(asker, {}, std::move(answer));
    return;
  }
  Asker limited = asker;
  if (asker.tcp_client == 0) limited.limit = udp_limit(bytes, *query);
  Verdict verdict = names_.decide(*query);
  if (!verdict.answer.empty()) {
    ++counts_.own_answers;
    return reply(limited, *query, std::move(verdict.answer));
  }
  if (errands_.size() >= kMostErrands) return reply(limited, *query, error_answer(*query, kServerFailure));
  ++counts_.forwarded;
  auto errand = std::make_unique<Errand>();
  errand->asker = limited;
  errand->query = *query;
  errand->bytes = bytes;
  errand->servers = std::move(verdict.servers);
  // Those that were silent a moment ago come last.
  std::stable_partition(errand->servers.begin(), errand->servers.end(), [&](const std::string& server) {
    const auto it = silent_until_.find(server);
    return it == silent_until_.end() || it->second <= now;
  });
  std::reverse(errand->servers.begin(), errand->servers.end());
  if (send_to_next(*errand, now)) errands_.push_back(std::move(errand));
}

// False: nobody is left, and the asker knows.
bool Stub::send_to_next(Errand& errand, uint64_t now) {
  while (!errand.servers.empty()) {
    errand.server = errand.servers.back();
    errand.servers.pop_back();
    const bool tcp = errand.asker.tcp_client != 0;
    const SocketAddress to = SocketAddress::parse(errand.server).value_or(SocketAddress{});  // server_text made it
    close_if_open(errand.fd);
    errand.fd = to.open(tcp ? SOCK_STREAM : SOCK_DGRAM);
    errand.id = random_id();
    errand.in.clear();
    errand.out = errand.bytes;
    set_id(errand.out, errand.id);
    if (tcp) errand.out = framed(errand.out);
    const bool connected = errand.fd >= 0 && (connect(errand.fd, to.data(), to.size) == 0 || errno == EINPROGRESS);
    if (!connected || !transmit(errand.fd, errand.out)) continue;
    errand.deadline = now + kServerPatience;
    return true;
  }
  ++counts_.given_up;
  reply(errand.asker, errand.query, error_answer(errand.query, kServerFailure));
  return false;
}

// False: done with it.
bool Stub::advance(Errand& errand, uint64_t now) {
  std::string answer;
  bool broken = false;
  if (errand.asker.tcp_client != 0) {
    broken = !transmit(errand.fd, errand.out) || (!receive(errand.fd, errand.in) && !unframe(errand.in, answer));
    unframe(errand.in, answer);
  } else {
    std::string buffer(kLargest, '\0');
    const ssize_t n = recv(errand.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n >= 0) answer = buffer.substr(0, static_cast<size_t>(n));
    broken = n < 0 && errno != EAGAIN && errno != EINTR;  // for instance: nobody listens there
  }
  const bool genuine = answers(answer, errand.id, errand.query);
  const bool refused = genuine && (static_cast<uint8_t>(answer[3]) & 0x0f) == kServerFailure && !errand.servers.empty();
  if (genuine && !refused) {
    silent_until_.erase(errand.server);
    set_id(answer, errand.query.id);
    reply(errand.asker, errand.query, std::move(answer));
    return false;
  }
  if (!broken && !refused && now < errand.deadline) return true;  // what else came was not for us
  if (silent_until_.size() < 256) silent_until_[errand.server] = now + kSilence;
  if (!errand.servers.empty()) ++counts_.failed_over;
  return send_to_next(errand, now);
}

}  // namespace aclc::dns
