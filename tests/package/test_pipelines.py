#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Executes what action.yml, .pre-commit-hooks.yaml and the GitLab template say, in real repositories, against a server on this
machine. What they use of their surroundings (`gh`, contexts, variables) is stood in for here.

usage: test_pipelines.py ROOT BUILD ACLC [unittest's options]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

from policy_server import KEY, PolicyServer

ROOT, BUILD, ACLC = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
del sys.argv[1:4]
OLD = """{
	"groups":    {"group:eng": ["alice@example.com", "bob@example.com"]},
	"tagOwners": {"tag:web": ["group:eng"]},
	"acls": [
		// The web is for engineers.
		{"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443"]},
	],
	"tests": [{"src": "alice@example.com", "accept": ["tag:web:443"], "deny": ["tag:web:22"]}],
}
"""
NEW = OLD.replace("tag:web:443\"]},\n\t]", "tag:web:80,443\"]},\n\t]")
BROKEN = OLD.replace('"dst": ["tag:web:443"]', '"dst": ["tag:wbe:443"]')
FAILING = OLD.replace('"deny": ["tag:web:22"]}]', '"deny": ["tag:web:22"]}, {"src": "bob@example.com", "deny": ["tag:web:443"]}]')


def layout(text):
    return subprocess.run([ACLC, "fmt", "-"], input=text, capture_output=True, check=True).stdout


def evaluate(expression, lookup, functions):
    """An expression of GitHub's or GitLab's, of the kind that is used here."""
    text = re.sub(r"'([^']*)'|(&&)|(\|\|)|!(?!=)|\$?[A-Za-z_][\w-]*(?:\.[\w-]+)*(\(\))?", lambda m: (
        repr(m[1]) if m[1] is not None else " and " if m[2] else " or " if m[3] else " not " if m[0] == "!" else
        repr(functions[m[0][:-2]]) if m[4] else f"lookup({m[0]!r})"), expression)
    return eval(text, {"lookup": lookup})  # our own files, and nothing but the words above is left in it


class Repository(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        self.work = self.at / "work"
        self.env = {"HOME": str(self.at), "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{who}_NAME": "somebody", f"GIT_{who}_EMAIL": "somebody@example.com"}
        (self.at / "bin").mkdir()
        os.symlink(ACLC, self.at / "bin/aclc")
        self.env["PATH"] = f"{self.at}/bin:{os.environ['PATH']}"
        self.work.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.work, env=self.env, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, text):
        (self.work / "policy.hujson").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def run_script(self, shell, script, env, timeout=120):
        return subprocess.run([*shell, script], cwd=self.work, env={**self.env, **env}, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)

    def server(self, policy):
        server = PolicyServer(layout, policy.encode())
        self.addCleanup(server.close)
        return server


class Action(Repository):
    """action.yml as GitHub runs a composite action."""

    def setUp(self):
        super().setUp()
        self.action = yaml.safe_load((ROOT / "action.yml").read_text())
        self.gh("exit 0")

    def gh(self, script):
        path = self.at / "bin/gh"
        path.write_text(f'#!/bin/sh\necho "$*" >>"{self.at}/gh.log"\nfor word; do case $word in body=@*) cat "${{word#body=@}}" >>"{self.at}/gh.body";; esac; done\n{script}\n')
        path.chmod(0o755)

    def act(self, inputs, event, event_name):
        """Runs the steps. Returns outcome by step name, and all that was printed."""
        github = {"event": event, "event_name": event_name, "token": "ghs_token", "workspace": str(self.work)}
        steps, outcomes, printed, failed = {}, {}, "", False

        def lookup(path):
            value = {"github": github, "inputs": given, "steps": steps}
            for name in path.split("."):
                value = value.get(name, "") if isinstance(value, dict) else ""
            return value

        def filled(text):
            return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(evaluate(m[1].strip(), lookup, {}) or ""), str(text))
        given = {}
        for name, about in self.action["inputs"].items():
            given[name] = inputs.get(name, filled(about["default"]))
        self.assertLessEqual(set(inputs), set(self.action["inputs"]))
        path, summary, output = self.at / "path", self.at / "summary.md", self.at / "output"
        path.write_text("")
        summary.write_text("")
        env = {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_PATH": str(path), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(self.at), "GITHUB_REPOSITORY": "somebody/policy"}
        for step in self.action["runs"]["steps"]:
            self.assertNotIn("${{", step["run"])  # values in scripts would be run
            condition = re.fullmatch(r"\$\{\{(.*)\}\}", step.get("if", "${{ success() }}"))[1]
            if not evaluate(condition.strip(), lookup, {"success": not failed, "cancelled": False}):
                outcomes[step["name"]] = "skipped"
                continue
            values = {k: filled(v) for k, v in step.get("env", {}).items()}
            output.write_text("")
            done = self.run_script(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], step["run"], {**env, **values})
            printed += done.stdout + done.stderr
            outcomes[step["name"]] = "success" if done.returncode == 0 else "failure"
            failed |= done.returncode != 0
            if "id" in step:
                steps[step["id"]] = {"outcome": outcomes[step["name"]], "outputs": dict(line.split("=", 1) for line in output.read_text().splitlines())}
        self.summary = summary.read_text()
        self.assertNotIn(KEY, printed + self.summary)
        return outcomes, printed

    def pull_request(self, old, new, **inputs):
        base = self.commit(old)
        self.commit(new)
        return self.act(inputs, {"pull_request": {"number": 7, "base": {"sha": base}}}, "pull_request")

    def test_a_pull_request(self):
        outcomes, printed = self.pull_request(OLD, NEW, push="true", **{"api-key": KEY})
        self.assertEqual(outcomes, {"Install aclc": "success", "Check": "success", "Test": "success", "Lint": "success", "Compare": "success", "Comment": "success", "Push": "skipped"}, printed)
        self.assertIn("--method POST repos/somebody/policy/issues/7/comments", (self.at / "gh.log").read_text())
        body = (self.at / "gh.body").read_text()
        self.assertTrue(body.startswith("<!-- aclc -->\n"))
        self.assertIn("80", body)
        self.assertIn(body.split("\n", 1)[1].strip(), self.summary)

    def test_a_second_run_changes_its_comment(self):
        self.gh('case "$*" in *--jq*) echo 4711;; esac')
        self.pull_request(OLD, NEW)
        self.assertIn("--method PATCH repos/somebody/policy/issues/comments/4711", (self.at / "gh.log").read_text())

    def test_a_fork_without_secrets_and_without_the_right_to_write(self):
        self.gh('echo "HTTP 403" >&2; exit 1')
        outcomes, printed = self.pull_request(OLD, NEW, push="true")
        self.assertEqual([o for o in outcomes.values() if o != "success"], ["skipped"], printed)
        self.assertIn("::notice::", printed)
        self.assertIn("80", self.summary)

    def test_faults(self):
        outcomes, printed = self.pull_request(OLD, BROKEN)
        self.assertEqual((outcomes["Check"], outcomes["Test"], outcomes["Compare"], outcomes["Push"]), ("failure", "skipped", "skipped", "skipped"))
        self.assertRegex(printed, r"::error file=policy\.hujson,line=6,.*tag:wbe")

    def test_a_failing_assertion_keeps_nothing_back_but_the_push(self):
        outcomes, printed = self.pull_request(OLD, FAILING, push="true", **{"api-key": KEY})
        self.assertEqual((outcomes["Check"], outcomes["Test"], outcomes["Lint"], outcomes["Compare"], outcomes["Comment"], outcomes["Push"]),
                         ("failure", "failure", "success", "success", "success", "skipped"), printed)
        # Nor does one in what it is compared with.
        outcomes, printed = self.pull_request(FAILING + "// again\n", NEW)
        self.assertEqual(outcomes["Compare"], "success", printed)
        self.assertNotIn("nothing to compare", (self.at / "gh.body").read_text())

    def test_a_new_file_and_a_new_branch(self):
        self.git("commit", "-q", "--allow-empty", "-m", "first")
        first = self.git("rev-parse", "HEAD")
        self.commit(OLD)
        for event in ({"before": first}, {"before": "0" * 40}, {}):
            outcomes, printed = self.act({}, event, "push")
            self.assertNotIn("failure", outcomes.values(), printed)

    def test_the_readme_gives_what_the_action_takes(self):
        text = re.search(r"```yaml\n(on: .*?)```", (ROOT / "README.md").read_text(), re.S)[1]
        self.assertLessEqual(len(text.splitlines()), 10)
        step = yaml.safe_load(text)["jobs"]["policy"]["steps"][-1]
        self.assertLessEqual(set(step["with"]), set(self.action["inputs"]))

    def test_values_are_not_run(self):
        before = self.commit(OLD)
        evil = '$(touch pwned).hujson"; touch pwned; "'
        (self.work / evil).write_text(OLD)
        outcomes, printed = self.act({"policy": evil, "lint": "false"}, {"before": before}, "push")
        self.assertNotIn("failure", outcomes.values(), printed)
        self.assertFalse((self.work / "pwned").exists())

    def test_push(self):
        server = self.server(OLD)
        to = {"push": "true", "api-key": KEY, "server": server.url}
        before = self.commit(OLD)
        self.commit(NEW)
        outcomes, printed = self.act(to, {"before": before}, "push")
        self.assertEqual(outcomes["Push"], "success", printed)
        self.assertEqual(server.policy.decode(), NEW)
        # A version that never got as far as that is no reason for alarm at the next one.
        self.commit(BROKEN)
        before = self.git("rev-parse", "HEAD")
        self.commit(OLD)
        outcomes, printed = self.act(to, {"before": before}, "push")
        self.assertEqual((outcomes["Push"], server.policy.decode()), ("success", OLD), printed)
        by_hand = OLD.replace("443", "22").encode()
        server.policy = by_hand
        self.commit(NEW)
        outcomes, printed = self.act(to, {"before": before}, "push")
        self.assertEqual((outcomes["Push"], server.policy), ("failure", by_hand))
        self.assertIn("somebody changed", printed)

    def test_the_first_push(self):
        made_by_hand = OLD.replace("443", "8443")
        server = self.server(made_by_hand)
        to = {"push": "true", "api-key": KEY, "server": server.url}
        before = self.commit(OLD)
        self.commit(NEW)
        outcomes, printed = self.act(to, {"before": before}, "push")
        self.assertEqual((outcomes["Push"], server.policy.decode()), ("failure", made_by_hand))
        to["replace"] = re.search(r"--replace ([0-9a-f]{12}) ", printed)[1]
        outcomes, printed = self.act(to, {"before": before}, "push")
        self.assertEqual((outcomes["Push"], server.policy.decode()), ("success", NEW), printed)
        # The input may stay where it is: a later change by hand has another digest.
        server.policy = OLD.replace("443", "22").encode()
        self.assertEqual(self.act(to, {"before": before}, "push")[0]["Push"], "failure")

    def test_push_to_headscale(self):
        server = self.server(OLD)
        before = self.commit(OLD)
        self.commit(NEW)
        outcomes, printed = self.act({"push": "true", "api-key": KEY, "server": server.url, "target": "headscale"}, {"before": before}, "push")
        self.assertEqual((outcomes["Push"], server.policy.decode()), ("success", NEW), printed)

    def test_push_from_a_checkout_without_history(self):
        by_hand = OLD.replace("443", "22")
        server = self.server(by_hand)
        self.commit(OLD)
        self.commit(NEW)
        whole = self.work
        self.work = self.at / "shallow"
        subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{whole}", self.work], env=self.env, check=True)
        outcomes, printed = self.act({"push": "true", "api-key": KEY, "server": server.url}, {"before": self.git("-C", str(whole), "rev-parse", "HEAD~")}, "push")
        self.assertEqual((outcomes["Push"], server.policy.decode()), ("failure", by_hand), printed)
        self.assertIn("this clone is shallow", printed)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a file away")
    def test_a_workspace_of_somebody_elses_as_in_a_container(self):
        before = self.commit(OLD)
        self.commit(NEW)
        server = self.server(OLD)
        for path in (self.work, *self.work.rglob("*")):
            os.chown(path, 1001, 1001, follow_symlinks=False)
        outcomes, printed = self.act({"push": "true", "api-key": KEY, "server": server.url}, {"before": before}, "push")
        self.assertEqual((outcomes["Compare"], outcomes["Push"], server.policy.decode()), ("success", "success", NEW), printed)
        self.assertIn("80", self.summary)


