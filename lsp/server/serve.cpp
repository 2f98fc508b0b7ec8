// SPDX-License-Identifier: Apache-2.0
// The loop that joins server and standard input: messages first, findings when none waits.
#include "lsp/server/server.h"
#include "lsp/transport/stdio.h"

namespace aclc::lsp {

int serve_stdio(const std::string& version) {
  EventQueue events;
  StdioTransport transport(events);
  bool readers = true;
  Server server({[&](std::string body) { readers = readers && transport.write(body); },
                 [&](long pid) { transport.watch_parent(pid); }, version});
  bool open = true;
  const auto take = [&](Event event) {
    switch (event.what) {
      case Event::What::kFrame:
        server.enqueue(std::move(event.frame));
        break;
      case Event::What::kClosed:
        open = false;
        break;
      case Event::What::kTask:
        event.task();
        break;
    }
  };
  while (readers) {
    // All that has come is looked at first, so that a cancellation reaches what still waits.
    while (std::optional<Event> event = events.try_pop()) take(std::move(*event));
    const bool worked = server.step();
    if (const std::optional<int> status = server.exit_status()) return *status;
    if (worked) continue;
    server.idle();
    if (!open) return server.status_at_end();
    if (std::optional<Event> event = events.pop(std::nullopt)) take(std::move(*event));
  }
  return 1;  // nobody reads the answers
}

}  // namespace aclc::lsp
