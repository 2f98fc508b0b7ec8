// SPDX-License-Identifier: Apache-2.0
// tests and sshTests: what cannot be run, whatever the rules say. The hosted service runs it and says that the test
// failed.
#include <fmt/format.h>

#include <unordered_set>

#include "base/net/protocol.h"
#include "compiler/check/context.h"
#include "compiler/check/insertion.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

using K = SelectorKind;

constexpr std::string_view kFailed = "test(s) failed";

void shape(const Context& context, Span span, std::string_view what, std::string help) {
  context.sink.report(diag::TestShape(span, what).upstream(std::string(kFailed)).help(std::move(help)));
}

const Host* host_of(const Context& context, const Selector& s) {
  const uint32_t at = s.kind == K::kHost ? context.definitions.host_of(s.name) : Definitions::kNone;
  return at == Definitions::kNone ? nullptr : &context.policy.hosts[at];
}

using Logins = std::unordered_set<std::string_view>;

// Empty where no tailnet says who there is.
Logins logins_of(const Context& context, bool asked) {
  Logins out;
  const Tailnet* tailnet = asked ? context.options.tailnet : nullptr;
  if (tailnet == nullptr) return out;
  for (const User& user : tailnet->users) out.insert(tailnet->text(user.login));
  return out;
}

// A test is about one machine: an alias of a network cannot stand for it.
void check_single(const Context& context, const Selector& s) {
  const Host* host = host_of(context, s);
  if (host == nullptr || host->value.kind != K::kPrefix) return;
  context.sink.report(
      diag::TestShape(s.span, fmt::format("`{}` is a network, a test is about one address", context.written(s)))
          .upstream(std::string(kFailed))
          .label(host->value.span, "its value")
          .help("test one of the network's addresses"));
}

void check_source(const Context& context, const Selector& src, const Text& text, Span object, Position position,
                  bool broken, const Logins& logins) {
  if (!text.present()) {
    if (!broken && !gives(context.tree, object, "src")) {
      context.sink.report(diag::MissingMember(opening(object), "a test", "src")
                              .upstream(std::string(kFailed))
                              .help("name who connects"));
    }
    return;
  }
  if (context.policy.text(text).empty()) {
    if (!broken) shape(context, text.span, "a test from nobody", "name who connects in `src`");
    return;
  }
  if (!use(context, src, position)) return;
  check_single(context, src);
  if (src.kind != K::kUser || logins.empty()) return;
  const std::string_view login = context.policy.text(src);
  if (logins.count(login) != 0) return;
  context.sink.report(diag::UnknownTestUser(src.span, login).upstream(std::string(kFailed)));
}

// Whose ports a test may name: protocols without ports take port 0 (documentation of tests).
void check_ports(const Context& context, const AclTest& test, const Destination& d) {
  const auto items = context.policy.at(d.ports);
  if (items.size() != 1) return;  // reported where it was read
  const PortRange range = items[0].range;
  if (range.first != range.last) return;
  const bool has_ports = !test.proto.present() || protocol_has_ports(test.proto.number);
  if (has_ports && range.first == 0) {
    shape(context, items[0].span, "port 0 in a test",
          "only protocols without ports, such as icmp, are tested with port 0");
  } else if (!has_ports && range.first != 0) {
    context.sink.report(
        diag::TestShape(items[0].span, fmt::format("`{}` has no ports", protocol_name(test.proto.number)))
            .upstream(std::string(kFailed))
            .label(test.proto.span, "the protocol")
            .fix("write port 0", {{items[0].span, "0"}}));
  }
}

void check_protocol(const Context& context, const AclTest& test) {
  if (!test.proto.present() || protocol_has_ports(test.proto.number)) return;
  if (test.proto.number == kIcmp || test.proto.number == kIpv6Icmp) return;
  shape(context, test.proto.span, fmt::format("`{}` cannot be tested", protocol_name(test.proto.number)),
        "tcp, udp, sctp and icmp can");
}

}  // namespace

void check_tests(const Context& context) {
  const Policy& policy = context.policy;
  const Logins logins = logins_of(context, !policy.tests.empty());
  for (const AclTest& test : policy.tests) {
    check_source(context, test.src, test.src_text, test.span, Position::kTestSrc, test.broken, logins);
    check_protocol(context, test);
    if (test.accept.empty() && test.deny.empty() && !test.broken) {
      shape(context, opening(test.span), "a test that asserts nothing", "list destinations in `accept` or `deny`");
    }
    for (const Slice<Destination> list : {test.accept, test.deny}) {
      for (const Destination& d : policy.at(list)) {
        if (use(context, d.selector, Position::kTestDst)) check_single(context, d.selector);
        check_ports(context, test, d);
      }
    }
  }
}

void check_ssh_tests(const Context& context) {
  const Policy& policy = context.policy;
  const Logins logins = logins_of(context, !policy.ssh_tests.empty());
  for (const SshTest& test : policy.ssh_tests) {
    check_source(context, test.src, test.src_text, test.span, Position::kSshTestSrc, test.broken, logins);
    if (test.dst.empty() && !test.broken) {
      shape(context, test.dst_span.empty() ? opening(test.span) : test.dst_span, "an ssh test towards nothing",
            "list hosts in `dst`");
    }
    for (const Selector& d : policy.at(test.dst)) {
      if (!use(context, d, Position::kSshTestDst)) continue;
      check_single(context, d);
      // Recorded answer: the address of a node, and yet it fails; its IPv4 address passes.
      if (d.kind == K::kAddress && !policy.prefix(d).address.is_v4()) {
        shape(context, d.span, "an IPv6 address in an ssh test",
              "name the node by its IPv4 address, its tag or a host");
      }
    }
    if (test.accept.empty() && test.check.empty() && test.deny.empty() && !test.broken) {
      shape(context, opening(test.span), "an ssh test that asserts nothing",
            "list login users in `accept`, `check` or `deny`");
    }
    for (const Texts list : {test.accept, test.check, test.deny}) {
      for (const Text& user : policy.at(list)) {
        if (policy.text(user).empty())
          shape(context, user.span, "an empty login name", "name the account to log in to");
      }
    }
  }
}

}  // namespace aclc::checks