class Install(Repository):
    """The step that installs, where there is no aclc yet."""

    def setUp(self):
        super().setUp()
        (self.at / "bin/aclc").unlink()
        self.env["PATH"] = f"{self.at}/bin:" + ":".join(p for p in os.environ["PATH"].split(":") if not os.path.exists(f"{p}/aclc"))
        self.step = next(s for s in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"] if s["name"] == "Install aclc")

    def install(self, **more):
        path = self.at / "path"
        path.write_text("")
        env = {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_PATH": str(path), "RUNNER_TEMP": str(self.at / "temp"), **more}
        done = self.run_script(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], self.step["run"], env, timeout=1000)
        return done, path.read_text()

    def program(self, name, text):
        (self.at / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.at / "bin" / name).chmod(0o755)

    def test_it_builds_one_and_puts_it_on_the_path(self):
        # All is as on a runner, but that what this build has compiled already is not compiled again: the same sources and the
        # same compiler give the same object, which is looked up by its name.
        self.program("launch", f"""for word; do case $last in -o) out=$word;; esac; last=$word; done
            echo "$out" >>"{self.at}/compiled"
            if [ -f "{BUILD}/$out" ] && [ "${{out%.o}}" != "$out" ]; then mkdir -p "$(dirname "$out")" && cp "{BUILD}/$out" "$out"; else case $out in */cmTC_*) ;; *) echo "$out" >>"{self.at}/anew";; esac; exec "$@"; fi""")
        done, path = self.install(CMAKE_CXX_COMPILER_LAUNCHER=str(self.at / "bin/launch"))
        self.assertEqual((done.returncode, path), (0, f"{self.at}/temp/aclc\n"), done.stdout + done.stderr)
        self.assertGreater(len((self.at / "compiled").read_text().splitlines()), 100)
        self.assertEqual((self.at / "anew").read_text() if (self.at / "anew").exists() else "", "", "compiled here and not in the build that is tested")
        self.env["PATH"] = f"{path.strip()}:" + self.env["PATH"]
        self.commit(OLD)
        ran = self.run_script(["sh", "-c"], "aclc --version && aclc check policy.hujson", {})
        self.assertEqual((ran.returncode, ran.stdout.splitlines()[0]), (0, "aclc " + re.search(r"project\(aclc VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]), ran.stderr)
        # With all that it needs: the program that speaks HTTPS stands beside it.
        ran = self.run_script(["sh", "-c"], "aclc drift --server http://localhost:1 --tries 1", {"TS_API_KEY": KEY})
        self.assertIn("onnect", ran.stderr)
        # The next job on this runner finds it.
        again, path_again = self.install()
        self.assertEqual((again.returncode, path_again), (0, path))

    def test_it_installs_what_the_build_lacks_and_says_what_failed(self):
        self.program("dpkg-query", 'case $4 in libdtl-dev) exit 1;; esac; echo "install ok installed"')
        self.program("sudo", f'echo "sudo $*" >>"{self.at}/root"')
        self.program("apt-get", f'echo "apt-get $*" >>"{self.at}/root"')
        self.program("env", f'echo "env $*" >>"{self.at}/root"')
        self.program("cmake", 'echo "no compiler" >&2; exit 1')
        done, path = self.install()
        self.assertEqual((done.returncode, path), (1, ""))
        self.assertIn("no compiler", done.stderr)
        asked = (self.at / "root").read_text().splitlines()
        self.assertRegex(asked[0], r"apt-get update")
        self.assertRegex(asked[1], r"apt-get install -q -y --no-install-recommends libdtl-dev$")


class PreCommit(Repository):
    def hook(self, name):
        hooks = {h["id"]: h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        files = [f for f in self.git("ls-files").splitlines() if re.search(hooks[name]["files"], f)]
        self.assertEqual(files, ["policy.hujson"])
        self.assertEqual(hooks[name]["language"], "system")
        return self.run_script(["sh", "-c"], hooks[name]["entry"] + " " + " ".join(files), {})

    def test_hooks(self):
        (self.work / "notes.hujson.txt").write_text("x")
        self.commit(NEW)
        for name in ("aclc-check", "aclc-lint", "aclc-fmt"):
            done = self.hook(name)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.commit(BROKEN)
        self.assertEqual(self.hook("aclc-check").returncode, 1)
        self.commit(OLD.replace('"action": "accept"', '"action":"accept"'))
        self.hook("aclc-fmt")
        self.assertEqual((self.work / "policy.hujson").read_bytes(), layout(OLD.encode()))


class GitLab(Repository):
    def pipeline(self, variables):
        """Runs the jobs whose rules hold. Returns exit status by job, and all that was printed."""
        template = yaml.safe_load((ROOT / "packaging/ci/gitlab.yml").read_text())
        variables = {**template["variables"], **variables}
        outcomes, printed = {}, ""
        for name, job in template.items():
            if not isinstance(job, dict) or "script" not in job:
                continue
            rules = job.get("rules", [])
            if rules and not any(evaluate(r["if"], lambda v: variables.get(v[1:], ""), {}) for r in rules):
                continue
            if any(outcomes.values()) and job["stage"] == "deploy":
                continue
            # A runner gives sh the commands one after the other.
            done = self.run_script(["sh", "-ec"], "\n".join(job["script"]), {k: str(v) for k, v in variables.items()})
            outcomes[name] = done.returncode
            printed += done.stdout + done.stderr
        return outcomes, printed

    def test_a_merge_request(self):
        base = self.commit(OLD)
        self.commit(NEW)
        outcomes, printed = self.pipeline({"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_DEFAULT_BRANCH": "main"})
        self.assertEqual(outcomes, {"aclc-check": 0, "aclc-diff": 0}, printed)
        self.assertIn("80", (self.work / "aclc-diff.md").read_text())
        for report in ("check", "test", "lint"):
            self.assertIn("<testsuite", (self.work / f"aclc-{report}.xml").read_text())

    def test_a_merge_request_that_adds_or_breaks_or_mends_the_policy(self):
        self.git("commit", "-q", "--allow-empty", "-m", "first")
        first = self.git("rev-parse", "HEAD")
        for base, text, status, said in ((first, OLD, 0, "is new"), (None, BROKEN, 1, "has errors now"), (None, NEW, 0, "had errors before"), (None, OLD, 0, "80")):
            base = base or self.git("rev-parse", "HEAD")
            self.commit(text)
            outcomes, printed = self.pipeline({"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_DEFAULT_BRANCH": "main"})
            self.assertEqual(outcomes, {"aclc-check": status, "aclc-diff": 0}, printed)
            self.assertIn(said, (self.work / "aclc-diff.md").read_text())

    def test_the_image_has_what_the_jobs_need(self):
        template = yaml.safe_load((ROOT / "packaging/ci/gitlab.yml").read_text())
        programs = {w for job in template.values() if isinstance(job, dict) for line in job.get("script", []) for w in re.findall(r"(?:^|[;&|(]|if !|elif !|then)\s*(git|aclc)\b", line)}
        self.assertEqual(programs, {"git", "aclc"})
        last = (ROOT / "Dockerfile").read_text().rsplit("FROM", 1)[1]
        self.assertRegex(last, r"apt-get install [^&]*\bgit\b")

    def test_the_default_branch(self):
        server = self.server(OLD)
        (self.at / "bin/aclc").unlink()
        (self.at / "bin/aclc").write_text(f'#!/bin/sh\ncase $1 in push) shift; exec "{ACLC}" push --server {server.url} "$@";; *) exec "{ACLC}" "$@";; esac\n')
        (self.at / "bin/aclc").chmod(0o755)
        self.commit(OLD)
        self.commit(NEW)
        main = {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
        self.assertEqual(self.pipeline(main)[0], {"aclc-check": 0})
        outcomes, printed = self.pipeline({**main, "TS_API_KEY": KEY})
        self.assertEqual(outcomes, {"aclc-check": 0, "aclc-push": 0}, printed)
        self.assertEqual(server.policy.decode(), NEW)
        server.policy = OLD.replace("443", "22").encode()
        self.assertEqual(self.pipeline({**main, "TS_API_KEY": KEY})[0]["aclc-push"], 1)
        self.commit(BROKEN)
        self.assertEqual(self.pipeline({**main, "TS_API_KEY": KEY})[0], {"aclc-check": 1})


if __name__ == "__main__":
    unittest.main()
