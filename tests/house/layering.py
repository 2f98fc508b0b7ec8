#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the #include lines of the product and fails on any edge outside the table (ARCHITECTURE.md, "Who may include whom")."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])

# A room -> the rooms whose headers it may include, itself aside. Inside a room, folders are ordered by INNER.
ROOMS = {
    "base": set(),
    "parser": {"base"},
    "evaluator": {"base"},
    "compiler": {"base", "parser", "evaluator"},
    "lsp": {"base", "parser", "evaluator", "compiler"},
    "daemon": {"base", "evaluator"},
    "deploy": {"base", "parser"},  # a digest is of the canonical layout, and messages are made harmless
    "cli": {"base", "parser", "evaluator", "compiler", "lsp", "deploy"},
}
# Folders of a room in the order in which they may use each other: each may include itself and those before it.
INNER = {
    "base": ["base", "base/text", "base/net"],
    "parser": ["parser/source", "parser/diagnostics", "parser/syntax", "parser/policy"],
}
# One file may cross a line, and says why in its head.
EXCEPTIONS = {
    ("cli", "daemon/api/client.h"),
    ("cli", "daemon/snapshot/sealed.h"),  # `aclc snapshot` writes what nodes read
    ("cli", "daemon/snapshot/store.h"),
    ("cli", "daemon/planner/boxes.h"),  # `aclc compile --emit nft` writes what the daemon gives the kernel
    ("cli", "daemon/backend/nft/script.h"),
}
# The one daemon file that loads a policy on the node itself.
LOADERS = re.compile(r"^daemon/.*(local_policy|load_policy|policy_loader)[^/]*\.cpp$")
# Headers that are heavy or throw: only .cpp files, so that they stay in few.
HEAVY = re.compile(r"^(tao/pegtl|nlohmann/(?!json_fwd)|boost/graph|re2/|CLI/)")
STD_AND_FMT_ONLY = "base"

faults = []


def fault(path, line, why):
    faults.append(f"{path}:{line}: {why}")


def judge(path, number, included, angled):
    room = path.parts[0]
    name = path.as_posix()
    if angled:
        if HEAVY.match(included) and path.suffix == ".h" and "grammar" not in path.name:
            fault(name, number, f"<{included}> belongs into .cpp files")
        if room == STD_AND_FMT_ONLY and "/" in included and not included.startswith(("fmt/", "sys/", "arpa/", "netinet/")):
            fault(name, number, f"base/ may use the standard library and fmt only, not <{included}>")
        return
    if "/" not in included:
        fault(name, number, f'includes start at the root of the tree: "{included}"')
        return
    other = included.split("/")[0]
    if other not in ROOMS or (room, included) in EXCEPTIONS:
        return
    if other == room:
        order = INNER.get(room)
        if not order:
            return
        here, there = path.parent.as_posix(), pathlib.PurePosixPath(included).parent.as_posix()
        if here in order and there in order and order.index(there) > order.index(here):
            fault(name, number, f"{here}/ may not include {there}/")
    elif other not in ROOMS[room] and not (other in ("compiler", "parser") and LOADERS.match(name)):
        fault(name, number, f"{room}/ may not include {other}/")


seen = 0
for room in ROOMS:
    for path in sorted((ROOT / room).rglob("*")):
        if path.suffix not in (".h", ".cpp", ".def") or "node_modules" in path.parts:
            continue
        seen += 1
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if found:
                judge(path.relative_to(ROOT), number, found[2], found[1] == "<")
print(*faults, sep="\n")
print(f"{seen} files, {len(faults)} includes across a line")
sys.exit(1 if faults or seen < 50 else 0)
