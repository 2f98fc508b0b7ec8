// SPDX-License-Identifier: Apache-2.0
// What time and others do to a policy that is in force: expiry, changed tables, a dead tunnel, other networks.
#include <algorithm>

#include "daemon/node/node.h"

namespace aclc {
namespace {

constexpr uint64_t kLongestTablePause = 300;

}  // namespace

void MeshNode::judge_expiry(uint64_t now) {
  if (!policy_ || !policy_->snapshot.has_expired(now)) {
    health_.recover("expiry");
    // The clock was wrong and has been set right.
    if (closed_ && up_) {
      if (const auto done = change_policy(*policy_, now); !done) health_.degrade("table", done.error().message, now);
    }
    return;
  }
  if (config_.on_expiry == OnExpiry::kFailStatic) {
    health_.degrade("expiry", "the snapshot has expired; its policy stays in force (on_expiry: fail-static)", now);
    return;
  }
  health_.degrade("expiry", "the snapshot has expired; nothing but replies comes in (on_expiry: fail-closed)", now);
  if (closed_ || !up_) return;
  if (const auto done = change_policy(*policy_, now); !done) health_.degrade("table", done.error().message, now);
}

void MeshNode::judge_table(uint64_t now) {
  if (closed_ || !policy_) {
    // What denies all has to be there, too.
    if (hands_.filter.is_there()) {
      if (now >= next_table_look_) health_.recover("table");
      return;
    }
    const auto done = hands_.filter.prepare();
    ++counts_.restored;
    next_table_look_ = now + table_pause_;
    health_.degrade("table", done ? "somebody else had removed the table inet " + config_.table + "; it was put up again" : done.error().message, now);
    return;
  }
  const auto untouched = hands_.filter.is_untouched();
  if (untouched && *untouched) {
    if (now < next_table_look_) return;
    table_pause_ = 10;
    health_.recover("table");
    return;
  }
  // Whoever keeps changing it is not fought every second; but without the table everything would come in, which cannot wait.
  if (now < next_table_look_ && hands_.filter.is_there()) return;
  const auto done = hands_.filter.restore(policy_->boxes, config_.shields_up);
  setup_.table_is_new();
  if (done) static_cast<void>(setup_.sync(policy_->snapshot));
  ++counts_.restored;
  next_table_look_ = now + table_pause_;
  table_pause_ = std::min(table_pause_ * 2, kLongestTablePause);
  health_.degrade("table", done ? "somebody else had changed the table inet " + config_.table + "; it was put up again" : done.error().message, now);
}

void MeshNode::judge_neighbourhood(uint64_t now) {
  if (kept_ || !policy_->snapshot.serves_internet()) return;  // what waits asks again when it comes
  auto found = setup_.neighbourhood(policy_->snapshot);
  if (!found || *found == policy_->neighbourhood) return;
  auto next = make_policy(policy_->snapshot, policy_->sealed, std::move(*found));
  if (next && !go_on_with(std::move(next).value(), now)) retry_.failed(now);
}

void MeshNode::tick(uint64_t now) {
  if (!up_) return;
  judge_expiry(now);
  judge_table(now);
  retry(now);
  if (!policy_) {
    if (health_.troubles().count("network") != 0 && setup_.guard_exit()) health_.recover("network");
    return;
  }
  if (hands_.tunnel.is_open()) {
    health_.recover("tunnel");
    judge_neighbourhood(now);
    if (health_.troubles().count("network") != 0 && setup_.sync(policy_->snapshot)) health_.recover("network");
    return;
  }
  health_.degrade("tunnel", "the tunnel is not there; starting it", now);
  if (kept_) return;  // `retry` does it, at its own pace
  if (const auto done = apply(std::make_shared<NodePolicy>(*policy_), now); !done) health_.degrade("tunnel", done.error().message, now);
}

}  // namespace aclc
