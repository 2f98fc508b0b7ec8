// SPDX-License-Identifier: Apache-2.0
// The source side of rules over classes, each distinct list of selectors resolved once and each distinct set kept once.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "compiler/identity/identity.h"

namespace aclc::lower {

using identity::ClassId;
using identity::ContentHash;
using identity::Identity;
using identity::PostureId;
using identity::RangeId;
using identity::TermId;

struct Source;
using SourceId = Id<Source>;
struct Content;
using ContentId = Id<Content>;
struct Part;
using PartId = Id<Part>;

/// Where a rule stands among all that any node may have, before merging; the order of the hosted service.
using Position = uint64_t;

/// A list of selectors with a posture, as one rule or many ask for it. What it means is every address of the nodes of
/// `classes` and the addresses of `ranges`.
struct Source {
  std::vector<TermId> terms;  ///< ascending, each once
  PostureId posture;
  bool everyone = false;         ///< `autogroup:danger-all`: all addresses, and nothing else is listed
  std::vector<ClassId> classes;  ///< ascending
  std::vector<RangeId> ranges;   ///< ascending
  bool has_hosts = false;        ///< some of the ranges are single addresses, which may be those of nodes of the classes
  ContentHash hash;              ///< sum over addresses of nodes and over ranges, each once
  ContentId content;
  std::vector<PartId> parts;  ///< whose SrcIPs it is, ascending
  struct First {
    uint8_t protocol;
    Position position;
  };
  std::vector<First> firsts;  ///< by protocol, the first of its drafts that exist at every node
};

/// What SrcIPs holds. Sources with the same content are the same to rules: those that share a protocol, too, merge.
struct Content {
  ContentHash hash;
  bool everyone = false;
  bool empty = false;
  std::vector<SourceId> sources;  ///< any of them has the members; none once an edit took the last one
};

/// A source that an edit gave another content.
struct ChangedSource {
  SourceId source;
  ContentId before;
};

class Sources {
 public:
  explicit Sources(const Identity& identity);

  /// Terms in any order, also invalid ones, which mean nothing.
  SourceId add(std::vector<TermId> terms, PostureId posture);

  const Source& operator[](SourceId id) const { return sources_[id]; }
  Source& operator[](SourceId id) { return sources_[id]; }
  const Content& operator[](ContentId id) const { return contents_[id]; }
  size_t size() const { return sources_.size(); }
  size_t content_count() const { return contents_.size(); }

  /// The content with this hash; invalid where no source has it.
  ContentId find(const ContentHash& hash) const;
  /// Which addresses of the class's nodes a source covers: bit 0 IPv4, bit 1 IPv6.
  uint8_t covered(SourceId id, ClassId class_id) const;
  /// The sources that list a term, or a range beside their classes, or everyone.
  const std::vector<SourceId>& with(TermId term) const { return with_term_[term.value]; }
  const std::vector<SourceId>& with(RangeId range) const { return with_range_[range.value]; }
  const std::vector<SourceId>& of_everyone() const { return everyone_; }
  /// Sources to which posture or `*` admits every class that passes the posture.
  const std::vector<SourceId>& of_all_nodes() const { return all_nodes_; }

  // Edits: each appends the sources that have another content now.

  /// A class has other nodes or other terms than when its addresses had `hash_before` and its terms were `terms_before`.
  void class_changed(ClassId id, const ContentHash& hash_before, std::span<const TermId> terms_before,
                     std::vector<ChangedSource>& out);
  /// The tailnet's subnet routes may be others. Appends those that came or went to `moved`.
  void routes_changed(std::vector<ChangedSource>& out, std::vector<RangeId>& moved);
  /// Contents that lost their last source since the last call. Their ids come back for others.
  std::vector<ContentId> take_retired() { return std::move(retired_); }

 private:
  void resolve(Source& source) const;
  void hash(Source& source) const;
  bool member(const Source& source, ClassId id) const;
  void index_ranges_of(SourceId id, bool present);
  void intern(SourceId id);
  void recontent(SourceId id, const ContentHash& before, std::vector<ChangedSource>& out);

  const Identity& identity_;
  std::vector<RangeId> subnets_;
  Store<Source, SourceId> sources_;
  Store<Content, ContentId> contents_;
  std::unordered_map<ContentHash, SourceId> known_;
  std::unordered_map<ContentHash, ContentId> by_hash_;
  std::vector<std::vector<SourceId>> with_term_, with_range_;
  std::vector<SourceId> everyone_, all_nodes_;
  std::vector<SourceId> wildcard_;  // whose ranges have the subnet routes
  std::vector<ContentId> free_, retired_;
};

}  // namespace aclc::lower
