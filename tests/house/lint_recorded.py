#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aclc lint on the recorded policies that the hosted service accepted: it never fails, and what it calls duplicate, covered, dead or
without effect changes no device's table when it is taken away.

Tables are compared by what they mean: the packets that pass, capabilities, ssh rules, visible devices.
usage: lint_recorded.py ROOT ACLC     ACLC_CONFORMANCE names the folder; exit status 77 (skipped) where it is not
"""
import concurrent.futures
import ipaddress
import json
import os
import pathlib
import subprocess
import sys
import tempfile

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


def judge(path):
    case = json.loads(path.read_text())
    if case["expect"]["status"] != 200:
        return 0, 0, []
    faults, taken = [], set()
    text = case["policy"].encode()
    with tempfile.TemporaryDirectory() as name:
        policy, less = pathlib.Path(name) / "policy.hujson", pathlib.Path(name) / "less.hujson"
        policy.write_bytes(text)
        try:
            tables = None
            for tailnet in ([], ["--tailnet", str(path)]):
                found = run("lint", str(policy), *tailnet, "--format", "json", "--no-config")["diagnostics"]
                for finding in found:
                    if finding["slug"] not in CAN_GO or (finding["slug"], finding["offset"]) in taken:
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
    return 1, len(taken), faults


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(judge, cases))
faults = [f for r in results for f in r[2]]
print(*faults[:30], sep="\n")
print(f"{sum(r[0] for r in results)} accepted policies, {sum(r[1] for r in results)} rules that can go, {len(faults)} faults")
sys.exit(1 if faults or sum(r[0] for r in results) < 500 else 0)
