// SPDX-License-Identifier: Apache-2.0
// As much of VS Code's API as the extension and its language client touch: it keeps what is registered and shown, and lets a test
// open, edit and save documents. Members that are missing here fail with their name, but for events and providers.
'use strict';
const {pathToFileURL, fileURLToPath} = require('node:url');

class Disposable {
  constructor(call) { this.call = call; }
  dispose() { this.call?.(); this.call = undefined; }
  static from(...all) { return new Disposable(() => all.forEach((d) => d.dispose())); }
}
class EventEmitter {
  listeners = new Set();
  event = (listener, self, disposables) => {
    const bound = self ? listener.bind(self) : listener;
    this.listeners.add(bound);
    const d = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(d);
    return d;
  };
  fire(e) { for (const l of [...this.listeners]) l(e); }
  dispose() { this.listeners.clear(); }
}
class Position {
  constructor(line, character) { this.line = line; this.character = character; }
  isEqual(o) { return this.line === o.line && this.character === o.character; }
}
class Range {
  constructor(a, b, c, d) {
    this.start = typeof a === 'number' ? new Position(a, b) : a;
    this.end = typeof a === 'number' ? new Position(c, d) : b;
  }
  get isEmpty() { return this.start.isEqual(this.end); }
}
class Uri {
  static parse(text) {
    const [, scheme, path] = /^([a-z-]+):(?:\/\/)?(.*)$/s.exec(text);
    return new Uri(scheme, decodeURIComponent(path), text);
  }
  static file(path) { return new Uri('file', path, pathToFileURL(path).href); }
  static from({scheme, path}) { return new Uri(scheme, path, `${scheme}:${encodeURI(path)}`); }
  constructor(scheme, path, text) { Object.assign(this, {scheme, path, text, authority: '', query: '', fragment: ''}); }
  get fsPath() { return this.scheme === 'file' ? fileURLToPath(this.text) : this.path; }
  toString() { return this.text; }
}
/** Keeps what it is made with, under the names that are given. */
const record = (...names) => class {
  constructor(...args) { names.forEach((name, i) => { this[name] = args[i]; }); }
};
class CancellationTokenSource {
  token = {isCancellationRequested: false, onCancellationRequested: () => new Disposable()};
  cancel() { this.token.isCancellationRequested = true; }
  dispose() {}
}

class CodeActionKind {
  static Empty = new CodeActionKind('');
  constructor(value) { this.value = value; }
  append(part) { return new CodeActionKind(this.value ? `${this.value}.${part}` : part); }
}
for (const name of ['QuickFix', 'Refactor', 'Source', 'Notebook']) CodeActionKind[name] = new CodeActionKind(name.toLowerCase());
for (const [name, base, part] of [['RefactorExtract', 'Refactor', 'extract'], ['RefactorInline', 'Refactor', 'inline'], ['RefactorMove', 'Refactor', 'move'],
                                  ['RefactorRewrite', 'Refactor', 'rewrite'], ['SourceOrganizeImports', 'Source', 'organizeImports'], ['SourceFixAll', 'Source', 'fixAll']])
  CodeActionKind[name] = CodeActionKind[base].append(part);

/** An object that answers for events and registrations by itself. */
function namespace(name, members) {
  return new Proxy(members, {
    get(target, key) {
      if (key in target || typeof key === 'symbol') return target[key];
      if (/^on(Did|Will)/.test(key)) return (target[key] = new EventEmitter().event);
      if (/^register/.test(key)) return (target[key] = (...args) => { seen.registered.push([key, ...args]); return new Disposable(); });
      throw new Error(`the stand-in for VS Code has no ${name}.${String(key)}`);
    },
  });
}

const seen = {registered: [], commands: new Map(), errors: [], messages: [], shown: [], runs: [], executed: [], diagnostics: new Map(), controllers: []};
const events = Object.fromEntries(['open', 'change', 'close', 'save', 'configuration'].map((n) => [n, new EventEmitter()]));
const settings = new Map();
const answers = [];  // what a person types into input boxes, in order
const providers = new Map();

