#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds aclc to recorded answers of the hosted service, where they are at hand: ACLC_CONFORMANCE, or ../shared/conformance beside the tree.

usage: conformance.py SOURCE_DIR ACLC [--quick]

--quick is for builds whose every start takes long: one process a policy, none a text. Exit status 77 (skipped) where there are no records.
"""
import os
import pathlib
import subprocess
import sys

root, aclc = pathlib.Path(sys.argv[1]), sys.argv[2]
folder = pathlib.Path(os.environ.get("ACLC_CONFORMANCE") or root.parent / "shared" / "conformance")
# What each suite must reach, as its arguments. Two recordings contradict the others and are not met:
# - policytest-allpass-grants-only-tag-src-ipv6-literal-dst (core): an IPv6 literal equals a node's address and no rule was
#   recorded; node addresses of that series were renumbered after the recording, literals of IPv6 in its policies were not
#   (its sshtest twin with an IPv6 destination is refused for the same reason).
# - acl-k03 (extended): one router's own view lacks a route that is approved and that later nodes see on it; the recording was
#   taken while the approval was spreading. The other nine recordings of its kind have the route.
SUITES = [("run", ["--min-core", "99.8"]), ("run-packets", [])]
if "--quick" not in sys.argv:
    SUITES += [("run", ["--check-only", "--min-core", "100"]), ("run-hujson", [])]

if not (folder / "run").exists():
    print(f"SKIPPED: no recorded answers at {folder} (ACLC_CONFORMANCE names another folder)")
    sys.exit(77)
status = 0
for suite, arguments in SUITES:
    print(f"-- {suite} {' '.join(arguments)}", flush=True)
    status |= subprocess.run([sys.executable, folder / suite, "--aclc", aclc, *arguments], check=False).returncode
sys.exit(1 if status else 0)
