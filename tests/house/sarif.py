#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SARIF logs are valid: every finding that a golden case shows, and a run without findings, against tests/house/sarif.schema.json.

The schema is the part of SARIF 2.1.0 (OASIS) that aclc writes, closed: a property that is not in it is refused. ACLC_SARIF_SCHEMA
names the original, to hold the logs to it as well.
usage: sarif.py ACLC CASES
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

aclc, cases = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
schema = json.loads(pathlib.Path(__file__).with_name("sarif.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
validators = [jsonschema.Draft7Validator(schema)]
if os.environ.get("ACLC_SARIF_SCHEMA"):
    original = json.loads(pathlib.Path(os.environ["ACLC_SARIF_SCHEMA"]).read_text())
    validators.append(jsonschema.validators.validator_for(original)(original))
faults, logs, kinds = [], 0, set()


def judge(name, folder, words):
    global logs
    run = subprocess.run([aclc, *words, "--format", "sarif"], cwd=folder, capture_output=True, timeout=120)
    if run.returncode == 2 and not run.stdout:
        return
    log = json.loads(run.stdout)
    logs += 1
    for validator in validators:
        faults.extend(f"{name}: {e.json_path}: {e.message}" for e in validator.iter_errors(log))
    for result in log["runs"][0]["results"]:
        kinds.add(result["ruleId"])
        rule = log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
        if rule["id"] != result["ruleId"]:
            faults.append(f"{name}: ruleIndex of {result['ruleId']} is that of {rule['id']}")


# Policies without a tailnet go through one process together, some of a kind at a time: those of one folder of cases.
alone, together = [], {}
with tempfile.TemporaryDirectory() as top:
    for path in sorted(cases.rglob("*.case")):
        text = path.read_text(errors="replace")
        folder = pathlib.Path(top, path.parent.name, path.stem)
        folder.mkdir(parents=True)
        (folder / ".git").mkdir()  # a configuration above is not meant
        for file, body in re.findall(r"(?ms)^=== file (\S+)\n(.*?)(?=^=== |\Z)", text):
            if "/" not in file:
                (folder / file).write_text(body)
        if not (folder / "policy.hujson").exists():
            continue
        for command in ("check", "lint") if "lint" in path.parts else ("check",):
            if (folder / "tailnet.json").exists():
                alone.append((path.name, folder, [command, "--tailnet", "tailnet.json"]))
            else:
                together.setdefault((command, path.parent.name), []).append(f"{path.stem}/policy.hujson")
    for name, folder, words in alone:
        judge(name, folder, words)
    for (command, kind), policies in together.items():
        judge(f"{command} of {kind}", pathlib.Path(top, kind), [command, *policies])
if len(kinds) < 40:
    faults.append(f"only {len(kinds)} kinds of findings were seen")
print(*faults[:50], sep="\n")
print(f"{logs} logs with {len(kinds)} kinds of findings, {len(faults)} faults")
sys.exit(1 if faults else 0)
