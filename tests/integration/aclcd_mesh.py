#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three nodes and a hub: what a policy allows passes and the rest does not, whatever happens to snapshots, daemons and the host.

usage: aclcd_mesh.py ACLC ACLCD [TEST...]      exit 0 all passed, 77 cannot run here
"""
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

from mesh import inside, ping, raw, run, run_tests, tcp, udp, wait_for
from policies import crowd, grant, policy

V4, V6 = socket.AF_INET, socket.AF_INET6


BASE = policy(grant("tag:a", "tag:b", "tcp:5201", "udp:5201", "sctp:5201", "icmp:*"), grant("tag:b", "tag:c", "*"))


def sctp_init(source, target):
    """The opening packet of an association, with the checksum that connection tracking wants to see (CRC-32C)."""
    head, chunk = struct.pack("!HHI", source, target, 0), struct.pack("!BBHIIHHI", 1, 0, 20, 1, 65536, 1, 1, 1)
    crc = 0xffffffff
    for byte in head + bytes(4) + chunk:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return head + struct.pack("<I", crc ^ 0xffffffff) + chunk


def verdicts(m):
    a, b, c = m.nodes["a"], m.nodes["b"], m.nodes["c"]
    for family in (V4, V6):
        assert tcp(a, b, 5201, family), "allowed TCP"
        assert not tcp(c, b, 5201, family), "TCP of another source"
        assert not tcp(a, b, 5202, family), "TCP to another port"
        assert udp(a, b, 5201, family), "allowed UDP"
        assert not udp(a, b, 5202, family), "UDP to another port"
        assert udp(a, b, 5201, family, 4000), "allowed UDP in fragments"
        assert not udp(a, b, 5202, family, 4000), "denied UDP in fragments"
        assert ping(a, b, family), "allowed echo"
        assert not ping(c, b, family), "denied echo"
        assert ping(b, c, family), "echo by `*`"
        sctp = sctp_init(1000, 5201)
        assert raw(a, b, 132, sctp, family), "allowed SCTP"
        assert not raw(c, b, 132, sctp, family), "SCTP of another source"
        assert not raw(a, b, 132, sctp_init(1000, 5202), family), "SCTP to another port"
        assert not raw(a, b, 116, b"12345678", family), "a protocol that no rule names"


def why(m):
    b = m.nodes["b"]
    assert b.ask("why", "a", "5201").stdout.startswith("allowed"), "why says allowed"
    denied = b.ask("why", "c", "5201", check=False)
    assert denied.returncode == 1 and "policy.hujson:5" in denied.stdout and "the source does not" in denied.stdout, denied.stdout
    port = b.ask("why", "a", "22", check=False).stdout
    assert "the port does not" in port, port
    typo = b.ask("why", "aa", "22", check=False)
    assert typo.returncode == 2 and "did you mean `a`" in typo.stderr, typo.stderr
    peers = b.ask("peers").stdout
    assert "192.0.2.1:51820" in peers and "100.64.0.3/32" in peers, peers
    assert "100.64.0.0/10" in b.ask("routes").stdout
    metrics = b.ask("metrics").stdout
    for name in ("aclcd_up 1", "aclcd_packets_total{reason=\"no_rule\"}", "aclcd_rule_packets{rule=\"policy.hujson:5\"}", "aclcd_peer_received_bytes_total{peer=\"a\"}"):
        assert name in metrics, f"{name} in\n{metrics}"


def permissions(m):
    b = m.nodes["b"]

    def as_nobody(*words):
        return subprocess.run([m.aclcd, *words, "--socket", str(b.socket)], capture_output=True, text=True, user=65534, group=65534, extra_groups=[])
    os.chmod(m.folder, 0o755)
    status = as_nobody("status")
    assert status.returncode == 0, "everybody may read the status\n" + status.stdout + status.stderr
    for words in (("down",), ("flows",)):
        refused = as_nobody(*words)
        assert refused.returncode == 2 and "only root" in refused.stderr, refused.stderr
    assert b.status()["state"] == "up"


def records(m):
    a, b = m.nodes["a"], m.nodes["b"]
    m.enforce(BASE)
    assert tcp(a, b, 5201) and not tcp(a, b, 5202)
    accept = wait_for(lambda: [r for r in b.flows() if r["event"] == "accept" and r.get("dst_port") == 5201], 3, "an accept record")[-1]
    assert accept["rule"] == "policy.hujson:5" and accept["peer"] == "a" and '"tag:a"' in accept["rule_text"], accept
    deny = wait_for(lambda: [r for r in b.flows() if r["event"] == "deny" and r.get("dst_port") == 5202], 3, "a deny record")[-1]
    assert deny["reason"] == "no-rule" and deny["src"] == "100.64.0.1", deny
    for size in (1000, 4000):  # larger than what is kept of a packet, and in pieces
        assert not udp(a, b, 5300 + size, size=size, patience=0.2)
        large = wait_for(lambda: [r for r in b.flows() if r["event"] == "deny" and r.get("dst_port") == 5300 + size], 3, "a record of a large packet")[-1]
        assert large["src"] == "100.64.0.1" and large["protocol"] == "udp", large
    assert udp(a, b, 5201)
    run("conntrack", "-D", "-p", "udp", "--dport", 5201, ns=b.ns)  # as the kernel does when it has been silent for long enough
    end = wait_for(lambda: [r for r in b.flows() if r["event"] == "end" and r["protocol"] == "udp"], 20, f"an end record in {b.flows()[-3:]}")[-1]
    assert end["packets_in"] >= 1 and end["bytes_in"] >= 100 and end["rule"] == "policy.hujson:5", end


def kernel_or_program(m):
    """A node that asks for the kernel's WireGuard is in the mesh, whether this kernel has one or not; another's interface is left alone."""
    a, b = m.nodes["a"], m.nodes["b"]
    m.enforce(BASE)
    a.stop()
    a.configure(tunnel="kernel")
    run("ip", "-n", a.ns, "tuntap", "add", a.interface, "mode", "tun")
    a.start()
    wait_for(lambda: "another interface" in str(a.status().get("degraded")), 5, f"it is said: {a.status()}")
    run("ip", "-n", a.ns, "tuntap", "del", a.interface, "mode", "tun")
    wait_for(lambda: tcp(a, b, 5201), 40, f"in the mesh: {a.status()}")
    a.stop()
    assert a.interface not in run("ip", "-n", a.ns, "link").stdout, "the interface goes with a regular end"
    a.configure()
    a.start()
    wait_for(lambda: tcp(a, b, 5201), 15, "and without")


def stands_still(pid):
    """All of a process's threads are stopped, which takes a moment after the signal."""
    states = [stat.read_text().rsplit(")", 1)[1].split()[0] for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/stat")]
    return states and set(states) == {"T"}


def a_burst_is_one_change(m):
    """Who writes faster than policies come into force does not make the node work through them all: the last one counts."""
    b = m.nodes["b"]
    m.enforce(BASE)
    start = b.status()["generation"]
    sealed = [m.seal(policy(grant("tag:a", "tag:b", f"tcp:{5201 + i}", "udp:5201", "sctp:5201", "icmp:*"), grant("tag:b", "tag:c", "*")), start + 1 + i)["b"] for i in range(12)]
    before = b.status()["snapshots_applied"]
    b.process.send_signal(signal.SIGSTOP)
    wait_for(lambda: stands_still(b.process.pid), 5, "the daemon stands still")
    for bytes_ in sealed:
        b.offer(bytes_)
    b.process.send_signal(signal.SIGCONT)
    wait_for(lambda: b.status().get("generation") == start + len(sealed), 10, f"the last one: {b.status()}")
    assert b.status()["snapshots_applied"] == before + 1, (before, b.status())
    assert tcp(m.nodes["a"], b, 5212) and not tcp(m.nodes["a"], b, 5201)
    m.enforce(BASE)


def bad_snapshots(m):
    a, b = m.nodes["a"], m.nodes["b"]
    good = m.enforce(BASE)
    generation = b.status()["generation"]
    older, newer = m.seal(policy(grant("*", "*", "*")), generation - 1), m.seal(policy(grant("*", "*", "*")), generation + 1)
    expired = m.seal(policy(grant("*", "*", "*")), generation + 1, lifetime=1)
    time.sleep(1.1)
    forged = bytearray(newer["b"])
    forged[-20] ^= 1
    bad = {"not by the trusted key": bytes(forged), "older than": older["b"], "for another node": newer["a"], "expired": expired["b"],
           "no snapshot": b"hello", "bytes": b"aclc-snapshot-1 " + bytes(65 << 20)}
    for reason, bytes_ in bad.items():
        refused = b.status()["snapshots_refused"]
        b.offer(bytes_)
        status = wait_for(lambda: (lambda s: s if s.get("degraded") else None)(b.status()), 10, f"refusal: {reason}")
        wait_for(lambda: reason in str(b.status()["degraded"]), 10, f"`{reason}` in {status['degraded']}")
        assert b.status()["generation"] == generation
        assert b.status()["snapshots_refused"] >= refused
        assert not tcp(a, b, 5202, patience=0.4), f"the old policy stays: {reason}"
    assert tcp(a, b, 5201)
    b.offer(good["b"])
    wait_for(lambda: b.status()["healthy"], 5, "healthy again")


def enforces(b):
    listed = b.nft("list", "table", "inet", "aclcd", check=False).stdout
    return "jump filter" in listed and "drop" in listed.split("chain filter")[1] and 'counter name "no_' in listed


def kills(m):
    """kill -9 at any moment of a change: a table that enforces stays, and a restart heals."""
    a, b = m.nodes["a"], m.nodes["b"]
    rules = [grant("tag:a", "tag:b", "tcp:5201", "udp:5201", "icmp:*")]
    sealed = [m.seal(policy(*rules, crowd(2000 * (i % 2))))["b"] for i in range(8)]
    for bytes_ in sealed:
        b.offer(bytes_)
        time.sleep(random.uniform(0, 0.12))
        b.stop(signal.SIGKILL)
        assert enforces(b), "an enforcing table after kill -9\n" + b.nft("list", "ruleset").stdout
        for name in ("acct", "timestamp"):  # borrowed; a daemon that was killed cannot give it back
            run("sysctl", "-qw", f"net.netfilter.nf_conntrack_{name}=0", ns=b.ns)
        b.start()
        wait_for(lambda: b.status().get("healthy") and b.status()["state"] == "up", 10, f"healed: {b.status()}\n{b.log()}")
    assert wait_for(lambda: tcp(a, b, 5201), 15, "traffic after the restarts")
    assert not tcp(a, b, 5202)
    m.enforce(BASE)


def tunnel_dies(m):
    a, b = m.nodes["a"], m.nodes["b"]
    pids = run("pgrep", "-P", b.process.pid, "-x", "wireguard-go").stdout.split()
    assert len(pids) == 1
    os.kill(int(pids[0]), signal.SIGKILL)
    wait_for(lambda: b.status()["degraded"] == [] and run("ip", "-n", b.ns, "link", "show", b.interface, check=False).returncode == 0, 15, "a new tunnel")
    wait_for(lambda: tcp(a, b, 5201), 15, "traffic through it")


def a_foreign_tunnel_is_left_alone(m):
    """A tunnel of the same name in another network namespace answers at the same socket; it must not get our key."""
    a, b = m.nodes["a"], m.nodes["b"]
    b.stop()
    foreign = subprocess.Popen(["ip", "netns", "exec", a.ns, "wireguard-go", "-f", b.interface], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: run("wg", "show", b.interface, "private-key", ns=a.ns, check=False).stdout.strip() == "(none)", 10, "the foreign tunnel runs")
        b.start(wait=False)
        wait_for(lambda: "another tunnel answers" in b.log(), 15, "the node says so\n" + b.log())
        assert run("wg", "show", b.interface, "private-key", ns=a.ns).stdout.strip() == "(none)", "the foreign tunnel was given a key"
    finally:
        foreign.terminate()
        foreign.wait()
    b.stop()
    b.start()
    wait_for(lambda: tcp(a, b, 5201), 20, "with the name free again")


def foreign_change(m):
    b = m.nodes["b"]
    b.nft("flush", "chain", "inet", "aclcd", "filter")
    wait_for(lambda: enforces(b), 30, "the table is put up again")
    assert any(t["topic"] == "table" for t in b.status()["degraded"])
    assert tcp(m.nodes["a"], b, 5201) and not tcp(m.nodes["a"], b, 5202)
    for _ in range(3):  # as a restart of the host's own firewall does; it is not waited for, however often it happens
        b.nft("flush", "ruleset")
        wait_for(lambda: enforces(b), 4, "the table is put up again at once")
        assert not tcp(m.nodes["a"], b, 5202) and tcp(m.nodes["a"], b, 5201)


def foreign_element(m):
    """What somebody adds to our sets, or takes out of them, is undone: by hand a host would stay open, or closed, until the next policy."""
    a, b = m.nodes["a"], m.nodes["b"]
    sets = [line.split()[1] for line in b.nft("list", "table", "inet", "aclcd").stdout.splitlines() if line.strip().startswith("set in4_")]
    assert not tcp(a, b, 5202) and tcp(a, b, 5201)
    b.nft("add", "element", "inet", "aclcd", sets[0], "{", f"{a.ip4} . {b.ip4} . 6 . 5202", "}")
    assert tcp(a, b, 5202), "the element counts until it is seen"
    wait_for(lambda: not tcp(a, b, 5202), 30, "the element is gone again")
    assert tcp(a, b, 5201) and any(t["topic"] == "table" for t in b.status()["degraded"])


def table_restored(node):
    [line] = [line for line in node.ask("metrics").stdout.splitlines() if line.startswith("aclcd_table_restored_total ")]
    return line


def neighbours(m):
    """What does not come from the mesh, and other tables, are none of our business."""
    a, b = m.nodes["a"], m.nodes["b"]
    b.nft("add table inet theirs; add chain inet theirs x { type filter hook input priority 5; policy accept; }; add rule inet theirs x tcp dport 1 drop")
    listed = b.nft("-s", "list", "table", "inet", "theirs").stdout
    restored = table_restored(b)
    time.sleep(2.5)  # our table is looked at after every change of the host's, and is not taken for changed
    assert table_restored(b) == restored, "a change elsewhere is no change of ours"
    with inside(b.ns):
        server = socket.create_server((b.outer, 5999))
    with inside(a.ns):
        socket.create_connection((b.outer, 5999), timeout=3).close()
    server.close()
    m.enforce(policy(grant("tag:c", "tag:b", "tcp:1")))
    m.enforce(BASE)
    assert b.nft("-s", "list", "table", "inet", "theirs").stdout == listed
    b.nft("delete", "table", "inet", "theirs")


def tunnel_hangs(m):
    """What could not be applied comes into force by itself when the tunnel answers again."""
    a, b = m.nodes["a"], m.nodes["b"]
    before = b.status()["generation"]
    pid = int(run("pgrep", "-P", b.process.pid, "-x", "wireguard-go").stdout)
    key, a.key = a.key, subprocess.run(["wg", "pubkey"], input=subprocess.run(["wg", "genkey"], capture_output=True, text=True, check=True).stdout,
                                       capture_output=True, text=True, check=True).stdout.strip()
    other_key = m.seal(BASE)["b"]
    a.key = key
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: stands_still(pid), 5, "the tunnel stands still")
        b.offer(other_key)
        waits = wait_for(lambda: [t for t in b.status().get("degraded", []) if t["topic"] == "pending"], 30, f"the change waits: {b.log()}")
        assert "waits and is tried again" in waits[0]["message"], waits
        assert b.status()["generation"] == before
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: b.status().get("generation", 0) > before and b.status()["healthy"], 60, f"applied without another offer: {b.status()}")
    assert a.key not in run("wg", "show", b.interface, "peers", ns=b.ns).stdout
    m.enforce(BASE)
    wait_for(lambda: tcp(a, b, 5201), 15, "traffic again")


