// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wire/delta.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace aclc::wire {

namespace {

auto key(const std::string& s) { return std::tie(s); }
auto key(const DstPort& d) { return std::tie(d.ip, d.ports); }

template <class T>
void append(std::vector<Splice<T>>& out, size_t place, size_t removed, const T* added) {
  Splice<T>* last = out.empty() ? nullptr : &out.back();
  if (last == nullptr || last->first + last->removed != place) {
    out.push_back({static_cast<uint32_t>(place), 0, {}});
    last = &out.back();
  }
  last->removed += static_cast<uint32_t>(removed);
  if (added != nullptr) last->added.push_back(*added);
}

/// Lists in one order differ by what one of them lacks; of others, what lies between their common ends is replaced.
template <class T>
std::vector<Splice<T>> splices(const std::vector<T>& had, const std::vector<T>& has) {
  std::vector<Splice<T>> out;
  const auto less = [](const T& a, const T& b) { return key(a) < key(b); };
  if (std::is_sorted(had.begin(), had.end(), less) && std::is_sorted(has.begin(), has.end(), less)) {
    size_t i = 0, j = 0;
    while (i < had.size() || j < has.size()) {
      if (i < had.size() && j < has.size() && had[i] == has[j]) {
        ++i, ++j;
      } else if (j == has.size() || (i < had.size() && less(had[i], has[j]))) {
        append<T>(out, i++, 1, nullptr);
      } else {
        append<T>(out, i, 0, &has[j++]);
      }
    }
    return out;
  }
  size_t front = 0, back = 0;
  const size_t shorter = std::min(had.size(), has.size());
  while (front < shorter && had[front] == has[front]) ++front;
  while (back < shorter - front && had[had.size() - 1 - back] == has[has.size() - 1 - back]) ++back;
  Splice<T> middle{static_cast<uint32_t>(front), static_cast<uint32_t>(had.size() - front - back), {}};
  middle.added.assign(has.begin() + static_cast<std::ptrdiff_t>(front), has.end() - static_cast<std::ptrdiff_t>(back));
  if (!middle.empty()) out.push_back(std::move(middle));
  return out;
}

template <class T>
std::optional<std::vector<T>> spliced(const std::vector<T>& had, const std::vector<Splice<T>>& splices) {
  std::vector<T> out;
  size_t at = 0;
  for (const Splice<T>& s : splices) {
    if (s.first < at || s.first > had.size() || s.removed > had.size() - s.first) return std::nullopt;
    out.insert(out.end(), had.begin() + static_cast<std::ptrdiff_t>(at), had.begin() + static_cast<std::ptrdiff_t>(s.first));
    out.insert(out.end(), s.added.begin(), s.added.end());
    at = s.first + s.removed;
  }
  out.insert(out.end(), had.begin() + static_cast<std::ptrdiff_t>(at), had.end());
  return out;
}

/// Old rules by one of their parts, the unused ones of a kind in their order.
class Index {
 public:
  template <class Part>
  Index(const std::vector<FilterRule>& rules, Part part) {
    for (uint32_t i = static_cast<uint32_t>(rules.size()); i-- > 0;) places_[part(rules[i])].push_back(i);
  }
  std::optional<uint32_t> take(const std::string& text, const std::vector<bool>& used) {
    const auto found = places_.find(text);
    if (found == places_.end()) return std::nullopt;
    std::vector<uint32_t>& places = found->second;
    while (!places.empty() && used[places.back()]) places.pop_back();
    if (places.empty()) return std::nullopt;
    return places.back();
  }

