// SPDX-License-Identifier: Apache-2.0
// A server that has followed any edits says what a fresh one says about the same text, in either unit of positions.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>
#include <random>

#include "base/text/utf8.h"
#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

constexpr const char* kUri = "file:///p/policy.hujson";
constexpr const char* kStart =
    "{\n"
    "  // wer darf was: gr\xc3\xb6\xc3\x9f" "e \xf0\x9f\x98\x80\r\n"
    "  \"groups\": {\"group:eng\": [\"ann@example.com\", \"bob@example.com\"], \"group:ops\": [\"cy@example.com\"]},\n"
    "  \"tagOwners\": {\"tag:web\": [\"group:eng\"], \"tag:db\": [\"autogroup:admin\"]},\n"
    "  \"hosts\": {\"b\xc3\xbcro\": \"192.0.2.0/24\", \"printer\": \"192.0.2.7\"},\r\n"
    "  \"acls\": [\n"
    "    {\"action\": \"accept\", \"src\": [\"group:eng\", \"b\xc3\xbcro\"], \"dst\": [\"tag:web:80,443\", \"printer:631\"]}, // \xf0\x9f\x98\x80\n"
    "    {\"action\": \"accept\", \"proto\": \"6\", \"src\": [\"autogroup:member\"], \"dst\": [\"autogroup:self:*\"]},\r"
    "  ],\n"
    "  \"grants\": [{\"src\": [\"group:ops\"], \"dst\": [\"tag:db\"], \"ip\": [\"tcp:5432\"]}],\n"
    "  \"ssh\": [{\"action\": \"check\", \"src\": [\"group:ops\"], \"dst\": [\"tag:db\"], \"users\": [\"root\"]}],\n"
    "  \"tests\": [{\"src\": \"ann@example.com\", \"accept\": [\"tag:web:443\"], \"deny\": [\"tag:db:5432\"]}]\n"
    "}\n";
constexpr const char* kPieces[] = {"", "", "", "x", "\"", ",", ":", "[", "]", "{", "}", "\n", "\r", "\r\n", "//", "/*", "*/", "\xc3\xa9",
                                   "\xf0\x9f\x98\x80", "\xe2\x82\xac", "group:eng", "tag:", "\"tag:web:22\", ", "autogroup:", " ", "\\",
                                   "{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]},\n", "\"acls\": [", "8", "@"};

/// A position of the protocol, worked out the slow and obvious way.
json place(const std::string& text, size_t offset, bool utf8) {
  size_t line = 0, start = 0;
  for (size_t i = 0; i < offset; ++i) {
    const bool ends = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
    if (!ends) continue;
    ++line;
    start = i + 1;
  }
  const std::string_view before = std::string_view(text).substr(start, offset - start);
  return {{"line", line}, {"character", utf8 ? before.size() : utf16_length(before)}};
}

