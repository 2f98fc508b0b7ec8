// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/dump.h"

#include <fmt/format.h>

#include <iterator>

namespace aclc {
namespace {

using sv = std::string_view;

constexpr sv kKinds[] = {"invalid", "wildcard", "address",   "prefix", "range",   "user",    "user-domain",
                         "group",   "tag",      "autogroup", "ipset",  "service", "posture", "host"};
constexpr sv kOps[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not-in", "is-set", "not-set", "true"};
constexpr sv kRoutes[] = {"default", "mac-always", "mac-never"};

class Dumper {
 public:
  explicit Dumper(const Policy& policy) : p_(policy) {}

  std::string run() {
    for (const Section& s : p_.sections) line("section {} {}", p_.text(s.name), at(s.name_span));
    if (p_.allows_all()) line("allows all");
    for (const AclRule& r : p_.acls) acl(r);
    for (const Grant& g : p_.grants) grant(g);
    for (const Group& g : p_.groups) {
      line("group {} {}", name(g.name), at(g.span));
      selectors("member", g.members);
    }
    for (const Host& h : p_.hosts) {
      line("host {} {}", name(h.name), at(h.span));
      line("  value {}", selector(h.value));
    }
    for (const TagOwner& t : p_.tag_owners) {
      line("tag {} {}", name(t.name), at(t.span));
      selectors("owner", t.owners);
    }
    sets();
    approvers();
    for (const SshRule& r : p_.ssh) ssh(r);
    for (const NodeAttr& n : p_.node_attrs) node_attr(n);
    tests();
    settings();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  static std::string at(Span s) { return fmt::format("{}..{}", s.begin, s.end); }
  std::string name(const Text& t) const { return t.present() ? quoted(p_.text(t)) : "-"; }
  static std::string quoted(sv text) {
    std::string out = "\"";
    for (const char c : text) {
      const auto u = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (u < 0x20 || u == 0x7f) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", u);
      } else {
        out += c;
      }
    }
    return out + '"';
  }
  std::string text(const Text& t) const {
    return t.present() ? fmt::format("{} {}", quoted(p_.text(t)), at(t.span)) : "-";
  }

  std::string selector(const Selector& s) const {
    std::string out = fmt::format("{} {} {}", selector_kind_name(s.kind), quoted(p_.text(s)), at(s.span));
    if (s.kind == SelectorKind::kAddress) out += fmt::format(" = {}", p_.prefix(s).address.to_text());
    if (s.kind == SelectorKind::kPrefix) out += fmt::format(" = {}", p_.prefix(s).to_text());
    if (s.kind == SelectorKind::kRange) out += fmt::format(" = {}-{}", p_.prefix(s).address.to_text(), p_.range(s).last.to_text());
    if (s.kind == SelectorKind::kAutogroup) out += fmt::format(" = {}", autogroup_name(s.autogroup));
    return out;
  }
  std::string ports(Slice<PortItem> items) const {
    std::string out;
    for (const PortItem& i : p_.at(items)) out += fmt::format(" {} {}", i.range.to_text(), at(i.span));
    return out;
  }
  std::string proto(const Protocol& p) const { return p.present() ? fmt::format("{} {}", p.number, at(p.span)) : "-"; }

  void selectors(sv role, Selectors list) {
    for (const Selector& s : p_.at(list)) line("  {} {}", role, selector(s));
  }
  void texts(sv role, Texts list) {
    for (const Text& t : p_.at(list)) line("  {} {}", role, text(t));
  }
  void destinations(sv role, Slice<Destination> list) {
    for (const Destination& d : p_.at(list)) line("  {} {} ports{}", role, selector(d.selector), ports(d.ports));
  }
  void postures(const PostureRefs& refs) {
    if (refs.present) line("  srcPosture given");
    selectors("srcPosture", refs.names);
  }
  void apps(Slice<AppCapability> list) {
    for (const AppCapability& a : p_.at(list)) line("  app {} node {}", text(a.name), a.value.value);
  }
  static sv broken(bool b) { return b ? " broken" : ""; }

  void acl(const AclRule& r) {
    line("acl {} action {} proto {}{}", at(r.span), text(r.action), proto(r.proto), broken(r.broken));
    selectors("src", r.src);
    destinations("dst", r.dst);
    postures(r.src_posture);
  }
  void grant(const Grant& g) {
    line("grant {}{}", at(g.span), broken(g.broken));
    selectors("src", g.src);
    selectors("dst", g.dst);
    for (const NetCapability& c : p_.at(g.ip))
      line("  ip {} proto {} ports{}", at(c.span), proto(c.proto), ports(c.ports));
    apps(g.app);
    selectors("via", g.via);
    postures(g.src_posture);
  }
  void ssh(const SshRule& r) {
    line("ssh {} action {}{}", at(r.span), text(r.action), broken(r.broken));
    selectors("src", r.src);
    selectors("dst", r.dst);
    texts("user", r.users);
    if (r.check_period.present()) line("  checkPeriod {}", text(r.check_period));
    texts("acceptEnv", r.accept_env);
    selectors("recorder", r.recorder);
    if (r.enforce_recorder) line("  enforceRecorder");
    postures(r.src_posture);
  }
  void node_attr(const NodeAttr& n) {
    line("nodeAttr {}", at(n.span));
    selectors("target", n.target);
    texts("attr", n.attr);
    selectors("ipPool", n.ip_pool);
    apps(n.app);
  }
  std::string value(const PostureValue& v) const {
    const sv type = v.type == PostureValue::Type::kString   ? "string"
                    : v.type == PostureValue::Type::kNumber ? "number"
                                                            : "bool";
    return fmt::format("{} {} {}", type, quoted(p_.text(v.text)), at(v.span));
  }
  void sets() {
    for (const IpSet& s : p_.ipsets) {
      line("ipset {} {}", name(s.name), at(s.span));
      for (const IpSetElement& e : p_.at(s.elements))
        line("  {} {}", e.remove ? "remove" : e.has_verb ? "add" : "(add)", selector(e.target));
    }
    for (const Posture& p : p_.postures) {
      line("posture {} {}", name(p.name), at(p.span));
      for (const PostureAssertion& a : p_.at(p.assertions)) {
        if (!a.valid) {
          line("  invalid {}", at(a.span));
          continue;
        }
        line("  {} {}", text(a.attribute), kOps[static_cast<size_t>(a.op)]);
        for (const PostureValue& v : p_.at(a.values)) line("    {}", value(v));
      }
    }
    if (p_.default_src_posture.present) {
      line("defaultSrcPosture");
      selectors("name", p_.default_src_posture.names);
    }
  }
  void approvers() {
    const AutoApprovers& a = p_.auto_approvers;
    for (const RouteApprovers& r : a.routes) {
      line("route {}", selector(r.prefix));
      selectors("approver", r.approvers);
    }
    if (!a.exit_node.empty()) line("exitNode");
    selectors("approver", a.exit_node);
    for (const ServiceApprovers& s : a.services) {
      line("service {}", selector(s.service));
      selectors("approver", s.approvers);
    }
  }
  void posture_attrs(Slice<PostureAttr> list) {
    for (const PostureAttr& a : p_.at(list)) line("  srcPostureAttr {} = {}", text(a.name), value(a.value));
  }
  void tests() {
    for (const AclTest& t : p_.tests) {
      line("test {} proto {}{}", at(t.span), proto(t.proto), broken(t.broken));
      line("  src {}", selector(t.src));
      destinations("accept", t.accept);
      destinations("deny", t.deny);
      posture_attrs(t.posture_attrs);
    }
    for (const SshTest& t : p_.ssh_tests) {
      line("sshTest {}{}", at(t.span), broken(t.broken));
      line("  src {}", selector(t.src));
      selectors("dst", t.dst);
      texts("accept", t.accept);
      texts("check", t.check);
      texts("deny", t.deny);
      posture_attrs(t.posture_attrs);
    }
  }
  void settings() {
    if (p_.dns) {
      line("dns {} magic {}", at(p_.dns->span), p_.dns->magic);
      selectors("nameserver", p_.dns->nameservers);
      for (const DnsRoute& r : p_.dns->routes) {
        line("  route {}", text(r.domain));
        for (const Selector& s : p_.at(r.nameservers)) line("    nameserver {}", selector(s));
      }
      texts("domain", p_.dns->domains);
    }
    if (p_.disable_ipv4) line("disableIPv4 {}", *p_.disable_ipv4);
    if (p_.randomize_client_port) line("randomizeClientPort {}", *p_.randomize_client_port);
    if (p_.one_cgnat_route != OneCgnatRoute::kDefault)
      line("OneCGNATRoute {}", kRoutes[static_cast<size_t>(p_.one_cgnat_route)]);
  }

  const Policy& p_;
  std::string out_;
};

}  // namespace

sv selector_kind_name(SelectorKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

std::string dump(const Policy& policy) {
  return Dumper(policy).run();
}

}  // namespace aclc
