// SPDX-License-Identifier: Apache-2.0
#include "cli/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text/utf8.h"

namespace aclc::cli {
namespace {

using sv = std::string_view;

constexpr sv kMark = "=== ";

/// Words of a command line: blanks part them, single and double quotes hold them together, there are no escapes.
std::optional<std::vector<std::string>> split_words(sv line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == ' ') {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (inside) words.push_back(std::move(word));
  return words;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// `\xHH`, `\n`, `\r`, `\t`, `\\`; line feeds of the case itself are left out.
std::optional<std::string> decode_escapes(sv text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') continue;
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char kind = ++i < text.size() ? text[i] : 0;
    if (kind == 'n')
      out += '\n';
    else if (kind == 'r')
      out += '\r';
    else if (kind == 't')
      out += '\t';
    else if (kind == '\\')
      out += '\\';
    else if (kind == 'x' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

/// The inverse. Each line feed of the bytes also ends a line here, so that a person can read it.
std::string encode_escapes(sv bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\\')
      out += "\\\\";
    else if (u < 0x20 || u >= 0x7f)
      out += fmt::format("\\x{:02x}", u);
    else
      out += c;
  }
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

/// Can stand in a case as it is.
bool is_plain(sv bytes) {
  if (bytes.empty()) return true;
  if (!bytes.ends_with('\n') || bytes.starts_with(kMark) || bytes.find("\n=== ") != sv::npos) return false;
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') return false;
  }
  return is_valid_utf8(bytes);
}

std::string print_section(sv heading, sv bytes) {
  if (is_plain(bytes)) return fmt::format("=== {}\n{}", heading, bytes);
  return fmt::format("=== {} escaped\n{}", heading, encode_escapes(bytes));
}

class Reader {
 public:
  explicit Reader(sv text) : rest_(text) {}

  Result<Case> run() {
    out_.documentation = body();
    while (error_.empty() && !rest_.empty()) section();
    if (!error_.empty()) return Failure{fmt::format("line {}: {}", heading_, error_)};
    return std::move(out_);
  }

 private:
  sv take_line() {
    const size_t end = rest_.find('\n');
    const sv line = rest_.substr(0, end);
    rest_.remove_prefix(end == sv::npos ? rest_.size() : end + 1);
    ++line_;
    return line;
  }

  std::string body() {
    std::string out;
    while (!rest_.empty() && !rest_.starts_with(kMark)) out.append(take_line()).append("\n");
    return out;
  }

  void fail(sv why) {
    if (error_.empty()) error_ = why;
  }

  void section() {
    sv rest = take_line().substr(kMark.size());
    heading_ = line_;
    const sv verb = take_word(rest);
    std::string text = body();
    if (verb == "file") return out_.files.push_back(file(rest, std::move(text)));
    if (verb == "run") return run_section(rest, text);
    if (out_.runs.empty()) return fail("expectations stand under a `=== run`");
    CaseRun& run = out_.runs.back();
    if (verb == "stdout")
      run.out = decoded(rest, std::move(text));
    else if (verb == "stderr")
      run.err = decoded(rest, std::move(text));
    else if (verb == "after")
      run.after.push_back(file(rest, std::move(text)));
    else if (verb == "exit")
      exit_section(rest);
    else
      fail("a section is one of file, run, stdout, stderr, exit, after");
  }

  static sv take_word(sv& rest) {
    const sv word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
  }

  std::string decoded(sv manner, std::string text) {
    if (manner.empty()) return text;
    std::optional<std::string> out = manner == "escaped" ? decode_escapes(text) : std::nullopt;
    if (!out) fail("after a heading stands nothing, or `escaped`; escapes are \\xHH, \\n, \\r, \\t and \\\\");
    return out.value_or("");
  }

  CaseFile file(sv rest, std::string text) {
    CaseFile out;
    out.name = take_word(rest);
    out.bytes = decoded(rest, std::move(text));
    if (out.name.empty() || out.name.front() == '/' || out.name.find("..") != std::string::npos) {
      fail("a file has a relative name");
    }
    return out;
  }

  void run_section(sv command, sv text) {
    if (!text.empty()) fail("nothing stands between `=== run` and the next section");
    CaseRun run;
    run.command = command;
    auto words = split_words(command);
    if (!words || words->empty() || words->front() != "aclc")
      return fail("a run begins with aclc, and quotes are closed");
    words->erase(words->begin());
    if (words->size() >= 2 && (*words)[words->size() - 2] == "<") {
      run.input = words->back();
      words->resize(words->size() - 2);
    }
    run.words = std::move(*words);
    out_.runs.push_back(std::move(run));
  }

  void exit_section(sv number) {
    int& out = out_.runs.back().exit;
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), out);
    if (fault != std::errc() || end != number.data() + number.size()) fail("an exit is a number");
  }

  sv rest_;
  size_t line_ = 0;
  size_t heading_ = 0;  ///< line of the section that is being read
  std::string error_;
  Case out_;
};

}  // namespace

Result<Case> parse_case(std::string_view text) {
  return Reader(text).run();
}

std::string print_case(const Case& c) {
  std::string out = c.documentation;
  for (const CaseFile& f : c.files) out += print_section("file " + f.name, f.bytes);
  for (const CaseRun& r : c.runs) {
    out += fmt::format("=== run {}\n", r.command);
    if (!r.out.empty()) out += print_section("stdout", r.out);
    if (!r.err.empty()) out += print_section("stderr", r.err);
    for (const CaseFile& f : r.after) out += print_section("after " + f.name, f.bytes);
    out += fmt::format("=== exit {}\n", r.exit);
  }
  return out;
}

}  // namespace aclc::cli
