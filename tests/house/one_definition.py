#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every class of the product has a qualified name of its own.

Two headers that define one name in one namespace make a program that has both undefined, and no compiler or linker says so.
usage: one_definition.py SOURCE_DIR
"""
import pathlib
import re
import sys

ROOMS = ["base", "parser", "compiler", "evaluator", "daemon", "deploy", "lsp", "cli"]
OPENS = re.compile(r"^(?:inline )?namespace(?: (?P<name>[\w:]+))? \{")
DEFINES = re.compile(r"^(?:template <.*> )?(?:struct|class|enum class|union) (?P<name>\w+)(?: final)?(?: : [^{;]*)? \{")


def definitions(path):
    """Qualified names of what stands at the left margin, which is where the house style puts what a namespace holds."""
    namespaces = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        opened = OPENS.match(line)
        if opened:
            namespaces.append(opened["name"] or "(anonymous)")
        elif line.startswith("}  // namespace"):
            namespaces.pop()
        defined = DEFINES.match(line)
        if defined and namespaces:
            yield "::".join(namespaces + [defined["name"]]), number


def main():
    root = pathlib.Path(sys.argv[1])
    places = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.h")) + sorted((root / room).rglob("*.cpp")):
            for name, number in definitions(path):
                if "(anonymous)" not in name:
                    places.setdefault(name, []).append(f"{path.relative_to(root)}:{number}")
    if len(places) < 100:
        sys.exit(f"only {len(places)} classes found: the house style or this test has changed")
    double = {name: where for name, where in places.items() if len(where) > 1}
    for name, where in sorted(double.items()):
        print(f"{name} is defined at {' and '.join(where)}: give one of them another name")
    print(f"{len(places)} classes")
    sys.exit(1 if double else 0)


main()
