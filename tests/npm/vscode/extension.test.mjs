// SPDX-License-Identifier: Apache-2.0
// The extension as it is packed, with a stand-in for VS Code and the real `aclc lsp`.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire, Module} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

const {ACLC, SAMPLES, EXTENSION, VSIX} = process.env;
const folder = mkdtempSync(join(tmpdir(), 'aclc-vscode-'));
const require = createRequire(import.meta.url);
const vscode = require('./fake_vscode.cjs');
const {seen, settings, answers, open, change, save, set} = vscode.testing;
const context = {subscriptions: []};

/** What `probe` gives once it gives something. */
async function until(what, probe) {
  for (const end = Date.now() + Number(process.env.PATIENCE ?? 60_000); Date.now() < end; await new Promise((r) => setTimeout(r, 20))) {
    const found = probe();
    if (found) return found;
  }
  assert.fail(`${what} did not come; errors: ${seen.errors.join('; ')}`);
}

let manifest;
before(async () => {
  const vsix = VSIX ?? join(folder, 'aclc.vsix');
  if (!process.env.UNPACKED) execFileSync(join(EXTENSION, 'package'), [vsix], {stdio: ['ignore', 'pipe', 'pipe']});
  execFileSync('python3', ['-m', 'zipfile', '-e', vsix, join(folder, 'unpacked')]);
  manifest = JSON.parse(readFileSync(join(folder, 'unpacked/extension/package.json'), 'utf8'));
  cpSync(join(SAMPLES, 'office'), join(folder, 'office'), {recursive: true});

  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, ...rest) => (request === 'vscode' ? require.resolve('./fake_vscode.cjs') : resolve(request, ...rest));
  settings.set('aclc.path', ACLC);
  const extension = require(join(folder, 'unpacked/extension', manifest.main));
  await extension.activate(context);
});
after(async () => {
  for (const d of context.subscriptions.reverse()) await d.dispose();
  rmSync(folder, {recursive: true, force: true});
});

const office = () => readFileSync(join(SAMPLES, 'office/policy.hujson'), 'utf8');
const item = () => seen.controllers[0].items.get(vscode.Uri.file(join(folder, 'office/policy.hujson')).toString());

test('what the manifest promises is there', () => {
  for (const {command} of manifest.contributes.commands) assert.ok(seen.commands.has(command), command);
  for (const {path} of manifest.contributes.grammars) JSON.parse(readFileSync(join(folder, 'unpacked/extension', path), 'utf8'));
  for (const {configuration} of manifest.contributes.languages) JSON.parse(readFileSync(join(folder, 'unpacked/extension', configuration), 'utf8'));
  assert.deepEqual(seen.errors, []);
});

test('a .hujson file that holds a policy becomes one, and its findings are shown', async () => {
  const document = open(join(folder, 'first.hujson'), 'hujson', readFileSync(join(SAMPLES, 'first.hujson'), 'utf8'));
  assert.equal(document.languageId, 'tailnet-policy');
  const found = await until('findings', () => seen.diagnostics.get(document.uri.toString()));
  assert.deepEqual(found.map((d) => d.range.start.line + 1).sort((a, b) => a - b), [16, 18, 20, 21, 21, 25]);
  assert.equal(open(join(folder, 'other.hujson'), 'hujson', '// settings\n{"theme": {"groups": 1}, "hosts": []}').languageId, 'hujson');
});

