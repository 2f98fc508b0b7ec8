// SPDX-License-Identifier: Apache-2.0
// 10,000 random edits of a policy of 50,000 lines: does memory stay, does latency stay?
// usage: node soak.mjs ACLC [EDITS [LINES]]
import {Client} from './client.mjs';
import {policy} from './policy.mjs';

const [aclc, edits = '10000', lines = '50000'] = process.argv.slice(2);
const {text} = policy(Number(lines));
const uri = 'file:///tmp/soak/policy.hujson';
const client = new Client('aclc', aclc, ['lsp']);
await client.request('initialize', {processId: process.pid, rootUri: null, capabilities: {textDocument: {diagnostic: {}}}});
client.notify('initialized', {});
client.open(uri, 'hujson', text);
await client.request('textDocument/diagnostic', {textDocument: {uri}});

let state = 7;
const below = n => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pieces = ['x', '"', ',', '{', ']', '\n', 'größe', 'tag:', ' ', '//'];
let walls = [];
let undo = null;
for (let i = 1; i <= Number(edits); ++i) {
  const begin = performance.now();
  if (undo) {
    client.change(uri, undo, '');
    undo = null;
  } else {
    // A character comes and goes, so that the text stays about the same: sound, broken, sound again.
    const start = {line: 10 + below(Number(lines) - 20), character: 0};
    const piece = pieces[below(pieces.length)];
    client.change(uri, {start, end: start}, piece);
    undo = {start, end: piece === '\n' ? {line: start.line + 1, character: 0} : {...start, character: piece.length}};
  }
  await client.request('textDocument/diagnostic', {textDocument: {uri}});
  walls.push(performance.now() - begin);
  if (i % Math.ceil(Number(edits) / 10) === 0) {
    walls.sort((a, b) => a - b);
    const at = part => walls[Math.floor((walls.length - 1) * part)].toFixed(1);
    const {now, peak} = client.memory();
    console.log(`${i} edits: memory ${now.toFixed(1)} MB, at most ${peak.toFixed(1)} MB; edit and findings p50 ${at(0.5)} p99 ${at(0.99)} ms`);
    walls = [];
  }
}
console.log(`exit ${await client.end()}`);
