// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/generate/model.h"

namespace aclc::generated {
namespace {

constexpr const char* kPorts[] = {"22", "443", "80,443", "5432", "8000-8100", "3306", "53", "9090", "6379", "*"};

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

class PolicyText {
 public:
  PolicyText(const Model& model, const GenerateOptions& options, Random& random) : m_(model), o_(options), random_(random) {}

  std::string text() {
    const uint32_t grants = o_.rules / 5;
    out_ = "// Made by aclc gen.\n{\n";
    names();
    out_ += "\"acls\": [\n";
    for (uint32_t i = 0; i < o_.rules - grants; ++i) out_ += i == 0 ? self_rule() : acl(i);
    out_ += "],\n\"grants\": [\n";
    for (uint32_t i = 0; i < grants; ++i) out_ += grant(i);
    out_ += "],\n";
    rest();
    return std::move(out_) + "}\n";
  }

 private:
  std::string group() { return quoted(m_.groups[random_.skewed(static_cast<uint32_t>(m_.groups.size()))]); }
  std::string tag() {
    return m_.tags[kFixedTags + random_.below(static_cast<uint32_t>(m_.tags.size()) - kFixedTags)];
  }
  std::string source() {
    if (random_.one_in(40)) return "\"*\"";
    switch (random_.below(20)) {
      case 0: return quoted(random_.of(m_.logins));
      case 1: return "\"autogroup:member\"";
      case 2:
      case 3:
      case 4: return quoted(tag());
      case 5: {
        const std::string first = group();
        return first + ", " + quoted(tag());
      }
      case 6: {
        const std::string first = group();
        return first + ", " + group();
      }
      default: return group();
    }
  }
  /// Without ports.
  std::string destination() {
    const uint32_t kind = random_.below(20);
    if (kind == 0 && !m_.subnets.empty()) return random_.of(m_.subnets);
    if (kind == 1) return "office";
    if (kind == 2) return "autogroup:tagged";
    return tag();
  }

  void names() {
    out_ += "\"groups\": {\n";
    for (size_t g = 0; g < m_.groups.size(); ++g) {
      out_ += quoted(m_.groups[g]) + ": [";
      for (const uint32_t u : m_.members[g]) out_ += quoted(m_.logins[u]) + ", ";
      out_ += "],\n";
    }
    out_ += "},\n\"hosts\": {\"office\": \"10.0.0.0/16\"},\n\"tagOwners\": {\n";
    for (const std::string& t : m_.tags) out_ += fmt::format("{}: [{}],\n", quoted(t), random_.one_in(3) ? "" : group());
    out_ += "},\n\"postures\": {\"posture:current\": [\"node:tsVersion >= '1.64'\"]},\n";
  }

  static std::string self_rule() {
    return "{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": [\"autogroup:self:*\"]},\n";
  }

  std::string acl(uint32_t i) {
    std::string line = i % 25 == 0 ? fmt::format("// {}\n", i % 50 == 0 ? "Reviewed with the owners of the service." : "See the service catalogue.") : "";
    // One draw a statement: the order of evaluation of arguments is the compiler's, and a seed means the same to all.
    const char* const proto = random_.one_in(10) ? "\"proto\": \"tcp\", " : "";
    const std::string src = source();
    line += fmt::format("{{\"action\": \"accept\", {}\"src\": [{}], \"dst\": [", proto, src);
    const uint32_t n = 1 + (random_.one_in(4) ? random_.below(3) : 0);
    for (uint32_t k = 0; k < n; ++k) {
      const std::string dst = destination();
      line += fmt::format("{}\"{}:{}\"", k > 0 ? ", " : "", dst, kPorts[random_.below(std::size(kPorts))]);
    }
    return line + "]},\n";
  }

  std::string grant(uint32_t i) {
    if (i % 40 == 7 && !m_.subnets.empty()) {
      const std::string src = group();
      return fmt::format("{{\"src\": [{}], \"dst\": [\"{}\"], \"ip\": [\"*\"], \"via\": [\"tag:router\"]}},\n", src, random_.of(m_.subnets));
    }
    if (i % 40 == 8) return fmt::format("{{\"src\": [{}], \"dst\": [\"autogroup:internet\"], \"ip\": [\"*\"]}},\n", group());
    std::string extra;
    if (i % 10 == 1) {
      const std::string capability = tag().substr(4);
      extra += fmt::format(", \"app\": {{\"example.com/cap/{}\": [{{\"role\": \"{}\"}}]}}", capability, random_.one_in(2) ? "reader" : "editor");
    }
    if (i % 20 == 3) extra += ", \"srcPosture\": [\"posture:current\"]";
    const char* ip[] = {"\"tcp:443\"", "\"tcp:22\", \"udp:53\"", "\"443\"", "\"*\"", "\"tcp:80\", \"tcp:443\", \"icmp:*\""};
    const std::string src = source();
    const std::string dst = tag();
    return fmt::format("{{\"src\": [{}], \"dst\": [\"{}\"], \"ip\": [{}]{}}},\n", src, dst, ip[random_.below(std::size(ip))], extra);
  }

  void rest() {
    out_ += "\"ssh\": [\n{\"action\": \"check\", \"src\": [\"autogroup:member\"], \"dst\": [\"autogroup:self\"], \"users\": [\"autogroup:nonroot\", \"root\"]},\n";
    for (uint32_t i = 0; i < o_.rules / 50; ++i) {
      const char* const action = random_.one_in(3) ? "check" : "accept";
      const std::string src = group();
      const std::string dst = tag();
      out_ += fmt::format("{{\"action\": \"{}\", \"src\": [{}], \"dst\": [\"{}\"], \"users\": [\"{}\"]}},\n", action, src, dst,
                          random_.one_in(4) ? "root" : "autogroup:nonroot");
    }
    out_ += "],\n\"nodeAttrs\": [{\"target\": [\"autogroup:member\"], \"attr\": [\"drive:access\"]}, {\"target\": [\"" + tag() +
            "\"], \"attr\": [\"funnel\"]}],\n";
    out_ += "\"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:router\"]}, \"exitNode\": [\"tag:exit\"]},\n";
    tests();
  }

  /// What the self rule promises, and what nothing allows.
  void tests() {
    out_ += "\"tests\": [\n";
    uint32_t made = 0;
    for (uint32_t u = 0; u < m_.logins.size() && made < 10; ++u) {
      if (m_.nodes_of_user[u] == 0 || m_.logins.size() < 2) continue;
      const uint32_t other = u > 0 ? u - 1 : u + 1;
      if (m_.nodes_of_user[other] == 0) continue;
      out_ += fmt::format("{{\"src\": \"{}\", \"deny\": [\"{}:25\"]}},\n", m_.logins[u], m_.logins[other]);
      ++made;
    }
    out_ += "],\n";
  }

  const Model& m_;
  const GenerateOptions& o_;
  Random& random_;
  std::string out_;
};

}  // namespace

std::string policy_text(const Model& model, const GenerateOptions& options, Random& random) {
  return PolicyText(model, options, random).text();
}

}  // namespace aclc::generated
