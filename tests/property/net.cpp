// SPDX-License-Identifier: Apache-2.0
// Address and port sets against the plainest model: one bit for each place of a small universe. The places of a family are its
// first 32 addresses, its last 32, and everything in between as one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bitset>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"

namespace aclc {
namespace {

constexpr size_t kPerFamily = 65;
constexpr size_t kPlaces = 2 * kPerFamily;
using Model = std::bitset<kPlaces>;

AddressRange place(size_t i) {
  const Family family = i < kPerFamily ? Family::kV4 : Family::kV6;
  const uint128 last = family == Family::kV4 ? uint128{UINT32_MAX} : ~uint128{0};
  const size_t at = i % kPerFamily;
  if (at < 32) return {Address::of(family, at), Address::of(family, at)};
  if (at == 32) return {Address::of(family, 32), Address::of(family, last - 32)};
  return {Address::of(family, last - (64 - at)), Address::of(family, last - (64 - at))};
}

struct Piece {
  size_t from;
  size_t to;  // inclusive
  AddressRange range() const { return {place(from).first, place(to).last}; }
  Model model() const {
    Model m;
    for (size_t i = from; i <= to; ++i) m.set(i);
    return m;
  }
};

rc::Gen<Piece> any_piece() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange<size_t>(0, kPerFamily), rc::gen::inRange<size_t>(0, kPerFamily), rc::gen::arbitrary<bool>(),
                                     rc::gen::inRange(0, 3)),
                      [](const std::tuple<size_t, size_t, bool, int>& t) {
                        auto [a, b, v6, wide] = t;
                        if (wide != 0) b = std::min(a + b % 5, kPerFamily - 1);  // mostly short
                        const size_t base = v6 ? kPerFamily : 0;
                        return Piece{base + std::min(a, b), base + std::max(a, b)};
                      });
}

struct Both {
  AddressSet set;
  Model model;
};

Both build(const std::vector<Piece>& pieces) {
  Both out;
  std::vector<AddressRange> ranges;
  for (const Piece& p : pieces) {
    ranges.push_back(p.range());
    out.model |= p.model();
  }
  out.set = AddressSet::of(ranges);
  return out;
}

rc::Gen<std::vector<Piece>> pieces() { return rc::gen::container<std::vector<Piece>>(any_piece()); }

std::vector<AddressRange> runs(const Model& m) {
  std::vector<AddressRange> out;
  for (size_t i = 0; i < kPlaces; ++i) {
    if (!m[i]) continue;
    const bool joined = i != 0 && i != kPerFamily && m[i - 1];
    if (joined) {
      out.back().last = place(i).last;
    } else {
      out.push_back(place(i));
    }
  }
  return out;
}

void check_same(const AddressSet& set, const Model& m) {
  const std::vector<AddressRange> want = runs(m);
  RC_ASSERT(std::vector<AddressRange>(set.ranges().begin(), set.ranges().end()) == want);
  RC_ASSERT(set.empty() == m.none());
  for (size_t i = 0; i < kPlaces; ++i) {
    RC_ASSERT(set.contains(place(i).first) == m[i]);
    RC_ASSERT(set.contains(place(i).last) == m[i]);
    RC_ASSERT(set.contains(place(i)) == m[i]);
  }
}

RC_GTEST_PROP(AddressSet, AddAndRemoveFollowTheModel, ()) {
  AddressSet set;
  Model m;
  const auto steps = *rc::gen::container<std::vector<std::pair<bool, Piece>>>(rc::gen::pair(rc::gen::arbitrary<bool>(), any_piece()));
  for (const auto& [adding, piece] : steps) {
    if (adding) {
      set.add(piece.range());
      m |= piece.model();
    } else {
      set.remove(piece.range());
      m &= ~piece.model();
    }
    check_same(set, m);
  }
}

RC_GTEST_PROP(AddressSet, AlgebraFollowsTheModel, ()) {
  const Both a = build(*pieces());
  const Both b = build(*pieces());
  check_same(a.set, a.model);
  check_same(a.set.unite(b.set), a.model | b.model);
  check_same(a.set.intersect(b.set), a.model & b.model);
  check_same(a.set.subtract(b.set), a.model & ~b.model);
  AddressSet grown = a.set;
  grown.add(b.set);
  RC_ASSERT(grown == a.set.unite(b.set));
  AddressSet shrunk = a.set;
  shrunk.remove(b.set);
  RC_ASSERT(shrunk == a.set.subtract(b.set));
  RC_ASSERT(a.set.contains(b.set) == (b.model & ~a.model).none());
  RC_ASSERT(a.set.contains(a.set.intersect(b.set)));
  RC_ASSERT(a.set.overlaps(b.set) == (a.model & b.model).any());
  RC_ASSERT((a.set == b.set) == (a.model == b.model));
}

RC_GTEST_PROP(AddressSet, RangeQuestionsFollowTheModel, ()) {
  const Both a = build(*pieces());
  const Piece p = *any_piece();
  RC_ASSERT(a.set.overlaps(p.range()) == (a.model & p.model()).any());
  RC_ASSERT(a.set.contains(p.range()) == ((p.model() & ~a.model).none()));
}

