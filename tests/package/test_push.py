#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""push: what is not sent, what is not overwritten, and what is said about it.

usage: test_push.py ACLC [unittest's options]
"""
import json
import os
import pathlib
import pty
import re
import subprocess
import tempfile
import unittest

from deploy_case import ACLC, FAILING, NEW, OLD, OTHER, DeployTest
from policy_server import KEY, save_and_hang_up, status


def read_all(master):
    """What a terminal was shown by a program that has ended: it comes in pieces."""
    out = b""
    try:
        while piece := os.read(master, 10_000):
            out += piece
    except OSError:  # how a terminal ends
        pass
    os.close(master)
    return out


class Push(DeployTest):
    def setUp(self):
        super().setUp()
        self.versions(OLD)
        self.policy.write_bytes(NEW)

    def test_pushes_and_says_what_changes(self):
        server = self.server()
        text = self.to(server, "push", "--yes").text
        self.assertIn('-\t\t{"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443"]},\n+', text)
        self.assertIn("gained alice@example.com -> tag:web  tcp,udp 80", text)
        self.assertIn("pushed", text)
        self.assertEqual((server.policy, server.saves), (NEW, 1))
        self.assertIn("unchanged", self.to(server, "push", "--yes").text)
        self.assertEqual(server.saves, 1)

    def test_a_dry_run_pushes_nothing(self):
        server = self.server()
        self.assertIn("would-push", self.to(server, "push", "--dry-run").text)
        self.assertEqual((server.policy, server.saves), (OLD, 0))
        server.verdict = {"message": "tag not found: \"tag:web\""}
        self.assertIn("tag not found", self.to(server, "push", "--dry-run", code=1).text)

    def test_an_unsound_policy_is_not_sent(self):
        server = self.server()
        for bad in (b"{", NEW.replace(b'"tag:web:80,443"', b'"tag:wbe:80"'), FAILING):
            self.policy.write_bytes(bad)
            self.assertIn("nothing was pushed", self.to(server, "push", "--yes", "--force", code=1).text)
        self.assertEqual(server.requests, [])

    def test_tests_run_although_the_same_text_is_deployed(self):
        self.policy.write_bytes(FAILING)
        self.to(self.server(FAILING), "push", "--yes", code=1)

    def test_a_change_while_pushing_is_not_overwritten(self):
        server = self.server()

        def somebody_else():
            server.policy = OTHER
        server.after_fetch = somebody_else
        self.assertIn("somebody changed", self.to(server, "push", "--yes", code=1).text)
        self.assertEqual((server.policy, server.saves), (OTHER, 0))

    def test_a_change_since_the_last_push_is_not_overwritten(self):
        server = self.server()
        self.to(server, "push", "--yes")
        server.policy = OTHER
        self.policy.write_bytes(OLD)
        self.assertIn("somebody changed", self.to(server, "push", "--yes", code=1).text)
        self.assertEqual(server.policy, OTHER)
        self.to(server, "push", "--yes", "--force")
        self.assertEqual(server.policy, OLD)

    def test_the_policy_with_a_digest_is_replaced_and_no_other(self):
        server = self.server()
        words = ("push", "--yes", "--no-record", "--base", "policy.hujson")
        refused = self.to(server, *words, code=1).text
        digest = re.search(r"--replace ([0-9a-f]{12}) ", refused)[1]
        server.policy = OTHER
        self.assertIn("somebody changed", self.to(server, *words, "--replace", digest, code=1).text)
        server.policy = OLD
        self.to(server, *words, "--replace", digest)
        for bad in ("", digest[:11], digest[:11] + "x", "0" * 65):
            self.assertIn("is no digest", self.to(server, *words, "--replace", bad, code=2).text)

    def test_what_is_no_policy_is_replaced_only_when_told_so(self):
        for deployed in (b"{\"acls\": [", b"<html>soon</html>"):
            for more in ([], ["--force"]):
                server = self.server(deployed)
                server.etag = lambda: "ts-broken"
                for words in ([], ["--replace", "0123456789ab"]):
                    text = self.to(server, "push", "--yes", *words, code=2).text
                    self.assertEqual((server.policy, server.saves), (deployed, 0))
                self.to(server, "push", "--yes", *(more or ["--replace", re.search(r"no policy that can be read.*--replace ([0-9a-f]{12}) ", text)[1]]))
                self.assertEqual(server.policy, NEW)

    def test_a_base_tells_an_edit_by_hand_without_a_record(self):
        server = self.server()
        (self.at / "before.hujson").write_bytes(OTHER)
        self.assertIn("somebody changed", self.to(server, "push", "--yes", "--no-record", "--base", "before.hujson", code=1).text)
        (self.at / "before.hujson").write_bytes(OLD)
        self.to(server, "push", "--yes", "--no-record", "--base", "before.hujson")
        self.assertFalse((self.at / ".aclc-deployed.json").exists())

    def test_without_a_record_or_with_a_damaged_one_git_tells(self):
        for record in (None, b"{", b'{"deployed": 3}', b'{"deployed": {"the key\'s tailnet": "x"}}', b"\xff"):
            server = self.server()
            if record is not None:
                (self.at / ".aclc-deployed.json").write_bytes(record)
            self.to(server, "push", "--yes")

    def test_where_nothing_is_known_nothing_is_overwritten(self):
        """Outside of git, where git has no version of the file, and in a clone without its history."""
        bare = self.at / "bare"
        bare.mkdir()
        (bare / "policy.hujson").write_bytes(NEW)
        (self.at / "fresh.hujson").write_bytes(NEW)
        self.git("commit", "-q", "-a", "-m", "more")
        self.git("clone", "-q", "--depth=1", f"file://{self.at}", self.at / "shallow")
        for path, words in (("/nowhere", "no git repository"), ("fresh.hujson", "no version of the file"), ("shallow/policy.hujson", "shallow")):
            if path == "/nowhere":
                outside = tempfile.TemporaryDirectory()
                self.addCleanup(outside.cleanup)
                path = f"{outside.name}/policy.hujson"
                pathlib.Path(path).write_bytes(NEW)
            server = self.server()
            for more in ([], ["--dry-run"], ["--no-record"]):
                text = self.to(server, "push", path, "--yes", *more, code=1).text
                self.assertIn("cannot be told", text)
                self.assertIn(words, text)
            self.assertEqual((server.policy, server.saves), (OLD, 0))
            out = json.loads(self.to(server, "push", path, "--yes", "--format", "json", code=1).stdout)
            self.assertEqual(out["push"]["answer"], "unknown")
            self.to(server, "push", path, "--yes", "--replace", re.search(r"--replace ([0-9a-f]{12}) ", text)[1])
            self.assertEqual(server.policy, NEW)
            # From then on it is known.
            pathlib.Path(self.at, path).write_bytes(OLD)
            self.to(server, "push", path, "--yes")

    def test_the_versions_that_git_knows_may_be_replaced(self):
        # One under another name, one that is the work of a merge, and one that never was valid.
        self.versions(b"{", OTHER)
        self.git("checkout", "-q", "-b", "side")
        self.policy.write_bytes(OTHER.replace(b"group:eng\": [", b"group:eng\": [\"bob@example.com\", "))
        self.git("commit", "-q", "-a", "-m", "side")
        self.git("checkout", "-q", "main")
        self.policy.write_bytes(OTHER.replace(b"Who may", b"Who can"))
        self.git("commit", "-q", "-a", "-m", "main")
        self.git("merge", "-q", "--no-edit", "side")
        merged = self.policy.read_bytes()
        self.assertIn(b"bob", merged)
        self.assertIn(b"Who can", merged)
        self.git("mv", "policy.hujson", "rules.hujson")
        self.git("commit", "-q", "-m", "another name")
        (self.at / "rules.hujson").write_bytes(NEW)
        self.git("commit", "-q", "-a", "-m", "new")
        for deployed, code in ((OLD, 0), (OTHER, 0), (merged, 0), (OTHER.replace(b"22", b"23"), 1)):
            server = self.server(deployed)
            text = self.to(server, "push", "rules.hujson", "--yes", "--no-record", code=code).text
            self.assertEqual(server.policy, deployed if code else NEW)
        self.assertIn("somebody changed", text)

    def test_on_a_terminal_it_is_said_that_nothing_is_known(self):
        subprocess.run(["rm", "-rf", self.at / ".git"], check=True)
        server = self.server()
        master, slave = pty.openpty()
        os.write(master, b"y\n")
        run = subprocess.run([ACLC, "push", "--server", server.url], cwd=self.at, env={"TS_API_KEY": KEY}, stdin=slave, stderr=slave, stdout=subprocess.PIPE, timeout=60)
        os.close(slave)
        self.assertRegex(read_all(master), rb"(?s)cannot be told.*push policy.hujson to")
        self.assertEqual((run.returncode, server.policy), (0, NEW))

    def test_a_web_page_in_place_of_the_answer(self):
        page = b"<!DOCTYPE html><title>Sign in</title>"
        for headers in ([], [("Content-Type", "text/html; charset=utf-8")]):
            server = self.server()
            server.faults = [lambda h: False, lambda h: False, status(200, page, headers)]
            text = self.to(server, "push", "--yes", code=2).text
            self.assertIn("answered with a web page", text)
            self.assertIn("nothing was pushed", text)
            self.assertEqual((server.policy, server.saves), (OLD, 0))
            server = self.server()
            server.faults = [lambda h: False] * 3 + [status(200, page, headers)]
            self.assertIn("answered with a web page", self.headscale(server, "push", "--yes", code=2).text)
        for at in range(2):
            server = self.server()
            server.faults = [lambda h: False] * at + [status(200, page, [("Content-Type", "text/html")])]
            text = self.to(server, "push", "--yes", code=2).text
            self.assertIn("answered with a web page", text)
            self.assertNotIn("--replace", text)

    def test_without_a_terminal_somebody_has_to_say_yes(self):
        server = self.server()
        self.assertIn("--yes", self.to(server, "push", code=2).text)
        self.assertEqual(server.saves, 0)

    def test_asks_on_a_terminal(self):
        for word, code, saves in (("n", 1, 0), ("", 1, 0), ("y", 0, 1)):
            server = self.server()
            master, slave = pty.openpty()
            os.write(master, word.encode() + b"\n")
            run = subprocess.run([ACLC, "push", "--server", server.url, "--no-record"], cwd=self.at, env={"TS_API_KEY": KEY}, stdin=slave, stderr=slave, stdout=subprocess.PIPE, timeout=60)
            os.close(slave)
            self.assertIn(b"push policy.hujson to", read_all(master))
            self.assertEqual((run.returncode, server.saves), (code, saves))

    def test_the_server_refuses(self):
        server = self.server()
        server.refusal = (400, {"message": "test(s) failed", "data": [{"user": "alice@example.com", "errors": ["address \"tag:web:22\": want: Accept, got: Drop"]}]})
        text = self.to(server, "push", "--yes", code=1).text
        self.assertIn("test(s) failed", text)
        self.assertIn('alice@example.com: address "tag:web:22": want: Accept', text)
        self.assertEqual(server.saves, 0)

    def test_a_warning_of_the_server_is_no_refusal(self):
        server = self.server()
        server.verdict = {"message": "warning(s) found", "data": [{"user": "group:eng", "warnings": ["group is not syncable"]}]}
        self.assertIn("group is not syncable", self.to(server, "push", "--yes").text)
        self.assertEqual(server.saves, 1)

    def test_no_etag_no_push(self):
        server = self.server()
        server.sends_etag = False
        self.assertIn("no ETag", self.to(server, "push", "--yes", code=2).text)
        self.assertEqual(server.saves, 0)

    def test_a_save_whose_answer_is_lost(self):
        server = self.server()
        server.faults = [lambda h: False, lambda h: False, save_and_hang_up(server)]
        self.assertIn("pushed", self.to(server, "push", "--yes").text)
        self.assertEqual((server.policy, server.saves), (NEW, 1))

    def test_json(self):
        out = json.loads(self.to(self.server(), "push", "--yes", "--format", "json").stdout)
        self.assertEqual((out["ok"], out["push"]["answer"]), (True, "pushed"))

    def test_what_a_terminal_would_obey_is_made_harmless(self):
        server = self.server(OLD.replace(b"Who may", b"\xe2\x80\xae Who \xc2\x9b2J may"))
        server.verdict = {"message": "\x1b]0;title\x07no"}
        out = self.to(server, "push", "--dry-run", code=1)
        for bad in (b"\x1b", b"\x07", b"\xe2\x80\xae", b"\xc2\x9b"):
            self.assertNotIn(bad, out.stdout + out.stderr)


if __name__ == "__main__":
    unittest.main()