 private:
  std::map<std::string, std::vector<uint32_t>> places_;
};

void add(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

std::string sources(const FilterRule& rule) {
  std::string out;
  for (const std::string& s : rule.src_ips) add(out, s);
  return out;
}

/// All but the sources.
std::string purpose(const FilterRule& rule) {
  std::string out(rule.ip_proto.begin(), rule.ip_proto.end());
  out += '/';
  for (const DstPort& d : rule.dst_ports) {
    add(out, d.ip);
    add(out, d.ports.to_text());
  }
  for (const CapGrant& g : rule.cap_grants) {
    out += '{';
    for (const std::string& d : g.dsts) add(out, d);
    for (const auto& [name, values] : g.cap_map) {
      add(out, name);
      add(out, values);
    }
  }
  return out;
}

/// Whether a change can lead from one to the other: it has no words for protocols and capabilities.
bool alike(const FilterRule& a, const FilterRule& b) { return a.ip_proto == b.ip_proto && a.cap_grants == b.cap_grants; }

}  // namespace

FilterDelta delta(const std::vector<FilterRule>& had, const std::vector<FilterRule>& has) {
  std::vector<bool> used(had.size());
  Index same(had, [](const FilterRule& r) { return sources(r) + '|' + purpose(r); });
  Index same_purpose(had, purpose);
  Index same_sources(had, sources);
  std::vector<std::optional<uint32_t>> from(has.size());
  const auto match = [&](Index& index, auto part) {
    for (size_t i = 0; i < has.size(); ++i) {
      if (from[i]) continue;
      const std::optional<uint32_t> found = index.take(part(has[i]), used);
      if (!found || !alike(had[*found], has[i])) continue;
      from[i] = found;
      used[*found] = true;
    }
  };
  match(same, [](const FilterRule& r) { return sources(r) + '|' + purpose(r); });
  match(same_purpose, purpose);
  match(same_sources, sources);

  FilterDelta out;
  for (size_t i = 0; i < has.size(); ++i) {
    Step step;
    if (!from[i]) {
      step.kind = Step::Kind::kNew;
      step.whole = has[i];
    } else {
      step.rule = *from[i];
      step.src_ips = splices(had[*from[i]].src_ips, has[i].src_ips);
      step.dst_ports = splices(had[*from[i]].dst_ports, has[i].dst_ports);
      if (!step.src_ips.empty() || !step.dst_ports.empty()) step.kind = Step::Kind::kChange;
      const bool follows = !out.empty() && out.back().kind == Step::Kind::kKeep && out.back().rule + out.back().count == *from[i];
      if (step.kind == Step::Kind::kKeep && follows) {
        ++out.back().count;
        continue;
      }
    }
    out.push_back(std::move(step));
  }
  return out;
}

std::optional<std::vector<FilterRule>> apply(const std::vector<FilterRule>& had, const FilterDelta& delta) {
  std::vector<FilterRule> out;
  for (const Step& step : delta) {
    if (step.kind == Step::Kind::kNew) {
      out.push_back(step.whole);
      continue;
    }
    if (step.rule > had.size() || step.count > had.size() - step.rule || step.count == 0) return std::nullopt;
    if (step.kind == Step::Kind::kKeep) {
      const auto first = had.begin() + step.rule;
      out.insert(out.end(), first, first + step.count);
      continue;
    }
    std::optional<std::vector<std::string>> src_ips = spliced(had[step.rule].src_ips, step.src_ips);
    std::optional<std::vector<DstPort>> dst_ports = spliced(had[step.rule].dst_ports, step.dst_ports);
    if (!src_ips || !dst_ports) return std::nullopt;
    FilterRule rule;
    rule.src_ips = std::move(*src_ips);
    rule.dst_ports = std::move(*dst_ports);
    rule.ip_proto = had[step.rule].ip_proto;
    rule.cap_grants = had[step.rule].cap_grants;
    out.push_back(std::move(rule));
  }
  return out;
}

size_t spelt_out(const FilterDelta& delta) {
  size_t out = 0;
  for (const Step& step : delta) {
    for (const auto& s : step.src_ips) out += s.added.size();
    for (const auto& s : step.dst_ports) out += s.added.size();
    out += step.whole.src_ips.size() + step.whole.dst_ports.size() + step.whole.cap_grants.size();
  }
  return out;
}

}  // namespace aclc::wire
