#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Subnet routes, exit nodes and names: a client (a), a router of a LAN (b), an exit node (c), and the hub as the internet.

usage: aclcd_routes.py ACLC ACLCD [TEST...]      exit 0 all passed, 77 cannot run here
"""
import contextlib
import os
import signal
import socket
import struct
import sys
import threading
import time

from mesh import inside, run, run_tests, tcp, wait_for

LAN, LAN_HOST, INTERNET = "10.77.0.0/24", "10.77.0.9", "198.51.100.1"
LAN6, LAN_HOST6, INTERNET6 = "fd77::/64", "fd77::9", "2001:db8:100::1"
POLICY = """{
  "tagOwners": {"tag:a": ["autogroup:admin"], "tag:b": ["autogroup:admin"], "tag:c": ["autogroup:admin"]},
  "grants": [
    {"src": ["tag:a"], "dst": ["%s", "%s"], "ip": ["tcp:80"]},
    {"src": ["tag:a"], "dst": ["autogroup:internet"], "ip": ["*"]},
    {"src": ["tag:a"], "dst": ["tag:b", "tag:c"], "ip": ["tcp:5201"]}
  ],
  "dns": {"magic": true, "nameservers": ["192.0.2.254"], "routes": {"corp.example": ["192.0.2.250", "192.0.2.254"]}, "domains": ["corp.example"]}
}
""" % (LAN, LAN6)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Server:
    """Tells callers at a port who they are to it."""

    def __init__(self, ns, address, port):
        with inside(ns):
            self.socket = socket.create_server((address, port), family=family_of(address))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                peer, address = self.socket.accept()
                peer.sendall(address[0].encode())
                peer.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def seen_as(ns, address, port, patience=1.5):
    """By which address a connection arrives; None: it does not."""
    with inside(ns):
        client = socket.socket(family_of(address))
    client.settimeout(patience)
    with client:
        try:
            client.connect((address, port))
            return client.recv(100).decode() or None
        except OSError:
            return None


def forwarding(node):
    return run("sysctl", "-n", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", ns=node.ns).stdout.split()


def subnet_route(m):
    a, b = m.nodes["a"], m.nodes["b"]
    servers = []
    for lan, host, router in ((LAN, LAN_HOST, "10.77.0.1"), (LAN6, LAN_HOST6, "fd77::1")):
        servers += [Server(m.lan, host, 80), Server(m.lan, host, 81)]
        assert wait_for(lambda: seen_as(a.ns, host, 80), 15, f"{lan} by its router") == router, "masqueraded"
        assert seen_as(a.ns, host, 81) is None, f"another port of {host}"
        assert seen_as(m.nodes["c"].ns, host, 80) is None, f"another source to {host}"
        assert lan in b.ask("routes").stdout and lan in a.ask("routes").stdout
    # What the router forwards besides is none of our business.
    run("ip", "-n", m.lan, "route", "replace", "default", "via", "10.77.0.1")
    run("ip", "-n", m.hub, "route", "replace", LAN, "via", b.outer)
    run("ip", "-n", b.ns, "route", "replace", "default", "via", "192.0.2.254")
    outside = Server(m.hub, INTERNET, 8080)
    assert seen_as(m.lan, INTERNET, 8080) == LAN_HOST, "neighbours' traffic passes as it is"
    # Only approved routes are served.
    b.routes = []
    m.enforce(POLICY)
    for host in (LAN_HOST, LAN_HOST6):
        assert seen_as(a.ns, host, 80) is None, f"{host} by a route that is not approved"
    assert forwarding(b) == m.forwarding, "forwarding is given back"
    b.routes = [LAN, LAN6]
    m.enforce(POLICY)
    for host in (LAN_HOST, LAN_HOST6):
        assert wait_for(lambda: seen_as(a.ns, host, 80), 15, f"the route to {host} again")
    for s in (*servers, outside):
        s.close()


def outer6(node):
    return f"2001:db8::{node.number}"


class Watch:
    """Counts what a node sends to addresses beside its tunnel, while a sender tries all the time."""

    def __init__(self, node, addresses):
        self.node, self.going, self.tries = node, True, 0
        node.nft("add table inet watch; add counter inet watch direct; add chain inet watch out { type filter hook postrouting priority 300; }")
        for address in addresses:
            node.nft(f"add rule inet watch out oifname u0 {'ip6' if ':' in address else 'ip'} daddr {address} counter name direct")
        self.senders = []
        for address in addresses:
            with inside(node.ns):
                self.senders.append((socket.socket(family_of(address), socket.SOCK_DGRAM), address))
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        while self.going:
            for sender, address in self.senders:
                with contextlib.suppress(OSError):
                    sender.sendto(b"x", (address, 9))
                self.tries += 1
            time.sleep(0.005)

    def judge(self):
        self.going = False
        self.thread.join()
        listed = self.node.nft("list", "counter", "inet", "watch", "direct").stdout
        self.node.nft("delete", "table", "inet", "watch")
        for sender, _ in self.senders:
            sender.close()
        assert self.tries > 100 and "packets 0 " in listed, f"{self.tries} tries\n{listed}"


def exit_node(m):
    a, c = m.nodes["a"], m.nodes["c"]
    for node in (a, c):
        run("ip", "-n", node.ns, "route", "replace", "default", "via", "192.0.2.254")
        run("ip", "-n", node.ns, "-6", "route", "replace", "default", "via", "2001:db8::254")
    internet, internet6, lan = Server(m.hub, INTERNET, 8080), Server(m.hub, INTERNET6, 8080), Server(m.hub, "192.0.2.254", 8081)
    at_exit = Server(c.ns, c.outer, 8082)
    assert seen_as(a.ns, INTERNET, 8080) == a.outer, "without an exit node"
    assert seen_as(a.ns, INTERNET6, 8080) == outer6(a), "without an exit node, IPv6"
    assert a.ask("down").returncode == 0 and a.ask("up").returncode == 0
    before = run("ip", "rule", ns=a.ns).stdout
    for allow_lan in (False, True):
        a.stop()
        a.configure(exit_node="c", exit_node_allow_lan=allow_lan)
        a.start()
        assert wait_for(lambda: seen_as(a.ns, INTERNET, 8080) == c.outer, 20, f"out by the exit node: {a.status()}"), "by the exit node"
        assert wait_for(lambda: seen_as(a.ns, INTERNET6, 8080) == outer6(c), 5, "out by the exit node, IPv6")
        # Without, the local network is one of the exit node's own, which are not the internet; the exit node itself is reached.
        assert seen_as(a.ns, "192.0.2.254", 8081) == (a.outer if allow_lan else None), f"the local network, {allow_lan}"
        assert seen_as(a.ns, c.outer, 8082) == (a.outer if allow_lan else a.ip4), f"the exit node's address there, {allow_lan}"
        wait_for(lambda: tcp(a, m.nodes["b"], 5201), 15, "the mesh is still there")
    # Where the exit node stops being one, nothing leaves directly.
    c.routes = []
    m.enforce(POLICY)
    assert any(t["topic"] == "exit-node" and "`c` is no exit node" in t["message"] for t in a.status()["degraded"]), a.status()
    for address in (INTERNET, INTERNET6):
        assert seen_as(a.ns, address, 8080) is None, f"{address} is blocked"
    assert "blocked" in a.ask("routes").stdout
    c.routes = ["0.0.0.0/0", "::/0"]
    sealed = m.enforce(POLICY)
    wait_for(lambda: seen_as(a.ns, INTERNET, 8080) == c.outer, 15, "by the exit node again")
    wait_for(lambda: seen_as(a.ns, INTERNET6, 8080) == outer6(c), 15, "by the exit node again, IPv6")
    # Nor while there is no tunnel, after a crash, or before the first policy.
    direct = Watch(a, (INTERNET, INTERNET6))
    a.stop(signal.SIGKILL)
    assert seen_as(a.ns, INTERNET, 8080, patience=0.3) is None and seen_as(a.ns, INTERNET6, 8080, patience=0.3) is None, "after a crash"
    a.snapshot.unlink()
    (a.folder / "state" / "last-good.snapshot").unlink()
    a.start()
    assert a.status()["state"] == "waiting for a snapshot", a.status()
    assert seen_as(a.ns, INTERNET, 8080, patience=0.3) is None and seen_as(a.ns, INTERNET6, 8080, patience=0.3) is None, "before a policy"
    a.offer(sealed["a"])
    wait_for(lambda: seen_as(a.ns, INTERNET, 8080) == c.outer, 20, "by the exit node at last")
    for pid in run("pgrep", "-x", "-f", f"wireguard-go {a.interface}").stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    wait_for(lambda: "tunnel is not there" in str(a.status()["degraded"]) or "aclcd_tunnel_starts_total 2" in a.ask("metrics").stdout, 10, "the dead tunnel is seen")
    wait_for(lambda: seen_as(a.ns, INTERNET6, 8080) == outer6(c), 20, "by the new tunnel")
    direct.judge()
    a.stop()
    assert run("ip", "rule", ns=a.ns).stdout == before, "routing is as it was"
    assert seen_as(a.ns, INTERNET, 8080) == a.outer and seen_as(a.ns, INTERNET6, 8080) == outer6(a)
    a.configure()
    a.start()
    for s in (internet, internet6, lan, at_exit):
        s.close()


def ask_dns(ns, name, kind=1, server="100.100.100.100"):
    """(code, the last four bytes as an address)"""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack("!HH", kind, 1)
    with inside(ns):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with client:
        client.settimeout(4)
        client.sendto(struct.pack("!6H", 77, 0x100, 1, 0, 0, 0) + question, (server, 53))
        try:
            answer = client.recv(2000)
        except OSError:
            return None
    return answer[3] & 15, socket.inet_ntoa(answer[-4:]) if answer[7] else None


def names(m):
    a = m.nodes["a"]
    conf, theirs = a.folder / "resolv.conf", a.folder / "stub-resolv.conf"  # a link to another's file, as on many hosts
    theirs.write_text("nameserver 192.0.2.99\n")
    conf.symlink_to(theirs.name)
    with inside(m.hub):
        upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    upstream.bind(("192.0.2.254", 53))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                bytes_, client = upstream.recvfrom(2000)
                record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 5, 4) + bytes([203, 0, 113, 7])
                upstream.sendto(bytes_[:2] + b"\x81\x80" + bytes_[4:6] + b"\0\1\0\0\0\0" + bytes_[12:] + record, client)
    threading.Thread(target=serve, daemon=True).start()
    a.stop()
    a.configure(dns="file", resolv_conf=str(conf))
    a.start()
    wait_for(lambda: "100.100.100.100" in conf.read_text(), 10, f"the stub is announced: {a.status()}")
    assert "search corp.example example.com" in conf.read_text(), conf.read_text()
    assert ask_dns(a.ns, "b.example.com") == (0, "100.64.0.2"), "a node of the mesh"
    assert ask_dns(a.ns, "B") == (0, "100.64.0.2"), "by its short name"
    assert ask_dns(a.ns, "b.example.com", 16) == (0, None), "no such record, but the name is there"
    assert ask_dns(a.ns, "www.example.org") == (0, "203.0.113.7"), "another name, by the policy's server"
    assert ask_dns(a.ns, "git.corp.example") == (0, "203.0.113.7"), "a route whose first server is not there"
    assert ask_dns(m.nodes["b"].ns, "b.example.com", server=a.ip4) is None, "not for others"
    a.stop(signal.SIGKILL)
    assert "100.100.100.100" in conf.read_text()
    a.start()
    wait_for(lambda: ask_dns(a.ns, "b") == (0, "100.64.0.2"), 10, "names after a crash")
    a.stop()
    assert os.readlink(conf) == theirs.name and theirs.read_text() == "nameserver 192.0.2.99\n", "the host's settings come back"
    upstream.close()
    a.configure()
    a.start()


TESTS = [subnet_route, exit_node, names]


def prepare(m):
    for number, name in enumerate("abc", 1):
        m.add(name, number, f"tag:{name}")
    m.lan = "aclct-r-lan"
    run("ip", "netns", "add", m.lan)
    run("ip", "link", "add", "lan0", "netns", m.nodes["b"].ns, "type", "veth", "peer", "name", "e0", "netns", m.lan)
    for ns, device, *addresses in ((m.nodes["b"].ns, "lan0", "10.77.0.1/24", "fd77::1/64"), (m.lan, "e0", f"{LAN_HOST}/24", f"{LAN_HOST6}/64"),
                                   (m.hub, "lo", f"{INTERNET}/32", f"{INTERNET6}/128"), (m.hub, "br0", "2001:db8::254/64"),
                                   *((node.ns, "u0", outer6(node) + "/64") for node in m.nodes.values())):
        for address in addresses:
            run("ip", "-n", ns, "addr", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
        run("ip", "-n", ns, "link", "set", device, "up")
    m.forwarding = forwarding(m.nodes["b"])
    m.nodes["b"].routes = [LAN, LAN6]
    m.nodes["c"].routes = ["0.0.0.0/0", "::/0"]
    for node in m.nodes.values():
        node.start()
    m.enforce(POLICY)


if __name__ == "__main__":
    sys.exit(run_tests(TESTS, "r", prepare, "wg"))
