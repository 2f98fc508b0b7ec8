#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The .deb files and the installed libraries: lintian has nothing to say, they install, run and leave nothing behind. All of it
happens beside this system, in folders that go away.

usage: test_install.py BUILD CMAKE CONSUMER [unittest's options]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BUILD, CMAKE, CONSUMER = (os.path.abspath(p) for p in sys.argv[1:4])
del sys.argv[1:4]
CPACK = str(pathlib.Path(CMAKE).with_name("cpack"))
SAMPLE = pathlib.Path(__file__).parents[2] / "testdata/samples"


def run(*words, **more):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, **more)


def version():
    text = (pathlib.Path(__file__).parents[2] / "CMakeLists.txt").read_text()
    return re.search(r"project\(aclc VERSION (\S+)", text)[1]


class Debs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.at = pathlib.Path(cls.folder.name)
        made = run(CPACK, "--config", f"{BUILD}/CPackConfig.cmake", "-B", cls.at / "made", cwd=cls.at)
        assert made.returncode == 0, made.stdout + made.stderr
        cls.debs = {p.name.split("_")[0]: p for p in (cls.at / "made").glob("*.deb")}

    def test_names_and_version(self):
        self.assertIn("aclc", self.debs)
        for name, deb in self.debs.items():
            fields = run("dpkg-deb", "-f", deb).stdout
            self.assertIn(f"Package: {name}\n", fields)
            self.assertIn(f"Version: {version()}-1\n", fields)
            self.assertIn("libcurl4" if name == "aclc" else "libc6", fields)

    def test_the_line_of_the_readme_installs_it(self):
        readme = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
        words = re.search(r"^sudo (apt-get install -y \S*aclc_\*\.deb)$", readme, re.M)[1].split()
        done = run(words[0], "--simulate", *words[1:-1], self.debs["aclc"], env={**os.environ, "LC_ALL": "C"})
        # apt looks up all that the package wants, in what this system has and could have.
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"Inst aclc ({version()}-1 ", done.stdout)

    def test_lintian(self):
        for deb in self.debs.values():
            done = run("lintian", "--allow-root", "--fail-on", "error,warning", "--info", deb)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stdout + done.stderr)

    def test_install_run_purge(self):
        root = self.at / "root"
        for folder in ("var/lib/dpkg/updates", "var/lib/dpkg/info", "var/lib/dpkg/triggers", "etc", "usr", "tmp"):
            (root / folder).mkdir(parents=True)
        for name in ("status", "available"):
            (root / "var/lib/dpkg" / name).write_text("")
        # What comes with the distribution is not there, and what else a script would do belongs to a running system.
        dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless", "--force-not-root", "--log=/dev/null"]
        environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "DPKG_ROOT": str(root), "DEBIAN_FRONTEND": "noninteractive"}
        before = {p for p in root.rglob("*") if "var/lib/dpkg" not in str(p)}
        for deb in self.debs.values():
            done = run(*dpkg, "-i", deb, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        aclc = root / "usr/bin/aclc"
        self.assertEqual(run(aclc, "--version").stdout, f"aclc {version()}\n")
        self.assertEqual(run(aclc, "check", SAMPLE / "office/policy.hujson").returncode, 0)
        # The part that speaks HTTPS is found where it is installed: nobody listens, and that is what it says.
        drift = run(aclc, "drift", SAMPLE / "office/policy.hujson", "--server", "http://localhost:1", "--tries", "1", env={"TS_API_KEY": "k"})
        self.assertEqual(drift.returncode, 2)
        self.assertIn("onnect", drift.stderr)
        page = run("man", "-l", root / "usr/share/man/man1/aclc-push.1.gz", env={**os.environ, "MANPAGER": "cat", "TERM": "dumb"}).stdout
        self.assertIn("--dry-run", page)
        for completion in ("bash-completion/completions/aclc", "zsh/vendor-completions/_aclc", "fish/vendor_completions.d/aclc.fish"):
            self.assertIn("push", (root / "usr/share" / completion).read_text())
        for name in self.debs:
            done = run(*dpkg, "--purge", name, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        after = {p for p in root.rglob("*") if "var/lib/dpkg" not in str(p)}
        self.assertEqual(after - before, set())


class Libraries(unittest.TestCase):
    def test_a_project_of_somebody_elses(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix, build = f"{folder}/prefix", f"{folder}/build"
            done = run(CMAKE, "--install", BUILD, "--component", "dev", "--prefix", prefix)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(os.path.exists(f"{prefix}/include/aclc/parser/syntax/parse.h"))
            self.assertFalse(os.path.exists(f"{prefix}/include/aclc/cli"))
            for words in (["-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}"], ["--build", build]):
                done = run(CMAKE, *words)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(run(f"{build}/consumer", '{"acls": []}').returncode, 0)
            bad = run(f"{build}/consumer", '{"acls": [{"action": "accept", "src": ["*"], "dst": ["tag:none:*"]}]}')
            self.assertEqual(bad.returncode, 1)
            self.assertIn("[unknown-tag]", bad.stdout)
            # Nothing in it remembers where it was built.
            for path in pathlib.Path(prefix).rglob("*.cmake"):
                self.assertNotIn(str(pathlib.Path(BUILD)), path.read_text())


if __name__ == "__main__":
    unittest.main()
