// SPDX-License-Identifier: Apache-2.0
// Commands: what lenses and actions of old clients call. They answer with data; what is shown besides is up to the client.
#include <nlohmann/json.hpp>

#include "lsp/documents/uri.h"
#include "lsp/server/session.h"
#include "lsp/service/describe.h"

namespace aclc::lsp {
namespace {

/// The section's field by its name, for `aclc.showRule`.
std::optional<field::Policy> read_section(const Json& name) {
  if (!name.is_string()) return std::nullopt;
  const auto match = find_field(Shape::kPolicy, name.get_ref<const std::string&>(), Target::kTailscale);
  if (!match) return std::nullopt;
  return static_cast<field::Policy>(match->index);
}

}  // namespace

void Session::execute_command(const Json& params, Reply& reply) {
  const auto command = read_text(params, "command");
  if (!command) return reply.bad("command");
  const Json none = Json::array();
  const Json* arguments = member(params, "arguments");
  if (!arguments || !arguments->is_array()) arguments = &none;

  if (*command == "aclc.applyEdit") {
    if (arguments->empty() || !arguments->front().is_object()) return reply.bad("arguments");
    if (!client_.apply_edit) return reply.fail(ErrorCode::kRequestFailed, "the client takes no edits");
    request("workspace/applyEdit", Json{{"edit", arguments->front()}}.dump());
    return;
  }
  if (*command != "aclc.showReferences" && *command != "aclc.showRule")
    return reply.fail(ErrorCode::kInvalidParams, "no command `" + *command + "`");
  if (arguments->size() < 2 || !arguments->front().is_string()) return reply.bad("arguments");
  const auto found = documents_.find(uri_key(arguments->front().get_ref<const std::string&>()));
  if (found == documents_.end()) return reply.fail(ErrorCode::kRequestFailed, "the document is not open");
  const Analysis& analysis = analyse(found->second);
  const Positions at(analysis.version(), unit_);
  const View view{analysis, at, found->second.document.uri(), found->second.document.version()};

  if (*command == "aclc.showReferences") {
    const auto position = read_position(Json{{"p", (*arguments)[1]}}, "p");
    if (!position) return reply.bad("arguments");
    JsonWriter w;
    encode_list(w, lsp::references(view, at.offset(*position), false));
    reply.result = w.take();
    return;
  }
  const auto section = read_section((*arguments)[1]);
  if (!section || arguments->size() < 3 || !(*arguments)[2].is_number_unsigned()) return reply.bad("arguments");
  const Entry entry{*section, (*arguments)[2].get<uint32_t>()};
  const Span span = span_of(analysis.policy(), entry);
  if (span.empty()) return reply.fail(ErrorCode::kRequestFailed, "no such rule");
  JsonWriter w;
  w.begin_object().key("range");
  encode(w, at.range(span));
  w.key("text").text(plain_text(describe_entry(analysis, entry))).end_object();
  reply.result = w.take();
}

}  // namespace aclc::lsp
