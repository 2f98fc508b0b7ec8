// SPDX-License-Identifier: Apache-2.0
// `aclc schema` in the JSON language service of VS Code: what an editor without the language server makes of it.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import languageService from 'vscode-json-languageservice';

const {getLanguageService, TextDocument} = languageService;
const {ACLC, SAMPLES} = process.env;
const uri = 'file:///policy.hujson';
const schema = execFileSync(ACLC, ['schema'], {encoding: 'utf8'});
const service = getLanguageService({clientCapabilities: {textDocument: {completion: {completionItem: {documentationFormat: ['markdown']}}, hover: {contentFormat: ['markdown']}}}});
service.configure({allowComments: true, validate: true, schemas: [{uri: 'schema:policy', fileMatch: ['*.hujson'], schema: JSON.parse(schema)}]});

/** A text with a bar where the cursor is. */
function at(marked) {
  const offset = marked.indexOf('|');
  const document = TextDocument.create(uri, 'jsonc', 1, marked.replace('|', ''));
  return {document, json: service.parseJSONDocument(document), position: document.positionAt(offset)};
}
async function problems(text) {
  const document = TextDocument.create(uri, 'jsonc', 1, text);
  return (await service.doValidation(document, service.parseJSONDocument(document))).map((d) => ({line: d.range.start.line + 1, message: d.message, severity: d.severity}));
}
async function offered(marked) {
  const {document, json, position} = at(marked);
  return (await service.doComplete(document, position, json)).items.map((i) => i.label);
}
async function hover(marked) {
  const {document, json, position} = at(marked);
  return (await service.doHover(document, position, json))?.contents.map((c) => c.value ?? c).join('\n') ?? '';
}

test('a good policy has no problem, comments and last commas included', async () => {
  assert.deepEqual(await problems(readFileSync(join(SAMPLES, 'office/policy.hujson'), 'utf8')), []);
});

test('problems are said in words', async () => {
  const found = await problems(readFileSync(join(SAMPLES, 'first.hujson'), 'utf8'));
  const on = (line) => found.filter((d) => d.line === line).map((d) => d.message).join(' ');
  assert.match(on(18), /no selector for the `dst` of an acl: .*a colon and ports/);
  assert.match(on(21), /porto/);
  assert.match(on(25), /hours, minutes and seconds/);
  assert.equal(found.filter((d) => d.line === 16).length, 0, 'what a name refers to is beyond a schema');

  const one = async (text) => (await problems(text)).map((d) => d.message).join(' ');
  assert.match(await one('{"acls": [{"src": ["*"]}]}'), /an acl needs `"action": "accept"`/);
  assert.match(await one('{"grants": [{"src": ["*"], "dst": ["*"]}]}'), /a grant needs `ip`, `app` or both/);
  assert.match(await one('{"ssh": [{"action": "accept", "users": ["*"]}]}'), /name an account/);
  assert.match(await one('{"groups": {"eng": []}}'), /groups are named `group:NAME`/);
  assert.match(await one('{"grants": [{"src": ["*"], "dst": ["autogroup:self"], "ip": ["*"]}]}'), /every source must be people/);
  assert.match(await one('{"acls": [{"action": "accept", "users": ["*"], "ports": ["*:*"]}]}'), /write `src`.*write `dst`/);
});

test('members and words are offered where they belong', async () => {
  const sections = await offered('{"|"}');
  for (const name of ['acls', 'grants', 'ssh', 'tagOwners', 'tests']) assert.ok(sections.includes(name), `${name} in ${sections}`);
  assert.deepEqual((await offered('{"ssh": [{"|"}]}')).sort(),
                   ['acceptEnv', 'action', 'checkPeriod', 'dst', 'enforceRecorder', 'recorder', 'src', 'srcPosture', 'users']);
  assert.ok((await offered('{"ssh": [{"action": "|"}]}')).includes('"check"'));
  const sources = await offered('{"grants": [{"src": ["|"]}]}');
  assert.ok(sources.includes('"autogroup:member"') && !sources.includes('"autogroup:self"'), `${sources}`);
  assert.ok((await offered('{"grants": [{"dst": ["|"]}]}')).includes('"autogroup:self"'));
  assert.ok((await offered('{"grants": [{"ip": ["|"]}]}')).includes('"tcp:443"'));
});

test('every member says what it is', async () => {
  assert.match(await hover('{"ac|ls": []}'), /which sources may reach which destinations/);
  assert.match(await hover('{"ACL|s": []}'), /which sources may reach which destinations/, 'in any case');
  assert.match(await hover('{"grants": [{"i|p": ["*"]}]}'), /Protocols and ports/);
  assert.match(await hover('{"nodeAttrs": [{"att|r": []}]}'), /Attributes/);
  let bare = [];
  for (const [name, definition] of Object.entries(JSON.parse(schema).definitions)) {
    for (const [member, s] of Object.entries(definition.properties ?? {})) if (!s.description) bare.push(`${name}.${member}`);
  }
  assert.deepEqual(bare, []);
});
