#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aclc lint on the recorded policies that the hosted service accepted: it never fails, and what it calls duplicate, covered, dead or
without effect changes no device's table when it is taken away.

Tables are compared by what they mean: the packets that pass, capabilities, ssh rules, visible devices. All policies are looked at
without a tailnet, by one process; every STEPth one also with its own.
usage: lint_recorded.py ROOT ACLC [STEP]     ACLC_CONFORMANCE names the folder; exit status 77 (skipped) where it is not
"""
import concurrent.futures
import ipaddress
import json
import os
import pathlib
import subprocess
import sys
import tempfile

step = int(sys.argv[3]) if len(sys.argv) > 3 else 1
root, aclc = pathlib.Path(sys.argv[1]).resolve(), str(pathlib.Path(sys.argv[2]).resolve())
folder = pathlib.Path(os.environ.get("ACLC_CONFORMANCE") or root.parent / "shared" / "conformance")
cases = sorted((folder / "cases").rglob("*.json"))
if not cases:
    print(f"SKIPPED: no recorded policies at {folder} (ACLC_CONFORMANCE names another folder)")
    sys.exit(77)
CAN_GO = {"duplicate-rule", "covered-rule", "covered-together", "dead-rule", "no-effect-here"}
PORTED = {6, 17, 132}
PLAIN = ("caps", "ssh_rules", "peers", "allowed_ips", "primary_routes", "whois_caps")


def ranges(text):
    """(version, first, last) of what stands in a rule."""
    if text == "*":
        return [(4, 0, 2**32 - 1), (6, 0, 2**128 - 1)]
    if "-" in text:
        a, b = (ipaddress.ip_address(t) for t in text.split("-"))
    else:
        net = ipaddress.ip_network(text)
        a, b = net[0], net[-1]
    return [(a.version, int(a), int(b))]


def passing(rules, sources, destinations, ports):
    """For each destination, protocol and port: which of the sources get through, as a bit mask."""
    out = {}
    for rule in rules:
        mask = 0
        for text in rule.get("SrcIPs") or []:
            for version, first, last in ranges(text):
                for i, (v, a) in enumerate(sources):
                    if v == version and first <= a <= last:
                        mask |= 1 << i
        protocols = rule.get("IPProto") or [1, 6, 17, 58]
        for entry in rule.get("DstPorts") or []:
            first_port, last_port = entry["Ports"]["First"], entry["Ports"]["Last"]
            for version, first, last in ranges(entry["IP"]):
                for v, a in destinations:
                    if v != version or not first <= a <= last:
                        continue
                    mine = mask & sum(1 << i for i, (w, _) in enumerate(sources) if w == v)
                    keys = [("icmp", 0)]
                    for p in protocols:
                        if p in PORTED:
                            keys += [(p, port) for port in ports if first_port <= port <= last_port]
                        elif (first_port, last_port) == (0, 65535):
                            keys.append((p, 0))
                    for key in keys:
                        out[v, a, key] = out.get((v, a, key), 0) | mine
    return {key: mask for key, mask in out.items() if mask}


def same_packets(before, after, local):
    both = before + after
    points, ports = set(), {0, 65535}
    for rule in both:
        for text in rule.get("SrcIPs") or []:
            for v, first, last in ranges(text):
                points |= {(v, first), (v, last), (v, min(last + 1, 2**(32 if v == 4 else 128) - 1))}
        for entry in rule.get("DstPorts") or []:
            ports |= {p for p in (entry["Ports"]["First"] - 1, entry["Ports"]["First"], entry["Ports"]["Last"], entry["Ports"]["Last"] + 1) if 0 <= p <= 65535}
            for v, first, last in ranges(entry["IP"]):
                points |= {(v, first), (v, last), (v, min(last + 1, 2**(32 if v == 4 else 128) - 1))}
    inside = [r for text in local for r in ranges(text)]
    points |= {(v, a) for v, a, _ in inside}
    destinations = [(v, a) for v, a in points if any(w == v and first <= a <= last for w, first, last in inside)]
    sources, ports = sorted(points), sorted(ports)
    return passing(before, sources, destinations, ports) == passing(after, sources, destinations, ports)


def run(*words):
    p = subprocess.run([aclc, *words], capture_output=True, timeout=300)
    if p.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(words)}: exit status {p.returncode}: {p.stderr.decode(errors='replace')[:300]}")
    return json.loads(p.stdout)


def without(text, offset):
    """The text without the object that begins there."""
    depth, at, quoted = 0, offset, False
    while True:
        c = text[at : at + 1]
        if quoted:
            at += 1 if c == b"\\" else 0
            quoted = c != b'"'
        elif c == b'"':
            quoted = True
        elif c == b"{":
            depth += 1
        elif c == b"}":
            depth -= 1
            if depth == 0:
                break
        at += 1
    head, tail = text[:offset], text[at + 1 :]
    if tail.lstrip().startswith(b","):
        return head + tail.lstrip()[1:]
    return (head.rstrip()[:-1] if head.rstrip().endswith(b",") else head) + tail


def lint(folder, names, *words):
    """Findings about rules that can go, by file."""
    found = {name: [] for name in names}
    p = subprocess.run([aclc, "lint", *names, *words, "--format", "json", "--no-config"], cwd=folder, capture_output=True, timeout=300)
    if p.returncode not in (0, 1):
        raise RuntimeError(f"lint: exit status {p.returncode}: {p.stderr.decode(errors='replace')[:300]}")
    for finding in json.loads(p.stdout)["diagnostics"]:
        if finding["slug"] in CAN_GO:
            found[finding["path"]].append(finding)
    return found


def judge(number, path, text, found):
    """The rules of one policy that can go: how many, and the tables that say otherwise."""
    faults, taken = [], set()
    with tempfile.TemporaryDirectory() as name:
        policy, less = pathlib.Path(name) / "policy.hujson", pathlib.Path(name) / "less.hujson"
        policy.write_bytes(text)
        try:
            if number % step == 0:
                found = found + lint(name, ["policy.hujson"], "--tailnet", str(path))["policy.hujson"]
            tables = None
            for finding in found:
                if (finding["slug"], finding["offset"]) in taken:
                    continue
                taken.add((finding["slug"], finding["offset"]))
                less.write_bytes(without(text, finding["offset"]))
                if tables is None:
                    tables = run("compile", str(policy), "--tailnet", str(path), "--format", "json")["nodes"]
                after = run("compile", str(less), "--tailnet", str(path), "--format", "json")["nodes"]
                for node, a in tables.items():
                    b = after[node]
                    plain = [field for field in PLAIN if a.get(field) != b.get(field)]
                    if plain or not same_packets(a["filter_rules"] or [], b["filter_rules"] or [], a["allowed_ips"]):
                        faults.append(f"{path.stem}: {finding['slug']} at line {finding['line']}: {node} differs {plain or 'in packets'}")
        except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as e:
            faults.append(f"{path.stem}: {type(e).__name__}: {e}")
    return len(taken), faults


accepted = []
for path in cases:
    case = json.loads(path.read_text())
    if case["expect"]["status"] == 200:
        accepted.append((path, case["policy"].encode()))
with tempfile.TemporaryDirectory() as name:
    files = [f"{i}.hujson" for i in range(len(accepted))]
    for file, (_, text) in zip(files, accepted):
        pathlib.Path(name, file).write_bytes(text)
    found = lint(name, files)
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(lambda i: judge(i, *accepted[i], found[files[i]]), range(len(accepted))))
faults = [f for r in results for f in r[1]]
print(*faults[:30], sep="\n")
print(f"{len(accepted)} accepted policies, {sum(r[0] for r in results)} rules that can go, {len(faults)} faults")
sys.exit(1 if faults or len(accepted) < 500 else 0)
