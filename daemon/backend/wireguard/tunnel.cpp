// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/wireguard/tunnel.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

namespace aclc::wireguard {
namespace {

constexpr int kAnswerWithin = 10'000;              // milliseconds; thousands of peers take it a second
constexpr int kSilentAnswerWithin = 500;           // of one that was silent the last time: whoever asks waits for it
constexpr size_t kLargestAnswer = size_t{64} << 20;  // 20 000 peers are some 10 MB

std::string socket_path(const std::string& interface) { return "/var/run/wireguard/" + interface + ".sock"; }

class Connection {
 public:
  explicit Connection(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connected_ = fd_ >= 0 && connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  bool connected() const { return connected_; }

  bool send_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      text.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  // An answer ends with an empty line; the tunnel keeps the connection open.
  bool receive_answer(std::string& out, int patience_ms) {
    std::vector<char> buffer(65536);
    while (out.size() < kLargestAnswer) {
      if (out.size() >= 2 && out.compare(out.size() - 2, 2, "\n\n") == 0) return true;
      pollfd waiting{fd_, POLLIN, 0};
      const int ready = poll(&waiting, 1, patience_ms);
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return false;
      const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      out.append(buffer.data(), static_cast<size_t>(n));
    }
    return false;
  }

 private:
  int fd_;
  bool connected_ = false;
};

class UapiTunnel : public Tunnel {
 public:
  explicit UapiTunnel(std::string path) : path_(std::move(path)) {}

  Result<DeviceState> state() override { return ask("get=1\n\n"); }

  Result<Done> change(const DeviceChange& change) override {
    if (change.private_key.empty() && change.listen_port == 0 && change.mark == 0 && change.peers.empty()) return Done{};
    const auto answer = ask(set_request(change));
    return answer ? Result<Done>(Done{}) : Result<Done>(answer.error());
  }

 private:
  Result<DeviceState> ask(const std::string& request) {
    Connection connection(path_);
    std::string answer;
    if (!connection.connected()) return Failure{"cannot reach the tunnel at " + path_ + ": " + std::strerror(errno)};
    silent_ = !connection.send_all(request) || !connection.receive_answer(answer, silent_ ? kSilentAnswerWithin : kAnswerWithin);
    if (silent_) return Failure{"the tunnel at " + path_ + " does not answer"};
    return parse_state(answer);
  }

  std::string path_;
  bool silent_ = false;
};

}  // namespace

std::unique_ptr<Tunnel> uapi_tunnel(const std::string& interface) { return std::make_unique<UapiTunnel>(socket_path(interface)); }

Result<std::unique_ptr<TunnelProcess>> TunnelProcess::start(const std::string& program, const std::string& interface, int patience_ms) {
  // Sockets are named by interface alone, also where network namespaces keep interfaces of one name apart. Whatever answers before
  // our own does must not be given our key.
  const auto tunnel = uapi_tunnel(interface);
  if (tunnel->state().ok()) {
    return Failure{"another tunnel answers at " + socket_path(interface) + " already: end it, or give this node another `interface`"};
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return Failure{"cannot start " + program + ": " + std::strerror(errno)};
  if (child == 0) {
    // A tunnel without its daemon would carry packets that nobody accounts for; the filter in the kernel stays either way.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setenv("WG_PROCESS_FOREGROUND", "1", 1);
    setenv("LOG_LEVEL", "error", 1);
    execlp(program.c_str(), program.c_str(), interface.c_str(), nullptr);
    _exit(127);
  }
  std::unique_ptr<TunnelProcess> process(new TunnelProcess(child));
  for (int waited = 0; waited < patience_ms; waited += 20) {
    if (!process->alive()) return Failure{program + " ended at once: is it installed, and may this process make tunnels?"};
    if (tunnel->state().ok()) return Result<std::unique_ptr<TunnelProcess>>(std::move(process));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Failure{program + " does not answer at " + socket_path(interface)};
}

bool TunnelProcess::alive() {
  if (pid_ <= 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

TunnelProcess::~TunnelProcess() {
  if (!alive()) return;
  kill(pid_, SIGTERM);
  for (int i = 0; i < 100 && alive(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

namespace {

class WireGuardGo : public TunnelHost {
 public:
  WireGuardGo(std::string program, std::string interface)
      : program_(std::move(program)), interface_(std::move(interface)), tunnel_(uapi_tunnel(interface_)) {}

  Result<Done> open() override {
    if (is_open()) return Done{};
    // An earlier daemon's tunnel may still be on its way out and hold the interface.
    for (int attempt = 0;; ++attempt) {
      auto process = TunnelProcess::start(program_, interface_);
      if (process) {
        process_ = std::move(process).value();
        return Done{};
      }
      if (attempt == 10) return process.error();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  void close() override { process_.reset(); }
  bool is_open() override { return process_ && process_->alive(); }
  Tunnel& tunnel() override { return *tunnel_; }

 private:
  std::string program_, interface_;
  std::unique_ptr<Tunnel> tunnel_;
  std::unique_ptr<TunnelProcess> process_;
};

}  // namespace

std::unique_ptr<TunnelHost> wireguard_go(const std::string& program, const std::string& interface) {
  return std::make_unique<WireGuardGo>(program, interface);
}

}  // namespace aclc::wireguard
