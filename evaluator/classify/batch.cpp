// SPDX-License-Identifier: Apache-2.0
#include "evaluator/classify/batch.h"

#include "evaluator/classify/classify.h"
#include "evaluator/program/compile.h"
#include "evaluator/wire/read.h"

namespace aclc {

Result<BatchAnswer> decide_batch_line(std::string_view json) {
  const auto line = wire::read_batch_line(json);
  if (!line) return line.error();
  const NodeFilter node{{}, line->rules, line->local, {}};
  auto compiled = compile_program({&node, 1});
  if (!compiled) return compiled.error();
  const auto program = Program::load(ProgramBytes::copy(compiled->bytes));
  if (!program) return program.error();
  const Filter& filter = (*program)->filter(0);
  BatchAnswer out{"{\"id\":" + line->id + ",\"verdicts\":[", std::move(compiled->faults)};
  for (size_t i = 0; i < line->packets.size(); ++i) {
    const wire::BatchPacket& p = line->packets[i];
    if (i != 0) out.line += ',';
    out.line += classify(filter, Packet{p.src, p.dst, p.protocol, p.port}).allowed() ? "true" : "false";
  }
  out.line += "]}";
  return out;
}

}  // namespace aclc
