// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/runner.h"

#include <nftables/libnftables.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/backend/nft/ruleset_id.h"

namespace aclc::nft {
namespace {

constexpr size_t kLargeScript = 512 << 10;

struct FreeContext {
  void operator()(nft_ctx* ctx) const { nft_ctx_free(ctx); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

struct Outcome {
  bool ok = false;
  std::string output;
  std::string error;
};

// nft repeats the faulty line, which may be megabytes of elements; the first line says what and where.
std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() > 300) line.resize(300);
  return line.empty() ? "no reason given" : line;
}

Outcome run_here(const std::string& script, unsigned output_flags) {
  const Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context) return {false, "", "cannot start libnftables"};
  nft_ctx_buffer_output(context.get());
  nft_ctx_buffer_error(context.get());
  nft_ctx_output_set_flags(context.get(), output_flags);
  const bool ok = nft_run_cmd_from_buffer(context.get(), script.c_str()) == 0;
  return {ok, nft_ctx_get_output_buffer(context.get()), ok ? "" : first_line(nft_ctx_get_error_buffer(context.get()))};
}

Outcome run_in_child(const std::string& script) {
  int ends[2];
  if (pipe(ends) != 0) return run_here(script, 0);
  const pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    return run_here(script, 0);
  }
  if (child == 0) {
    close(ends[0]);
    const Outcome outcome = run_here(script, 0);
    const std::string answer = (outcome.ok ? "+" : "-") + outcome.error;
    const ssize_t written = write(ends[1], answer.data(), answer.size());
    _exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string answer;
  char buffer[512];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) != 0;) {
    if (n > 0) answer.append(buffer, static_cast<size_t>(n));
    else if (errno != EINTR) break;
  }
  close(ends[0]);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (answer.empty()) return {false, "", "the process that ran nft ended early"};
  return {answer[0] == '+', "", answer.substr(1)};
}

class LibNftables : public Runner {
 public:
  Result<Done> run(const std::string& script) override {
    const Outcome outcome = script.size() > kLargeScript ? run_in_child(script) : run_here(script, 0);
    if (!outcome.ok) return Failure{"nftables refused an update: " + outcome.error};
    return Done{};
  }
  Result<std::string> query(const std::string& command, bool with_elements) override {
    const unsigned terse = with_elements ? 0 : NFT_CTX_OUTPUT_TERSE;
    Outcome outcome = run_here(command, NFT_CTX_OUTPUT_JSON | terse);
    if (!outcome.ok) return Failure{"nftables refused `" + command + "`: " + outcome.error};
    return std::move(outcome.output);
  }
  uint32_t ruleset_id() override { return nft::ruleset_id(); }
};

}  // namespace

std::unique_ptr<Runner> libnftables_runner() { return std::make_unique<LibNftables>(); }

}  // namespace aclc::nft
