#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aclc diff between revisions of a repository.

usage: test_diff.py ACLC [unittest's options]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ACLC = os.path.abspath(sys.argv.pop(1))
FIRST = '{"tagOwners": {"tag:web": []}, "acls": [{"action": "accept", "src": ["ann@example.com"], "dst": ["tag:web:443"]}]}\n'
SECOND = FIRST.replace("443", "80,443")
WORKING = FIRST.replace("ann@", "bob@")


class Diff(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        self.env = {"PATH": os.environ["PATH"], "HOME": folder.name, "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "-q", "-b", "main")
        self.policy = self.at / "net" / "policy.hujson"
        self.policy.parent.mkdir()
        for text, subject in ((FIRST, "first"), (SECOND, "second")):
            self.policy.write_text(text)
            self.git("add", "-A")
            self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", subject)
        self.policy.write_text(WORKING)

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.at, env=self.env, check=True, capture_output=True)

    def diff(self, *words, code=0, folder=None):
        run = subprocess.run([ACLC, "diff", *words], cwd=folder or self.at, env=self.env, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run

    def test_two_revisions(self):
        run = self.diff("main~1:net/policy.hujson", "main:net/policy.hujson", "--exit-code", code=1)
        self.assertIn("gained ann@example.com -> tag:web  tcp,udp 80\n", run.stdout)
        self.assertIn("by main:net/policy.hujson:1 ", run.stdout)
        self.diff("main:net/policy.hujson", "HEAD:net/policy.hujson", "--exit-code")

    def test_a_revision_and_a_file(self):
        found = json.loads(self.diff("main:net/policy.hujson", "net/policy.hujson", "--format", "json").stdout)
        self.assertEqual([(c["kind"], c["sources"]) for c in found["changes"]], [("lost", ["ann@example.com"]), ("gained", ["bob@example.com"])])

    def test_from_a_folder_below(self):
        self.diff("main:./policy.hujson", "main:net/policy.hujson", "--exit-code", folder=self.policy.parent)

    def test_the_index(self):
        self.git("add", "-A")
        self.diff(":net/policy.hujson", "net/policy.hujson", "--exit-code")

    def test_a_file_whose_name_has_a_colon(self):
        (self.at / "main:net").write_text(SECOND)
        self.diff("main:net", "main:net/policy.hujson", "--exit-code")

    def test_what_git_does_not_know(self):
        for name in ("main:missing.hujson", "nobranch:net/policy.hujson", "main~7:net/policy.hujson"):
            self.assertIn(f"cannot read {name}: neither a file nor a REVISION:PATH", self.diff(name, "net/policy.hujson", code=2).stderr)
        outside = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, outside)
        self.diff("main:net/policy.hujson", str(self.policy), code=2, folder=outside)

    def test_a_revision_is_never_an_option_nor_a_command(self):
        for name in (f"--output={self.at}/written:x", f"$(touch {self.at}/written):x", f"main:net/policy.hujson;touch {self.at}/written"):
            self.diff("--", name, "net/policy.hujson", code=2)
        self.assertFalse((self.at / "written").exists())

    def test_a_revision_that_is_too_long(self):
        self.assertIn("longer than 50 bytes", self.diff("main:net/policy.hujson", "net/policy.hujson", "--max-bytes", "50", code=2).stderr)

    def test_a_report_in_a_file(self):
        self.diff("main~1:net/policy.hujson", "main:net/policy.hujson", "--format", "markdown", "-o", "report.md")
        self.assertIn("| :heavy_plus_sign: gains | ann@example.com |", (self.at / "report.md").read_text())


unittest.main()
