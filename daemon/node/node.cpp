// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/node.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "daemon/snapshot/store.h"
#include "daemon/telemetry/flow_record.h"

namespace aclc {
namespace {

constexpr const char* kLastGood = "last-good.snapshot";
constexpr const char* kDownMark = "down";

uint64_t microseconds() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace

MeshNode::MeshNode(NodeConfig config, NodeIdentity identity, NodeHands hands)
    : config_(std::move(config)), identity_(std::move(identity)), hands_(std::move(hands)), setup_(config_, hands_) {}

Result<Done> MeshNode::start(uint64_t now) {
  if (access(state_file(kDownMark).c_str(), F_OK) != 0) return up(now);
  // A `down` that death interrupted is brought to its end.
  setup_.forget();
  return hands_.filter.remove();
}

Result<Done> MeshNode::up(uint64_t now) {
  if (up_) return Done{};
  if (const auto done = hands_.filter.prepare(); !done) return done;
  up_ = true;
  unlink(state_file(kDownMark).c_str());
  next_table_look_ = now;
  setup_.count_flows();
  if (const auto done = setup_.guard_exit(); !done) health_.degrade("network", done.error().message, now);
  retry_.reset();
  if (!policy_) return Done{};
  const auto done = go_on_with(policy_, now);
  if (!done) retry_.failed(now);
  return done;
}

Result<Done> MeshNode::down() {
  if (const auto done = write_file_whole(state_file(kDownMark), ""); !done) return done;
  setup_.forget();
  hands_.tunnel.close();
  up_ = false;
  closed_ = enforced_ = false;
  for (const char* topic : {"tunnel", "table", "network", "expiry", "exit-node"}) health_.recover(topic);
  return hands_.filter.remove();
}

void MeshNode::stop() {
  setup_.forget();
  hands_.tunnel.close();
}

Result<Done> MeshNode::resume(std::string newer, uint64_t now) {
  const auto from_disk = [&]() -> Result<std::shared_ptr<NodePolicy>> {
    auto sealed = read_file_limited(state_file(kLastGood), identity_.reader.limits.bytes);
    if (!sealed) return sealed.error();
    auto snapshot = open_snapshot(*sealed, identity_.reader);
    if (!snapshot) return snapshot.error();
    return policy_of(std::move(snapshot).value(), std::move(sealed).value());
  };
  if (access(state_file(kLastGood).c_str(), F_OK) != 0 && errno == ENOENT) return newer.empty() ? Result<Done>(Done{}) : offer(std::move(newer), now);
  const auto last = from_disk();
  Result<Done> damage = Done{};
  if (last) {
    standing_ = {(*last)->snapshot.generation, (*last)->sealed};
  } else {
    damage = Failure{"the last good snapshot cannot be used: " + last.error().message};
    health_.degrade("state", damage.error().message + "; until a snapshot is applied and kept, an older one than before would be taken", now);
  }
  if (!newer.empty() && offer(std::move(newer), now)) return damage;
  if (!last) return damage;
  if (pending_ && pending_->sealed == (*last)->sealed) pending_.reset();
  // It was judged when it came; only time has passed, and what that means is for judge_expiry.
  const auto done = go_on_with(*last, now);
  if (!done) retry_.failed(now);
  return done;
}

void MeshNode::prepare_answers(uint64_t now) {
  if (!policy_ || policy_->program) return;
  if (const auto done = make_program(*policy_); done) health_.recover("answers");
  else health_.degrade("answers", done.error().message, now);
}

Result<std::shared_ptr<NodePolicy>> MeshNode::policy_of(Snapshot snapshot, std::string sealed) const {
  // What cannot be asked for now is no fault of the snapshot's: `tick` asks again.
  auto neighbourhood = setup_.neighbourhood(snapshot).value_or(policy_ ? policy_->neighbourhood : std::vector<Prefix>());
  return make_policy(std::move(snapshot), std::move(sealed), std::move(neighbourhood));
}

Result<std::shared_ptr<NodePolicy>> MeshNode::judge(std::string sealed) const {
  auto snapshot = open_snapshot(sealed, identity_.reader);
  if (!snapshot) return snapshot.error();
  if (const auto fine = may_follow(*snapshot, sealed, standing_); !fine) return fine.error();
  return policy_of(std::move(snapshot).value(), std::move(sealed));
}

Result<Done> MeshNode::offer(std::string sealed, uint64_t now) {
  const uint64_t start = microseconds();
  if (policy_ && enforced_ == up_ && sealed == policy_->sealed) {
    // What was newer has been taken back before it came into force.
    pending_.reset();
    health_.recover("pending");
    health_.recover("snapshot");
    return Done{};
  }
  auto next = judge(std::move(sealed));
  if (!next) {
    ++counts_.refused;
    health_.degrade("snapshot", next.error().message, now);
    return next.error();
  }
  health_.recover("snapshot");
  pending_ = std::move(next).value();
  retry_.reset();
  const auto done = bring_in(now);
  if (!done) {
    retry_.failed(now);
    return done;
  }
  counts_.last_apply_us = microseconds() - start;
  if (!store(now)) retry_.failed(now);
  return done;
}

Result<Done> MeshNode::bring_in(uint64_t now) {
  const auto next = pending_;
  const auto done = next->snapshot.has_expired(now) ? Result<Done>(Failure{"the snapshot has expired: by this host's clock, " + time_text(next->snapshot.expires * 1000) + " is past"})
                                                    : apply(next, now);
  if (!done) say_waits(*next, done.error().message, now);
  return done;
}

Result<Done> MeshNode::go_on_with(std::shared_ptr<NodePolicy> policy, uint64_t now) {
  kept_ = policy;
  const auto done = apply(policy, now);
  // What is newer and waits, too, is what people look for.
  if (!done && !pending_) say_waits(*policy, done.error().message, now);
  return done;
}

bool MeshNode::store(uint64_t now) {
  const auto done = write_file_whole(state_file(kLastGood), policy_->sealed);
  stored_ = done.ok();
  if (done) health_.recover("state");
  else health_.degrade("state", "the policy in force is not kept, and a restart would go on from an earlier one: " + done.error().message, now);
  return stored_;
}

void MeshNode::retry(uint64_t now) {
  if ((!pending_ && !kept_ && stored_) || !retry_.is_due(now)) return;
  bool fine = true;
  if (pending_) {
    const uint64_t start = microseconds();
    fine = bring_in(now).ok();
    if (fine) {
      counts_.last_apply_us = microseconds() - start;
      stored_ = false;
    }
  }
  if (kept_) fine = go_on_with(kept_, now).ok() && fine;
  if (!stored_) fine = store(now) && fine;
  if (fine) retry_.reset();
  else retry_.failed(now);
}

void MeshNode::say_waits(const NodePolicy& policy, const std::string& reason, uint64_t now) {
  health_.degrade("pending", "generation " + std::to_string(policy.snapshot.generation) + " waits and is tried again: " + reason, now);
}

}  // namespace aclc