RC_GTEST_PROP(AddressSet, PrefixesAreExactAndFewest, ()) {
  const Both a = build(*pieces());
  const std::vector<Prefix> prefixes = a.set.prefixes();
  AddressSet back;
  for (const Prefix& p : prefixes) {
    RC_ASSERT(!p.has_host_bits());
    RC_ASSERT(!back.overlaps(p.range()));
    back.add(p);
  }
  RC_ASSERT(back == a.set);
  for (size_t i = 1; i < prefixes.size(); ++i) {
    const Prefix& x = prefixes[i - 1];
    const Prefix& y = prefixes[i];
    RC_ASSERT(x.address < y.address);
    if (x.length != y.length || x.length == 0 || x.address.family != y.address.family) continue;
    const Prefix parent = Prefix{x.address, static_cast<uint8_t>(x.length - 1)}.masked();
    RC_ASSERT(!(parent.contains(x) && parent.contains(y)));  // siblings would be one prefix
  }
}

RC_GTEST_PROP(AddressSet, TextsReadBack, ()) {
  const Both a = build(*pieces());
  AddressSet back;
  for (const std::string& text : a.set.texts()) {
    if (const auto range = AddressRange::parse(text)) {
      back.add(*range);
    } else if (const auto prefix = Prefix::parse(text)) {
      RC_ASSERT(!prefix->is_host());
      back.add(*prefix);
    } else {
      const auto address = Address::parse(text);
      RC_ASSERT(address.has_value());
      back.add(*address);
    }
  }
  RC_ASSERT(back == a.set);
}

RC_GTEST_PROP(Address, TextReadsBack, ()) {
  // Bytes are often zero, so that runs of zero fields are common.
  uint128 bits = 0;
  for (int i = 0; i < 16; ++i) bits = bits << 8 | (*rc::gen::inRange(0, 3) == 0 ? *rc::gen::inRange(0, 256) : 0);
  for (const Address& a : {Address::v6(bits), Address::v4(static_cast<uint32_t>(bits))}) {
    const auto back = Address::parse(a.to_text());
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == a);
    const Prefix p{a, static_cast<uint8_t>(*rc::gen::inRange(0, address_bits(a.family) + 1))};
    RC_ASSERT(Prefix::parse(p.to_text()) == p);
    RC_ASSERT(p.contains(a));
    RC_ASSERT(p.masked().range() == p.range());
    RC_ASSERT(p.range().first == p.masked().address);
  }
}

RC_GTEST_PROP(Address, MutatedTextNeverCrashesAndReadsBack, ()) {
  std::string text = Address::v6((static_cast<uint128>(*rc::gen::arbitrary<uint64_t>()) << 64) | *rc::gen::arbitrary<uint32_t>()).to_text();
  const std::string alphabet = "0123456789abcdef:.%/-g";
  for (int i = 0; i < *rc::gen::inRange(1, 4); ++i) {
    text[*rc::gen::inRange<size_t>(0, text.size())] = alphabet[*rc::gen::inRange<size_t>(0, alphabet.size())];
  }
  if (const auto a = Address::parse(text)) RC_ASSERT(Address::parse(a->to_text()) == a);
}

// Ports: the universe is the first and last 40 ports.
constexpr size_t kPorts = 80;
using PortModel = std::bitset<kPorts>;

uint16_t port_at(size_t i) { return static_cast<uint16_t>(i < 40 ? i : 65536 - kPorts + i); }

std::pair<PortSet, PortModel> any_ports() {
  std::vector<PortRange> ranges;
  PortModel m;
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    const size_t half = *rc::gen::element<size_t>(0, 40);
    const size_t from = half + *rc::gen::inRange<size_t>(0, 40);
    const size_t to = std::min(from + *rc::gen::inRange<size_t>(0, 6), half + 39);
    ranges.push_back({port_at(from), port_at(to)});
    for (size_t k = from; k <= to; ++k) m.set(k);
  }
  PortSet grown;
  for (const PortRange& r : ranges) grown.add(r);
  RC_ASSERT(grown == PortSet::of(ranges));
  return {grown, m};
}

void check_ports(const PortSet& set, const PortModel& m) {
  for (size_t i = 0; i < kPorts; ++i) RC_ASSERT(set.contains(port_at(i)) == m[i]);
  for (size_t i = 1; i < set.ranges().size(); ++i) RC_ASSERT(set.ranges()[i - 1].last + 1 < set.ranges()[i].first);
}

RC_GTEST_PROP(PortSet, AlgebraFollowsTheModel, ()) {
  const auto [a, am] = any_ports();
  const auto [b, bm] = any_ports();
  check_ports(a, am);
  check_ports(a.unite(b), am | bm);
  check_ports(a.intersect(b), am & bm);
  check_ports(a.subtract(b), am & ~bm);
  RC_ASSERT(a.contains(b) == (bm & ~am).none());
}

}  // namespace
}  // namespace aclc
