#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The README's tour is real: every `$ aclc ...` in it is run and must print what stands below it.

usage: readme.py ROOT ACLC [--update]     commands run in ROOT/testdata/samples; --update rewrites the README and exits 1 if it changed
"""
import pathlib, re, shlex, subprocess, sys

root, aclc = pathlib.Path(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
update = "--update" in sys.argv
readme = root / "README.md"
text = readme.read_text(encoding="utf-8")
shown = 0


def run(line):
    p = subprocess.run([aclc] + shlex.split(line)[1:], cwd=root / "testdata/samples", capture_output=True, text=True, timeout=60)
    return p.stdout + p.stderr


def block(match):
    global shown
    out = []
    for part in re.split(r"(?m)^(?=\$ )", match.group(1)):
        if not part.startswith("$ aclc "):
            out.append(part)
            continue
        command, _, old = part.partition("\n")
        tail = old[len(old.rstrip("\n")):] or "\n"
        out.append(command + "\n" + run(command[2:]).rstrip("\n") + tail)
        shown += 1
    return "```console\n" + "".join(out) + "```"


new = re.sub(r"```console\n(.*?)```", block, text, flags=re.S)
if shown < 5:
    print(f"the README shows {shown} commands; the tour has at least five")
    sys.exit(1)
if new != text:
    if update:
        readme.write_text(new, encoding="utf-8")
        print("README.md rewritten")
    else:
        for a, b in zip(text.splitlines(), new.splitlines()):
            if a != b:
                print(f"README.md says    {a}\naclc says         {b}")
                break
        else:
            print("README.md and aclc differ in length")
    sys.exit(1)
print(f"{shown} commands print what README.md shows")