def first_apply_fails(m):
    """No tunnel program at the start: that is said, services that wait for us wait on, and all is well as soon as it is there."""
    a, b = m.nodes["a"], m.nodes["b"]
    generation = b.status()["generation"]
    b.stop()
    program, manager = b.folder / "wireguard-go", b.folder / "notify"
    b.configure(tunnel_program=str(program))
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(manager))
    told.setblocking(False)

    def notices():
        try:
            while True:
                received.append(told.recv(4096).decode())
        except BlockingIOError:
            return received
    received = []
    os.environ["NOTIFY_SOCKET"] = str(manager)
    try:
        b.start()
    finally:
        del os.environ["NOTIFY_SOCKET"]
    try:
        status = wait_for(lambda: (lambda s: s if s.get("degraded") else None)(b.status()), 10, "degraded")
        assert any(t["topic"] == "pending" and f"generation {generation} waits" in t["message"] for t in status["degraded"]), status
        assert enforces(b), "all is denied meanwhile"
        assert any("STATUS=all is denied" in n for n in notices()) and not any("READY=1" in n for n in notices()), received
        program.symlink_to(shutil.which("wireguard-go"))
        wait_for(lambda: b.status().get("generation") == generation and b.status()["healthy"], 40, f"in force: {b.status()}")
        wait_for(lambda: any("READY=1" in n for n in notices()), 5, f"readiness in {received}")
        wait_for(lambda: tcp(a, b, 5201), 15, "traffic")
    finally:
        told.close()
        b.stop()
        b.configure()
        b.start()
    wait_for(lambda: tcp(a, b, 5201), 15, "traffic")


