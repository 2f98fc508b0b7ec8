#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual and the completions say what --help says, and the shells take them.

usage: test_shells.py ACLC [unittest's options]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ACLC = os.path.abspath(sys.argv.pop(1))


def run(*words, **more):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120, **more)


def commands():
    return re.findall(r"^  (\w+) +\S", run(ACLC, "--help").stdout, re.M)


def options(command):
    """Every name of an option that --help shows."""
    text = run(ACLC, command, "--help").stdout
    lines = re.findall(r"^  (-[^ ]*)", text.split("Options:", 1)[1], re.M)
    return {name for line in lines for name in line.split(",")}


class Shells(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)

    def test_there_is_something_to_compare(self):
        self.assertIn("check", commands())
        self.assertIn("--tailnet", options("check"))

    def test_a_page_for_each_command_with_all_its_options(self):
        self.assertEqual(run(ACLC, "man", "--out", self.at).returncode, 0)
        self.assertEqual({p.name for p in self.at.iterdir()}, {"aclc.1", *(f"aclc-{c}.1" for c in commands())})
        for command in commands():
            page = (self.at / f"aclc-{command}.1").read_text()
            self.assertEqual(page, run(ACLC, "man", command).stdout)
            for name in options(command):
                self.assertIn("\\fB" + name.replace("-", "\\-") + "\\fR", page)
        self.assertEqual(run(ACLC, "man", "nonsense").returncode, 2)

    def test_pages_are_sound(self):
        run(ACLC, "man", "--out", self.at)
        for page in sorted(self.at.iterdir()):
            checked = run("groff", "-man", "-Tutf8", "-ww", "-z", page)
            self.assertEqual((checked.returncode, checked.stderr), (0, ""), page.name)

    def complete(self, line):
        words = line.split(" ")
        (self.at / "aclc.bash").write_text(run(ACLC, "completion", "bash").stdout)
        script = 'source ./aclc.bash; COMP_WORDS=("${@}"); COMP_CWORD=$(($# - 1)); _aclc; printf "%s\\n" "${COMPREPLY[@]}"'
        done = run("bash", "-eu", "-c", script, "bash", *words, cwd=self.at)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_bash(self):
        self.assertEqual(self.complete("aclc "), {*commands(), "--help", "--version"})
        self.assertEqual(self.complete("aclc pu"), {"pull", "push"})
        self.assertEqual(self.complete("aclc fmt --wr"), {"--write"})
        self.assertEqual(self.complete("aclc check --target "), {"tailscale", "headscale"})
        for command in commands():
            self.assertEqual(self.complete(f"aclc {command} -"), options(command))
        (self.at / "policy.hujson").write_text("{}")
        self.assertEqual(self.complete("aclc check pol"), {"policy.hujson"})
        self.assertEqual(self.complete("aclc check --tailnet pol"), {"policy.hujson"})

    @unittest.skipUnless(shutil.which("fish"), "no fish here")
    def test_fish(self):
        (self.at / "aclc.fish").write_text(run(ACLC, "completion", "fish").stdout)
        env = {**os.environ, "HOME": str(self.at), "XDG_CONFIG_HOME": str(self.at)}

        def complete(line):
            done = run("fish", "--no-config", "-c", f"source aclc.fish; complete -C '{line}'", cwd=self.at, env=env)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return {entry.split("\t")[0] for entry in done.stdout.splitlines()}
        self.assertLessEqual(set(commands()), complete("aclc "))
        self.assertEqual(complete("aclc check --target "), {"tailscale", "headscale"})
        self.assertLessEqual({o for o in options("push") if o.startswith("--")}, complete("aclc push --"))

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh(self):
        (self.at / "_aclc").write_text(run(ACLC, "completion", "zsh").stdout)
        checked = run("zsh", "-f", "-n", "_aclc", cwd=self.at)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        # A terminal of zsh's own, so that what it really offers can be read. What is read for is waited for.
        script = r"""
            zmodload zsh/zpty
            zpty z "TERM=dumb zsh -f -i"
            zpty -w z "stty rows 200 cols 200 -echo; fpath=($PWD \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0; print re''ady"
            zpty -r z out '*ready*'
            zpty -w -n z $'aclc push --\t'
            zpty -r z out '*--yes*'
            print -r -- "$out"
            zpty -d z
        """
        shown = run("zsh", "-f", "-c", script, cwd=self.at, env={**os.environ, "HOME": str(self.at)}).stdout
        for name in options("push"):
            if name.startswith("--"):
                self.assertIn(name, shown)

    def test_no_other_shell(self):
        self.assertEqual(run(ACLC, "completion", "tcsh").returncode, 2)


if __name__ == "__main__":
    unittest.main()
