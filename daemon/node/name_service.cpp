// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/name_service.h"

namespace aclc {
namespace {

constexpr Address kStubAddress = Address::v4(0x64646464);  // 100.100.100.100, where the mesh's hosts expect it
constexpr uint16_t kPort = 53;

}  // namespace

NameService::NameService(MeshNode& node) : node_(node) {
  const NodeConfig& config = node.config();
  auto file = dns::resolv_conf_file(config.resolv_conf, config.state_dir + "/resolv.conf.before");
  static_cast<void>(file->restore());  // of a run that died, also where names are not this one's business
  if (config.dns == DnsMode::kFile) host_ = std::move(file);
  if (config.dns == DnsMode::kResolved) host_ = dns::systemd_resolved(config.interface);
}

Result<Done> NameService::start(const NodePolicy& policy) {
  if (!stub_) {
    auto stub = dns::Stub::listen(kStubAddress, kPort);
    if (!stub) return stub.error();
    stub_ = std::move(stub).value();
  }
  stub_->set_names(dns::Names(policy.snapshot.dns, host_->own_servers()));
  return host_->point_at_stub(policy.snapshot.dns.domains);
}

void NameService::follow(uint64_t now) {
  if (!host_) return;
  const auto policy = node_.is_up() ? node_.policy() : nullptr;
  if (!policy) return stop();
  if (policy == served_) return;
  if (const auto done = start(*policy); !done) {
    node_.health().degrade("dns", done.error().message, now);
    return;
  }
  served_ = policy;
  node_.health().recover("dns");
}

void NameService::stop() {
  // Programs must not be left with a resolver that does not answer: settings first.
  if (host_ && served_) static_cast<void>(host_->restore());
  served_.reset();
  stub_.reset();
}

}  // namespace aclc
