// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/kernel_filter.h"

#include <algorithm>

#include "daemon/backend/nft/element_change.h"

namespace aclc::nft {

Result<Done> KernelFilter::noted(Result<Done> done) {
  ruleset_id_ = done ? runner_.ruleset_id() : 0;
  return done;
}

Result<std::vector<std::string>> KernelFilter::set_names() {
  if (sets_) return *sets_;
  return runner_.sets(table_.name);
}

Result<Done> KernelFilter::prepare() {
  const auto chains = runner_.chains(table_.name);
  if (!chains) return chains.error();
  const bool there = std::find(chains->begin(), chains->end(), "filter") != chains->end();
  current_.reset();
  sets_.reset();
  fingerprint_.clear();
  if (!there) {
    sets_.emplace();
    return run(base_script(table_) + deny_all_script(table_));
  }
  // Left by an earlier run: it enforces, and goes on until the first policy. Sets of generations that never came into use are
  // deleted with the next change.
  if (const auto done = run(base_script(table_)); !done) return done;
  const auto sets = set_names();
  if (!sets) return sets.error();
  for (const std::string& set : *sets) {
    if (const auto n = generation_of(set)) generation_ = std::max(generation_, *n);
  }
  sets_ = *sets;
  return Done{};
}

Result<Done> KernelFilter::remove() {
  current_.reset();
  sets_.reset();
  fingerprint_.clear();
  return run(remove_script(table_));
}

Result<Done> KernelFilter::deny_all() {
  current_.reset();
  if (const auto done = run(deny_all_script(table_)); !done) return done;
  const auto sets = set_names();
  if (!sets) return sets.error();
  fingerprint_.clear();
  sets_.reset();
  if (!sets->empty()) {
    if (const auto done = run(delete_sets_script(table_, *sets)); !done) return done;
  }
  sets_.emplace();
  return Done{};
}

Result<Done> KernelFilter::apply(const FilterBoxes& boxes, bool shields_up) {
  if (current_ && shields_up == shields_up_) {
    const auto changes = delta(*current_, boxes, generation_);
    if (changes && (changes->empty() || change(*changes).ok())) {
      current_ = boxes;
      last_was_delta_ = true;
      return Done{};
    }
  }
  last_was_delta_ = false;
  return stage_and_flip(boxes, shields_up);
}

Result<Done> KernelFilter::restore(const FilterBoxes& boxes, bool shields_up) {
  if (const auto done = run(base_script(table_)); !done) return done;
  current_.reset();
  sets_.reset();
  return stage_and_flip(boxes, shields_up);
}

Result<Done> KernelFilter::stage_and_flip(const FilterBoxes& boxes, bool shields_up) {
  const auto obsolete = set_names();
  if (!obsolete) return obsolete.error();
  sets_.reset();
  const uint64_t next = generation_ + 1;
  const std::string sets = declare_script(table_, boxes, next);
  if (!sets.empty()) {
    if (const auto done = run(sets); !done) return done;
  }
  std::vector<std::string> staged;
  for (const SetPlan& set : sets_of(boxes)) staged.push_back(set.name + "_g" + std::to_string(next));
  auto done = change(all_elements(boxes, next));
  if (done) done = run(flip_script(table_, boxes, next, shields_up, *obsolete));
  if (!done) {
    static_cast<void>(run(delete_sets_script(table_, staged)));  // best effort; the next change deletes them else
    return done;
  }
  generation_ = next;
  current_ = boxes;
  shields_up_ = shields_up;
  sets_ = std::move(staged);
  const auto rules = fingerprint();
  fingerprint_ = rules ? *rules : std::string();
  return Done{};
}

Result<std::string> KernelFilter::fingerprint() {
  std::string out;
  for (const char* chain : {"input", "forward", "output", "outgoing", "filter"}) {
    const auto rules = runner_.rules(table_.name, chain);
    if (!rules) return rules.error();
    out += chain + *rules;
  }
  return out;
}

Result<bool> KernelFilter::is_untouched() {
  if (!current_ || fingerprint_.empty()) return true;
  const uint32_t id = runner_.ruleset_id();
  if (id != 0 && id == ruleset_id_) return true;  // nobody has changed anything
  const auto now = fingerprint();
  if (!now || *now != fingerprint_) return false;
  if (id == 0) return true;
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  if (begin < next_elements_look_) return true;  // the next look sees it, too
  const auto same = elements_are_ours();
  const auto end = Clock::now();
  next_elements_look_ = end + std::max<Clock::duration>(std::chrono::seconds(10), 100 * (end - begin));
  if (same && *same) ruleset_id_ = id;
  return same;
}

Result<bool> KernelFilter::elements_are_ours() {
  for (const SetPlan& plan : sets_of(*current_)) {
    if (plan.key == Key::kSelf) continue;
    const auto there = runner_.elements(table_.name, plan.name + "_g" + std::to_string(generation_), plan.key, plan.family);
    if (!there) return there.error();
    if (there->size() != plan.boxes->size()) return false;
    std::vector<const Box*> boxes;
    for (const CountedBox& element : *there) boxes.push_back(&element.box);
    std::sort(boxes.begin(), boxes.end(), [](const Box* a, const Box* b) { return place(*a) < place(*b); });
    const bool same = std::equal(boxes.begin(), boxes.end(), plan.boxes->begin(), [](const Box* a, const Box& b) { return place(*a) == place(b); });
    if (!same) return false;
  }
  return true;
}

bool KernelFilter::is_there() {
  const auto chains = runner_.chains(table_.name);
  const auto has = [&](const char* name) { return std::find(chains->begin(), chains->end(), name) != chains->end(); };
  return chains && has("input") && has("forward") && has("filter");
}

Result<std::map<std::string, Count>> KernelFilter::counters() { return runner_.counters(table_.name); }

Result<std::map<uint32_t, Count>> KernelFilter::rule_counts() {
  std::map<uint32_t, Count> out;
  if (!current_) return out;
  for (const SetPlan& plan : sets_of(*current_)) {
    if (plan.key == Key::kSelf) continue;
    const auto counted = runner_.elements(table_.name, plan.name + "_g" + std::to_string(generation_), plan.key, plan.family);
    if (!counted) return counted.error();
    for (const CountedBox& element : *counted) {
      const auto box = std::lower_bound(plan.boxes->begin(), plan.boxes->end(), element.box, [](const Box& a, const Box& b) { return place(a) < place(b); });
      if (box == plan.boxes->end() || place(*box) != place(element.box)) continue;  // somebody else's
      out[box->rule].packets += element.count.packets;
      out[box->rule].bytes += element.count.bytes;
    }
  }
  return out;
}

}  // namespace aclc::nft
