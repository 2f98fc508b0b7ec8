// SPDX-License-Identifier: Apache-2.0
#include "lsp/server/server.h"

#include "lsp/server/session.h"

namespace aclc::lsp {

Server::Server(Surroundings surroundings) : session_(std::make_unique<Session>(std::move(surroundings))) {}
Server::~Server() = default;

void Server::enqueue(Frame frame) { session_->enqueue(std::move(frame)); }
bool Server::step() { return session_->step(); }
void Server::idle() { session_->idle(); }
std::optional<std::chrono::steady_clock::time_point> Server::due() const { return session_->due(); }
void Server::tick(std::chrono::steady_clock::time_point now) { session_->tick(now); }
std::optional<int> Server::exit_status() const { return session_->exit_status(); }
int Server::status_at_end() const { return session_->status_at_end(); }

}  // namespace aclc::lsp
