// SPDX-License-Identifier: Apache-2.0
// How long after a keystroke the second tier (tests of the policy, lint, what lenses count by) is there, of `aclc lsp` alone.
// usage: node second_tier.mjs ACLC [--rounds N] [--lines N | POLICY...]; a `tailnet.json` beside a POLICY counts.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Client} from './client.mjs';
import {policy} from './policy.mjs';

const words = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = words.indexOf(name);
  return at < 0 ? otherwise : Number(words.splice(at, 2)[1]);
};
const rounds = option('--rounds', 20);
const lines = option('--lines', 50000);
const [aclc, ...files] = words;

async function measure(file) {
  const text = readFileSync(file, 'utf8');
  const uri = pathToFileURL(resolve(file)).href;
  const client = new Client('aclc', aclc, ['lsp']);
  await client.request('initialize', {processId: process.pid, rootUri: null, capabilities: {workspace: {codeLens: {refreshSupport: true}}}});
  client.notify('initialized', {});
  // The server asks for new lenses when the second tier of a text is there.
  const refreshed = async () => (await client.heard(m => m.method === 'workspace/codeLens/refresh')).at;
  const first = refreshed();
  const begin = performance.now();
  client.open(uri, 'hujson', text);
  const opened = (await first) - begin;
  const samples = [];
  for (let round = 0; round < rounds; ++round) {
    await new Promise(done => setTimeout(done, 200));
    const cpu = client.cpu();
    const again = refreshed();
    const typed = performance.now();
    client.change(uri, {start: {line: 0, character: 0}, end: {line: 0, character: round % 2}}, round % 2 ? '' : ' ');
    samples.push({wall: (await again) - typed, cpu: client.cpu() - cpu});
  }
  await client.end();
  const at = (name, part) => samples.map(s => s[name]).sort((a, b) => a - b)[Math.min(rounds - 1, Math.floor(rounds * part))].toFixed(0);
  console.log(`${text.split('\n').length - 1} lines: p50 ${at('wall', 0.5)}, p95 ${at('wall', 0.95)} ms after the key, 60 of them the pause; ` +
    `CPU p50 ${at('cpu', 0.5)} ms; ${opened.toFixed(0)} ms after opening; load ${loadavg()[0].toFixed(1)}`);
}

if (files.length) {
  for (const file of files) await measure(file);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'aclc-second-tier-'));
  try {
    writeFileSync(join(folder, 'policy.hujson'), policy(lines).text);
    await measure(join(folder, 'policy.hujson'));
  } finally {
    rmSync(folder, {recursive: true});
  }
}
