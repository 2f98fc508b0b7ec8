// SPDX-License-Identifier: Apache-2.0
// A broad session: everything that the server says it can do, asked of every text, at many places.

/** What the members of ServerCapabilities stand for; a capability without a line here fails the test. */
const CAPABILITIES = {
  hoverProvider: ['textDocument/hover'],
  completionProvider: ['textDocument/completion', 'completionItem/resolve'],
  signatureHelpProvider: ['textDocument/signatureHelp'],
  definitionProvider: ['textDocument/definition'],
  declarationProvider: ['textDocument/declaration'],
  typeDefinitionProvider: ['textDocument/typeDefinition'],
  implementationProvider: ['textDocument/implementation'],
  referencesProvider: ['textDocument/references'],
  documentHighlightProvider: ['textDocument/documentHighlight'],
  documentSymbolProvider: ['textDocument/documentSymbol'],
  workspaceSymbolProvider: ['workspace/symbol'],
  documentFormattingProvider: ['textDocument/formatting'],
  documentRangeFormattingProvider: ['textDocument/rangeFormatting'],
  documentOnTypeFormattingProvider: ['textDocument/onTypeFormatting'],
  foldingRangeProvider: ['textDocument/foldingRange'],
  selectionRangeProvider: ['textDocument/selectionRange'],
  linkedEditingRangeProvider: ['textDocument/linkedEditingRange'],
  inlayHintProvider: ['textDocument/inlayHint'],
  callHierarchyProvider: ['textDocument/prepareCallHierarchy', 'callHierarchy/incomingCalls', 'callHierarchy/outgoingCalls'],
  typeHierarchyProvider: ['textDocument/prepareTypeHierarchy', 'typeHierarchy/supertypes', 'typeHierarchy/subtypes'],
  codeActionProvider: ['textDocument/codeAction'],
  codeLensProvider: ['textDocument/codeLens'],
  documentLinkProvider: ['textDocument/documentLink'],
  renameProvider: ['textDocument/rename'],
  semanticTokensProvider: ['textDocument/semanticTokens/full', 'textDocument/semanticTokens/range'],
  diagnosticProvider: ['textDocument/diagnostic', 'workspace/diagnostic'],
  executeCommandProvider: ['workspace/executeCommand'],
  positionEncoding: [],
  textDocumentSync: [],
  workspace: [],
};

/** The methods that these capabilities promise. */
export function promised(capabilities) {
  const methods = [];
  for (const [name, value] of Object.entries(capabilities)) {
    if (!(name in CAPABILITIES)) throw new Error(`the session has no step for the capability ${name}`);
    if (value) methods.push(...CAPABILITIES[name]);
  }
  const resolves = {
    codeActionProvider: 'codeAction/resolve', codeLensProvider: 'codeLens/resolve', inlayHintProvider: 'inlayHint/resolve',
    documentLinkProvider: 'documentLink/resolve', workspaceSymbolProvider: 'workspaceSymbol/resolve',
  };
  for (const [name, method] of Object.entries(resolves)) if (capabilities[name]?.resolveProvider) methods.push(method);
  if (capabilities.renameProvider?.prepareProvider) methods.push('textDocument/prepareRename');
  if (capabilities.semanticTokensProvider?.full?.delta) methods.push('textDocument/semanticTokens/full/delta');
  return methods;
}

/** Lines as LSP counts them. */
export const linesOf = (text) => text.split(/\r\n|\n|\r/);

/** About `count` positions: in words, between them, at ends of lines, and a few that are nowhere. */
export function positions(text, count) {
  const lines = linesOf(text);
  const all = [];
  lines.forEach((line, n) => {
    for (const word of line.matchAll(/[\w@.:-]+/g)) all.push({line: n, character: word.index + (word[0].length >> 1)});
    all.push({line: n, character: line.length});
  });
  const step = Math.max(1, Math.floor(all.length / count));
  return [...all.filter((_, i) => i % step === 0), {line: lines.length + 5, character: 0}, {line: 0, character: 9999}];
}

