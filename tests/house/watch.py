#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`--watch` runs again when a file is written in place, replaced, or first appears; not for other files.

usage: watch.py ACLC
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

aclc = str(pathlib.Path(sys.argv[1]).resolve())
BAD, GOOD = '{"acls": [}', '{"acls": []}'


class Watching:
    """A command with --watch; its output is read line by line."""

    def __init__(self, words, folder):
        self.process = subprocess.Popen([aclc, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.deadline = threading.Timer(60, self.process.kill)
        self.deadline.start()

    def until(self, wanted):
        """The lines up to one that holds the text; the test fails if the process ends first."""
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if wanted in line:
                return seen
        sys.exit(f"{self.process.args}: no line with {wanted!r} in {seen}")

    def end(self):
        self.deadline.cancel()
        self.process.kill()
        self.process.wait()


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    policy = folder / "policy.hujson"
    policy.write_text(BAD)
    check = Watching(["check", "--watch"], folder)
    check.until("1 error")
    policy.write_text(GOOD)
    check.until("--- policy.hujson changed")
    check.until("ok · 0 rules")
    (folder / "other.hujson").write_text(BAD)
    (folder / "new").write_text(BAD)
    os.replace(folder / "new", policy)
    between = check.until("1 error")
    if sum("changed" in line for line in between) != 1:
        sys.exit(f"another file's change counted: {between}")
    check.end()

    policy.unlink()
    test = Watching(["test", "--watch"], folder)
    test.until("cannot read")
    policy.write_text('{"tests": [{"src": "a@example.com", "accept": ["b@example.com:22"]}]}')
    test.until("1 passed")
    test.end()

    # lint also looks again when its configuration is written.
    policy.write_text('{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}')
    (folder / ".git").mkdir()
    lint = Watching(["lint", "--watch", "--only", "allow-all"], folder)
    lint.until("1 error")
    (folder / ".aclc.hujson").write_text('{"levels": {"allow-all": "warning"}}')
    lint.until("--- .aclc.hujson changed")
    lint.until("1 warning")
    policy.write_text(GOOD)
    lint.until("ok · 0 rules")
    lint.end()
print("check, lint and test run again when their files change")