class Document {
  version = 1;
  isDirty = false;
  isUntitled = false;
  isClosed = false;
  eol = 1;
  constructor(uri, languageId, text) { Object.assign(this, {uri, languageId, text, fileName: uri.fsPath}); }
  getText() { return this.text; }
  get lineCount() { return this.text.split('\n').length; }
}

class Items {
  map = new Map();
  constructor(parent) { this.parent = parent; }
  add(item) { item.parent = this.parent; this.map.set(item.id, item); }
  get(id) { return this.map.get(id); }
  delete(id) { this.map.delete(id); }
  replace(items) { this.map.clear(); items.forEach((i) => this.add(i)); }
  get size() { return this.map.size; }
  [Symbol.iterator]() { return this.map.entries(); }
}
function testItem(id, label, uri) {
  const item = {id, label, uri};
  item.children = new Items(item);
  return item;
}
class TestMessage {
  constructor(message) { this.message = message; }
  static diff(message, expected, actual) { return Object.assign(new TestMessage(message), {expectedOutput: expected, actualOutput: actual}); }
}
class TestController {
  items = new Items(undefined);
  profiles = [];
  constructor(id, label) { this.id = id; this.label = label; }
  createTestItem(id, label, uri) { return testItem(id, label, uri); }
  createRunProfile(label, kind, handler) { this.profiles.push({label, kind, handler}); return this.profiles.at(-1); }
  createTestRun(request) {
    const run = {
      request, passed_: [], failed_: [], errored_: [], output: '', ended: false,
      passed: (item) => run.passed_.push(item), failed: (item, messages) => run.failed_.push({item, messages}),
      errored: (item, message) => run.errored_.push({item, message}), appendOutput: (text) => { run.output += text; }, end: () => { run.ended = true; },
    };
    seen.runs.push(run);
    return run;
  }
  dispose() {}
}

const workspace = namespace('workspace', {
  textDocuments: [], notebookDocuments: [], workspaceFolders: undefined, isTrusted: true, name: 'here', fs: {isWritableFileSystem: () => true},
  onDidOpenTextDocument: events.open.event, onDidChangeTextDocument: events.change.event, onDidCloseTextDocument: events.close.event,
  onDidSaveTextDocument: events.save.event, onDidChangeConfiguration: events.configuration.event,
  getConfiguration: (section) => {
    const prefix = section ? `${section}.` : '';
    const below = (start) => Object.fromEntries([...settings].filter(([key]) => key.startsWith(start)).map(([key, value]) => [key.slice(start.length), value]));
    // A section is an object of its values.
    const get = (key, fallback) => {
      const inside = below(`${prefix}${key}.`);
      return settings.get(prefix + key) ?? (Object.keys(inside).length ? inside : fallback);
    };
    return {...below(prefix), get, inspect: () => undefined, has: (key) => settings.has(prefix + key)};
  },
  getWorkspaceFolder: () => undefined,
  createFileSystemWatcher: () => ({onDidCreate: new EventEmitter().event, onDidChange: new EventEmitter().event, onDidDelete: new EventEmitter().event, dispose() {}}),
  registerTextDocumentContentProvider: (scheme, provider) => { providers.set(scheme, provider); return new Disposable(); },
  openTextDocument: async (uri) => new Document(uri, 'plaintext', providers.get(uri.scheme).provideTextDocumentContent(uri)),
  applyEdit: async () => true,
});
const channel = () => ({name: '', append() {}, appendLine() {}, clear() {}, show() {}, hide() {}, dispose() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {}, logLevel: 0, onDidChangeLogLevel: new EventEmitter().event});
const window = namespace('window', {
  activeTextEditor: undefined, visibleTextEditors: [], tabGroups: {all: [], onDidChangeTabs: new EventEmitter().event, onDidChangeTabGroups: new EventEmitter().event},
  createOutputChannel: channel,
  showErrorMessage: async (text) => { seen.errors.push(text); },
  showWarningMessage: async (text) => { seen.errors.push(text); },
  showInformationMessage: async (text) => { seen.messages.push(text); },
  showInputBox: async () => answers.shift(),
  showTextDocument: async (document) => { seen.shown.push(document); },
  withProgress: async (_options, work) => work({report() {}}, new CancellationTokenSource().token),
});
const languages = namespace('languages', {
  match: (selector, document) => ([].concat(selector).some((s) => (s.language ?? s) === document.languageId && (!s.scheme || s.scheme === document.uri.scheme)) ? 10 : 0),
  createDiagnosticCollection: () => ({
    set: (uri, list) => seen.diagnostics.set(uri.toString(), list), delete: (uri) => seen.diagnostics.delete(uri.toString()),
    clear: () => seen.diagnostics.clear(), has: (uri) => seen.diagnostics.has(uri.toString()), get: (uri) => seen.diagnostics.get(uri.toString()), dispose() {},
  }),
  setTextDocumentLanguage: async (document, language) => {
    events.close.fire(document);
    document.languageId = language;
    events.open.fire(document);
    return document;
  },
});
const commands = namespace('commands', {
  registerCommand: (id, call) => {
    if (seen.commands.has(id)) throw new Error(`command '${id}' already exists`);
    seen.commands.set(id, call);
    return new Disposable(() => seen.commands.delete(id));
  },
  executeCommand: async (id, ...args) => {
    seen.executed.push([id, ...args]);
    return seen.commands.get(id)?.(...args);
  },
});

