// SPDX-License-Identifier: Apache-2.0
// Which files the editors' configurations take for policies by their names: policies, and no other HuJSON file.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

const {EXTENSION} = process.env;
const editor = (...path) => readFileSync(join(EXTENSION, '..', ...path), 'utf8');
const matches = (pattern, name) => new RegExp('^' + pattern.split('*').map((s) => s.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$').test(name);

const languages = JSON.parse(editor('vscode', 'package.json')).contributes.languages;
const policy = languages.find((l) => l.id === 'tailnet-policy');
const zed = JSON.parse(editor('zed', 'settings.json').replace(/^\/\/.*$/gm, ''));
const claims = {
  'VS Code': [...policy.filenames, ...policy.filenamePatterns],
  Zed: zed.file_types.JSONC,
  Helix: [...editor('helix', 'languages.toml').matchAll(/glob = "([^"]+)"/g)].map((found) => found[1]),
};

for (const [name, patterns] of Object.entries(claims)) {
  test(`${name} takes the usual names for policies, and no others`, () => {
    for (const file of ['policy.hujson', 'acl.hujson', 'acls.hujson', 'prod.policy.hujson', 'tailnet-policy.hujson', 'prod.acl.hujson'])
      assert.ok(patterns.some((p) => matches(p, file)), file);
    for (const file of ['.aclc.hujson', 'settings.hujson', 'oracle.hujson', 'policyholders.hujson', 'policy.json', 'policy.hujson.bak'])
      assert.ok(!patterns.some((p) => matches(p, file)), file);
    assert.deepEqual(patterns, claims.Zed, 'the same in every editor');
  });
}

test('another .hujson file is HuJSON, and told by its sections', () => {
  assert.deepEqual(languages.find((l) => l.id === 'hujson').extensions, ['.hujson']);
  assert.equal(policy.extensions, undefined);
});
