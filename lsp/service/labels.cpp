// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/labels.h"

#include <fmt/format.h>

namespace aclc::lsp {
namespace {

constexpr size_t kShown = 4;  // selectors of a list

class Line {
 public:
  explicit Line(const Analysis& analysis) : analysis_(analysis) {}

  template <class List>
  Line& list(const List& items) {
    size_t n = 0;
    for (const auto& item : items) {
      if (n == kShown) {
        out_ += fmt::format(" +{}", items.size() - kShown);
        break;
      }
      if (n++ > 0) out_ += ", ";
      out_ += analysis_.text(item.span);
    }
    if (items.empty()) out_ += "nothing";
    return *this;
  }
  Line& text(std::string_view t) {
    out_ += t;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  const Analysis& analysis_;
  std::string out_;
};

std::vector<Text> names_of(const Policy& policy, Slice<AppCapability> apps) {
  std::vector<Text> out;
  for (const AppCapability& app : policy.at(apps)) out.push_back(app.name);
  return out;
}

}  // namespace

std::string shortened(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  size_t at = limit;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return std::string(text.substr(0, at)) + "\xe2\x80\xa6";
}

std::string no_inventory(const Analysis& analysis, std::string_view would_tell) {
  if (const Inventory* broken = analysis.options().inventory.get()) {
    for (const Diagnostic& d : broken->findings()) {
      if (d.severity == Severity::kError)
        return fmt::format("No inventory: {} has errors, the first in line {}: {}", broken->path(), broken->version().lines.line_of(d.span.begin) + 1, d.message);
    }
  }
  return fmt::format("No inventory: a `tailnet.json` beside the policy would tell {}.", would_tell);
}

std::string counted(size_t n, std::string_view one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string_view kind_word(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kGroup:
      return "group";
    case SelectorKind::kTag:
      return "tag";
    case SelectorKind::kHost:
      return "host";
    case SelectorKind::kIpSet:
      return "ipset";
    case SelectorKind::kPosture:
      return "posture";
    case SelectorKind::kUser:
      return "user";
    case SelectorKind::kUserDomain:
      return "users of a domain";
    case SelectorKind::kAutogroup:
      return "autogroup";
    case SelectorKind::kService:
      return "service";
    case SelectorKind::kAddress:
      return "address";
    case SelectorKind::kPrefix:
      return "prefix";
    case SelectorKind::kRange:
      return "address range";
    case SelectorKind::kWildcard:
      return "everything";
    case SelectorKind::kInvalid:
      return "unknown";
  }
  return "";
}

std::string_view section_defining(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kTag:
      return "tagOwners";
    case SelectorKind::kHost:
      return "hosts";
    case SelectorKind::kIpSet:
      return "ipsets";
    case SelectorKind::kPosture:
      return "postures";
    default:
      return {};
  }
}

std::string entry_label(const Analysis& analysis, Entry entry, size_t limit) {
  const Policy& p = analysis.policy();
  Line line(analysis);
  const uint32_t i = entry.index;
  switch (entry.section) {
    case field::kAcls:
      if (i < p.acls.size()) {
        line.list(p.at(p.acls[i].src)).text(" -> ").list(p.at(p.acls[i].dst));
        if (p.acls[i].proto.present()) line.text(" : ").text(analysis.text(p.acls[i].proto.span));
      }
      break;
    case field::kGrants:
      if (i < p.grants.size()) {
        line.list(p.at(p.grants[i].src)).text(" -> ").list(p.at(p.grants[i].dst));
        if (!p.grants[i].ip.empty()) line.text(" : ").list(p.at(p.grants[i].ip));
        if (!p.grants[i].app.empty()) line.text(" with ").list(names_of(p, p.grants[i].app));
      }
      break;
    case field::kSsh:
      if (i < p.ssh.size())
        line.list(p.at(p.ssh[i].src)).text(" -> ").list(p.at(p.ssh[i].dst)).text(" as ").list(p.at(p.ssh[i].users));
      break;
    case field::kNodeAttrs:
      if (i < p.node_attrs.size()) {
        const NodeAttr& attr = p.node_attrs[i];
        line.list(p.at(attr.target)).text(": ");
        if (!attr.attr.empty() || (attr.app.empty() && attr.ip_pool.empty())) line.list(p.at(attr.attr));
        if (!attr.app.empty()) line.text(attr.attr.empty() ? "with " : ", with ").list(names_of(p, attr.app));
        if (!attr.ip_pool.empty()) line.text(attr.attr.empty() && attr.app.empty() ? "from " : ", from ").list(p.at(attr.ip_pool));
      }
      break;
    case field::kTests:
      if (i < p.tests.size()) {
        line.text(analysis.text(p.tests[i].src_text.span)).text(" -> ");
        if (!p.tests[i].accept.empty()) line.text("accept ").list(p.at(p.tests[i].accept));
        if (!p.tests[i].accept.empty() && !p.tests[i].deny.empty()) line.text("; ");
        if (!p.tests[i].deny.empty()) line.text("deny ").list(p.at(p.tests[i].deny));
      }
      break;
    case field::kSshTests:
      if (i < p.ssh_tests.size()) {
        const SshTest& test = p.ssh_tests[i];
        line.text(analysis.text(test.src_text.span)).text(" -> ").list(p.at(test.dst));
        std::string_view before = ": ";
        const auto expected = [&](std::string_view what, Texts users) {
          if (users.empty()) return;
          line.text(before).text(what).list(p.at(users));
          before = "; ";
        };
        expected("accept ", test.accept);
        expected("check ", test.check);
        expected("deny ", test.deny);
      }
      break;
    default:
      line.text(analysis.policy().text(analysis.name_of(entry)));
  }
  return shortened(line.take(), limit);
}

std::string entry_name(const Analysis& analysis, Entry entry) {
  if (const StringId name = analysis.name_of(entry); name.valid()) return std::string(analysis.policy().text(name));
  const std::string_view section = shape_info(Shape::kPolicy).fields[entry.section].name;
  if (entry.section == field::kAutoApprovers || entry.section == field::kDefaultSrcPosture) return std::string(section);
  return fmt::format("{}[{}]", section, entry.index);
}

}  // namespace aclc::lsp
