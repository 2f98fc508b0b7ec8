// SPDX-License-Identifier: Apache-2.0
#include "compiler/tables/texts.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace aclc::tables {

namespace {

constexpr size_t kInline = 48;  // any address, and any prefix, fits

/// A text with its first 16 bytes as a number, which decides nearly every comparison.
struct Key {
  uint128 head = 0;
  uint32_t begin = 0, size = 0;
};

uint128 head_of(const char* text, size_t size) {
  std::array<unsigned char, 16> bytes{};
  std::memcpy(bytes.data(), text, std::min(size, bytes.size()));
  uint128 out = 0;
  for (const unsigned char b : bytes) out = out << 8 | b;
  return out;
}

}  // namespace

/// The texts of a list one after the other, and their order.
struct SourceTexts::Members {
  std::string texts;
  std::vector<Key> keys;

  void add(const std::string& text) {
    keys.push_back({head_of(text.data(), text.size()), static_cast<uint32_t>(texts.size()), static_cast<uint32_t>(text.size())});
    texts += text;
  }
  std::string_view at(const Key& k) const { return std::string_view(texts).substr(k.begin, k.size); }
  void sort() {
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) { return a.head != b.head ? a.head < b.head : at(a) < at(b); });
    keys.erase(std::unique(keys.begin(), keys.end(), [&](const Key& a, const Key& b) { return at(a) == at(b); }), keys.end());
  }
};

SourceTexts::Members SourceTexts::members(const Plan& plan, SourceRef source) const {
  Members out;
  const Identity& identity = form_.identity();
  const auto add_classes = [&](const std::vector<ClassId>& classes) {
    size_t nodes = 0;
    for (const ClassId c : classes) nodes += identity[c].nodes.size();
    out.keys.reserve(2 * nodes);
    out.texts.reserve(kInline * nodes);
    for (const ClassId c : classes) {
      for (const TailnetNodeId id : identity[c].nodes) {
        const Node& node = form_.meaning().node(id);
        if (node.ipv4) out.add(node.ipv4->to_text());
        if (node.ipv6) out.add(node.ipv6->to_text());
      }
    }
  };
  if (source.content.valid()) {
    const lower::Content& content = form_.sources()[source.content];
    const lower::Source& s = form_.sources()[content.sources.front()];
    if (content.everyone) {
      out.add("*");
    } else {
      add_classes(s.classes);
      for (const RangeId r : s.ranges) out.add(identity.ranges()[r].to_text());
    }
  } else if (source.local != UINT32_MAX) {
    add_classes(plan.locals[source.local]);
  }
  out.sort();
  return out;
}

std::vector<std::string> SourceTexts::list(const Plan& plan, SourceRef source) const {
  const Members m = members(plan, source);
  std::vector<std::string> out;
  out.reserve(m.keys.size());
  for (const Key& k : m.keys) out.emplace_back(m.at(k));
  return out;
}

const std::string& SourceTexts::json(const Plan& plan, SourceRef source, std::string& local) {
  std::string* to = &local;
  if (source.content.valid()) {
    if (json_.size() < form_.sources().content_count()) json_.resize(form_.sources().content_count());
    to = &json_[source.content.value];
    if (!to->empty()) return *to;
  }
  const Members m = members(plan, source);
  to->clear();
  to->reserve(m.texts.size() + 3 * m.keys.size() + 2);
  *to += '[';
  for (size_t i = 0; i < m.keys.size(); ++i) {
    *to += i == 0 ? "\"" : ",\"";
    *to += m.at(m.keys[i]);  // digits, letters, `.:/-*`: nothing to escape
    *to += '"';
  }
  *to += ']';
  if (source.content.valid()) bytes_ += to->size();
  return *to;
}

}  // namespace aclc::tables