test('the Testing view lists the tests of a policy and shows how they fared', async () => {
  const document = open(join(folder, 'office/policy.hujson'), 'tailnet-policy', office());
  await until('tests', () => item()?.children.size === 3);
  assert.deepEqual([...item().children].map(([id]) => id), ['tests/0', 'tests/1', 'sshTests/0']);
  assert.equal(item().children.get('tests/1').range.start.line + 1, 27);

  save(document);
  const good = await until('a run', () => seen.runs.find((r) => r.ended));
  assert.equal(good.passed_.length, 3);
  assert.equal(good.failed_.length, 0);
  assert.match(good.output, /alice@example\.com -> tag:web:443/);

  // A test that does not hold any more, and only that one run.
  change(document, office().replace('"ip": ["tcp:80", "tcp:443"]', '"ip": ["tcp:80"]'));
  const profile = seen.controllers[0].profiles[0];
  seen.runs.length = 0;
  await profile.handler(new vscode.TestRunRequest([item().children.get('tests/0')]), new vscode.CancellationTokenSource().token);
  const [bad] = seen.runs;
  assert.equal(bad.passed_.length, 0);
  assert.equal(bad.failed_.length, 1);
  const [message] = bad.failed_[0].messages;
  assert.match(message.message, /alice@example\.com -> tag:web:443.*expected accept, got deny/);
  assert.equal(message.location.range.start.line + 1, 26);
  change(document, office());
});

test('a policy with errors says why its tests did not run', async () => {
  const document = vscode.workspace.textDocuments.find((d) => d.uri.path.endsWith('office/policy.hujson'));
  change(document, office().replace('"tag:db"]', '"tag:dbb"]'));
  seen.runs.length = 0;
  await seen.commands.get('aclc.ask.tests')();
  assert.equal(seen.runs[0].errored_.length, 1);
  assert.match(seen.runs[0].output, /did not run: .+/);
  change(document, office());
});

test('commands of lenses and of the palette show what the server answers', async () => {
  const uri = vscode.Uri.file(join(folder, 'office/policy.hujson')).toString();
  await seen.commands.get('aclc.showReferences')(uri, {line: 3, character: 4});
  const [, , , places] = seen.executed.find(([id]) => id === 'editor.action.showReferences');
  assert.equal(places.length, 2);

  await seen.commands.get('aclc.showRule')(uri, 'grants', 0);
  assert.match(seen.shown.at(-1).text, /group:eng -> tag:web/);

  answers.push('bob@example.com', 'db1:5432');
  await seen.commands.get('aclc.ask.why')();
  assert.match(seen.shown.at(-1).text, /allowed/);

  answers.push('web1');
  await seen.commands.get('aclc.ask.node')();
  assert.match(seen.shown.at(-1).text, /100\.64\.0\.1/);

  answers.push('nobody-here');
  await seen.commands.get('aclc.ask.node')();
  assert.match(seen.errors.at(-1), /nobody-here/);

  const document = vscode.workspace.textDocuments.find((d) => d.uri.path.endsWith('office/policy.hujson'));
  change(document, `// only a comment\n${office()}`);
  await seen.commands.get('aclc.ask.difference')();
  assert.match(seen.messages.at(-1), /change nothing for any of the \d+ nodes/);
  change(document, office().replace('"tcp:5432"', '"tcp:5433"'));
  await seen.commands.get('aclc.ask.difference')();
  assert.match(seen.shown.at(-1).text, /# db1\n(?:[-+ ].*\n)*.*5433/);
  change(document, office());
});

test('a setting that changes reaches the server', async () => {
  const document = open(join(folder, 'groups.hujson'), 'tailnet-policy', '{"grants": [{"src": ["group:elsewhere"], "dst": ["*"], "ip": ["*"]}]}\n');
  const of = (severity) => (seen.diagnostics.get(document.uri.toString()) ?? []).some((d) => d.severity === severity && /group:elsewhere/.test(d.message));
  await until('a warning', () => of(vscode.DiagnosticSeverity.Warning));
  set('aclc.syncedGroups', false);
  await until('an error', () => of(vscode.DiagnosticSeverity.Error));
  set('aclc.syncedGroups', true);
  await until('a warning', () => of(vscode.DiagnosticSeverity.Warning));
});

test('a program that is not there is named, with the way to the setting', async () => {
  settings.set('aclc.path', join(folder, 'no-such-program'));
  seen.errors.length = 0;
  await seen.commands.get('aclc.restart')();
  assert.ok(seen.errors.some((e) => /no-such-program/.test(e) && /aclc\.path/.test(e)), seen.errors.join('; '));
});
