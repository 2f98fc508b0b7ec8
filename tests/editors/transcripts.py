#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds conversations with `aclc lsp` to those in testdata/lsp/*.transcript.
usage: transcripts.py ACLC FOLDER [--update] [NAME...]      with --update what the server says is written down; exit 1 if that changed a file

A transcript is text of sections. Lines that begin with # belong to nobody.
  === capabilities          (first, optional) JSON of the client's capabilities; without it those of a modern editor
  === file NAME             a file that lies beside the document on disk
  === open NAME             the text is opened as a document
  === client                one message a line: `request METHOD {..}`, `notify METHOD {..}`, `edit NAME LINE:CHARACTER-LINE:CHARACTER TEXT`
                            (TEXT is a JSON string)
  === server                what comes back, one message a line
In parameters `@NAME` in a string is the document's URI, and `at NAME LINE:CHARACTER` a request's document and position.
"""
import json
import pathlib
import queue
import re
import sys
import tempfile

from client import Client

MODERN = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": True}, "applyEdit": True, "codeLens": {"refreshSupport": True}},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}, "isPreferredSupport": True},
        "rename": {"prepareSupport": True},
        "publishDiagnostics": {"relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}, "codeDescriptionSupport": True},
    },
}
QUIET = 1.5  # seconds without a message after which, when writing down, the server is taken to have nothing more to say


def place(text):
    line, character = text.split(":")
    return {"line": int(line), "character": int(character)}


class Conversation:
    def __init__(self, aclc, update):
        self.folder = tempfile.TemporaryDirectory()
        self.client = Client([aclc, "lsp"])
        self.update = update
        self.versions = {}
        self.running = False

    def uri(self, name):
        return pathlib.Path(self.folder.name, name).as_uri()

    def parameters(self, text):
        text = text.strip()
        at = re.fullmatch(r"at (\S+) (\d+:\d+)\s*(\{.*\})?", text)
        if at:
            more = self.parameters(at[3]) if at[3] else {}
            return {"textDocument": {"uri": self.uri(at[1])}, "position": place(at[2]), **more}
        of = re.fullmatch(r"of (\S+)\s*(\{.*\})?", text)
        if of:
            return {"textDocument": {"uri": self.uri(of[1])}, **(self.parameters(of[2]) if of[2] else {})}
        return json.loads(re.sub(r'"@([^"]+)"', lambda m: json.dumps(self.uri(m[1])), text))

    def begin(self, capabilities):
        self.client.initialize(capabilities, processId=None)
        refreshes = capabilities.get("workspace", {}).get("codeLens", {}).get("refreshSupport", False)
        self.last_word = "workspace/codeLens/refresh" if refreshes else "textDocument/publishDiagnostics"
        self.running = True

    def say(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "edit":
            name, span, text = rest.split(" ", 2)
            start, end = span.split("-")
            self.versions[name] += 1
            self.client.notify("textDocument/didChange", {
                "textDocument": {"uri": self.uri(name), "version": self.versions[name]},
                "contentChanges": [{"range": {"start": place(start), "end": place(end)}, "text": json.loads(text)}]})
            self.settle()
            return
        method, _, parameters = rest.partition(" ")
        if verb == "request":
            self.client.last_id += 1
            self.client.send({"id": self.client.last_id, "method": method, "params": self.parameters(parameters)})
        elif verb == "notify":
            self.client.notify(method, self.parameters(parameters))
        else:
            raise SyntaxError(f"`{line}`: a line begins with request, notify or edit")

    def open(self, name, text):
        self.versions[name] = 1
        self.client.open(self.uri(name), text)
        self.settle()

    def settle(self):
        """Waits for both tiers, so that what is said next has one order with what they say."""
        before = []
        while not before or before[-1].get("method") != self.last_word:
            before.append(self.client.messages.get(timeout=60))
        self.client.kept += before

    def shown(self, message):
        text = json.dumps(message.get("params", message.get("result", message.get("error"))), ensure_ascii=False)
        text = text.replace(pathlib.Path(self.folder.name).as_uri() + "/", "@").replace(self.folder.name + "/", "@")
        if "method" in message:
            return f"{'request' if 'id' in message else 'notify'} {message['method']} {text}"
        return f"{'error' if 'error' in message else 'answer'} {message['id']} {text}"

    def hear(self, expected):
        """What the server says: as many messages as expected, or all until it is quiet."""
        heard = []
        try:
            while self.update or len(heard) < expected:
                message = self.client.receive(QUIET if self.update else 60)
                if message is None:
                    break
                heard.append(self.shown(message))
        except queue.Empty:
            pass
        return heard


def sections(text):
    """(header, first line's number, lines) of each section; what stands before the first is a section without header."""
    out = [("", 0, [])]
    for number, line in enumerate(text.splitlines()):
        if line.startswith("=== "):
            out.append((line[4:], number, []))
        else:
            out[-1][2].append(line)
    return out


def run(aclc, path, update):
    """The transcript as it would be written now, and what was different."""
    talk = Conversation(aclc, update)
    out, complaints = [], []
    parts = sections(path.read_text())
    capabilities = MODERN
    with talk.client:
        for i, (header, number, lines) in enumerate(parts):
            if header:
                out.append("=== " + header)
            kind, _, name = header.partition(" ")
            said = [line for line in lines if line.strip() and not line.startswith("#")]
            if kind == "capabilities":
                capabilities = json.loads("\n".join(said))
            elif kind == "file":
                pathlib.Path(talk.folder.name, name).write_text("\n".join(lines) + "\n")
            elif kind in ("open", "client"):
                if not talk.running:
                    talk.begin(capabilities)
                if kind == "open":
                    talk.open(name, "\n".join(lines) + "\n")
                else:
                    for line in said:
                        talk.say(line)
                if update and (i + 1 == len(parts) or not parts[i + 1][0].startswith("server")):
                    out += lines
                    heard = talk.hear(0)
                    if heard:
                        out += ["=== server", *heard, ""]
                    continue
            elif kind == "server":
                heard = talk.hear(len(said))
                if heard != said:
                    complaints.append((number, said, heard))
                lines = heard + [""]
            elif header:
                raise SyntaxError(f"{path.name}: `{header}` is no section")
            out += lines
        if talk.running:
            status = talk.client.end()
            unheard = []
            while (message := talk.client.receive()) is not None:
                unheard.append(talk.shown(message))
            if unheard or status != 0 or talk.client.damage:
                complaints.append((len(out), [], [*unheard, f"exit status {status}", talk.client.damage or ""]))
    talk.folder.cleanup()
    return "\n".join(out).rstrip("\n") + "\n", complaints


def main():
    words = [word for word in sys.argv[1:] if word != "--update"]
    update = "--update" in sys.argv
    aclc, folder, names = words[0], pathlib.Path(words[1]), words[2:]
    paths = [p for p in sorted(folder.glob("*.transcript")) if not names or p.stem in names]
    if not paths:
        sys.exit(f"no transcripts in {folder}")
    bad = 0
    for path in paths:
        text, complaints = run(aclc, path, update)
        if update:
            if text != path.read_text():
                path.write_text(text)
                bad += 1
                print(f"wrote {path}")
            continue
        print(f"{'FAIL' if complaints else 'ok  '}  {path.stem}")
        for number, said, heard in complaints:
            bad += 1
            print(f"  {path}:{number + 1}")
            print("".join(f"    - {line}\n" for line in said if line not in heard), end="")
            print("".join(f"    + {line}\n" for line in heard if line not in said), end="")
    sys.exit(1 if bad else 0)


main()
