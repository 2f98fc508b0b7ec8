// SPDX-License-Identifier: Apache-2.0
// The loop that joins server and standard input: messages first, findings when none waits.
#include <malloc.h>

#include <cstdlib>

#include "lsp/server/server.h"
#include "lsp/server/worker.h"
#include "lsp/transport/stdio.h"

namespace aclc::lsp {

int serve_stdio(const std::string& version) {
  // Every edit gives back what was known of the old text and asks for as much again. Left to itself the allocator hands those
  // megabytes to the kernel and has them cleared anew, which takes longer than all the work on a text of 50,000 lines.
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  EventQueue events;
  StdioTransport transport(events);
  Worker worker([&](Worker::Finish finish) { events.push({Event::What::kTask, {}, std::move(finish)}); });
  bool readers = true;
  Server server({[&](std::string body) { readers = readers && transport.write(body); },
                 [&](long pid) { transport.watch_parent(pid); }, version, [&](Worker::Job job) { worker.add(std::move(job)); }});
  // No editor waits for work whose result nobody will see.
  const auto leave = [&](int status) {
    if (worker.busy()) std::_Exit(status);
    return status;
  };
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
    if (const std::optional<int> status = server.exit_status()) return leave(*status);
    if (worked) continue;
    server.idle();
    if (!open) return leave(server.status_at_end());
    const auto due = server.due();
    if (due && *due <= std::chrono::steady_clock::now()) {
      server.tick(std::chrono::steady_clock::now());
    } else if (std::optional<Event> event = events.pop(due)) {
      take(std::move(*event));
    }
  }
  return leave(1);  // nobody reads the answers
}

}  // namespace aclc::lsp
