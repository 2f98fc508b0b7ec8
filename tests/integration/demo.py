#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the walk-through of daemon/README.md and holds the page to what comes out, times and other numbers that differ by run aside.

usage: demo.py ACLC ACLCD      exit 0 as written, 77 cannot run here
"""
import os
import pathlib
import re
import subprocess
import sys

from mesh import SKIPPED, why_not_here

ROOT = pathlib.Path(__file__).resolve().parents[2]


def plain(text):
    text = re.sub(r'"time":"[^"]*"', '"time":"T"', text)
    return re.sub(r'"(generation|src_port)":\d+', r'"\1":N', text).strip()


def main():
    missing = why_not_here("wg", "nc")
    if missing:
        print(f"skipped: {missing} is missing here")
        return SKIPPED
    page = (ROOT / "daemon/README.md").read_text()
    block = re.search(r"```console\n(.*?)```", page, re.S)[1]
    steps = [(step.split("\n", 1) + [""])[:2] for step in re.split(r"^\$ ", block, flags=re.M)[1:]]
    assert len(steps) == 5, "five commands"
    env = dict(os.environ, ACLC_BUILD=os.path.dirname(os.path.abspath(sys.argv[1])))
    subprocess.run([ROOT / "daemon/demo/demo", "down"], env=env, check=False)
    try:
        for command, shown in steps:
            log = pathlib.Path("/tmp/aclc-demo-test.out")  # a file: daemons of the first step outlive it and would hold a pipe
            with log.open("w") as out:
                done = subprocess.run(command.split(), cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, timeout=60)
            printed = log.read_text()
            log.unlink()
            if done.returncode != 0 or plain(printed) != plain(shown):
                print(f"$ {command}   (exit {done.returncode})\n--- in daemon/README.md\n{shown}\n--- printed\n{printed}")
                return 1
            print(f"ok    {command}")
    finally:
        subprocess.run([ROOT / "daemon/demo/demo", "down"], env=env, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
