#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies tables of growing size through a running aclcd, beside `nft -f` of the same table as text; syncs 5,000 peers. As root.

usage: tests/bench/aclcd_apply.py ACLC ACLCD [--realtime]

Times of aclcd are its own, from a snapshot's bytes in memory to the new table in force: signature, JSON, boxes, nft, peers. Those of nft are
of the process that replaces the whole table in one transaction. That both enforce the same is asserted by the number of elements.
With --realtime daemon, tunnel, nft and wg come before all else on the machine, for figures where others work, too.
"""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from mesh import Mesh, run, wait_for, why_not_here  # noqa: E402


def sources(n):
    """No two adjacent, so that each is an element of its own."""
    return [f"100.{80 + i // 30000}.{i // 120 % 250}.{i % 120 * 2 + 1}" for i in range(n)]


def snapshot(m, node, generation, rules, peers=()):
    body = {"version": 1, "tailnet": "t", "node": node.name, "node_key": node.key, "policy": "", "generation": generation, "issued": 0, "expires": 0,
            "addresses": [node.ip4, node.ip6], "routes": [], "mtu": 1280, "filter_rules": rules, "origins": [], "peers": list(peers),
            "dns": {"magic": False, "names": {}, "nameservers": [], "routes": {}, "domains": []}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return m.sign(text)


def rule(node, addresses, first, last):
    return {"SrcIPs": addresses, "DstPorts": [{"IP": node.ip4, "Ports": {"First": first, "Last": last}}], "IPProto": [6]}


def apply(node, sealed, generation):
    node.offer(sealed)
    status = wait_for(lambda: (lambda s: s if s.get("generation") == generation else None)(node.status()), 60, f"{node.status()}")
    return status


def memory(node, what="VmHWM"):
    return int(re.search(rf"{what}:\s+(\d+)", pathlib.Path(f"/proc/{node.process.pid}/status").read_text())[1]) // 1024


def best(f, times=3):
    return min(f() for _ in range(times))


def first_in_line(*pids):
    if "--realtime" in sys.argv:
        for pid in pids:
            run("chrt", "--all-tasks", "--fifo", "--pid", 50, pid)


def main():
    missing = why_not_here("wg")
    if missing:
        print(f"cannot run here: {missing} is missing")
        return 77
    m = Mesh(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), "p")
    try:
        node = m.add("n", 1, "tag:n")
        node.start()
        first_in_line(os.getpid(), node.process.pid)  # what we start inherits it
        generation = 0

        def through_daemon(rules, peers=()):
            nonlocal generation
            generation += 1
            return apply(node, snapshot(m, node, generation, rules, peers), generation)

        print(f"{'elements':>9} {'aclcd, whole':>13} {'nft -f, whole':>14} {'one rule more':>14} {'one less':>10} {'peak memory':>12}")
        for n in (100, 1_000, 10_000, 24_900):
            some = sources(n)

            def whole():
                through_daemon([rule(node, ["100.64.9.9"], 1, 2)])
                return through_daemon([rule(node, some, 1000, 1010)])["apply_ms"]

            def one_rule_more():
                through_daemon([rule(node, some, 1000, 1010)])
                return through_daemon([rule(node, some, 1000, 1010), rule(node, ["100.64.9.9"], 80, 81)])["apply_ms"]

            def one_rule_less():
                one_rule_more()
                return through_daemon([rule(node, some, 1000, 1010)])["apply_ms"]
            of_daemon, of_less, of_more = best(whole), best(one_rule_less), best(one_rule_more)
            elements = node.status()["elements"]
            listed = node.nft("list", "table", "inet", "aclcd").stdout
            text = m.folder / "table.nft"
            text.write_text("add table inet copy\ndelete table inet copy\n" + listed.replace("table inet aclcd", "table inet copy"))

            def plain():
                start = time.monotonic()
                node.nft("-f", str(text))
                return (time.monotonic() - start) * 1000
            of_nft = best(plain)
            copied = node.nft("list", "table", "inet", "copy").stdout
            assert copied.count("packets") == listed.count("packets"), "both hold the same elements"
            node.nft("delete", "table", "inet", "copy")
            print(f"{elements:>9} {of_daemon:>10.1f} ms {of_nft:>11.1f} ms {of_more:>11.1f} ms {of_less:>7.1f} ms {memory(node):>9} MB", flush=True)

        through_daemon([])
        first_in_line(*run("pgrep", "-P", node.process.pid, "-x", "wireguard-go").stdout.split())
        keys = [base64.b64encode(os.urandom(32)).decode() for _ in range(5_000)]
        peers = [{"name": f"p{i}", "key": key, "endpoints": ["192.0.2.9:1"], "allowed_ips": [f"100.90.{i // 250}.{i % 250 + 1}/32"], "keepalive": 0} for i, key in enumerate(keys)]
        many = through_daemon([], peers)["apply_ms"]
        assert len(json.loads(node.ask("peers", "--json").stdout)["peers"]) == 5_000
        conf = m.folder / "peers.conf"
        conf.write_text("".join(f"[Peer]\nPublicKey = {p['key']}\nEndpoint = {p['endpoints'][0]}\nAllowedIPs = {p['allowed_ips'][0]}\n" for p in peers))
        run("wg", "syncconf", node.interface, "/dev/null")
        start = time.monotonic()
        run("wg", "syncconf", node.interface, conf)
        of_wg = (time.monotonic() - start) * 1000
        same = through_daemon([], peers)["apply_ms"]
        print(f"5,000 peers: {many:.0f} ms (wg syncconf of the same: {of_wg:.0f} ms); the next snapshot with the same: {same:.0f} ms; all gone: {through_daemon([])['apply_ms']:.0f} ms")
    finally:
        m.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
