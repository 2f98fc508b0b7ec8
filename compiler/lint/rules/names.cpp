// SPDX-License-Identifier: Apache-2.0
// Names that are easily taken for others.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest.h"
#include "base/text/utf8.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

constexpr size_t kMaxCompared = 600;  ///< names of one section; each is compared with each

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

/// `web1` and `web2`, `eu-a` and `eu-b`: names that count are meant to be alike.
bool counted(std::string_view a, std::string_view b) {
  const auto without_digits = [](std::string_view s) {
    std::string out;
    for (const char ch : s) {
      if (ch < '0' || ch > '9') out += ch;
    }
    return out;
  };
  if (without_digits(a) == without_digits(b)) return true;
  if (a.size() != b.size()) return false;
  // One letter apart where that letter is a word of its own.
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    const bool begins = i == 0 || a[i - 1] == '-' || a[i - 1] == '_' || a[i - 1] == ':';
    const bool ends = i + 1 == a.size() || a[i + 1] == '-' || a[i + 1] == '_';
    return begins && ends;
  }
  return false;
}

void compare(LintContext& c, const std::vector<Text>& names) {
  if (names.size() > kMaxCompared) {
    c.leave_out(fmt::format("{} names of one section were not compared with one another: with more than {} that takes too long", names.size(), kMaxCompared),
                "whether two are alike is not known");
    return;
  }
  std::vector<std::string> without_case;
  for (const Text& name : names) without_case.push_back(folded(c.policy.text(name)));
  for (size_t j = 0; j < names.size(); ++j) {
    for (size_t i = 0; i < j; ++i) {
      const std::string_view a = c.policy.text(names[i]), b = c.policy.text(names[j]);
      if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > 1 || a == b) continue;
      const auto place = [&] { return fmt::format("`{}` is defined here", a); };
      if (without_case[i] == without_case[j]) {
        c.report(diag::NamesDifferByCase(names[j].span, a, b).label(names[i].span, place()));
        continue;
      }
      // Of short names one edit is half the name.
      const size_t colon = a.find(':');
      const size_t own = a.size() - (colon == std::string_view::npos ? 0 : colon + 1);
      if (own < 4 || edit_distance(a, b, 1) > 1 || counted(a, b)) continue;
      c.report(diag::SimilarNames(names[j].span, a, b).label(names[i].span, place()));
    }
  }
}

template <class T>
std::vector<Text> names_of(const std::vector<T>& entries) {
  std::vector<Text> out;
  for (const T& e : entries) out.push_back(e.name);
  return out;
}

enum class Script { kLatin, kGreek, kCyrillic, kOther };

std::optional<Script> script_of(char32_t ch) {
  if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= 0xc0 && ch <= 0x24f)) return Script::kLatin;
  if (ch >= 0x370 && ch <= 0x3ff) return Script::kGreek;
  if (ch >= 0x400 && ch <= 0x52f) return Script::kCyrillic;
  return std::nullopt;
}

}  // namespace

void similar_names(LintContext& c) {
  compare(c, names_of(c.policy.groups));
  compare(c, names_of(c.policy.tag_owners));
  compare(c, names_of(c.policy.hosts));
  compare(c, names_of(c.policy.ipsets));
  compare(c, names_of(c.policy.postures));
}

void reserved_host_name(LintContext& c) {
  static constexpr std::string_view kReserved[] = {"all",  "any", "autogroup", "group",   "host",  "internet", "ipset", "localhost",
                                                   "none", "self", "svc",       "tag",     "user",  "members"};
  for (const Host& h : c.policy.hosts) {
    const std::string name = folded(c.policy.text(h.name));
    const bool reserved = std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
    const bool number = !name.empty() && name.find_first_not_of("0123456789.") == std::string::npos;
    if (reserved) c.report(diag::ReservedHostName(h.name.span, c.policy.text(h.name), "a word of the language"));
    if (number) c.report(diag::ReservedHostName(h.name.span, c.policy.text(h.name), "an address"));
  }
}

void mixed_script_name(LintContext& c) {
  const auto judge = [&](const Text& name) {
    std::optional<Script> first;
    const std::string_view text = c.policy.text(name);
    const size_t colon = text.find(':');
    for (size_t at = colon == std::string_view::npos ? 0 : colon + 1; at < text.size();) {
      const CodePoint p = decode_utf8(text, at);
      const auto script = script_of(p.value);
      if (script && first && *script != *first) {
        c.report(diag::MixedScriptName(name.span, text));
        return;
      }
      if (script) first = script;
      at += p.length;
    }
  };
  for (const Group& g : c.policy.groups) judge(g.name);
  for (const Host& h : c.policy.hosts) judge(h.name);
  for (const TagOwner& t : c.policy.tag_owners) judge(t.name);
  for (const IpSet& i : c.policy.ipsets) judge(i.name);
  for (const Posture& p : c.policy.postures) judge(p.name);
}

void twin_groups(LintContext& c) {
  std::map<std::vector<StringId>, const Group*> known;
  for (const Group& g : c.policy.groups) {
    std::vector<StringId> members;
    for (const Selector& s : c.policy.at(g.members)) members.push_back(s.name);
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    if (members.size() < 2) continue;
    const auto [same, is_new] = known.try_emplace(std::move(members), &g);
    if (is_new) continue;
    const std::string_view other = c.policy.text(same->second->name);
    c.report(diag::TwinGroups(g.name.span, c.policy.text(g.name), other)
                 .label(same->second->name.span, fmt::format("`{}` is defined here", other)));
  }
}

void overlapping_hosts(LintContext& c) {
  struct Entry {
    AddressRange range;
    const Host* host;
  };
  std::vector<Entry> entries;
  for (const Host& h : c.policy.hosts) {
    if (h.value.kind == SelectorKind::kAddress || h.value.kind == SelectorKind::kPrefix) entries.push_back({c.policy.range(h.value), &h});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.range.first != b.range.first ? a.range.first < b.range.first : b.range.last < a.range.last;
  });
  // Prefixes lie inside one another or apart, so the widest so far that is not over yet is enough to compare with.
  const Entry* wide = nullptr;
  for (const Entry& e : entries) {
    const Entry* before = &e == entries.data() ? nullptr : &e - 1;
    if (before != nullptr && before->range == e.range) {
      const bool later = before->host->name.span.begin < e.host->name.span.begin;
      const Host &first = later ? *before->host : *e.host, &second = later ? *e.host : *before->host;
      c.report(diag::SameHostTwice(second.name.span, c.policy.text(first.name), c.policy.text(second.name), e.range.to_text())
                   .label(first.name.span, fmt::format("`{}` is defined here", c.policy.text(first.name))));
      continue;
    }
    if (wide != nullptr && wide->range.overlaps(e.range)) {
      c.report(diag::OverlappingHosts(e.host->name.span, c.policy.text(e.host->name), c.policy.text(wide->host->name))
                   .label(wide->host->name.span, fmt::format("`{}` is defined here", c.policy.text(wide->host->name))));
    } else {
      wide = &e;
    }
  }
}

}  // namespace aclc::lints
