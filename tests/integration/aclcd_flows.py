#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flows while policies change: those that a policy still allows lose nothing, those that it does not end within a second.

usage: aclcd_flows.py ACLC ACLCD [TEST...]      exit 0 all passed, 77 cannot run here
ACLCD_SOAK_SECONDS (60) says how long `soak` goes on.
"""
import errno
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from mesh import inside, run, run_tests, tcp, wait_for
from policies import crowd, grant, policy

V4, V6 = socket.AF_INET, socket.AF_INET6
# What b may ask of a and c keeps them peers of b: else the tunnel, and not the table, would cut their flows.
OWN = [grant("tag:b", "tag:c", "*"), grant("tag:b", "tag:a", "tcp:1")]
BASE = policy(grant("tag:a", "tag:b", "tcp:5201", "udp:5201"), grant("tag:c", "tag:b", "udp:5301"), *OWN)


class Echo:
    """A UDP flow whose packets are answered, twenty milliseconds apart, until it is stopped."""

    def __init__(self, source, target, port, family=V4):
        with inside(source.ns):
            self.client = socket.socket(family, socket.SOCK_DGRAM)
        with inside(target.ns):
            self.server = socket.socket(family, socket.SOCK_DGRAM)
        address = target.ip4 if family == V4 else target.ip6
        self.server.bind((address, port))
        self.client.connect((address, port))
        self.sent = self.arrived = self.answered = 0
        self.last_arrival = self.last_answer = 0.0
        self.going = True
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.send, self.answer, self.take)]
        for end in (self.client, self.server):
            end.settimeout(0.2)
        for thread in self.threads:
            thread.start()

    def send(self):
        while self.going:
            try:
                self.client.send(b"x" * 64)
                self.sent += 1
            except OSError:
                pass
            time.sleep(0.02)

    def answer(self):
        while self.going:
            try:
                data, sender = self.server.recvfrom(2000)
                self.arrived += 1
                self.last_arrival = time.monotonic()
                self.server.sendto(data, sender)
            except OSError:
                pass

    def take(self):
        while self.going:
            try:
                self.client.recv(2000)
                self.answered += 1
                self.last_answer = time.monotonic()
            except OSError:
                pass

    def stop(self):
        self.going = False
        for thread in self.threads:
            thread.join()
        self.client.close()
        self.server.close()

    def lost(self):
        """Packets without an answer, but for what may be under way."""
        return max(0, self.sent - self.answered - 2)


class Pings:
    """Echo requests ten times a second."""

    def __init__(self, source, target, family=V4):
        words = ["ip", "netns", "exec", source.ns, "ping", "-D", "-i", "0.1", "-W", "1", target.ip4 if family == V4 else target.ip6]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def stop(self):
        """When each answer came, in seconds since 1970."""
        self.process.send_signal(signal.SIGINT)
        return [float(t) for t in re.findall(r"\[([0-9.]+)\] \d+ bytes from", self.process.communicate(timeout=10)[0])]


def revocation_of_udp_and_icmp(m):
    """Flows that the kernel knows as established, with answers, end too; another's flow to the same node does not notice."""
    a, b, c = m.nodes["a"], m.nodes["b"], m.nodes["c"]
    m.enforce(BASE)
    withdrawn = {"udp": Echo(a, b, 5201), "udp6": Echo(a, b, 5201, V6)}
    other = Echo(c, b, 5301)
    pings = [Pings(a, b), Pings(a, b, V6)]
    wait_for(lambda: all(e.answered > 20 for e in [*withdrawn.values(), other]), 10, "the flows run")
    sealed = m.seal(policy(grant("tag:c", "tag:b", "udp:5301"), *OWN))
    moment, wall = time.monotonic(), time.time()
    b.offer(sealed["b"])
    time.sleep(2)
    answers = [p.stop() for p in pings]
    for name, flow in withdrawn.items():
        print(f"    {name}: last packet {flow.last_arrival - moment:+.3f} s after the snapshot was written")
        assert flow.last_arrival - moment < 1 and flow.last_answer - moment < 1, f"{name} was cut late"
    for times in answers:
        assert times and times[0] < wall, "the echo ran"
        assert times[-1] - wall < 1, f"echo was cut late: {times[-1] - wall}"
    m.enforce(BASE)
    before = {name: flow.answered for name, flow in withdrawn.items()}
    wait_for(lambda: all(flow.answered > before[name] + 5 for name, flow in withdrawn.items()), 5, "the same flows go on once they are allowed again")
    for flow in [*withdrawn.values(), other]:
        flow.stop()
    assert other.lost() == 0, f"another flow lost {other.lost()} of {other.sent}"


