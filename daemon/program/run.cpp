// SPDX-License-Identifier: Apache-2.0
#include "daemon/program/run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "daemon/api/server.h"
#include "daemon/node/flow_observer.h"
#include "daemon/node/name_service.h"
#include "daemon/node/node.h"
#include "daemon/node/service.h"
#include "daemon/node/snapshot_source.h"
#include "daemon/program/notify.h"
#include "daemon/snapshot/store.h"

namespace aclc {
namespace {

constexpr size_t kLargestSmallFile = 65536;  // configuration and keys
constexpr uint64_t kTick = 1000;             // milliseconds
constexpr uint64_t kLookAgain = 30'000;      // where file events are not to be had, snapshots are still found
constexpr uint64_t kReadyPatience = 30'000;  // whoever starts after us need not wait for a host that is not mended

uint64_t wall_ms() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}
uint64_t steady_ms() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

void say(const std::string& text) { std::fprintf(stderr, "aclcd: %s\n", text.c_str()); }
int fail(int status, const std::string& text) {
  say(text);
  return status;
}

Result<NodeIdentity> read_identity(const NodeConfig& config) {
  struct stat status {};
  if (stat(config.private_key.c_str(), &status) == 0 && (status.st_mode & 0077) != 0) {
    return Failure{config.private_key + " can be read by others: chmod 600 " + config.private_key};
  }
  auto text = read_file_limited(config.private_key, kLargestSmallFile);
  if (!text) return text.error();
  while (!text->empty() && (text->back() == '\n' || text->back() == ' ')) text->pop_back();
  const auto own = wireguard_public_key(*text);
  if (!own) return Failure{config.private_key + ": " + own.error().message + "; `wg genkey` makes one"};
  const auto pem = read_file_limited(config.trusted_key, kLargestSmallFile);
  if (!pem) return pem.error();
  auto trusted = TrustedKey::from_pem(*pem);
  if (!trusted) return Failure{config.trusted_key + ": " + trusted.error().message};
  return NodeIdentity{*text, {std::move(trusted).value(), *own, {}}};
}

Result<std::shared_ptr<void>> borrow(const std::string& name, const std::string& value) {
  auto setting = BorrowedSetting::set(name, value);
  if (!setting) return setting.error();
  return std::shared_ptr<void>(std::shared_ptr<BorrowedSetting>(std::move(setting).value()));
}

std::unique_ptr<wireguard::TunnelHost> tunnel_of(const NodeConfig& config) {
  auto program = wireguard::wireguard_go(config.tunnel_program, config.interface);
  return config.tunnel == TunnelKind::kKernel ? wireguard::kernel_wireguard(config.interface, std::move(program)) : std::move(program);
}

class Daemon {
 public:
  Daemon(NodeConfig config, NodeIdentity identity, std::unique_ptr<HostNetwork> network)
      : config_(config),
        runner_(nft::kernel_runner()),
        filter_(*runner_, nft::Table{config.interface, config.table, config.log_group, config.reject}),
        tunnel_(tunnel_of(config)),
        network_(std::move(network)),
        hands_{filter_, *tunnel_, *network_, borrow},
        source_(watched_path(config.snapshot, identity.reader, say)),
        node_(config, std::move(identity), hands_) {}

  int run() {
    const int signals = take_signals();
    auto log = FlowLog::open(config_.flow_log);
    if (!log) return fail(1, log.error().message);
    flows_ = std::move(log).value();
    service_.emplace(node_, hands_, *flows_);
    observer_.emplace(node_, *flows_);
    names_.emplace(node_);
    auto server = ApiServer::listen(config_.socket, config_.operators,
                                    [this](const local_http::Request& request, const Caller& caller) { return service_->answer(request, caller, wall_ms() / 1000); });
    if (!server) return fail(1, server.error().message);
    server_ = std::move(server).value();
    // Nothing comes in before there is a policy: an open node would be worse than none.
    if (const auto done = node_.start(wall_ms() / 1000); !done) return fail(1, "cannot enforce anything: " + done.error().message);
    listen_to_kernel();
    auto first = source_->take();
    if (const auto done = node_.resume(first ? std::move(first).value() : std::string(), wall_ms() / 1000); !done) say(done.error().message);
    node_.prepare_answers(wall_ms() / 1000);
    names_->follow(wall_ms() / 1000);
    tell();
    ready_at_latest_ = steady_ms() + kReadyPatience;
    say_ready();
    loop(signals);
    notify_service_manager("STOPPING=1");
    names_->stop();
    node_.stop();
    return 0;
  }

 private:
  static int take_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  // Enforcement does not depend on being able to tell of it.
  void listen_to_kernel() {
    const uint64_t now = wall_ms() / 1000;
    std::string trouble;
    if (auto packets = PacketLog::open(config_.log_group)) packets_ = std::move(packets).value();
    else trouble = packets.error().message;
    if (auto ends = FlowEnds::open()) ends_ = std::move(ends).value();
    else trouble = ends.error().message;
    if (!trouble.empty()) node_.health().degrade("telemetry", trouble, now);
  }

  std::string status_line() const {
    const auto policy = node_.policy();
    std::string out = "STATUS=";
    if (!node_.is_up()) out += "down";
    else if (!policy) out += node_.is_waiting() ? "all is denied" : "all is denied: waiting for a snapshot";
    else out += "generation " + std::to_string(policy->snapshot.generation) + (node_.is_enforced() && !node_.closed_by_expiry() ? "" : ", all is denied");
    const char* before = ", degraded: ";
    for (const auto& [topic, trouble] : node_.health().troubles()) {
      out += before + trouble.message;
      before = "; ";
    }
    return out;
  }

