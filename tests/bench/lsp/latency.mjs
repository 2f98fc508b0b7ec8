// SPDX-License-Identifier: Apache-2.0
// Keystroke latency of `aclc lsp` beside vscode-json-language-server, interleaved on the same files.
// usage: node latency.mjs ACLC PEER_FOLDER [--json FILE] [--text FILE] [--sizes 200,5000,50000] [--rounds N]
import {writeFileSync, readFileSync, mkdtempSync, rmSync} from 'node:fs';
import {cpus, loadavg, release, totalmem, tmpdir} from 'node:os';
import {join} from 'node:path';
import {execFileSync} from 'node:child_process';
import {Client} from './client.mjs';
import {policy, schema} from './policy.mjs';

const words = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = words.indexOf(name);
  return at < 0 ? otherwise : words.splice(at, 2)[1];
};
const jsonFile = option('--json');
const textFile = option('--text');
const sizes = option('--sizes', '200,5000,50000').split(',').map(Number);
const wantedRounds = Number(option('--rounds', 0));
const [aclc, peerFolder] = words;
const peerScript = join(peerFolder, 'node_modules/vscode-langservers-extracted/bin/vscode-json-language-server');

const capabilities = pull => ({
  workspace: {configuration: false},
  textDocument: {
    ...(pull ? {diagnostic: {}} : {}),
    completion: {completionItem: {snippetSupport: true}},
    documentSymbol: {hierarchicalDocumentSymbolSupport: true},
    hover: {contentFormat: ['markdown']},
    publishDiagnostics: {versionSupport: true},
  },
});
const servers = [
  {name: 'aclc', language: 'hujson', start: () => new Client('aclc', aclc, ['lsp'])},
  {name: 'json', language: 'jsonc', start: () => new Client('json', process.execPath, [peerScript, '--stdio'])},
];

async function started(server, pull) {
  const before = performance.now();
  const client = server.start();
  const answer = await client.request('initialize', {
    processId: process.pid, rootUri: null, capabilities: capabilities(pull), // Lint runs in pauses, which here are the other server's turns: it is measured by itself.
    initializationOptions: {provideFormatter: true, lint: false}});
  client.startup = answer.at - before;
  client.notify('initialized', {});
  if (server.name === 'json') {
    client.notify('workspace/didChangeConfiguration', {settings: {json: {
      validate: {enable: true}, format: {enable: true}, resultLimit: 1e9, schemas: [{fileMatch: ['*.hujson'], schema}]}}});
  }
  return client;
}

/// The median of several starts, each server in turn: the first one pays for reading the program from disk.
async function starts(rounds) {
  const times = {};
  for (let round = 0; round < rounds; ++round) {
    for (const server of servers) {
      const client = await started(server, true);
      (times[server.name] ??= []).push(client.startup);
      await client.end();
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, at(sorted(list), 0.5)]));
}

const sorted = values => [...values].sort((a, b) => a - b);
const at = (values, part) => values[Math.min(values.length - 1, Math.floor(values.length * part))];
function summary(samples) {
  const wall = sorted(samples.map(s => s.wall));
  const cpu = samples.reduce((sum, s) => sum + s.cpu, 0) / samples.length;
  return {n: wall.length, min: wall[0], p50: at(wall, 0.5), p95: at(wall, 0.95), p99: at(wall, 0.99), cpu, bytes: samples.at(-1).bytes};
}

/// The request after a keystroke: one character goes in or out, and the question comes at once, so nothing is known yet.
function typed(method, more) {
  return async (client, document, round) => {
    const position = {line: document.line, character: 17 + (round % 2)};
    const range = round % 2 === 0 ? {start: position, end: position} : {start: {...position, character: position.character - 1}, end: position};
    const cpu = client.cpu();
    const begin = performance.now();
    client.change(document.uri, range, round % 2 === 0 ? 'x' : '');
    const answer = await client.request(method, more(document));
    if (answer.error) throw new Error(`${client.name}: ${method}: ${answer.error.message}`);
    const wall = answer.at - begin;
    await client.request('textDocument/foldingRange', {textDocument: {uri: 'file:///none'}}).catch(() => {});
    return {wall, cpu: client.cpu() - cpu, bytes: answer.bytes};
  };
}
const of = document => ({textDocument: {uri: document.uri}});
const inDst = document => ({...of(document), position: {line: document.line, character: 17}});
const operations = {
  'pull diagnostics': typed('textDocument/diagnostic', of),
  completion: typed('textDocument/completion', inDst),
  hover: typed('textDocument/hover', inDst),
  documentSymbol: typed('textDocument/documentSymbol', of),
  foldingRange: typed('textDocument/foldingRange', of),
  formatting: typed('textDocument/formatting', d => ({...of(d), options: {tabSize: 2, insertSpaces: true}})),
};

