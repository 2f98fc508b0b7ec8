#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows lsp/editors/README.md to the letter, in an empty home: Neovim and Emacs must show the findings of the sample policy, and
answer what the page says one can ask.

Exit status 77 where neither editor is.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

root, aclc = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
readme = (root / "lsp/editors/README.md").read_text()
SAMPLE = "testdata/samples/first.hujson"
SLUGS = {"unknown-tag", "missing-port", "port-range-reversed", "missing-comma", "unknown-field", "check-period"}
DENIED = "denied: alice@example.com -> db1"

NVIM = """
vim.wait(30000, function() return #vim.diagnostic.get(0) >= %d end, 50)
for _, d in ipairs(vim.diagnostic.get(0)) do io.stdout:write('found ' .. d.code .. '\\n') end
vim.cmd('edit testdata/samples/office/policy.hujson')
vim.wait(30000, function() return vim.fn.exists(':AclcTests') == 2 end, 50)
local said = 0
local function hear(text)
  said = said + 1
  io.stdout:write(text, '\\n')
end
vim.notify, print = hear, hear
for i, command in ipairs({'AclcTests', 'AclcWhy alice@example.com db1:5432', 'AclcWhy nobody db1'}) do
  vim.cmd(command)
  vim.wait(30000, function() return said >= i end, 20)
end
vim.cmd('qa!')
"""
EMACS = """
(find-file "%s")
;; In batch mode no command ends by itself, and eglot waits for one.
(run-hooks 'post-command-hook)
(with-timeout (30) (while (< (length (flymake-diagnostics)) %d) (flymake-start) (accept-process-output nil 0.05)))
(dolist (d (flymake-diagnostics)) (princ (format "found %%s\n" (flymake-diagnostic-text d))))
(find-file "%s")
(run-hooks 'post-command-hook)
(aclc-tests)
(princ (with-current-buffer "*aclc tests*" (buffer-string)))
(princ (aclc-why "alice@example.com" "db1" 5432))
(kill-emacs 0)
"""


def section(title):
    """The commands of a section, and its text."""
    text = re.search(rf"^## {title}.*?\n(.*?)(?=^## )", readme, re.S | re.M)[1]
    return re.search(r"```sh\n(.*?)```", text, re.S)[1].strip().splitlines(), text


def run(commands, home):
    path = home / "bin"
    path.mkdir(exist_ok=True)
    if not (path / "aclc").exists():
        (path / "aclc").symlink_to(aclc)
    env = {**os.environ, "HOME": str(home), "PATH": f"{path}:{os.environ['PATH']}"}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        env.pop(name, None)
    return subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=root, env=env, capture_output=True, text=True, timeout=120, check=False)


def judge(name, done, words):
    missing = [w for w in words if w not in done.stdout]
    found = {s for s in SLUGS if re.search(rf"^found .*{s}", done.stdout, re.M)}
    print(f"{name}: {len(found)} of {len(SLUGS)} findings, {len(words) - len(missing)} of {len(words)} answers")
    if found == SLUGS and not missing and done.returncode == 0:
        return True
    print(done.stdout, done.stderr, f"exit {done.returncode}", f"missing {SLUGS - found} {missing}", sep="\n")
    return False


tried, ok = 0, True
with tempfile.TemporaryDirectory() as folder:
    home = pathlib.Path(folder)
    if shutil.which("nvim"):
        tried += 1
        commands, _ = section("Neovim")
        (home / "look.lua").write_text(NVIM % len(SLUGS))
        if commands[-1] != f"nvim {SAMPLE}":
            sys.exit(f"the last command of the Neovim section opens no sample: {commands[-1]}")
        # The person looks; here, a script does.
        commands[-1] = f"nvim --headless {SAMPLE} -c 'luafile {home}/look.lua' -c cquit"
        ok &= judge("Neovim", run(commands, home), ["6 of 6 assertions passed", DENIED, "`nobody` is no node"])
    if shutil.which("emacs"):
        tried += 1
        commands, text = section("Emacs")
        (home / ".emacs.d").mkdir()
        (home / ".emacs.d/init.el").write_text(re.search(r"`(\(load .*?\))`", text)[1])
        (home / "look.el").write_text(EMACS % (root / SAMPLE, len(SLUGS), root / "testdata/samples/office/policy.hujson"))
        commands.append(f"emacs --batch -l {home}/.emacs.d/init.el -l {home}/look.el")
        ok &= judge("Emacs", run(commands, home), ["bob@example.com -> tag:db as root  no rule allows it", DENIED])
if not tried:
    print("SKIPPED: neither Neovim nor Emacs here")
    sys.exit(77)
sys.exit(0 if ok else 1)