/** Asks for all that is promised about one open document. */
export async function askAll(server, methods, commands, uri, text, count) {
  const textDocument = {uri};
  const has = new Set(methods);
  const ask = async (method, params) => (has.has(method) ? (await server.request(method, params)).result : undefined);
  const each = async (method, list, params) => {
    for (const item of (list ?? []).slice(0, 40)) await ask(method, params(item));
  };
  const lines = linesOf(text);
  const whole = {start: {line: 0, character: 0}, end: {line: lines.length - 1, character: lines.at(-1).length}};
  const options = {tabSize: 4, insertSpaces: false};

  await ask('textDocument/documentSymbol', {textDocument});
  await ask('textDocument/foldingRange', {textDocument});
  const lenses = await ask('textDocument/codeLens', {textDocument});
  await each('codeLens/resolve', lenses, (lens) => lens);
  const links = await ask('textDocument/documentLink', {textDocument});
  await each('documentLink/resolve', links, (link) => link);
  const hints = await ask('textDocument/inlayHint', {textDocument, range: whole});
  await each('inlayHint/resolve', hints, (hint) => hint);
  const full = await ask('textDocument/semanticTokens/full', {textDocument});
  await ask('textDocument/semanticTokens/full/delta', {textDocument, previousResultId: full?.resultId ?? 'none'});
  await ask('textDocument/semanticTokens/range', {textDocument, range: {...whole, end: {line: lines.length >> 1, character: 0}}});
  await ask('textDocument/formatting', {textDocument, options});
  await ask('textDocument/rangeFormatting', {textDocument, range: whole, options});
  const report = await ask('textDocument/diagnostic', {textDocument});
  await ask('textDocument/diagnostic', {textDocument, previousResultId: report?.resultId});
  await ask('workspace/diagnostic', {previousResultIds: [{uri, value: report?.resultId ?? ''}]});
  const symbols = await ask('workspace/symbol', {query: 'o'});
  await each('workspaceSymbol/resolve', symbols, (symbol) => symbol);
  for (const lens of lenses ?? []) {
    if (lens.command?.command) await ask('workspace/executeCommand', {command: lens.command.command, arguments: lens.command.arguments});
  }

  const known = {
    'aclc.trace': [['alice@example.com', 'tag:db', 5432, 'tcp'], ['bob@example.com', 'db1', 5432], ['nobody', 'db1']],
    'aclc.showCompiled': [['web1'], ['no-such-node']],
    'aclc.diffAgainstSaved': [[]],
    'aclc.runTest': [['tests', 0], ['sshTests', 0]],
    'aclc.runAllTests': [[]],
    'aclc.showRule': [['grants', 0]],
    'aclc.showReferences': [[{line: 3, character: 4}]],
    'aclc.applyEdit': [],
  };
  for (const command of commands) {
    if (!known[command]) throw new Error(`the session has no step for the command ${command}`);
    for (const rest of known[command]) await ask('workspace/executeCommand', {command, arguments: [uri, ...rest]});
  }

  const places = positions(text, count);
  for (const position of places) {
    const at = {textDocument, position};
    for (const method of ['hover', 'definition', 'declaration', 'typeDefinition', 'implementation', 'documentHighlight', 'signatureHelp',
                          'linkedEditingRange', 'prepareRename'])
      await ask(`textDocument/${method}`, at);
    await ask('textDocument/references', {...at, context: {includeDeclaration: true}});
    await ask('textDocument/onTypeFormatting', {...at, ch: '\n', options});
    const list = await ask('textDocument/completion', {...at, context: {triggerKind: 1}});
    await each('completionItem/resolve', (list?.items ?? list ?? []).slice(0, 3), (item) => item);
    await ask('textDocument/rename', {...at, newName: 'renamed'});
    const actions = await ask('textDocument/codeAction', {textDocument, range: {start: position, end: position}, context: {diagnostics: []}});
    await each('codeAction/resolve', actions, (action) => action);
    const items = await ask('textDocument/prepareCallHierarchy', at);
    await each('callHierarchy/incomingCalls', items, (item) => ({item}));
    await each('callHierarchy/outgoingCalls', items, (item) => ({item}));
    const types = await ask('textDocument/prepareTypeHierarchy', at);
    await each('typeHierarchy/supertypes', types, (item) => ({item}));
    await each('typeHierarchy/subtypes', types, (item) => ({item}));
  }
  await ask('textDocument/selectionRange', {textDocument, positions: places.slice(0, 20)});
  await ask('textDocument/codeAction', {textDocument, range: whole, context: {diagnostics: [], only: ['source.fixAll']}});
}

/** What no client should send, and what must get a well-formed answer all the same. */
export async function misbehave(server, uri) {
  const textDocument = {uri};
  await server.request('initialize', {processId: null, rootUri: null, capabilities: {}});
  await server.request('textDocument/noSuchThing', {textDocument});
  await server.request('textDocument/hover', {});
  await server.request('textDocument/hover', {textDocument, position: {line: -1, character: 1.5}});
  await server.request('textDocument/hover', {textDocument: {uri: 'file:///nowhere.hujson'}, position: {line: 0, character: 0}});
  await server.request('workspace/executeCommand', {command: 'no.such.command', arguments: []});
  await server.request('workspace/executeCommand', {command: 'aclc.runTest', arguments: [uri, 'tests', 99]});
  await server.request('completionItem/resolve', {label: 'mine'});
  server.notify('$/setTrace', {value: 'off'});
  server.notify('$/unheardOf', {});
  server.sendRaw(Buffer.from('{"jsonrpc": "2.0", "id": 1, '));
  server.sendRaw(Buffer.from('[1, 2]'));
  server.sendRaw(Buffer.from('{"jsonrpc": "2.0", "method": 7}'));
  const cancelled = server.request('textDocument/documentSymbol', {textDocument});
  server.notify('$/cancelRequest', {id: server.next - 1});
  await cancelled;
}
