// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "evaluator/program/section_writer.h"

namespace aclc {

Rows::Rows(const std::vector<std::vector<PortMaps::Taken>>& taken, uint32_t atom_count) : taken_(taken), atom_count_(atom_count) {
  // Reference 0 is the row that denies all; it is also that of the empty list and of no runs.
  format::ShortRow none{};
  std::fill(std::begin(none.start), std::end(none.start), static_cast<int32_t>(format::kNoAtom));
  append(&none, 1);
  row_of_list_.push_back(0);
  row_of_content_.push_back(0);
}

template <class T>
void Rows::append(const T* items, size_t count) {
  const size_t at = bytes_.size();
  bytes_.resize(at + count * sizeof(T));
  if (count != 0) std::memcpy(bytes_.data() + at, items, count * sizeof(T));
}

uint32_t Rows::row_of(std::span<const uint32_t> sets, uint64_t max_bytes, uint64_t& work) {
  const uint32_t list = lists_.intern(sets);
  if (list < row_of_list_.size()) return row_of_list_[list];
  uint64_t cost = 1;
  for (const uint32_t set : sets) cost += taken_[set].size();
  if (cost > work || bytes_.size() > max_bytes) return kNoRow;
  work -= cost;
  const std::vector<PortMaps::Taken>* source = &taken_[sets[0]];
  if (sets.size() > 1) {
    merged_.clear();
    for (const uint32_t set : sets) merged_.insert(merged_.end(), taken_[set].begin(), taken_[set].end());
    std::sort(merged_.begin(), merged_.end(), [](const auto& a, const auto& b) { return a.atom != b.atom ? a.atom < b.atom : a.rule < b.rule; });
    source = &merged_;
  }
  // Runs of neighbouring atoms with one answer; the first of equal atoms has the earliest rule.
  runs_.clear();
  uint32_t next = 0;  // the atom after the last one covered
  uint32_t answer = 0;
  for (const PortMaps::Taken& t : *source) {
    if (!runs_.empty() && t.atom + 1 == next) continue;
    if (t.atom != next && answer != 0) {
      runs_.push_back(next);
      runs_.push_back(answer = 0);
    }
    if (t.rule + 1 != answer) {
      runs_.push_back(t.atom);
      runs_.push_back(answer = t.rule + 1);
    }
    next = t.atom + 1;
  }
  if (answer != 0 && next != atom_count_) {
    runs_.push_back(next);
    runs_.push_back(0);
  }
  const uint32_t content = contents_.intern(runs_);
  if (content == row_of_content_.size()) row_of_content_.push_back(encode());
  row_of_list_.push_back(row_of_content_[content]);
  return row_of_list_.back();
}

uint32_t Rows::encode() {
  SectionWriter::pad(bytes_, format::kRowUnit);
  const auto unit = static_cast<uint32_t>(bytes_.size() / format::kRowUnit);
  const size_t count = runs_.size() / 2;
  const auto ref = [unit](format::RowForm form) { return unit << 2 | static_cast<uint32_t>(form); };
  if (count <= format::kShortRuns) {
    format::ShortRow row{};
    std::fill(std::begin(row.start), std::end(row.start), static_cast<int32_t>(format::kNoAtom));
    for (size_t i = 0; i < count; ++i) {
      row.start[i] = static_cast<int32_t>(runs_[2 * i]);
      row.answer[i + 1] = runs_[2 * i + 1];
    }
    append(&row, 1);
    return ref(format::RowForm::kShort);
  }
  const uint32_t first = runs_[0];
  // Where the last run answers, it reaches to the last atom there is.
  const bool open = runs_[2 * count - 1] != 0;
  const uint32_t window = (open ? atom_count_ : runs_[2 * count - 2]) - first;
  if (window <= 4 * count) {
    const format::DenseRow row{first, window};
    append(&row, 1);
    std::vector<uint32_t> answers(window);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t end = i + 1 < count ? runs_[2 * i + 2] - first : window;
      std::fill(answers.begin() + (runs_[2 * i] - first), answers.begin() + end, runs_[2 * i + 1]);
    }
    append(answers.data(), answers.size());
    return ref(format::RowForm::kDense);
  }
  const size_t words = window / 64 + 1;
  if (words <= 2 * count) {
    std::vector<format::RankedWord> ranks(words);
    std::vector<uint32_t> answers = {0};
    for (size_t i = 0; i < count; ++i) {
      const uint32_t at = runs_[2 * i] - first;
      ranks[at / 64].begins |= uint64_t{1} << at % 64;
      answers.push_back(runs_[2 * i + 1]);
    }
    for (size_t w = 1; w < words; ++w) ranks[w].before = ranks[w - 1].before + static_cast<uint32_t>(std::popcount(ranks[w - 1].begins));
    const format::RankedRow row{first, static_cast<uint32_t>(words), static_cast<uint32_t>(answers.size()), 0};
    append(&row, 1);
    append(ranks.data(), ranks.size());
    append(answers.data(), answers.size());
    return ref(format::RowForm::kRanked);
  }
  // One more place for the stretch before the first run.
  const format::LongRow row{static_cast<uint32_t>(std::bit_width(count)), 0};
  const size_t places = size_t{1} << row.steps;
  std::vector<int32_t> starts(places, static_cast<int32_t>(format::kNoAtom));
  std::vector<uint32_t> answers(places, 0);
  starts[0] = 0;
  for (size_t i = 0; i < count; ++i) {
    starts[i + 1] = static_cast<int32_t>(runs_[2 * i]);
    answers[i + 1] = runs_[2 * i + 1];
  }
  append(&row, 1);
  append(starts.data(), places);
  append(answers.data(), places);
  return ref(format::RowForm::kLong);
}

}  // namespace aclc
