#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every folder has a README of at most 40 lines, every source at most 500 lines and a licence line, every link in a README leads somewhere."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
README_LINES = 40
SOURCE_LINES = 500

# Longer than SOURCE_LINES, with the reason.
LONG = {}
# Folders that explain themselves by their parent's README.
NO_README = re.compile(r"^(\.ci|cmake|packaging/(debian(/.*)?|ci)|tests/(unit|property|support|integration|package|fuzz)(/.*)?|tests/npm/.+|lsp/editors/.+|testdata(/.*)?|tests/house)$")
SOURCES = {".h", ".cpp", ".def", ".py", ".cmake", ".mjs", ".js", ".ts", ".lua", ".el"}


def tracked():
    """What git knows, or what is there where the tree is no repository."""
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
        return [pathlib.PurePosixPath(p) for p in out.stdout.splitlines() if (ROOT / p).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [p.relative_to(ROOT) for p in ROOT.rglob("*") if p.is_file() and "build" not in p.relative_to(ROOT).parts]


faults = []
files = tracked()
folders = {str(p.parent) for p in files} - {"."}
for folder in sorted(folders):
    readme = ROOT / folder / "README.md"
    if not readme.exists() and not NO_README.match(folder):
        faults.append(f"{folder}/: has no README.md")
for path in files:
    full = ROOT / path
    if path.name == "README.md":
        text = full.read_text()
        if str(path.parent) != "." and text.count("\n") > README_LINES:
            faults.append(f"{path}: has {text.count(chr(10))} lines, and a README has at most {README_LINES}")
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target and not (full.parent / target).exists():
                faults.append(f"{path}: links to {target}, which is not there")
    if path.suffix in SOURCES or path.name == "CMakeLists.txt":
        text = full.read_text(errors="replace")
        lines = text.count("\n")
        if lines > SOURCE_LINES and str(path) not in LONG:
            faults.append(f"{path}: has {lines} lines, and a source has at most {SOURCE_LINES}")
        if path.suffix != "" and path.name != "CMakeLists.txt" and "SPDX-License-Identifier: Apache-2.0" not in text[:200]:
            faults.append(f"{path}: does not begin with its licence line")
for path in LONG:
    if not (ROOT / path).exists() or (ROOT / path).read_text().count("\n") <= SOURCE_LINES:
        faults.append(f"{path}: is no exception any more")
print(*faults, sep="\n")
print(f"{len(files)} files, {len(folders)} folders, {len(faults)} faults")
sys.exit(1 if faults or len(files) < 50 else 0)
