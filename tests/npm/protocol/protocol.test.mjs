// SPDX-License-Identifier: Apache-2.0
// Every message that `aclc lsp` sends in a broad session is held to the protocol's own types.
import assert from 'node:assert/strict';
import {cpSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {Server} from '../client/server.mjs';
import {CLIENTS} from './clients.mjs';
import {askAll, linesOf, misbehave, promised} from './session.mjs';
import {shapeFaults} from './shapes.mjs';
import {texts} from './texts.mjs';
import {mismatches} from './types.mjs';

const {ACLC, SAMPLES} = process.env;
const folder = mkdtempSync(join(tmpdir(), 'aclc-protocol-'));
cpSync(join(SAMPLES, 'office/tailnet.json'), join(folder, 'tailnet.json'));
cpSync(join(SAMPLES, 'office/policy.hujson'), join(folder, 'office.hujson'));
after(() => rmSync(folder, {recursive: true, force: true}));

const TEXTS = texts(SAMPLES);
const recorded = [];

/** Answers of a client that is willing. */
function answer(method, params) {
  if (method === 'workspace/configuration') return params.items.map(() => ({target: 'tailscale', syncedGroups: null}));
  if (method === 'workspace/applyEdit') return {applied: true};
  if (method === 'window/showDocument') return {success: true};
  return null;
}

async function session(name) {
  const capabilities = CLIENTS[name];
  const server = new Server(ACLC, answer);
  const started = await server.request('initialize', {
    processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities, workspaceFolders: [{uri: pathToFileURL(folder).href, name: 'here'}],
  });
  const can = started.result.capabilities;
  const methods = promised(can);
  const commands = can.executeCommandProvider.commands;
  const answered = new Set();
  const faults = [];
  const bytes = can.positionEncoding === 'utf-8';
  server.notify('initialized', {});
  server.notify('workspace/didChangeConfiguration', {settings: null});
  for (const [label, text] of Object.entries(TEXTS)) {
    // The office stands beside its tailnet file; the others are in memory only.
    const uri = label === 'office' || label === 'failing' ? pathToFileURL(join(folder, `${label}.hujson`)).href : `untitled:${label}`;
    const lengths = linesOf(text).map((line) => (bytes ? Buffer.byteLength(line) : line.length));
    const pushed = methods.includes('textDocument/diagnostic') ? null : server.notification('textDocument/publishDiagnostics', (p) => p.uri === uri);
    const from = server.outgoing.length;
    server.notify('textDocument/didOpen', {textDocument: {uri, languageId: 'tailnet-policy', version: 1, text}});
    await pushed;
    await askAll(server, methods, commands, uri, text, label === 'office' || label === 'everywhere' ? 120 : 12);
    for (const message of server.outgoing.slice(from)) {
      // Other documents' messages are in between only where the whole workspace is asked.
      faults.push(...shapeFaults(message, /^workspace|^window|^client/.test(message.method) ? null : lengths, can.semanticTokensProvider.legend)
                     .map((f) => `${label}: ${f}`));
      if (message.kind === 'result' && message.body && (message.body.length ?? 1)) answered.add(message.params?.command ?? message.method);
    }
    server.notify('textDocument/didChange', {textDocument: {uri, version: 2}, contentChanges: [{range: {start: {line: 0, character: 0}, end: {line: 0, character: 0}}, text: '\n'}]});
    server.notify('textDocument/didSave', {textDocument: {uri, version: 2}});
    if (label !== 'office') server.notify('textDocument/didClose', {textDocument: {uri}});
  }
  await misbehave(server, pathToFileURL(join(folder, 'office.hujson')).href);
  server.notify('workspace/didChangeWatchedFiles', {changes: [{uri: pathToFileURL(join(folder, 'tailnet.json')).href, type: 2}]});
  const status = await server.stop();
  recorded.push(...server.outgoing.filter((m) => m.method).map((m) => ({client: name, ...m})));
  const unanswered = [...methods, ...commands].filter((m) => !answered.has(m) && m !== 'aclc.applyEdit' && m !== 'workspace/executeCommand');
  return {server, status, faults, unanswered};
}

for (const name of Object.keys(CLIENTS)) {
  test(`a client with ${name === 'pulling' ? 'pull diagnostics and UTF-8' : name}: frames, places, answers to all that is promised`, async () => {
    const {server, status, faults, unanswered} = await session(name);
    assert.deepEqual(server.faults, []);
    assert.deepEqual([...new Set(faults)].slice(0, 20), []);
    assert.deepEqual(unanswered, [], 'promised, but nothing but null or empty lists came');
    assert.equal(status, 0);
  });
}

test('every message has the type that the protocol declares for it', () => {
  const {faults, checked} = mismatches(recorded);
  console.log(`${recorded.length} messages, ${checked} distinct, ${new Set(recorded.map((m) => `${m.kind} ${m.method}`)).size} kinds`);
  assert.ok(checked > 500, 'the session is broad');
  assert.deepEqual(faults.slice(0, 20), []);
});

test('a message of a wrong type is found', () => {
  const at = {start: {line: 0, character: 0}, end: {line: 0, character: 1}};
  const wrong = [
    {kind: 'result', method: 'textDocument/hover', body: {contents: {kind: 'html', value: ''}}},
    {kind: 'result', method: 'textDocument/hover', body: {contents: 'x', rage: at}},
    {kind: 'result', method: 'textDocument/definition', body: [{uri: 'file:///a'}]},
    {kind: 'result', method: 'textDocument/documentSymbol', body: [{name: 'a', kind: 99, range: at, selectionRange: at}]},
    {kind: 'notification', method: 'textDocument/publishDiagnostics', body: {uri: 'file:///a', version: '1', diagnostics: []}},
    {kind: 'notification', method: 'textDocument/publishDiagnostics', body: {uri: 'file:///a', diagnostics: [{range: at, message: 'm', severity: 5}]}},
    {kind: 'request', method: 'client/registerCapability', body: {registrations: [{id: 'a', method: 'workspace/didChangeWatchedFiles', registerOptions: {}}]}},
    {kind: 'error', method: 'textDocument/hover', body: {code: 'no', message: 'm'}},
  ];
  assert.equal(mismatches(wrong).faults.length, wrong.length);
  const right = {kind: 'result', method: 'textDocument/hover', body: {contents: {kind: 'markdown', value: ''}, range: at}};
  assert.deepEqual(mismatches([right]).faults, []);

  const legend = {tokenTypes: ['a'], tokenModifiers: []};
  const shape = (method, body) => shapeFaults({kind: 'result', method, body}, [3, 2], legend).length;
  assert.equal(shape('textDocument/hover', {range: at}), 0);
  assert.equal(shape('textDocument/hover', {range: {start: at.end, end: at.start}}), 1);
  assert.equal(shape('textDocument/definition', [{range: {start: at.start, end: {line: 1, character: 3}}}]), 1);
  assert.equal(shape('textDocument/formatting', [{range: at, newText: ''}, {range: at, newText: 'b'}]), 1);
  assert.equal(shape('textDocument/semanticTokens/full', {data: [0, 0, 2, 0, 0, 0, 1, 1, 0, 0]}), 1);
  assert.equal(shape('textDocument/semanticTokens/full', {data: [1, 0, 3, 0, 0]}), 1);
});