/// didChange -> publishDiagnostics of that version; with `second` the one after it, which holds the failed test.
async function pushed(client, document, round, second) {
  // Where tests shall be run the text stays valid: the typing is in the comment of the first line.
  const position = {line: second ? 0 : document.line, character: 17 + (round % 2)};
  const range = round % 2 === 0 ? {start: position, end: position} : {start: {...position, character: position.character - 1}, end: position};
  const cpu = client.cpu();
  const begin = performance.now();
  const first = client.published(document.uri, client.version + 1);
  client.change(document.uri, range, round % 2 === 0 ? 'x' : '');
  let heard = await first;
  if (second) heard = await client.published(document.uri, client.version);
  return {wall: heard.at - begin, cpu: client.cpu() - cpu, bytes: 0};
}

async function burst(client, document) {
  const answers = [];
  let pushes = 0;
  client.listeners.push(m => (m.method === 'textDocument/publishDiagnostics' && ++pushes, false));
  for (let i = 0; i < 20; ++i) {
    const position = {line: document.line, character: 17 + i};
    client.change(document.uri, {start: position, end: position}, 'y');
    const begin = performance.now();
    answers.push(client.request('textDocument/completion', {...of(document), position: {...position, character: position.character + 1}})
      .then(answer => answer.at - begin));
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  const wall = await Promise.all(answers);
  await new Promise(resolve => setTimeout(resolve, 1500));
  const start = {line: document.line, character: 17};
  client.change(document.uri, {start, end: {...start, character: 37}}, '');
  return {last: wall.at(-1), max: Math.max(...wall), pushes};
}

/// Both must find nothing wrong with the text, and the same mistake in the same line: else their times are of different work.
async function agree(clients, document) {
  const start = {line: document.line, character: 11};  // the colon after "dst"
  for (const {client} of clients) {
    const items = async () => (await client.request('textDocument/diagnostic', of(document))).result.items;
    const clean = await items();
    if (clean.length !== 0) throw new Error(`${client.name} complains about the text: ${JSON.stringify(clean[0])}`);
    client.change(document.uri, {start, end: {...start, character: 12}}, '');
    const broken = await items();
    if (!broken.some(d => d.range.start.line === document.line)) throw new Error(`${client.name} sees no mistake: ${JSON.stringify(broken.slice(0, 3))}`);
    client.change(document.uri, {start, end: start}, ':');
    if ((await items()).length !== 0) throw new Error(`${client.name} still complains`);
  }
}

async function measure(size, folder, startTimes) {
  const {text, line, lines} = policy(size);
  const path = join(folder, `policy-${size}.hujson`);
  writeFileSync(path, text);
  const document = {uri: `file://${path}`, line};
  const rounds = wantedRounds || (size > 20000 ? 60 : 200);
  const out = {lines, bytes: Buffer.byteLength(text), operations: {}, others: {}};
  const pull = [];
  for (const server of servers) {
    const client = await started(server, true);
    client.open(document.uri, server.language, text);
    await client.request('textDocument/diagnostic', of(document));
    pull.push({server, client});
    (out.others[server.name] ??= {}).start = startTimes[server.name];
    out.others[server.name].memoryOpen = client.memory().now;
  }
  await agree(pull, document);
  for (const [name, operation] of Object.entries(operations)) {
    const samples = {};
    for (let round = 0; round < rounds + 4; ++round) {
      for (const {client} of round % 2 ? pull : [...pull].reverse()) {
        const sample = await operation(client, document, round);
        if (round >= 4) (samples[client.name] ??= []).push(sample);
      }
    }
    out.operations[name] = Object.fromEntries(Object.entries(samples).map(([key, list]) => [key, summary(list)]));
  }
  for (const {client} of pull) {
    out.others[client.name].burst = await burst(client, document);
    out.others[client.name].memoryPeak = client.memory().peak;
    out.others[client.name].exit = await client.end();
  }

  const push = [];
  for (const server of servers) {
    const client = await started(server, false);
    const begin = performance.now();
    const heard = client.published(document.uri, 1);
    client.open(document.uri, server.language, text);
    out.others[server.name].open = (await heard).at - begin;
    push.push({server, client});
  }
  const samples = {};
  for (let round = 0; round < Math.min(rounds, 40); ++round) {
    for (const {client} of push) (samples[client.name] ??= []).push(await pushed(client, document, round, false));
  }
  out.operations['push diagnostics'] = Object.fromEntries(Object.entries(samples).map(([key, list]) => [key, summary(list)]));
  // The second tier has news where a test fails: one is made to.
  const own = push.find(p => p.client.name === 'aclc').client;
  const tests = text.split('\n').findIndex(l => l.includes('"deny"'));
  const deny = text.split('\n')[tests].indexOf('"deny"');
  own.change(document.uri, {start: {line: tests, character: deny}, end: {line: tests, character: deny + 6}}, '"accept"');
  await new Promise(resolve => setTimeout(resolve, 2000));
  const slow = [];
  for (let round = 0; round < Math.min(rounds, 20); ++round) slow.push(await pushed(own, document, round, true));
  out.operations['tests of the policy'] = {aclc: summary(slow)};
  own.notify('workspace/didChangeConfiguration', {settings: {aclc: {lint: true}}});
  await new Promise(resolve => setTimeout(resolve, 2000));
  const linted = [];
  for (let round = 0; round < Math.min(rounds, 20); ++round) linted.push(await pushed(own, document, round, true));
  out.operations['tests and lint'] = {aclc: summary(linted)};
  for (const {client} of push) await client.end();
  return out;
}

const ms = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
function table(results) {
  const rows = [];
  for (const r of results) {
    rows.push(`${r.lines} lines, ${(r.bytes / 1e6).toFixed(2)} MB`, '');
    rows.push('| after a keystroke | aclc p50 / p95 / p99 ms | json p50 / p95 / p99 ms | CPU ms aclc / json | ratio of p50 | reply aclc / json KB |', '|---|--:|--:|--:|--:|--:|');
    for (const [name, {aclc: a, json: j}] of Object.entries(r.operations)) {
      const walls = s => (s ? `${ms(s.p50)} / ${ms(s.p95)} / ${ms(s.p99)}` : 'none');
      rows.push(`| ${name} | ${walls(a)} | ${walls(j)} | ${ms(a.cpu)} / ${j ? ms(j.cpu) : '-'} | ${j ? (j.p50 / a.p50).toFixed(1) + 'x' : '-'} | ${a.bytes ? (a.bytes / 1024).toFixed(0) : '-'} / ${j?.bytes ? (j.bytes / 1024).toFixed(0) : '-'} |`);
    }
    rows.push('');
    for (const [name, o] of Object.entries(r.others)) {
      rows.push(`- ${name}: start to initialize ${ms(o.start)} ms, open to first findings ${ms(o.open)} ms, memory ${o.memoryOpen.toFixed(0)} MB after open, ` +
        `${o.memoryPeak.toFixed(0)} MB at most; 20 keys 30 ms apart: last completion ${ms(o.burst.last)} ms, slowest ${ms(o.burst.max)} ms; exit ${o.exit}`);
    }
    rows.push('');
  }
  return rows.join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'aclc-latency-'));
try {
  const machine = {
    cpu: cpus()[0].model, cpus: cpus().length, memory: `${Math.round(totalmem() / 2 ** 30)} GiB`, kernel: release(), node: process.version,
    aclc: execFileSync(aclc, ['--version']).toString().trim(),
    peer: `vscode-json-language-server, vscode-langservers-extracted ${JSON.parse(readFileSync(join(peerFolder, 'node_modules/vscode-langservers-extracted/package.json'))).version}`,
    loadBefore: loadavg()[0].toFixed(1),
  };
  const startTimes = await starts(9);
  const results = [];
  for (const size of sizes) results.push(await measure(size, folder, startTimes));
  machine.loadAfter = loadavg()[0].toFixed(1);
  const text = Object.entries(machine).map(([key, value]) => `${key}: ${value}`).join(' · ') + '\n\n' + table(results);
  console.log(text);
  if (jsonFile) writeFileSync(jsonFile, JSON.stringify({machine, results}, null, 1) + '\n');
  if (textFile) writeFileSync(textFile, text + '\n');
} finally {
  rmSync(folder, {recursive: true});
}