def host_state(node):
    commands = (["ip", "addr"], ["ip", "route", "show", "table", "all"], ["ip", "-6", "route", "show", "table", "all"], ["ip", "rule"], ["ip", "-6", "rule"],
                ["nft", "-s", "list", "ruleset"], ["sysctl", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.rp_filter"])
    counting = [f"{name} = {run('sysctl', '-n', name, ns=node.ns, check=False).stdout.strip() or 0}"
                for name in ("net.netfilter.nf_conntrack_acct", "net.netfilter.nf_conntrack_timestamp")]  # not there before the first use of conntrack
    return "\n".join(counting + [line for c in commands for line in run(*c, ns=node.ns).stdout.splitlines() if not any(word in line for word in ("valid_lft", "expires", "fe80::", "ff00::"))])  # link-local addresses come by themselves


def down_and_up(m):
    a, b = m.nodes["a"], m.nodes["b"]
    b.ask("down")
    assert host_state(b) == m.untouched["b"], "the host is as it was\n" + host_state(b) + "\n--- before\n" + m.untouched["b"]
    assert b.ask("status", check=False).stdout.startswith("down")
    assert "(down)" in b.ask("why", "a", "5201", check=False).stdout, "nothing is allowed while there is no interface"
    b.stop()
    b.start()
    assert b.status()["state"] == "down", "stays down over a restart"
    b.ask("up")
    wait_for(lambda: tcp(a, b, 5201), 15, "traffic after `up`")
    assert run("sysctl", "-n", "net.netfilter.nf_conntrack_acct", ns=b.ns).stdout.strip() == "1", "flows are counted again"


TESTS = [verdicts, why, permissions, records, kernel_or_program, a_burst_is_one_change, bad_snapshots, kills, tunnel_dies, tunnel_hangs, first_apply_fails, a_foreign_tunnel_is_left_alone, foreign_element, foreign_change,
         neighbours, down_and_up]


def prepare(m):
    for number, name in enumerate("abc", 1):
        m.add(name, number, f"tag:{name}")
    m.untouched = {name: host_state(node) for name, node in m.nodes.items()}
    for node in m.nodes.values():
        node.start()
        assert enforces(node), "denies all before the first policy"
    a = m.nodes["a"]
    a.nft("flush", "ruleset")
    wait_for(lambda: enforces(a), 5, "what denies all is put up again, too")
    m.enforce(BASE)
    wait_for(lambda: tcp(a, m.nodes["b"], 5201), 20, "the mesh is up")


if __name__ == "__main__":
    sys.exit(run_tests(TESTS, os.environ.get("ACLC_MESH", "m"), prepare, "wg", "ping", "conntrack"))
