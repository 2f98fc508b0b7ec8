// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/runner.h"

#include <nftables/libnftables.h>

#include "daemon/backend/nft/element_messages.h"
#include "daemon/backend/nft/listing.h"

namespace aclc::nft {
namespace {

struct FreeContext {
  void operator()(nft_ctx* ctx) const { nft_ctx_free(ctx); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

// nft repeats the faulty line; the first line says what and where.
std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() > 300) line.resize(300);
  return line.empty() ? "no reason given" : line;
}

class KernelRunner : public Runner {
 public:
  Result<Done> run(const std::string& script) override {
    const Context context(nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context) return Failure{"cannot start libnftables"};
    nft_ctx_buffer_output(context.get());
    nft_ctx_buffer_error(context.get());
    if (nft_run_cmd_from_buffer(context.get(), script.c_str()) == 0) return Done{};
    return Failure{"nftables refused an update: " + first_line(nft_ctx_get_error_buffer(context.get()))};
  }
  Result<Done> change_elements(const std::string& table, std::span<const ElementChange> changes) override {
    Batch batch;
    append(batch, table, changes);
    const auto done = batch.commit("change elements");
    return done ? done : Failure{"nftables refused an update: " + done.error().message};
  }

  Result<std::vector<std::string>> chains(const std::string& table) override { return list_chains(table); }
  Result<std::vector<std::string>> sets(const std::string& table) override { return list_sets(table); }
  Result<std::string> rules(const std::string& table, const std::string& chain) override { return list_rules(table, chain); }
  Result<std::map<std::string, Count>> counters(const std::string& table) override { return list_counters(table); }
  Result<std::vector<CountedBox>> elements(const std::string& table, const std::string& set, Key key, Family family) override {
    return list_elements(table, set, key, family);
  }
  uint32_t ruleset_id() override { return nft::ruleset_id(); }
};

}  // namespace

std::unique_ptr<Runner> kernel_runner() { return std::make_unique<KernelRunner>(); }

}  // namespace aclc::nft
