// SPDX-License-Identifier: Apache-2.0
// Monaco with its own language client, over a WebSocket. The test calls openPolicy(uri, text).
/* global require */
const ready = new Promise((done, fail) => {
  require.config({paths: {vs: '/vs'}});
  require(['vs/editor/editor.main'], done, fail);
});

window.openPolicy = async (uri, text) => {
  const monaco = (await ready) ?? window.monaco;
  monaco.languages.register({id: 'tailnet-policy'});
  monaco.languages.setLanguageConfiguration('tailnet-policy', {comments: {lineComment: '//', blockComment: ['/*', '*/']}, wordPattern: /[^\s"{}[\],:]+/});
  monaco.languages.setMonarchTokensProvider('tailnet-policy', {
    tokenizer: {
      root: [
        [/\/\/.*$/, 'comment'], [/\/\*/, 'comment', '@comment'], [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'type'], [/"(?:[^"\\]|\\.)*"/, 'string'],
        [/-?\d[\d.eE+-]*/, 'number'], [/true|false|null/, 'keyword'],
      ],
      comment: [[/\*\//, 'comment', '@pop'], [/./, 'comment']],
    },
  });
  monaco.editor.defineTheme('policy', {
    base: 'vs', inherit: true, colors: {},
    rules: [
      {token: 'namespace', foreground: '7a7a7a'}, {token: 'class', foreground: '0b7285', fontStyle: 'bold'},
      {token: 'enumMember', foreground: '8250df'}, {token: 'property', foreground: '1f6f3f'}, {token: 'variable', foreground: '953800'},
      {token: 'number', foreground: '0550ae'}, {token: 'keyword', foreground: 'cf222e'}, {token: 'interface', foreground: '6f42c1'},
    ],
  });
  const address = `ws://${location.host}/`;
  const transport = await monaco.lsp.WebSocketTransport.connectTo({address});
  window.client = new monaco.lsp.MonacoLspClient(transport);
  const model = monaco.editor.createModel(text, 'tailnet-policy', monaco.Uri.parse(uri));
  window.editor = monaco.editor.create(document.getElementById('editor'), {
    model, theme: 'policy', automaticLayout: true, fontSize: 13, minimap: {enabled: false}, scrollBeyondLastLine: false,
    'semanticHighlighting.enabled': true, codeLens: true, inlayHints: {enabled: 'on'},
  });
  window.monaco = monaco;
};
