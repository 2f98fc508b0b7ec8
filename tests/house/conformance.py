#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds aclc to recorded answers of the hosted service, where they are at hand: ACLC_CONFORMANCE, or ../shared/conformance beside the tree.

Exit status 77 (skipped) where they are not.
"""
import os
import pathlib
import subprocess
import sys

root, aclc = pathlib.Path(sys.argv[1]), sys.argv[2]
folder = pathlib.Path(os.environ.get("ACLC_CONFORMANCE") or root.parent / "shared" / "conformance")
# What each suite must reach, as its arguments. A suite joins when the command it drives does.
SUITES = {
    "run": ["--check-only", "--min-core", "97"],
    "run-hujson": [],
}

if not (folder / "run").exists():
    print(f"SKIPPED: no recorded answers at {folder} (ACLC_CONFORMANCE names another folder)")
    sys.exit(77)
status = 0
for suite, arguments in SUITES.items():
    print(f"-- {suite} {' '.join(arguments)}", flush=True)
    status |= subprocess.run([sys.executable, folder / suite, "--aclc", aclc, *arguments], check=False).returncode
sys.exit(1 if status else 0)
