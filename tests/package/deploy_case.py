# SPDX-License-Identifier: Apache-2.0
"""What tests of pull, push and drift share: policies, a folder of their own, the program run in it against a server on this machine.

The program is the first word of the command line."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from policy_server import CLIENT, IDENTITY, KEY, PolicyServer

ACLC = os.path.abspath(sys.argv.pop(1))
OLD = b"""{
	// Who may do what.
	"acls": [
		{"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443"]},
	],
	"groups":    {"group:eng": ["alice@example.com"]},
	"tagOwners": {"tag:web": ["group:eng"]},
}
"""
NEW = OLD.replace(b"tag:web:443", b"tag:web:80,443")
OTHER = OLD.replace(b"tag:web:443", b"tag:web:22")
REORDERED = OLD.replace(b"	// Who may do what.\n", b"").replace(b'"groups":    {"group:eng": ["alice@example.com"]},\n	"tagOwners": {"tag:web": ["group:eng"]},',
                                                                  b'"tagOwners": {"tag:web": ["group:eng"]},\n	"groups":    {"group:eng": ["alice@example.com"]},')
SPLIT = OLD.replace(b'},\n\t],', b'},\n\t\t{"action": "accept", "src": ["alice@example.com"], "dst": ["tag:web:443"]},\n\t],')
OWNED = OLD.replace(b'{"tag:web": ["group:eng"]}', b'{"tag:web": []}')
FAILING = NEW.replace(b'"groups":', b'"tests": [{"src": "alice@example.com", "accept": ["tag:web:22"]}],\n	"groups":')
SECRETS = (KEY, CLIENT[1], IDENTITY, "tskey-token-")


def layout(text):
    return subprocess.run([ACLC, "fmt", "-"], input=text, capture_output=True, check=True).stdout


class DeployTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)
        self.policy = self.at / "policy.hujson"

    def git(self, *words, at=None):
        names = {f"GIT_{who}_{what}": "s@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder.name, "GIT_CONFIG_NOSYSTEM": "1", **names}
        return subprocess.run(["git", *map(str, words)], cwd=at or self.at, env=environment, check=True, capture_output=True, text=True).stdout

    def versions(self, *texts):
        """A repository in which the policy had these versions."""
        self.git("init", "-q", "-b", "main")
        for text in texts:
            self.policy.write_bytes(text)
            self.git("add", self.policy.name)
            self.git("commit", "-q", "-m", "change")

    def server(self, policy=OLD, tls=None):
        server = PolicyServer(layout, policy, tls)
        self.addCleanup(server.close)
        return server

    def aclc(self, *words, code=0, env=None, stdin=subprocess.DEVNULL, **more):
        environment = {"PATH": os.environ["PATH"], "TS_API_KEY": KEY, "HOME": self.folder.name, **(env or {})}
        run = subprocess.run([ACLC, *map(str, words)], cwd=self.at, env={k: v for k, v in environment.items() if v is not None}, stdin=stdin, capture_output=True,
                             timeout=60, **more)
        run.text = (run.stdout + run.stderr).decode()
        for secret in SECRETS:
            self.assertNotIn(secret, run.text)
        self.assertEqual(run.returncode, code, run.text)
        return run

    def to(self, server, *words, **more):
        return self.aclc(words[0], "--server", server.url, *words[1:], **more)

    def headscale(self, server, *words, **more):
        return self.to(server, *words, "--target", "headscale", env={"TS_API_KEY": None, "HEADSCALE_CLI_API_KEY": KEY}, **more)
