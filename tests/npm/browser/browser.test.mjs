// SPDX-License-Identifier: Apache-2.0
// Monaco in Chromium, with its own language client, on `aclc lsp`: what a person would see.
import assert from 'node:assert/strict';
import {cpSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';

import {serve} from './bridge.mjs';

const {ACLC, SAMPLES, SCREENSHOTS} = process.env;
// A machine under load is slow, not wrong.
const PATIENCE = Number(process.env.PATIENCE ?? 60_000);
// In small letters: Monaco's client opens a document under the lower-case form of its URI, and asks about the real one.
const folder = join(tmpdir(), `aclc-browser-${process.pid}`);
cpSync(join(SAMPLES, 'office'), folder, {recursive: true});
cpSync(join(SAMPLES, 'first.hujson'), join(folder, 'first.hujson'));

let browser;
let server;
before(async () => {
  server = await serve(ACLC);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, {recursive: true, force: true});
});

async function open(name) {
  const page = await browser.newPage({viewport: {width: 1100, height: 860}});
  page.setDefaultTimeout(PATIENCE);
  const errors = [];
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(server.url);
  const path = join(folder, name);
  await page.evaluate(([uri, text]) => window.openPolicy(uri, text), [pathToFileURL(path).href, readFileSync(path, 'utf8')]);
  await page.waitForSelector('.view-lines .view-line');
  return {page, errors};
}

/** What is written in the elements that match, once there are any and they fulfil `good`. */
async function texts(page, selector, good = (list) => list.length > 0) {
  let list = [];
  for (const end = Date.now() + PATIENCE; Date.now() < end; await page.waitForTimeout(100)) {
    list = (await page.locator(selector).allInnerTexts()).map((t) => t.replaceAll('\u00a0', ' ').trim()).filter(Boolean);
    if (good(list)) return list;
  }
  assert.fail(`${selector}: ${JSON.stringify(list)}; last messages: ${JSON.stringify(server.log.slice(-6)).slice(0, 2000)}`);
}

/** The colour of the piece of text that holds exactly this. */
function colour(page, text) {
  return page.evaluate((wanted) => {
    const span = [...document.querySelectorAll('.view-line span > span')].find((s) => s.textContent === wanted);
    return span && getComputedStyle(span).color;
  }, text);
}

async function picture(page, name) {
  if (SCREENSHOTS) await page.screenshot({path: join(SCREENSHOTS, `${name}.png`)});
}

