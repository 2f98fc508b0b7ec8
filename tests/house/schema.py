#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `aclc schema` to policies: whatever `aclc check`, or the hosted service in its recorded answers, takes must be valid by it.

How many of the refused ones it catches is printed, and must not fall. Needs jsonschema (python3-jsonschema); exit status 77 without it.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("SKIPPED: no python3-jsonschema here")
    sys.exit(77)

root, aclc = pathlib.Path(sys.argv[1]), sys.argv[2]
recorded = pathlib.Path(os.environ.get("ACLC_CONFORMANCE") or root.parent / "shared" / "conformance") / "cases"
# Refused policies of the repository's own cases, and of the recordings, that the schema alone must find; by how many they are.
CAUGHT_OWN, CAUGHT_RECORDED = 0.6, 0.6

TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|(,)(?=(?:\s|//[^\n]*|/\*.*?\*/)*[\]}])', re.S)
schema = json.loads(subprocess.run([aclc, "schema"], capture_output=True, check=True).stdout)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def read(text):
    """The value of a HuJSON text; None where it is none."""
    try:
        return json.loads(TOKEN.sub(lambda m: m[1] or " ", text))
    except ValueError:
        return None


def with_verdicts(policies):
    """Beside each policy whether `aclc check` takes it, tests aside. One process looks at all of them."""
    policies = list(policies)
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{i}.hujson" for i in range(len(policies))]
        for name, (_, text) in zip(names, policies):
            pathlib.Path(folder, name).write_text(text)
        done = subprocess.run([aclc, "check", "--format", "json", *names], cwd=folder, capture_output=True, check=False)
        found = json.loads(done.stdout)["diagnostics"]
    refused = {d["path"] for d in found if d["severity"] == "error" and d["slug"] != "test-failed"}
    return [(name, text, file not in refused) for file, (name, text) in zip(names, policies)]


def own():
    for path in sorted((root / "testdata").rglob("*")):
        if path.suffix == ".hujson":
            yield path.relative_to(root), path.read_text()
        elif path.suffix == ".case":
            parts = re.split(r"^=== (.*)\n", path.read_text(), flags=re.M)
            for head, body in zip(parts[1::2], parts[2::2]):
                if re.fullmatch(r"file \S+\.hujson", head):
                    yield f"{path.relative_to(root)} {head}", body
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, 6):
            subprocess.run([aclc, "gen", "--nodes", "60", "--rules", "120", "--seed", str(seed), "--out", folder], capture_output=True, check=True)
            yield f"aclc gen --seed {seed}", pathlib.Path(folder, "policy.hujson").read_text()


def recordings():
    for path in sorted(recorded.rglob("*.json")):
        case = json.loads(path.read_text())
        yield path.stem, case["policy"], case["expect"]["status"] == 200


def judge(policies, least):
    good = refused = caught = faults = 0
    for name, text, ok in policies:
        value = read(text)
        errors = ["no HuJSON"] if value is None else list(validator.iter_errors(value))
        if not ok:
            refused += 1
            caught += bool(errors)
            continue
        good += 1
        for error in errors[:2]:
            faults += 1
            where = "/".join(map(str, error.absolute_path)) if value is not None else ""
            print(f"{name}: taken, but not valid at {where}: {getattr(error, 'message', error)[:300]}")
    print(f"{good} policies that are taken, {faults} faults; {caught} of {refused} refused ones are not valid")
    return faults == 0 and good > 0 and caught >= least * refused


ok = judge(with_verdicts(own()), CAUGHT_OWN)
if recorded.exists():
    ok &= judge(recordings(), CAUGHT_RECORDED)
else:
    print(f"no recorded answers at {recorded}")
sys.exit(0 if ok else 1)
