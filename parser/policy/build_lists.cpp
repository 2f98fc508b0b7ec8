// SPDX-License-Identifier: Apache-2.0
// Arrays of strings, each kind into its pool.
#include <fmt/format.h>

#include <charconv>

#include "base/net/protocol.h"
#include "parser/policy/address_advice.h"
#include "parser/policy/builder.h"

namespace aclc {
namespace {

template <class T>
uint32_t size_of(const std::vector<T>& pool) {
  return static_cast<uint32_t>(pool.size());
}

double parse_number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Selectors Builder::selectors(const Field& field, NodeId array, bool& broken) {
  Selectors out{size_of(policy_.selectors), 0};
  strings(field, array, broken, [&](const Quoted& q) { policy_.selectors.push_back(selector(q, broken)); });
  out.count = size_of(policy_.selectors) - out.begin;
  return out;
}

PostureRefs Builder::posture_refs(const Field& field, NodeId array, bool& broken) {
  return {true, selectors(field, array, broken)};
}

Slice<Destination> Builder::destinations(const Field& field, NodeId array, Place place, bool& broken) {
  Slice<Destination> out{size_of(policy_.destinations), 0};
  strings(field, array, broken, [&](const Quoted& q) {
    if (!destination(q, place, policy_.destinations.emplace_back())) broken = true;
  });
  out.count = size_of(policy_.destinations) - out.begin;
  return out;
}

Slice<NetCapability> Builder::net_capabilities(const Field& field, NodeId array, bool& broken) {
  Slice<NetCapability> out{size_of(policy_.net_capabilities), 0};
  strings(field, array, broken, [&](const Quoted& q) {
    NetCapability c;
    c.span = span_of(q);
    if (report_odd_capability(q)) {
      broken = true;
      policy_.net_capabilities.push_back(c);
      return;
    }
    const size_t colon = q.text.find(':');
    if (colon != std::string_view::npos && q.text.find(':', colon + 1) != std::string_view::npos) {
      broken = true;
      if (!report_placeholder(q, 0, q.text.size()) && wanted(Kind::kInvalidNetCapability)) {
        report(diag::InvalidNetCapability(c.span, q.text)
                   .help("an entry of `ip` is `ports` or `protocol:ports`; hosts stand in `dst`"));
      }
    } else {
      size_t begin = 0;
      if (colon != std::string_view::npos) {
        c.proto = protocol(q, 0, colon, Place::kGrantIp, broken);
        begin = colon + 1;
      }
      if (!ports(q, begin, q.text.size(), Place::kGrantIp, c.ports)) broken = true;
      // Documented as `*` only; the hosted service's answer to a port there is not known.
      if (c.proto.present()) ports_of_protocol(c.proto, q.text.substr(0, begin - 1), c.ports, Severity::kWarning);
    }
    policy_.net_capabilities.push_back(c);
  });
  out.count = size_of(policy_.net_capabilities) - out.begin;
  return out;
}

bool Builder::ports_of_protocol(const Protocol& proto, std::string_view name, Slice<PortItem> items,
                                Severity severity) {
  if (protocol_has_ports(proto.number)) return true;
  for (const PortItem& item : policy_.at(items)) {
    if (item.range.is_all()) continue;
    if (wanted(Kind::kProtocolWithoutPorts)) {
      report(diag::ProtocolWithoutPorts(item.span, name, item.range.to_text())
                 .as(severity)
                 .help("write `*` for its ports")
                 .fix("replace with `*`", {{item.span, "*"}}));
    }
    return false;
  }
  return true;
}

Slice<AppCapability> Builder::app_capabilities(NodeId object, bool& broken) {
  Slice<AppCapability> out{size_of(policy_.app_capabilities), 0};
  entries(object, [&](const Quoted& key, NodeId, NodeId value) {
    const Text name = text(key, false);
    const NodeKind kind = tree_[value].kind;
    if (kind != NodeKind::kArray && kind != NodeKind::kNull) {
      broken = true;
      wrong_type(fmt::format("the capability `{}`", policy_.text(name)), "an array", value);
      return;
    }
    policy_.app_capabilities.push_back({name, value});
  });
  out.count = size_of(policy_.app_capabilities) - out.begin;
  return out;
}

Texts Builder::texts(const Field& field, NodeId array, bool trimmed, bool& broken) {
  Texts out{size_of(policy_.texts), 0};
  strings(field, array, broken, [&](const Quoted& q) {
    if (!find_placeholder(q.text).empty()) {
      report_placeholder(q, 0, q.text.size());
      broken = true;
      return;
    }
    policy_.texts.push_back(text(q, trimmed));
  });
  out.count = size_of(policy_.texts) - out.begin;
  return out;
}

Selectors Builder::prefixes(const Field& field, NodeId array, bool& broken) {
  Selectors out{size_of(policy_.selectors), 0};
  strings(field, array, broken, [&](const Quoted& q) {
    Selector s;
    const Text t = text(q, true);
    s.span = t.span;
    s.name = t.value;
    if (const auto p = Prefix::parse(policy_.text(t))) {
      s.kind = SelectorKind::kPrefix;
      set_address(s, *p);
      warn_host_bits(s);
    } else {
      broken = true;
      if (!report_placeholder(q, 0, q.text.size())) report_prefix(s);
    }
    policy_.selectors.push_back(s);
  });
  out.count = size_of(policy_.selectors) - out.begin;
  return out;
}

void Builder::report_prefix(const Selector& s) {
  if (!wanted(Kind::kInvalidPrefix)) return;
  const std::string_view written = policy_.text(s);
  Diagnostic d = diag::InvalidPrefix(s.span, written);
  if (const auto a = Address::parse(written)) {
    const std::string whole = Prefix::host(*a).to_text();
    d = std::move(d)
            .help("a CIDR is an address, a slash and a length")
            .fix(fmt::format("replace with `{}`", whole), {{s.span, whole}});
  } else {
    d = std::move(d).help(address_advice(written));
  }
  report(std::move(d));
}

Selectors Builder::addresses(const Field& field, NodeId array, bool& broken) {
  Selectors out{size_of(policy_.selectors), 0};
  strings(field, array, broken, [&](const Quoted& q) {
    Selector s = address_or_prefix(q, broken);
    if (s.kind == SelectorKind::kPrefix) {
      broken = true;
      s.kind = SelectorKind::kInvalid;
      s.address = {};
      report(diag::InvalidAddress(s.span, policy_.text(s)).help("one address stands here, not a CIDR"));
    }
    policy_.selectors.push_back(s);
  });
  out.count = size_of(policy_.selectors) - out.begin;
  return out;
}

Slice<PostureAttr> Builder::posture_attrs(NodeId object, bool& broken) {
  Slice<PostureAttr> out{size_of(policy_.posture_attrs), 0};
  entries(object, [&](const Quoted& key, NodeId, NodeId value) {
    PostureAttr a;
    a.name = text(key, false);
    a.value.span = span_of(value);
    const std::string_view source = tree_.text_of(value);
    switch (tree_[value].kind) {
      case NodeKind::kString:
        if (!readable(value)) return;
        a.value.type = PostureValue::Type::kString;
        {
          const Text t = text(quoted(value), false);
          a.value.text = t.value;
          a.value.span = t.span;
        }
        break;
      case NodeKind::kNumber:
        a.value.type = PostureValue::Type::kNumber;
        a.value.text = policy_.names.intern(source);
        a.value.number = parse_number(source);
        break;
      case NodeKind::kTrue:
      case NodeKind::kFalse:
        a.value.type = PostureValue::Type::kBool;
        a.value.text = policy_.names.intern(source);
        a.value.boolean = tree_[value].kind == NodeKind::kTrue;
        break;
      case NodeKind::kNull:
        return;
      default:
        broken = true;
        wrong_type(fmt::format("the attribute `{}`", policy_.text(a.name)), "a string, a number, true or false", value);
        return;
    }
    policy_.posture_attrs.push_back(a);
  });
  out.count = size_of(policy_.posture_attrs) - out.begin;
  return out;
}

}  // namespace aclc
