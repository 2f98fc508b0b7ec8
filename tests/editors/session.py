#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs an editor's session in a folder of its own. Exit 77 where the editor is not installed.
usage: session.py neovim|neovim-config|emacs ACLC"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = HERE.parent.parent / "lsp/editors/neovim/aclc.lua"
SESSIONS = {
    "neovim": ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", str(HERE / "neovim.lua")],
    "neovim-config": ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", str(HERE / "neovim_config.lua")],
    "emacs": ["emacs", "-q", "--batch", "-l", str(HERE / "eglot.el")],
}


def main():
    command, aclc = SESSIONS[sys.argv[1]], str(pathlib.Path(sys.argv[2]).resolve())
    if shutil.which(command[0]) is None:
        print(f"{command[0]} is not installed: skipped")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ACLC": aclc, "FOLDER": folder, "HOME": folder, "XDG_STATE_HOME": folder,
                       "XDG_CACHE_HOME": folder, "LC_ALL": "C.UTF-8", "CONFIG": str(CONFIG),
                       "PATH": os.pathsep.join([str(pathlib.Path(aclc).parent), os.environ.get("PATH", "")])}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=600)
    text = done.stdout.decode(errors="replace")
    print(text)
    # Emacs without eglot is an Emacs that is not installed.
    if '"eglot"' in text and "Cannot open load file" in text:
        return 77
    return done.returncode


sys.exit(main())