test('a good policy: lenses, hints, colours inside of strings, no finding', async () => {
  const {page, errors} = await open('policy.hujson');

  const lenses = await texts(page, '.codelens-decoration a', (list) => list.length >= 8);
  assert.ok(lenses.includes('3 references'), `lenses: ${lenses}`);
  assert.ok(lenses.some((l) => /^2 src × 1 dst nodes, used by 1 test$/.test(l)), `lenses: ${lenses}`);

  // This client asks for lenses after edits only, not when the server says that results have come: type something harmless.
  const judged = (list) => list.includes('pass (3/3)') && list.includes('run all 2 - 2 pass');
  for (let n = 0; !judged(await texts(page, '.codelens-decoration a')); ++n) {
    assert.ok(n < PATIENCE / 1500, 'the tests have results');
    await page.evaluate(() => window.editor.executeEdits('test', [{range: new window.monaco.Range(1, 3, 1, 3), text: ' '}]));
    await page.waitForTimeout(1500);
  }

  const hints = await texts(page, '[class*="dyn-rule"]', (list) => list.some((t) => /node/.test(t))).catch(() => []);
  const written = await page.evaluate(() => [...document.querySelectorAll('.view-line')].map((l) => l.textContent).join('\n'));
  assert.match(written, /2\s+nodes/, `no hint in the text: ${written} ${hints}`);
  assert.match(written, /192\.168\.7\.9"?,?.*\n[^]*"printer".*192\.168\.7\.9/, 'the address beside the host');

  // The grammar gives a string one colour; with tokens its parts differ.
  const parts = await page.waitForFunction(() => {
    const colours = new Map([...document.querySelectorAll('.view-line span > span')].map((s) => [s.textContent, getComputedStyle(s).color]));
    return colours.has('group:') && colours.has('eng') && colours.has('autogroup:') && [...colours];
  }, undefined, {timeout: PATIENCE});
  const colours = new Map(await parts.jsonValue());
  assert.notEqual(colours.get('group:'), colours.get('eng'));
  assert.equal(await colour(page, 'group:'), 'rgb(122, 122, 122)');
  assert.equal(await colour(page, 'eng'), 'rgb(11, 114, 133)');

  assert.deepEqual(await page.evaluate(() => window.monaco.editor.getModelMarkers({}).map((m) => m.message)), []);
  await picture(page, 'good');
  assert.deepEqual(errors, []);
  await page.close();
});

test('a faulty policy: findings under the words, on hover, and a fix that mends', async () => {
  const {page, errors} = await open('first.hujson');
  await page.waitForSelector('.squiggly-error');
  const markers = await page.evaluate(() => window.monaco.editor.getModelMarkers({}).map((m) => ({line: m.startLineNumber, code: m.code?.value ?? m.code, message: m.message})));
  assert.deepEqual(markers.map((m) => m.line).sort((a, b) => a - b), [16, 18, 20, 21, 21, 25]);
  assert.ok(markers.some((m) => /`tag:prdo` has no entry in tagOwners/.test(m.message)));
  assert.ok(await page.locator('.squiggly-error').count() >= 6);

  // The pointer on the misspelt tag.
  await page.evaluate(() => window.editor.setPosition({lineNumber: 16, column: 60}));
  await page.evaluate(() => window.editor.trigger('test', 'editor.action.showHover', {}));
  const hover = await texts(page, '.monaco-hover .hover-contents, .monaco-hover .hover-row', (list) => list.some((t) => t.includes('tagOwners')));
  assert.ok(hover.some((t) => t.includes('tag:prdo')), hover.join(' | '));
  await picture(page, 'faulty');
  await page.keyboard.press('Escape');

  // The fix that the light bulb offers.
  await page.evaluate(() => window.editor.focus());
  await page.evaluate(() => window.editor.trigger('test', 'editor.action.quickFix', {}));
  const fixes = await texts(page, '.action-widget .monaco-list-row', (list) => list.some((t) => /tag:prod/.test(t)));
  await page.locator('.action-widget .monaco-list-row', {hasText: fixes.find((t) => /tag:prod/.test(t))}).first().click();
  await page.waitForFunction(() => window.editor.getModel().getLineContent(16).includes('tag:prod:443'));
  await page.waitForFunction(() => window.monaco.editor.getModelMarkers({}).length === 5);
  assert.deepEqual(errors, []);
  await page.close();
});

test('typing: names are offered, and what is taken replaces the word', async () => {
  const {page, errors} = await open('policy.hujson');
  const at = await page.evaluate(() => {
    const found = window.editor.getModel().findMatches('"group:dba"], "dst"', false, false, false, null, false)[0].range;
    window.editor.setPosition({lineNumber: found.startLineNumber, column: found.startColumn + 1 + 'group:d'.length});
    window.editor.focus();
    return found.startLineNumber;
  });
  await page.evaluate(() => window.editor.trigger('test', 'editor.action.triggerSuggest', {}));
  const offered = await texts(page, '.suggest-widget .monaco-list-row', (list) => list.some((t) => /group:(dba|eng)/.test(t)));
  assert.ok(offered.length > 0);
  await page.keyboard.press('Enter');
  await page.waitForFunction((line) => /"src": \["group:(dba|eng)"\], "dst"/.test(window.editor.getModel().getLineContent(line)), at);
  assert.deepEqual(errors, []);
  await page.close();
});
