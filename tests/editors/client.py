# SPDX-License-Identifier: Apache-2.0
"""A client of the Language Server Protocol over a process's standard input and output, for tests."""
import json
import os
import queue
import subprocess
import threading


class Client:
    """Starts the command. Messages from the server are read on a thread and kept in order."""

    def __init__(self, command, **popen):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=popen.pop("stderr", subprocess.DEVNULL), **popen)
        self.messages = queue.Queue()
        self.damage = None
        self.last_id = 0
        self.kept = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        out = self.process.stdout
        try:
            while True:
                header = b""
                while not header.endswith(b"\r\n\r\n"):
                    byte = out.read(1)
                    if not byte:
                        if header:
                            self.damage = f"the output ends in {header!r}"
                        self.messages.put(None)
                        return
                    header += byte
                fields = dict(line.split(b": ", 1) for line in header.strip().split(b"\r\n"))
                self.messages.put(json.loads(out.read(int(fields[b"Content-Length"]))))
        except Exception as error:  # whatever it was, it was no protocol
            self.damage = f"no protocol on standard output: {error}"
            self.messages.put(None)

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def receive(self, timeout=60):
        """The next message; None when the output ended. Raises queue.Empty when none came in time."""
        if self.kept:
            return self.kept.pop(0)
        return self.messages.get(timeout=timeout)

    def request(self, method, params=None, timeout=60):
        """The whole response. Messages that come before it stay to be received."""
        self.last_id += 1
        message = {"id": self.last_id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return self.answer(self.last_id, timeout)

    def answer(self, number, timeout=60):
        before = []
        while True:
            message = self.receive(timeout)
            assert message is not None, f"the server ended before it answered {number}"
            if message.get("id") == number and "method" not in message:
                self.kept = before + self.kept
                return message
            before.append(message)

    def notification(self, method, timeout=60):
        """The parameters of the next notification of this method; others before it are dropped."""
        while True:
            message = self.receive(timeout)
            assert message is not None, f"the server ended before it sent {method}"
            if message.get("method") == method:
                return message["params"]

    def initialize(self, capabilities=None, **params):
        answer = self.request("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities or {}, **params})
        self.notify("initialized", {})
        return answer["result"]

    def open(self, uri, text, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "hujson", "version": version, "text": text}})

    def end(self, timeout=60):
        """Shutdown and exit; the exit status."""
        self.request("shutdown")
        self.notify("exit", None)
        return self.process.wait(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
