// SPDX-License-Identifier: Apache-2.0
// The source side of rules over classes, each distinct list of selectors resolved once and each distinct set kept once.
#pragma once

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

/// A list of selectors with a posture, as one rule or many ask for it. What it means is every address of the nodes of
/// `classes` and the addresses of `ranges`.
struct Source {
  std::vector<TermId> terms;  ///< ascending, each once
  PostureId posture;
  bool everyone = false;         ///< `autogroup:danger-all`: all addresses, and nothing else is listed
  std::vector<ClassId> classes;  ///< ascending
  std::vector<RangeId> ranges;   ///< ascending; no single address of a node of the classes
  ContentHash hash;              ///< sum over addresses of nodes and over ranges
  ContentId content;
  std::vector<PartId> parts;  ///< whose SrcIPs it is, ascending
};

/// What SrcIPs holds. Sources with the same content are the same to rules: those that share a protocol, too, merge.
struct Content {
  ContentHash hash;
  bool everyone = false;
  bool empty = false;
  std::vector<SourceId> sources;  ///< at least one; any of them has the members
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

 private:
  void resolve(Source& source) const;
  void intern(SourceId id);

  const Identity& identity_;
  std::vector<RangeId> subnets_;
  Store<Source, SourceId> sources_;
  Store<Content, ContentId> contents_;
  std::unordered_map<ContentHash, SourceId> known_;
  std::unordered_map<ContentHash, ContentId> by_hash_;
  std::vector<std::vector<SourceId>> with_term_, with_range_;
  std::vector<SourceId> everyone_, all_nodes_;
};

}  // namespace aclc::lower
