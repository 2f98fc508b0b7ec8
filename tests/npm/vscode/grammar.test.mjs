// SPDX-License-Identifier: Apache-2.0
// The TextMate grammar of the extension, with VS Code's own engine.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {test} from 'node:test';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const {INITIAL, parseRawGrammar, Registry} = require('vscode-textmate');
const {SAMPLES, EXTENSION} = process.env;

async function grammar() {
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));
  const path = join(EXTENSION, 'syntaxes/hujson.tmLanguage.json');
  const registry = new Registry({
    onigLib: Promise.resolve({createOnigScanner: (s) => new oniguruma.OnigScanner(s), createOnigString: (s) => new oniguruma.OnigString(s)}),
    loadGrammar: async () => parseRawGrammar(readFileSync(path, 'utf8'), path),
  });
  return registry.loadGrammar('source.hujson');
}
const loaded = grammar();

/** [text, innermost scope] of every token. */
async function tokens(text) {
  let state = INITIAL;
  const out = [];
  for (const line of text.split('\n')) {
    const result = (await loaded).tokenizeLine(line, state);
    state = result.ruleStack;
    for (const t of result.tokens) out.push([line.slice(t.startIndex, t.endIndex), t.scopes.at(-1), t.scopes]);
  }
  return out;
}
const scopeOf = (list, text) => list.find(([t]) => t === text)?.[1];

test('names, strings, numbers, words and comments have scopes of their own', async () => {
  const list = await tokens('// head\n{"acls": [{"dst": "tag:a\\n:1"}, 12.5e3, true, null], /* "x": 1 */ "last": "a // b",}');
  assert.equal(scopeOf(list, ' head'), 'comment.line.double-slash.hujson');
  assert.match(scopeOf(list, 'acls'), /support\.type\.property-name/);
  assert.match(scopeOf(list, 'dst'), /support\.type\.property-name/);
  assert.equal(scopeOf(list, 'tag:a'), 'string.quoted.double.hujson');
  assert.equal(scopeOf(list, '\\n'), 'constant.character.escape.hujson');
  assert.equal(scopeOf(list, '12.5e3'), 'constant.numeric.hujson');
  assert.equal(scopeOf(list, 'null'), 'constant.language.hujson');
  assert.equal(scopeOf(list, ' "x": 1 '), 'comment.block.hujson');
  assert.equal(scopeOf(list, 'a // b'), 'string.quoted.double.hujson');
});

test('nothing of a good policy is marked as invalid, and what is broken is', async () => {
  const invalid = async (text) => (await tokens(text)).filter(([, , scopes]) => scopes.some((s) => s.startsWith('invalid')));
  assert.deepEqual(await invalid(readFileSync(join(SAMPLES, 'office/policy.hujson'), 'utf8')), []);
  assert.ok((await invalid('{a: 1}')).length > 0);
  assert.ok((await invalid('{"a": x}')).length > 0);
  // A quote that is never closed ends with its line.
  assert.equal(scopeOf(await tokens('{"a": "open\n"b": 12}'), '12'), 'constant.numeric.hujson');
});
