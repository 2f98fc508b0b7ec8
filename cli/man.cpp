// SPDX-License-Identifier: Apache-2.0
// aclc man: the manual, a page for aclc and one for each command, in the language of man(7).
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/files.h"

namespace aclc::cli {
namespace {

struct Man {
  std::string command;
  std::string out;
};

/// Text as roff takes it for text: no escapes, no requests, hyphens that can be searched for and copied.
std::string roff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    at_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

/// Backquotes of ours as bold type.
std::string roff_prose(std::string_view text) {
  std::string out;
  bool bold = false;
  for (const char c : roff(text)) {
    if (c != '`') {
      out += c;
      continue;
    }
    bold = !bold;
    out += bold ? "\\fB" : "\\fR";
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string head(const std::string& page) {
  return fmt::format(".TH {} 1 \"\" \"aclc {}\" \"User Commands\"\n", roff(upper(page)), version());
}

constexpr std::string_view kExitStatus =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nYes: valid, passed, formatted, allowed, equal.\n"
    ".TP\n.B 1\nNo: errors, failed tests, would reformat, denied, different.\n"
    ".TP\n.B 2\nCould not tell: usage, unreadable file, damaged input.\n";

std::string option_entry(const OptionText& option) {
  std::string out = ".TP\n";
  for (size_t i = 0; i < option.names.size(); ++i) {
    out += fmt::format("{}\\fB{}\\fR", i == 0 ? "" : ", ", roff(option.names[i]));
  }
  if (!option.value.empty()) out += fmt::format(" \\fI{}\\fR", roff(option.value));
  return out + "\n" + roff_prose(option.summary) + (option.required ? " (required)" : "") + "\n";
}

std::string command_page(const CommandText& c) {
  const std::string page = "aclc-" + c.name;
  std::string out = head(page);
  out += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B aclc {}\n[\\fIOPTIONS\\fR]", roff(page), roff_prose(c.summary), roff(c.name));
  for (const OptionText& o : c.options) {
    if (!o.is_word()) continue;
    const std::string word = fmt::format("\\fI{}\\fR{}", roff(o.names.front()), o.many ? "..." : "");
    out += o.required ? " " + word : fmt::format(" [{}]", word);
  }
  out += "\n.SH OPTIONS\n";
  for (const OptionText& o : c.options) out += option_entry(o);
  if (!c.footer.empty()) out += fmt::format(".SH NOTES\n{}\n", roff_prose(c.footer));
  out += kExitStatus;
  return out + ".SH SEE ALSO\n.BR aclc (1)\n";
}

std::string main_page(const std::vector<CommandText>& all) {
  std::string out = head("aclc");
  out +=
      ".SH NAME\naclc \\- check, format, compile and deploy tailnet policies\n"
      ".SH SYNOPSIS\n.B aclc\n.I COMMAND\n[\\fIOPTIONS\\fR]\n"
      ".SH DESCRIPTION\nOne HuJSON file says who may reach what in a mesh network.\n.B aclc\n"
      "checks it, tests it, formats it, compiles it and explains it, offline, without a key or a server.\n"
      ".SH COMMANDS\n";
  for (const CommandText& c : all) out += fmt::format(".TP\n.BR aclc\\-{} (1)\n{}\n", roff(c.name), roff_prose(c.summary));
  out += kExitStatus;
  out += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colour where it is set, unless an option asks for it.\n.SH SEE ALSO\n";
  for (size_t i = 0; i < all.size(); ++i) out += fmt::format(".BR aclc\\-{} (1){}\n", roff(all[i].name), i + 1 < all.size() ? "," : "");
  return out;
}

Exit write_pages(const std::string& folder, const std::vector<CommandText>& all, Console& console) {
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    console.complain(fmt::format("cannot make the folder {}: {}", folder, std::strerror(errno)));
    return Exit::kTrouble;
  }
  const auto write = [&](const std::string& page, const std::string& text) {
    const auto done = replace_file(fmt::format("{}/{}.1", folder, page), text);
    if (!done) console.complain(done.error().message);
    return done.ok();
  };
  if (!write("aclc", main_page(all))) return Exit::kTrouble;
  for (const CommandText& c : all) {
    if (!write("aclc-" + c.name, command_page(c))) return Exit::kTrouble;
  }
  return Exit::kYes;
}

Exit man(const Man& o, Console& console) {
  const std::vector<CommandText> all = describe_commands();
  if (!o.out.empty()) return write_pages(o.out, all, console);
  if (o.command.empty()) {
    console.print(main_page(all));
    return Exit::kYes;
  }
  for (const CommandText& c : all) {
    if (c.name != o.command) continue;
    console.print(command_page(c));
    return Exit::kYes;
  }
  console.complain(fmt::format("there is no command `{}`; `aclc --help` lists them", o.command));
  return Exit::kTrouble;
}

}  // namespace

Action define_man(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Man>();
  app.add_option("COMMAND", o->command, "whose page (default: that of aclc itself)")->type_name("");
  app.add_option("--out", o->out, "write every page into this folder instead")->type_name("DIR");
  return [o, &console] { return man(*o, console); };
}

}  // namespace aclc::cli