  // A policy is in force, or the status line says why all is denied.
  void say_ready() {
    const bool may_come = node_.is_up() && !node_.policy() && node_.is_waiting();
    if (ready_ || (may_come && steady_ms() < ready_at_latest_)) return;
    ready_ = true;
    notify_service_manager("READY=1\n" + status_line());
  }

  // Says what has changed, once.
  void tell() {
    const std::string line = status_line();
    if (line == told_) return;
    told_ = line;
    say(line.substr(line.find('=') + 1));
    notify_service_manager(line);
  }

  void take_snapshot() {
    auto sealed = source_->take();
    const uint64_t now = wall_ms() / 1000;
    if (!sealed) node_.health().degrade("snapshot", sealed.error().message, now);
    else if (!sealed->empty()) static_cast<void>(node_.offer(std::move(sealed).value(), now));
    node_.prepare_answers(now);
    observer_->on_policy(wall_ms());
    names_->follow(now);
    tell();
  }

  void read_kernel() {
    const uint64_t now = wall_ms();
    if (packets_) packets_->read([&](const LoggedPacket& packet) { observer_->on_packet(packet, now); });
    if (ends_) ends_->read([&](const FlowEnd& end) { observer_->on_end(end, now); });
    service_->set_lost_records((packets_ ? packets_->lost() : 0) + (ends_ ? ends_->lost() : 0));
  }

  void loop(int signals) {
    const uint64_t watchdog = watchdog_interval();
    uint64_t next_tick = steady_ms(), next_look = next_tick + kLookAgain, next_sign = next_tick;
    while (true) {
      std::vector<pollfd> waits{{signals, POLLIN, 0}, {source_->descriptor(), POLLIN, 0}};
      if (packets_) waits.push_back({packets_->descriptor(), POLLIN, 0});
      if (ends_) waits.push_back({ends_->descriptor(), POLLIN, 0});
      const auto callers = server_->waits();
      waits.insert(waits.end(), callers.begin(), callers.end());
      const auto askers = names_->waits();
      waits.insert(waits.end(), askers.begin(), askers.end());
      const uint64_t before = steady_ms();
      int patience = static_cast<int>(next_tick > before ? next_tick - before : 0);
      if (const int of_names = names_->patience(before); of_names >= 0) patience = std::min(patience, of_names);
      poll(waits.data(), waits.size(), patience);
      signalfd_siginfo signal_info;
      while (read(signals, &signal_info, sizeof signal_info) == static_cast<ssize_t>(sizeof signal_info)) {
        if (signal_info.ssi_signo != SIGHUP) return;
        next_look = 0;
      }
      // Records of the old policy first, so that they name its lines.
      read_kernel();
      const uint64_t now = steady_ms();
      if ((waits[1].revents & POLLIN) != 0 || now >= next_look) {
        take_snapshot();
        next_look = now + kLookAgain;
      }
      server_->serve(now);
      names_->serve(now);
      if (now >= next_tick) {
        node_.tick(wall_ms() / 1000);
        node_.prepare_answers(wall_ms() / 1000);
        names_->follow(wall_ms() / 1000);
        tell();
        next_tick = now + kTick;
        say_ready();
      }
      if (watchdog != 0 && now >= next_sign) {
        notify_service_manager("WATCHDOG=1");
        next_sign = now + watchdog / 2;
      }
    }
  }

  NodeConfig config_;
  std::unique_ptr<nft::Runner> runner_;
  nft::KernelFilter filter_;
  std::unique_ptr<wireguard::TunnelHost> tunnel_;
  std::unique_ptr<HostNetwork> network_;
  NodeHands hands_;
  std::unique_ptr<SnapshotSource> source_;
  MeshNode node_;
  std::unique_ptr<FlowLog> flows_;
  std::optional<NodeService> service_;
  std::optional<FlowObserver> observer_;
  std::optional<NameService> names_;
  std::unique_ptr<ApiServer> server_;
  std::unique_ptr<PacketLog> packets_;
  std::unique_ptr<FlowEnds> ends_;
  std::string told_;
  bool ready_ = false;
  uint64_t ready_at_latest_ = 0;
};

// Two daemons with one state would undo each other's work. The lock goes with the process.
Result<Done> lock_state(const NodeConfig& config) {
  if (mkdir(config.state_dir.c_str(), 0700) != 0 && errno != EEXIST) return Failure{"cannot make the folder " + config.state_dir + ": " + std::strerror(errno)};
  const std::string path = config.state_dir + "/lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failure{"cannot write " + path + ": " + std::strerror(errno)};
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return Failure{"another aclcd uses the folder " + config.state_dir};
  return Done{};
}

}  // namespace

int run_daemon(const std::string& config_path) {
  const auto text = read_file_limited(config_path, kLargestSmallFile);
  if (!text) return fail(2, text.error().message);
  auto config = read_config(*text, config_path);
  if (!config) return fail(2, config.error().message);
  auto identity = read_identity(*config);
  if (!identity) return fail(2, identity.error().message);
  if (geteuid() != 0) return fail(1, "aclcd changes the host's network and needs to be root");
  if (const auto done = lock_state(*config); !done) return fail(1, done.error().message);
  const std::string folder = config->socket.substr(0, config->socket.rfind('/'));
  if (!folder.empty() && folder != config->socket) static_cast<void>(mkdir(folder.c_str(), 0755));
  auto network = rtnetlink_network();
  if (!network) return fail(1, network.error().message);
  return Daemon(std::move(config).value(), std::move(identity).value(), std::move(network).value()).run();
}

}  // namespace aclc