/// An offset that a position can name: not inside a character, nor between CR and LF.
size_t border(const std::string& text, size_t offset) {
  offset = std::min(offset, text.size());
  while (offset > 0 && offset < text.size() &&
         ((static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80 || (text[offset] == '\n' && text[offset - 1] == '\r')))
    --offset;
  return offset;
}

json capabilities(bool utf8) {
  json c = full_capabilities();
  c["general"]["positionEncodings"] = {utf8 ? "utf-8" : "utf-16"};
  return c;
}

/// All that a client can ask about a place of a document.
json answers(Client& c, const json& position) {
  json out;
  for (const char* feature : {"hover", "completion", "definition", "documentHighlight", "prepareRename", "prepareCallHierarchy"})
    out[feature] = c.ask(feature, position);
  out["references"] = c.ask("references", position, {{"context", {{"includeDeclaration", true}}}});
  out["rename"] = c.ask("rename", position, {{"newName", "renamed"}});
  for (const char* feature :
       {"documentSymbol", "foldingRange", "semanticTokens/full", "codeLens", "documentLink", "formatting"})
    out[feature] = c.whole(feature);
  const json range = Client::range({{"line", 0}, {"character", 0}}, position);
  out["inlayHint"] = c.whole("inlayHint", {{"range", range}});
  out["codeAction"] = c.whole("codeAction", {{"range", range}, {"context", {{"diagnostics", json::array()}}}});
  out["selectionRange"] = c.whole("selectionRange", {{"positions", {position}}});
  out["tests"] = c.command("aclc.runAllTests", {kUri});
  return out;
}

/// Version numbers differ by what came before; all else must not.
json without_versions(json value) {
  if (value.is_object()) value.erase("version");
  if (value.is_structured()) {
    for (json& part : value) part = without_versions(std::move(part));
  }
  return value;
}

RC_GTEST_PROP(LanguageServer, FollowsEditsAsIfItSawTheTextAfresh, (uint32_t seed)) {
  std::mt19937 random(seed);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % std::max<size_t>(n, 1)); };
  const bool utf8 = below(2) == 0;
  const bool tame = below(2) == 0;  // letters inside of words, so that most texts are without faults
  std::string text = kStart;
  Client followed;
  const json lint = {{"initializationOptions", json::object()}};
  followed.initialize(capabilities(utf8), lint);
  followed.open(text, kUri);
  int version = 1;
  for (size_t round = 0; round < 6; ++round) {
    json changes = json::array();
    for (size_t n = below(4) + 1; n > 0; --n) {
      size_t a = border(text, below(text.size() + 1));
      size_t b = border(text, a + (below(3) == 0 ? below(12) : 0));
      std::string by = kPieces[below(std::size(kPieces))];
      if (tame) {
        const auto in_word = [&](size_t at) { return std::isalnum(static_cast<unsigned char>(text[at])) != 0; };
        while (a + 1 < text.size() && !(in_word(a) && in_word(a + 1))) ++a;
        a = b = border(text, a + 1);
        by = below(2) == 0 ? "x" : "7";
      }
      changes.push_back({{"range", Client::range(place(text, std::min(a, b), utf8), place(text, std::max(a, b), utf8))}, {"text", by}});
      text.replace(std::min(a, b), std::max(a, b) - std::min(a, b), by);
    }
    if (below(20) == 0) {
      text = kStart;
      changes.push_back({{"text", text}});
    }
    // Some questions make what is known of the old text, so that an edit has something to go by.
    if (below(2) == 0) followed.whole("codeLens");
    followed.change(++version, changes);
    Client fresh;
    fresh.initialize(capabilities(utf8), lint);
    fresh.open(text, kUri);
    followed.settle();
    fresh.settle();
    RC_ASSERT(without_versions(followed.findings()) == without_versions(fresh.findings()));
    const json position = place(text, border(text, below(text.size() + 1)), utf8);
    RC_ASSERT(without_versions(answers(followed, position)) == without_versions(answers(fresh, position)));
    followed.received.clear();
  }
}

/// Both units name the same bytes.
RC_GTEST_PROP(LanguageServer, AnswersAlikeInBothUnits, (uint32_t seed)) {
  std::mt19937 random(seed);
  std::string text = kStart;
  for (int i = 0; i < 3; ++i) text.insert(border(text, random() % text.size()), kPieces[random() % std::size(kPieces)]);
  const size_t offset = border(text, random() % text.size());
  std::vector<std::string> said;
  for (const bool utf8 : {false, true}) {
    Client c;
    c.initialize(capabilities(utf8));
    c.open(text, kUri);
    std::string spans;
    const auto bytes = [&](const json& range) {
      std::vector<size_t> lines{0};
      for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) lines.push_back(i + 1);
      }
      for (const char* end : {"start", "end"}) {
        const size_t from = lines.at(range[end]["line"].get<size_t>()), characters = range[end]["character"].get<size_t>();
        spans += std::to_string(utf8 ? from + characters : from + utf16_to_byte(std::string_view(text).substr(from), characters)) + " ";
      }
    };
    const json findings = c.findings();
    for (const json& d : findings["diagnostics"]) bytes(d["range"]);
    for (const json& place_of : c.ask("references", place(text, offset, utf8), {{"context", {{"includeDeclaration", true}}}})) bytes(place_of["range"]);
    if (const json hover = c.ask("hover", place(text, offset, utf8)); hover.is_object()) bytes(hover["range"]);
    for (const json& lens : c.whole("codeLens")) bytes(lens["range"]);
    said.push_back(spans);
  }
  RC_ASSERT(said[0] == said[1]);
}

}  // namespace
}  // namespace aclc::lsp::test