def what_conntrack_forgot_stays_cut(m):
    """A stream that lost its rule, and then its entry in the kernel's memory, is not taken up again by what the server still sends."""
    a, b = m.nodes["a"], m.nodes["b"]
    for family in (V4, V6):
        m.enforce(BASE)
        wait_for(lambda: tcp(a, b, 5201, family), 15, "the port is open")
        address = b.ip4 if family == V4 else b.ip6
        with inside(b.ns):
            server = socket.create_server((address, 5201), family=family)
        with inside(a.ns):
            stream = socket.create_connection((address, 5201), timeout=3)
        end = server.accept()[0]
        stream.sendall(b"first")
        assert end.recv(100) == b"first"
        m.enforce(policy(grant("tag:c", "tag:b", "udp:5301"), *OWN))
        run("conntrack", "-F", ns=b.ns)
        end.settimeout(2)
        for _ in range(5):
            end.sendall(b"answer")
            stream.sendall(b"second")
            time.sleep(0.1)
        try:
            got = end.recv(100)
        except TimeoutError:
            got = b""
        assert got == b"", f"the cut stream brought {got}"
        m.enforce(BASE)
        end.settimeout(10)
        assert end.recv(100).startswith(b"second"), "allowed again, it goes on"
        for s in (stream, end, server):
            s.close()


def refusal(source, target, port, kind, family=V4):
    """The error that a packet to a port where somebody listens brings back within half a second, or None."""
    with inside(target.ns):
        server = socket.socket(family, kind)
    with inside(source.ns):
        client = socket.socket(family, kind)
    address = target.ip4 if family == V4 else target.ip6
    with server, client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, port))
        if kind == socket.SOCK_STREAM:
            server.listen()
        client.settimeout(0.5)
        try:
            client.connect((address, port))
            if kind == socket.SOCK_DGRAM:
                client.send(b"x")
                client.recv(10)
        except TimeoutError:
            return None
        except OSError as e:
            return errno.errorcode[e.errno]
    return None


