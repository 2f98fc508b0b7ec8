// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/config.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/nearest.h"

namespace aclc {
namespace {

using Json = nlohmann::json;

// HuJSON as JSON of the same length: comments and commas before a closing bracket become spaces, so that places stay true.
std::string standardized(std::string_view text) {
  std::string out(text);
  size_t comma = std::string::npos;
  for (size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    if (c == '"') {
      comma = std::string::npos;
      for (++i; i < out.size() && out[i] != '"'; ++i) {
        if (out[i] == '\\') ++i;
      }
    } else if (c == '/' && i + 1 < out.size() && (out[i + 1] == '/' || out[i + 1] == '*')) {
      const bool line = out[i + 1] == '/';
      size_t end = line ? out.find('\n', i) : out.find("*/", i + 2);
      if (end == std::string::npos && !line) return out;  // JSON's own message points at it
      end = end == std::string::npos ? out.size() : line ? end : end + 2;
      for (; i < end; ++i) {
        if (out[i] != '\n') out[i] = ' ';
      }
      --i;
    } else if (c == ',') {
      comma = i;
    } else if ((c == '}' || c == ']') && comma != std::string::npos) {
      out[comma] = ' ';
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      comma = std::string::npos;
    }
  }
  return out;
}

size_t line_at(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(std::min(offset, text.size())), '\n'));
}

// The object is flat, so a field's name followed by a colon is the field.
size_t line_of_field(const std::string& text, const std::string& name) {
  const std::string quoted = Json(name).dump();
  for (size_t at = text.find(quoted); at != std::string::npos; at = text.find(quoted, at + 1)) {
    const size_t next = text.find_first_not_of(" \t\r\n", at + quoted.size());
    if (next != std::string::npos && text[next] == ':') return line_at(text, at);
  }
  return 1;
}

struct Field {
  std::string_view name;
  /// Empty when taken, else what the value has to be.
  std::function<std::string(const Json&)> take;
};

auto text_into(std::string& out, bool may_be_empty = false) {
  return [&out, may_be_empty](const Json& value) -> std::string {
    if (!value.is_string() || (!may_be_empty && value.get_ref<const std::string&>().empty())) return "a text that is not empty";
    out = value.get<std::string>();
    return {};
  };
}
auto flag_into(bool& out) {
  return [&out](const Json& value) -> std::string {
    if (!value.is_boolean()) return "true or false";
    out = value.get<bool>();
    return {};
  };
}
auto number_into(uint16_t& out) {
  return [&out](const Json& value) -> std::string {
    if (!value.is_number_unsigned() || value.get<uint64_t>() < 1 || value.get<uint64_t>() > 65535) return "a number from 1 to 65535";
    out = value.get<uint16_t>();
    return {};
  };
}
template <class T>
auto one_of(T& out, std::vector<std::pair<std::string, T>> words) {
  return [&out, words = std::move(words)](const Json& value) -> std::string {
    std::string wanted;
    for (const auto& [word, meaning] : words) {
      if (value == word) {
        out = meaning;
        return {};
      }
      wanted += (wanted.empty() ? "\"" : ", \"") + word + "\"";
    }
    return "one of " + wanted;
  };
}
// The kernel's limit is 15 bytes, and the name becomes part of nft texts.
auto name_into(std::string& out, size_t most) {
  return [&out, most](const Json& value) -> std::string {
    const std::string name = value.is_string() ? value.get<std::string>() : "";
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    const bool letter = !name.empty() && plain(name[0]) && name[0] > '9';
    if (!letter || name.size() > most || !std::all_of(name.begin(), name.end(), plain)) {
      return "a letter and then letters, digits, `_` or `-`, at most " + std::to_string(most);
    }
    out = name;
    return {};
  };
}

std::vector<Field> fields_of(NodeConfig& c) {
  return {{"private_key", text_into(c.private_key)},
          {"trusted_key", text_into(c.trusted_key)},
          {"snapshot", text_into(c.snapshot)},
          {"interface", name_into(c.interface, 15)},
          {"table", name_into(c.table, 31)},
          {"listen_port", number_into(c.listen_port)},
          {"state_dir", text_into(c.state_dir)},
          {"socket", text_into(c.socket)},
          {"operators", text_into(c.operators, true)},
          {"tunnel", one_of<TunnelKind>(c.tunnel, {{"program", TunnelKind::kProgram}, {"kernel", TunnelKind::kKernel}})},
          {"tunnel_program", text_into(c.tunnel_program)},
          {"on_expiry", one_of<OnExpiry>(c.on_expiry, {{"fail-static", OnExpiry::kFailStatic}, {"fail-closed", OnExpiry::kFailClosed}})},
          {"shields_up", flag_into(c.shields_up)},
          {"denied", one_of<bool>(c.reject, {{"drop", false}, {"reject", true}})},
          {"masquerade", flag_into(c.masquerade)},
          {"flow_log", text_into(c.flow_log, true)},
          {"log_group", number_into(c.log_group)},
          {"exit_node", text_into(c.exit_node, true)},
          {"exit_node_allow_lan", flag_into(c.exit_node_allow_lan)},
          {"dns", one_of<DnsMode>(c.dns, {{"off", DnsMode::kOff}, {"file", DnsMode::kFile}, {"resolved", DnsMode::kResolved}})},
          {"resolv_conf", text_into(c.resolv_conf)}};
}

}  // namespace

Result<NodeConfig> read_config(std::string_view text, const std::string& path) {
  const std::string plain = standardized(text);
  const auto fault = [&](size_t line, const std::string& what) { return Failure{path + ":" + std::to_string(line) + ": " + what}; };
  Json json;
  try {
    json = Json::parse(plain);
  } catch (const Json::parse_error& e) {
    std::string what = e.what();
    if (const size_t at = what.find("syntax error"); at != std::string::npos) what = what.substr(at);
    return fault(line_at(plain, e.byte > 0 ? e.byte - 1 : 0), what);
  }
  if (!json.is_object()) return fault(1, "the configuration is no object: `{ \"private_key\": ... }`");
  NodeConfig config;
  const std::vector<Field> fields = fields_of(config);
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  for (const auto& [name, value] : json.items()) {
    const size_t at = static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (at == names.size()) {
      const std::string_view near = nearest(name, names);
      return fault(line_of_field(plain, name), "unknown field `" + name + "`" + (near.empty() ? "" : "; did you mean `" + std::string(near) + "`?"));
    }
    if (const std::string wanted = fields[at].take(value); !wanted.empty()) {
      return fault(line_of_field(plain, name), "`" + name + "` has to be " + wanted + ", not " + value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60));
    }
  }
  for (const char* needed : {"private_key", "trusted_key", "snapshot"}) {
    if (!json.contains(needed)) return fault(1, std::string("`") + needed + "` is missing");
  }
  return config;
}

}  // namespace aclc
