# SPDX-License-Identifier: Apache-2.0
"""Nodes of a mesh in network namespaces of this machine, each with an aclcd of its own, and a hub between them as the internet."""
import base64
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

SKIPPED = 77  # what ctest takes for "skipped"
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def run(*words, check=True, ns=None, timeout=60):
    words = [str(w) for w in words]
    if ns:
        words = ["ip", "netns", "exec", ns] + words
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def why_not_here(*programs):
    """What is missing to run these tests; None when nothing is."""
    if os.geteuid() != 0:
        return "root"
    for program in ("ip", "nft", "wireguard-go", "openssl") + programs:
        if not shutil.which(program):
            return program
    if not os.path.exists("/dev/net/tun"):
        return "/dev/net/tun"
    probe = f"aclct-probe-{os.getpid()}"
    if run("ip", "netns", "add", probe, check=False).returncode != 0:
        return "network namespaces"
    usable = run("nft", "list", "ruleset", ns=probe, check=False).returncode == 0
    run("ip", "netns", "del", probe, check=False)
    return None if usable else "nftables in a network namespace"


@contextlib.contextmanager
def inside(ns):
    """Sockets made in here belong to the namespace for good. Of this thread only."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{ns}", os.O_RDONLY)
    try:
        if LIBC.setns(there, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        LIBC.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(there)


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class Node:
    def __init__(self, mesh, name, number, tag):
        self.mesh, self.name, self.number, self.tag = mesh, name, number, tag
        self.ns = f"aclct-{mesh.mark}-{name}"
        self.interface = f"ac{mesh.mark}{name}"[:15]  # sockets of wireguard-go are named by it, one folder a host
        self.folder = mesh.folder / name
        self.folder.mkdir()
        self.outer, self.ip4, self.ip6 = f"192.0.2.{number}", f"100.64.0.{number}", f"fd7a:115c:a1e0::{number}"
        self.socket = self.folder / "api.sock"
        self.snapshot = self.folder / "snapshot"
        self.process = None
        self.routes = []
        private = subprocess.run(["wg", "genkey"], capture_output=True, text=True, check=True).stdout
        self.key = subprocess.run(["wg", "pubkey"], input=private, capture_output=True, text=True, check=True).stdout.strip()
        (self.folder / "key").write_text(private)
        (self.folder / "key").chmod(0o600)

    def connect(self):
        run("ip", "netns", "add", self.ns)
        run("ip", "-n", self.ns, "link", "set", "lo", "up")
        run("ip", "link", "add", "u0", "netns", self.ns, "type", "veth", "peer", "name", f"v{self.name}", "netns", self.mesh.hub)
        run("ip", "-n", self.mesh.hub, "link", "set", f"v{self.name}", "master", "br0", "up")
        run("ip", "-n", self.ns, "addr", "add", f"{self.outer}/24", "dev", "u0")
        run("ip", "-n", self.ns, "link", "set", "u0", "up")

    def configure(self, **more):
        config = {"private_key": f"{self.folder}/key", "trusted_key": f"{self.mesh.folder}/trusted.pem", "snapshot": str(self.snapshot),
                  "interface": self.interface, "listen_port": 51820, "state_dir": f"{self.folder}/state", "socket": str(self.socket),
                  "flow_log": f"{self.folder}/flows.jsonl"}
        config.update(more)
        text = json.dumps(config, indent=2)
        (self.folder / "aclcd.hujson").write_text("// of a test\n" + text[:-2] + ",\n}\n")

    def start(self, wait=True):
        out = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(["ip", "netns", "exec", self.ns, self.mesh.aclcd, "run", "--config", f"{self.folder}/aclcd.hujson"],
                                        stdout=out, stderr=out)
        if wait:
            wait_for(lambda: self.status().get("state") in ("up", "closed", "waiting for a snapshot", "down"), 20, f"{self.name} answers\n{self.log()}")

    def log(self):
        return (self.folder / "log").read_text() if (self.folder / "log").exists() else ""

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)  # `ip netns exec` becomes the program, so this is the daemon itself
            self.process.wait(timeout=20)
        self.process = None

    def ask(self, *words, check=True):
        return run(self.mesh.aclcd, *words, "--socket", self.socket, check=check)

    def status(self):
        done = self.ask("status", "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def flows(self):
        return [json.loads(line) for line in self.ask("flows", "--last", "1000").stdout.splitlines()]

    def nft(self, *words, check=True):
        return run("nft", *words, ns=self.ns, check=check)

    def offer(self, sealed):
        """As a careful writer does: whole or not at all."""
        beside = self.folder / "snapshot.new"
        beside.write_bytes(sealed)
        beside.rename(self.snapshot)


class Mesh:
    """A namespace for the hub and one for each node. Leaves nothing behind."""

    def __init__(self, aclc, aclcd, mark):
        self.aclc, self.aclcd, self.mark = aclc, aclcd, mark
        self.hub = f"aclct-{mark}-hub"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aclct-"))
        self.nodes = {}
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", self.folder / "sign.pem")
        run("openssl", "pkey", "-in", self.folder / "sign.pem", "-pubout", "-out", self.folder / "trusted.pem")
        self.sweep()
        run("ip", "netns", "add", self.hub)
        run("ip", "-n", self.hub, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.hub, "addr", "add", "192.0.2.254/24", "dev", "br0")
        run("ip", "-n", self.hub, "link", "set", "br0", "up")
        run("ip", "-n", self.hub, "link", "set", "lo", "up")

    def add(self, name, number, tag):
        node = self.nodes[name] = Node(self, name, number, tag)
        node.connect()
        node.configure()
        return node

    def sweep(self):
        listed = run("ip", "netns", "list").stdout.split("\n")
        for line in listed:
            if line.startswith(f"aclct-{self.mark}-"):
                run("ip", "netns", "del", line.split()[0], check=False)

    def close(self):
        for node in self.nodes.values():
            with contextlib.suppress(Exception):
                node.stop()
        self.sweep()
        shutil.rmtree(self.folder, ignore_errors=True)

    def seal(self, policy, generation=None, out="out", **options):
        """The snapshots of a policy, by node. `policy` is HuJSON text."""
        (self.folder / "policy.hujson").write_text(policy)
        nodes = [{"name": n.name, "ipv4": n.ip4, "ipv6": n.ip6, "tags": [n.tag], "key": n.key, "endpoints": [f"{n.outer}:51820"],
                  "routable_ips": n.routes, "approved_routes": n.routes} for n in self.nodes.values()]
        (self.folder / "tailnet.json").write_text(json.dumps({"tailnet": "example.com", "nodes": nodes}))
        words = [self.aclc, "snapshot", "policy.hujson", "--tailnet", "tailnet.json", "--sign", "sign.pem", "--out", out]
        if generation:
            words += ["--generation", generation]
        for name, value in options.items():
            words += ["--" + name, value]
        done = subprocess.run([str(w) for w in words], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return {n: (self.folder / out / f"{n}.snapshot").read_bytes() for n in self.nodes}

    def sign(self, body):
        """A snapshot with this content, for what the compiler would not make."""
        (self.folder / "message").write_bytes(b"aclc-snapshot-1\n" + body)
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.folder / "sign.pem", "-in", self.folder / "message"],
                                   capture_output=True, check=True).stdout
        return b"aclc-snapshot-1 " + base64.b64encode(signature) + b"\n" + body

    def enforce(self, policy, generation=None, **options):
        sealed = self.seal(policy, generation, **options)
        for name, node in self.nodes.items():
            node.offer(sealed[name])
        want = {n: json.loads(sealed[n].split(b"\n", 1)[1])["generation"] for n in sealed}
        for name, node in self.nodes.items():
            if node.process:
                wait_for(lambda: node.status().get("generation") == want[name], 10, f"{name} at generation {want[name]}: {node.status()}\n{node.log()}")
        return sealed


# Traffic. Each answers whether the packet, or its answer, arrived.

def tcp(source, target, port, family=socket.AF_INET, patience=1.0):
    with inside(target.ns):
        server = socket.socket(family, socket.SOCK_STREAM)
    with inside(source.ns):
        client = socket.socket(family, socket.SOCK_STREAM)
    address = target.ip4 if family == socket.AF_INET else target.ip6
    with server, client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, port))
        server.listen()
        client.settimeout(patience)
        try:
            client.connect((address, port))
        except OSError:
            return False
        return True


def udp(source, target, port, family=socket.AF_INET, size=100, patience=0.7):
    with inside(target.ns):
        server = socket.socket(family, socket.SOCK_DGRAM)
    with inside(source.ns):
        client = socket.socket(family, socket.SOCK_DGRAM)
    address = target.ip4 if family == socket.AF_INET else target.ip6
    with server, client:
        server.bind((address, port))
        server.settimeout(patience)
        client.sendto(os.urandom(size), (address, port))
        try:
            return len(server.recv(65536)) == size
        except OSError:
            return False


def raw(source, target, protocol, payload, family=socket.AF_INET, patience=0.7):
    """A protocol that the kernel need not know."""
    with inside(target.ns):
        server = socket.socket(family, socket.SOCK_RAW, protocol)
    with inside(source.ns):
        client = socket.socket(family, socket.SOCK_RAW, protocol)
    header = 20 if family == socket.AF_INET else 0  # of IPv6 the receiver gets none
    with server, client:
        server.settimeout(patience)
        client.sendto(payload, (target.ip4 if family == socket.AF_INET else target.ip6, 0))
        try:
            return server.recv(65536)[header:] == payload
        except OSError:
            return False


def ping(source, target, family=socket.AF_INET):
    address = target.ip4 if family == socket.AF_INET else target.ip6
    return run("ping", "-c", 1, "-W", 1, address, ns=source.ns, check=False).returncode == 0


def run_tests(tests, mark, prepare, *programs):
    """What a file of tests does when it is run with ACLC ACLCD [TEST...]: each test gets a mesh that `prepare` has set up."""
    missing = why_not_here(*programs)
    if missing:
        print(f"skipped: {missing} is missing here")
        return SKIPPED
    chosen = [t for t in tests if not sys.argv[3:] or t.__name__ in sys.argv[3:]]
    m = Mesh(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), mark)
    failed = []
    try:
        prepare(m)
        for test in chosen:
            start = time.monotonic()
            try:
                test(m)
                print(f"ok    {test.__name__}  {time.monotonic() - start:.1f} s", flush=True)
            except Exception:
                failed.append(test.__name__)
                print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)
        if failed:
            for node in m.nodes.values():
                print(f"--- log of {node.name}\n{node.log()[-3000:]}")
    finally:
        m.close()
    print(f"{len(chosen) - len(failed)} of {len(chosen)} passed")
    return 1 if failed else 0
