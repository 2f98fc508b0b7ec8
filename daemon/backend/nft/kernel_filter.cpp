// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/kernel_filter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/net/protocol.h"
#include "daemon/backend/nft/elements.h"

namespace aclc::nft {
namespace {

using Json = nlohmann::json;

// Above this a delta costs more than its gain: each deleted element is a walk through the set.
constexpr size_t kLargestDelta = 64;

// The objects of one kind in nft's answer.
std::vector<Json> objects(const std::string& answer, const char* kind) {
  std::vector<Json> out;
  const Json json = Json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("nftables")) return out;
  for (const Json& entry : json["nftables"]) {
    if (entry.is_object() && entry.contains(kind)) out.push_back(entry[kind]);
  }
  return out;
}

Count count_of(const Json& json) { return {json.value("packets", uint64_t{0}), json.value("bytes", uint64_t{0})}; }

// Handles and counts change by themselves; a set's elements are not listed here.
Json without_moving_parts(const Json& json) {
  if (json.is_array()) {
    Json out = Json::array();
    for (const Json& item : json) out.push_back(without_moving_parts(item));
    return out;
  }
  if (!json.is_object()) return json;
  Json out = Json::object();
  for (const auto& [key, value] : json.items()) {
    if (key != "handle" && key != "packets" && key != "bytes") out[key] = without_moving_parts(value);
  }
  return out;
}

std::string range_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number()) return std::to_string(json.get<int64_t>());
  if (json.contains("prefix")) return json["prefix"].at("addr").get<std::string>() + "/" + std::to_string(json["prefix"].at("len").get<int>());
  return range_text(json.at("range").at(0)) + "-" + range_text(json.at("range").at(1));
}

// An element as one text, from our side and from nft's answer.
std::string element_text(Key key, const Box& box) {
  std::string out = box.src.to_text() + " " + box.dst.to_text();
  if (key != Key::kIcmp) out += " " + protocol_name(box.protocol);
  if (key == Key::kPorts) out += " " + (box.ports.is_all() ? std::string("0-65535") : box.ports.to_text());
  return out;
}
std::string element_text(Key key, const Json& parts) {
  std::string out = range_text(parts.at(0)) + " " + range_text(parts.at(1));
  if (key != Key::kIcmp) {
    const std::string protocol = range_text(parts.at(2));  // by name where /etc/protocols has one
    const auto number = parse_protocol(protocol);
    out += " " + (number ? protocol_name(*number) : protocol);
  }
  if (key == Key::kPorts) out += " " + range_text(parts.at(3));
  return out;
}

}  // namespace

Result<Done> KernelFilter::run(const std::string& script) {
  const auto done = runner_.run(script);
  ruleset_id_ = done ? runner_.ruleset_id() : 0;
  return done;
}

Result<std::vector<std::string>> KernelFilter::set_names() {
  if (sets_) return *sets_;
  const auto answer = runner_.query("list sets inet");
  if (!answer) return answer.error();
  std::vector<std::string> out;
  for (const Json& set : objects(*answer, "set")) {
    if (set.value("table", "") == table_.name) out.push_back(set.value("name", ""));
  }
  return out;
}

Result<Done> KernelFilter::prepare() {
  const auto chains = runner_.query("list chains inet");
  if (!chains) return chains.error();
  bool there = false;
  for (const Json& chain : objects(*chains, "chain")) {
    there = there || (chain.value("table", "") == table_.name && chain.value("name", "") == "filter");
  }
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
    const auto delta = delta_script(table_, *current_, boxes, generation_, kLargestDelta);
    if (delta && (delta->empty() || run(*delta).ok())) {
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
  const std::string stage = stage_script(table_, boxes, next);
  if (!stage.empty()) {
    if (const auto done = run(stage); !done) return done;
  }
  std::vector<std::string> staged;
  for (const SetPlan& set : sets_of(boxes)) staged.push_back(set.name + "_g" + std::to_string(next));
  if (const auto done = run(flip_script(table_, boxes, next, shields_up, *obsolete)); !done) {
    static_cast<void>(run(delete_sets_script(table_, staged)));  // best effort; the next change deletes them else
    return done;
  }
  generation_ = next;
  current_ = boxes;
  shields_up_ = shields_up;
  sets_ = std::move(staged);
  fingerprint_.clear();
  return Done{};
}

Result<std::string> KernelFilter::fingerprint() {
  std::string out;
  for (const char* chain : {"input", "forward", "filter"}) {
    const auto answer = runner_.query("list chain inet " + table_.name + " " + chain);
    if (!answer) return answer.error();
    for (const Json& rule : objects(*answer, "rule")) out += without_moving_parts(rule).dump() + "\n";
  }
  return out;
}

Result<bool> KernelFilter::is_untouched() {
  if (!current_) return true;
  const uint32_t id = runner_.ruleset_id();
  const bool nobody_changed_anything = id != 0 && id == ruleset_id_;
  if (nobody_changed_anything && !fingerprint_.empty()) return true;
  const auto now = fingerprint();
  if (!now) return false;  // a table or chain that cannot be listed is gone
  // Taken when it is first asked for, since a change of policy should not wait for it.
  if (fingerprint_.empty() && (id == 0 || nobody_changed_anything)) fingerprint_ = *now;
  if (*now != fingerprint_) return false;
  ruleset_id_ = id;
  return true;
}

Result<std::map<std::string, Count>> KernelFilter::counters() {
  const auto answer = runner_.query("list counters table inet " + table_.name);
  if (!answer) return answer.error();
  std::map<std::string, Count> out;
  for (const Json& counter : objects(*answer, "counter")) out[counter.value("name", "")] = count_of(counter);
  return out;
}

Result<std::map<uint32_t, Count>> KernelFilter::rule_counts() {
  std::map<uint32_t, Count> out;
  if (!current_) return out;
  for (const SetPlan& plan : sets_of(*current_)) {
    if (plan.key == Key::kSelf) continue;
    std::map<std::string, uint32_t> rule_of;
    for (const Box& box : *plan.boxes) rule_of[element_text(plan.key, box)] = box.rule;
    const auto answer = runner_.query("list set inet " + table_.name + " " + plan.name + "_g" + std::to_string(generation_), true);
    if (!answer) return answer.error();
    try {
      for (const Json& set : objects(*answer, "set")) {
        for (const Json& entry : set.at("elem")) {
          const auto rule = rule_of.find(element_text(plan.key, entry.at("elem").at("val").at("concat")));
          if (rule == rule_of.end()) continue;
          const Count count = count_of(entry.at("elem").at("counter"));
          out[rule->second].packets += count.packets;
          out[rule->second].bytes += count.bytes;
        }
      }
    } catch (const Json::exception& e) {
      return Failure{std::string("nft listed a set in a form not known here: ") + e.what()};
    }
  }
  return out;
}

}  // namespace aclc::nft