/** Kinds that are only numbers to the extension: any member is a number of its own. */
const kinds = () => {
  let next = 0;
  return new Proxy({}, {get: (target, key) => (typeof key === 'symbol' ? undefined : (target[key] ??= next++))});
};
const api = {
  version: '1.91.0', workspace, window, languages, commands,
  env: {appName: 'stand-in', language: 'en', appHost: 'desktop', uiKind: 1},
  extensions: {all: [], getExtension: () => undefined, onDidChange: new EventEmitter().event},
  tests: {createTestController: (id, label) => { seen.controllers.push(new TestController(id, label)); return seen.controllers.at(-1); }},
  l10n: {t: (text) => text},
  CodeActionKind, Disposable, EventEmitter, Position, Range, Uri, CancellationTokenSource, TestMessage, TestController,
  Selection: Range,
  CancellationError: class extends Error {},
  Location: record('uri', 'range'), TestRunRequest: record('include', 'exclude', 'profile'), Diagnostic: record('range', 'message', 'severity'),
  DiagnosticSeverity: {Error: 0, Warning: 1, Information: 2, Hint: 3},
  TestRunProfileKind: {Run: 1, Debug: 2, Coverage: 3}, ViewColumn: {Active: -1, Beside: -2},
};
// The rest of the language client's vocabulary: classes that it derives from, kinds that it maps.
const vocabulary = new Proxy(api, {
  get(target, key) {
    if (key in target || typeof key === 'symbol') return target[key];
    if (key === 'default' || key === 'then') return undefined;
    if (/(Kind|Severity|Tag|Rule|Type|State|Level|Trigger|Location|Reason|Column|Target|Style|Character|Format)$/.test(key)) return (target[key] = kinds());
    return (target[key] = record('first', 'second', 'third'));
  },
});
// Bundlers copy the members of a module but keep its prototype.
module.exports = Object.create(vocabulary, {__esModule: {value: true}});
module.exports.testing = {
  seen, events, settings, answers, Document,
  open(path, languageId, text) {
    const document = new Document(Uri.file(path), languageId, text);
    workspace.textDocuments.push(document);
    window.activeTextEditor = {document, revealRange() {}};
    window.visibleTextEditors = [window.activeTextEditor];
    events.open.fire(document);
    return document;
  },
  /** Replaces the whole text. */
  change(document, text) {
    const lines = document.text.split('\n');
    const range = new Range(0, 0, lines.length - 1, lines.at(-1).length);
    const rangeLength = document.text.length;
    document.text = text;
    document.version++;
    document.isDirty = true;
    events.change.fire({document, contentChanges: [{range, rangeOffset: 0, rangeLength, text}], reason: undefined});
  },
  set(key, value) {
    settings.set(key, value);
    events.configuration.fire({affectsConfiguration: (section) => key === section || key.startsWith(`${section}.`)});
  },
  save(document) {
    document.isDirty = false;
    events.save.fire(document);
  },
};