def denials_are_answered(m):
    """With `denied: reject` who may not come in is told at once, an open stream that loses its rule is reset, and allowed traffic is as ever."""
    a, b = m.nodes["a"], m.nodes["b"]
    m.enforce(BASE)
    assert refusal(a, b, 5202, socket.SOCK_STREAM) is None, "silence is the rule"
    b.stop()
    b.configure(denied="reject")
    b.start()
    m.enforce(BASE)
    wait_for(lambda: tcp(a, b, 5201), 15, "the allowed port is open")
    for family in (V4, V6):
        answers = [refusal(a, b, 5202, kind, family) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        assert answers == ["ECONNREFUSED", "EHOSTUNREACH" if family == V4 else "EACCES"], answers
    with inside(b.ns):
        server = socket.create_server((b.ip4, 5201))
    with inside(a.ns):
        stream = socket.create_connection((b.ip4, 5201), timeout=3)
    end = server.accept()[0]
    m.enforce(policy(*OWN))
    try:
        for _ in range(20):
            stream.send(b"x")
            time.sleep(0.05)
        raise AssertionError("the stream goes on")
    except (ConnectionResetError, BrokenPipeError):
        pass
    for s in (stream, end, server):
        s.close()
    b.stop()
    b.configure()
    b.start()
    m.enforce(BASE)
    wait_for(lambda: tcp(a, b, 5201), 15, "in again")


def shields_up_keep_own_flows(m):
    """With shields up nothing comes in but answers, and new policies leave those alone."""
    a, b, c = m.nodes["a"], m.nodes["b"], m.nodes["c"]
    b.stop()
    b.configure(shields_up=True)
    b.start()
    m.enforce(BASE)
    own = Echo(b, c, 5401)
    wait_for(lambda: own.answered > 5, 15, "b's own flow runs")
    sent, answered = own.sent, own.answered
    for n in (3, 500, 0):
        m.enforce(policy(grant("tag:a", "tag:b", "*"), *OWN, *([crowd(n)] if n else [])))
    assert not tcp(a, b, 5201, patience=0.5), "nothing else comes in"
    own.stop()
    assert own.sent - sent - (own.answered - answered) <= 2, f"{own.sent - sent} sent, {own.answered - answered} answered"
    b.stop()
    b.configure()
    b.start()
    m.enforce(BASE)
    wait_for(lambda: tcp(a, b, 5201), 15, "and in again without shields")


class Watch:
    """Counts what a sends to two ports of b before and behind our hooks: one allowed, one denied, 1,000 a second each."""

    ALLOWED, DENIED = 5201, 5999

    def __init__(self, a, b):
        self.b = b
        chains = {"before": "prerouting priority -300", "behind": "input priority 100"}
        counters = [f"{kind}_{chain}" for kind in ("allowed", "denied") for chain in chains]
        text = "table inet watch {\n" + "".join(f"counter {name} {{ }}\n" for name in counters)
        for chain, hook in chains.items():
            text += f"chain {chain} {{ type filter hook {hook};\n"
            for kind, port in (("allowed", self.ALLOWED), ("denied", self.DENIED)):
                text += f"iifname \"{b.interface}\" udp dport {port} counter name {kind}_{chain}\n"
            text += "}\n"
        b.nft(text + "}")
        self.senders = []
        for family, address in ((V4, b.ip4), (V6, b.ip6)):
            with inside(a.ns):
                sender = socket.socket(family, socket.SOCK_DGRAM)
            with inside(b.ns):
                sink = socket.socket(family, socket.SOCK_DGRAM)
            sink.bind((address, self.ALLOWED))
            self.senders.append((sender, address, sink))
        self.going = True
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        while self.going:
            for sender, address, _ in self.senders:
                for port in (self.ALLOWED, self.DENIED):
                    sender.sendto(b"x" * 64, (address, port))
            time.sleep(0.001)

    def judge(self):
        self.going = False
        self.thread.join()
        time.sleep(0.3)
        listed = json.loads(self.b.nft("-j", "list", "counters", "table", "inet", "watch").stdout)["nftables"]
        count = {c["counter"]["name"]: c["counter"]["packets"] for c in listed if "counter" in c}
        self.b.nft("delete", "table", "inet", "watch")
        for sender, _, sink in self.senders:
            sender.close(), sink.close()
        print(f"    {count}")
        assert count["allowed_before"] > 500 and count["allowed_before"] == count["allowed_behind"], "an allowed packet was lost"
        assert count["denied_before"] > 500 and count["denied_behind"] == 0, "a denied packet was let through"


RULES = [grant("tag:a", "tag:b", "tcp:5201", "udp:5201", "icmp:*"), grant("tag:b", "tag:c", "*")]
SMALL, ONE_MORE, BIG = policy(*RULES), policy(*RULES, grant("tag:c", "tag:b", "tcp:80")), policy(*RULES, crowd(3000))


def swaps(m):
    """60 swaps under traffic."""
    b = m.nodes["b"]
    start = int(time.time() * 1000)
    sealed = [m.seal(p, start + i)["b"] for i, p in enumerate([SMALL, ONE_MORE, SMALL, BIG] * 15)]
    b.offer(sealed[0])
    wait_for(lambda: b.status().get("generation") == start, 10, "the first policy")
    watch = Watch(m.nodes["a"], b)
    before = b.status()["snapshots_applied"]
    try:
        for i, bytes_ in enumerate(sealed[1:] + [m.seal(SMALL, start + 60)["b"]], 1):
            b.offer(bytes_)
            wait_for(lambda: b.status().get("generation") == start + i, 10, f"swap {i}")
        swapped = b.status()["snapshots_applied"] - before
    finally:
        watch.judge()
    assert swapped == 60, swapped


def resources(node):
    """Resident megabytes and open files of a daemon."""
    status = pathlib.Path(f"/proc/{node.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024, len(os.listdir(f"/proc/{node.process.pid}/fd"))


def soak(m):
    """Swaps and questions under traffic, in random order, and nothing grows."""
    b = m.nodes["b"]
    seconds = float(os.environ.get("ACLCD_SOAK_SECONDS", "60"))
    seed = int(time.time())
    print(f"    seed {seed}, {seconds:.0f} s")
    chance = random.Random(seed)
    generation = int(time.time() * 1000)
    policies = [SMALL, ONE_MORE, BIG] + [policy(*RULES, crowd(n)) for n in (1, 50, 700, 701)]
    bodies = [m.seal(p, generation)["b"].split(b"\n", 1)[1] for p in policies]

    def swap(body):
        nonlocal generation
        generation += 1
        b.offer(m.sign(re.sub(rb'"generation":\d+', b'"generation":%d' % generation, body)))
        wait_for(lambda: b.status().get("generation") == generation, 10, f"{b.status()}\n{b.log()}")
    for body in bodies:  # so that its memory has seen the largest of them
        swap(body)
    memory, files = resources(b)
    watch = Watch(m.nodes["a"], b)
    end, done = time.monotonic() + seconds, {"swaps": 0, "questions": 0}
    try:
        while time.monotonic() < end:
            swap(chance.choice(bodies))
            done["swaps"] += 1
            if chance.random() < 0.1:
                b.ask(chance.choice(["metrics", "peers", "routes", "status"]))
                done["questions"] += 1
    finally:
        print(f"    {done}")
        watch.judge()
    later, files_later = resources(b)
    print(f"    resident {memory} -> {later} MB, {files} -> {files_later} files")
    assert later <= memory + 8, "memory grows"
    assert files_later <= files + 2, "files stay open"
    assert b.status()["healthy"], b.status()
    sets = b.nft("list", "sets", "inet").stdout
    assert len(re.findall(r"set in4_g\d+ ", sets)) == 1, "sets are left over\n" + sets[:2000]


def revocation(m):
    """An open stream ends within a second of the snapshot that withdraws its rule, and the log says which line that was."""
    a, b = m.nodes["a"], m.nodes["b"]
    m.enforce(BASE)
    with inside(b.ns):
        server = socket.create_server((b.ip4, 5201))
    with inside(a.ns):
        client = socket.create_connection((b.ip4, 5201), timeout=5)
    peer, _ = server.accept()
    peer.settimeout(3)
    last = [0.0]
    going = True

    def send():
        client.settimeout(1)
        while going:
            try:
                client.send(b"tick")
            except OSError:
                pass
            time.sleep(0.02)

    def receive():
        while going:
            try:
                if not peer.recv(4096):
                    return
            except OSError:
                return
            last[0] = time.monotonic()
    threads = [threading.Thread(target=f, daemon=True) for f in (send, receive)]
    for t in threads:
        t.start()
    time.sleep(0.5)
    assert last[0] > 0, "the stream runs"
    sealed = m.seal(policy(grant("tag:a", "tag:b", "icmp:*"), grant("tag:b", "tag:c", "*")))
    revoked = time.monotonic()
    b.offer(sealed["b"])
    wait_for(lambda: [r for r in b.flows() if r["event"] == "cut"], 5, f"a record of the cut in {b.flows()[-5:]}")
    time.sleep(1.5)
    going = False
    for t in threads:
        t.join()
    print(f"    last byte {last[0] - revoked:+.3f} s after the snapshot was written")
    assert last[0] - revoked < 1.0, "the stream was cut late"
    cuts = [r for r in b.flows() if r["event"] == "cut" and r["src_port"] == client.getsockname()[1]]
    assert len(cuts) == 1, cuts
    cut = cuts[0]
    assert cut["was_allowed_by"] == "policy.hujson:5" and cut["peer"] == "a" and cut["dst_port"] == 5201, cut
    for s in (client, peer, server):
        s.close()
    m.enforce(BASE)


TESTS = [revocation, revocation_of_udp_and_icmp, what_conntrack_forgot_stays_cut, denials_are_answered, shields_up_keep_own_flows, swaps, soak]


def prepare(m):
    for number, name in enumerate("abc", 1):
        m.add(name, number, f"tag:{name}").start()
    m.enforce(BASE)
    wait_for(lambda: tcp(m.nodes["a"], m.nodes["b"], 5201), 20, "the mesh is up")


if __name__ == "__main__":
    sys.exit(run_tests(TESTS, "f", prepare, "wg", "ping"))
