#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The server as a process: how it ends, what it writes where, and what it makes of a damaged stream.
usage: process.py ACLC"""
import os
import signal
import subprocess
import sys
import time

from client import Client

ACLC = sys.argv[1]
COMMAND = [ACLC, "lsp"]
URI = "file:///p/policy.hujson"
failures = []


def case(test):
    try:
        test()
        print(f"ok    {test.__name__}")
    except Exception as error:
        failures.append(test.__name__)
        print(f"FAIL  {test.__name__}: {type(error).__name__} {error}")


def alive(c):
    assert c.request("no/such")["error"]["code"] == -32601


@case
def exit_after_shutdown_is_zero():
    with Client(COMMAND) as c:
        c.initialize()
        assert c.end() == 0
        assert c.receive() is None and c.damage is None, c.damage


@case
def exit_without_shutdown_is_one():
    with Client(COMMAND) as c:
        c.initialize()
        c.notify("exit", None)
        assert c.process.wait(60) == 1


@case
def end_of_input_without_shutdown_is_one():
    with Client(COMMAND) as c:
        c.initialize()
        c.open(URI, "{")
        c.process.stdin.close()
        assert c.process.wait(60) == 1


@case
def end_of_input_before_anything_is_one():
    assert subprocess.run(COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).returncode == 1


@case
def end_of_input_in_half_a_header_is_one():
    with Client(COMMAND) as c:
        c.raw(b"Content-Len")
        c.process.stdin.close()
        assert c.process.wait(60) == 1


@case
def half_a_message_that_stalls_does_not_disturb_the_end():
    with Client(COMMAND) as c:
        c.initialize()
        c.raw(b"Content-Length: 1000\r\n\r\n{\"half\":")
        time.sleep(0.2)
        assert c.process.poll() is None
        c.process.stdin.close()
        assert c.process.wait(60) == 1


@case
def the_death_of_the_editor_ends_it():
    editor = subprocess.Popen(["sleep", "600"])
    with Client(COMMAND) as c:
        c.initialize(processId=editor.pid)
        alive(c)
        editor.kill()
        editor.wait()
        assert c.process.wait(60) == 1


@case
def an_editor_that_reads_no_more_ends_it():
    server = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    server.stdout.close()
    server.stdin.write(b'Content-Length: 23\r\n\r\n{"id": 1, "method":"x"}')
    server.stdin.flush()
    assert server.wait(60) == 1
    server.stdin.close()


@case
def work_that_runs_does_not_hold_up_the_end():
    many = ",".join('{"src": "u%d@example.com", "accept": ["tag:t:443"]}' % i for i in range(3000))
    text = '{"tagOwners": {"tag:t": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}], "tests": [%s]}' % many
    with Client(COMMAND) as c:
        c.initialize()
        c.open(URI, text)
        c.send({"id": "long", "method": "workspace/executeCommand", "params": {"command": "aclc.runAllTests", "arguments": [URI]}})
        assert c.end() == 0


@case
def closed_standard_error_does_not_matter():
    with Client(["/bin/sh", "-c", f"exec '{ACLC}' lsp 2>&-"]) as c:
        c.initialize()
        c.open(URI, "{")
        assert c.notification("textDocument/publishDiagnostics")["diagnostics"]
        alive(c)
        assert c.end() == 0


@case
def a_header_without_length_costs_that_message_only():
    with Client(COMMAND) as c:
        c.initialize()
        c.raw(b"Content-Type: application/json\r\n\r\n{\"id\": 9, \"method\": \"x\"}")
        assert c.receive()["error"]["code"] == -32700
        alive(c)
        assert c.end() == 0


@case
def damaged_json_costs_that_message_only():
    with Client(COMMAND) as c:
        c.initialize()
        c.raw(b"Content-Length: 7\r\n\r\n{\"id\": ")
        complaint = c.receive()
        assert complaint["error"]["code"] == -32700 and complaint["id"] is None
        alive(c)


@case
def signals_of_a_terminal_end_it():
    with Client(COMMAND) as c:
        c.initialize()
        c.process.send_signal(signal.SIGTERM)
        assert c.process.wait(60) == -signal.SIGTERM


@case
def a_client_that_never_answers_is_served():
    asks = {"workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True},
                          "didChangeConfiguration": {"dynamicRegistration": True}, "codeLens": {"refreshSupport": True}},
            "window": {"workDoneProgress": True}}
    with Client(COMMAND) as c:
        c.initialize(asks)
        for version in range(1, 200):
            c.notify("workspace/didChangeConfiguration", {"settings": None})
        c.open(URI, "{")
        assert c.request("textDocument/documentSymbol", {"textDocument": {"uri": URI}})["result"] == []
        assert c.end() == 0


@case
def findings_come_in_two_tiers_and_a_burst_has_one_end():
    text = '{"tagOwners": {"tag:t": []}, "acls": [], "tests": [{"src": "a@example.com", "accept": ["tag:t:443"]}]}'
    with Client(COMMAND) as c:
        c.initialize(initializationOptions={"lint": False})
        c.open(URI, text)
        first = c.notification("textDocument/publishDiagnostics")
        assert first["version"] == 1 and first["diagnostics"] == [], first
        second = c.notification("textDocument/publishDiagnostics")
        assert second["version"] == 1 and [d["code"] for d in second["diagnostics"]] == ["test-failed"], second
        for version in range(2, 22):
            start = {"line": 0, "character": 1}
            c.notify("textDocument/didChange", {"textDocument": {"uri": URI, "version": version},
                                                "contentChanges": [{"range": {"start": start, "end": start}, "text": " "}]})
        tiers = []
        while not tiers or tiers[-1] != (21, 1):
            params = c.notification("textDocument/publishDiagnostics")
            tiers.append((params["version"], len(params["diagnostics"])))
        assert all(a[0] <= b[0] for a, b in zip(tiers, tiers[1:])), tiers


os.environ["LC_ALL"] = "C.UTF-8"
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
