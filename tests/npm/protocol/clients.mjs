// SPDX-License-Identifier: Apache-2.0
// Three clients: one that can do all that the server looks at, one that can do nothing, and one that pulls its findings and counts bytes.
const kinds = (n) => ({valueSet: Array.from({length: n}, (_, i) => i + 1)});

const everything = {
  workspace: {
    applyEdit: true,
    workspaceEdit: {documentChanges: true, resourceOperations: ['create'], changeAnnotationSupport: {}},
    didChangeConfiguration: {dynamicRegistration: true},
    didChangeWatchedFiles: {dynamicRegistration: true, relativePatternSupport: true},
    symbol: {symbolKind: kinds(26)},
    workspaceFolders: true,
    configuration: true,
    codeLens: {refreshSupport: true},
    inlayHint: {refreshSupport: true},
    semanticTokens: {refreshSupport: true},
    diagnostics: {refreshSupport: true},
  },
  textDocument: {
    synchronization: {didSave: true, willSave: true},
    completion: {
      completionItem: {
        snippetSupport: true, documentationFormat: ['markdown', 'plaintext'], insertReplaceSupport: true, deprecatedSupport: true,
        tagSupport: {valueSet: [1]}, resolveSupport: {properties: ['documentation', 'detail']}, labelDetailsSupport: true,
      },
      completionItemKind: kinds(25),
      completionList: {itemDefaults: ['commitCharacters', 'editRange', 'insertTextFormat', 'data']},
      contextSupport: true,
    },
    hover: {contentFormat: ['markdown', 'plaintext']},
    signatureHelp: {signatureInformation: {documentationFormat: ['markdown'], parameterInformation: {labelOffsetSupport: true}}},
    definition: {linkSupport: true},
    declaration: {linkSupport: true},
    typeDefinition: {linkSupport: true},
    implementation: {linkSupport: true},
    documentSymbol: {hierarchicalDocumentSymbolSupport: true, symbolKind: kinds(26), tagSupport: {valueSet: [1]}, labelSupport: true},
    codeAction: {
      codeActionLiteralSupport: {codeActionKind: {valueSet: ['', 'quickfix', 'refactor', 'source', 'source.fixAll', 'source.organize']}},
      isPreferredSupport: true, disabledSupport: true, dataSupport: true, resolveSupport: {properties: ['edit']}, honorsChangeAnnotations: true,
    },
    codeLens: {resolveSupport: {properties: ['command']}},
    documentLink: {tooltipSupport: true},
    rename: {prepareSupport: true, prepareSupportDefaultBehavior: 1, honorsChangeAnnotations: true},
    publishDiagnostics: {relatedInformation: true, tagSupport: {valueSet: [1, 2]}, versionSupport: true, codeDescriptionSupport: true, dataSupport: true},
    foldingRange: {rangeLimit: 5000, foldingRangeKind: {valueSet: ['comment', 'imports', 'region']}, foldingRange: {collapsedText: true}},
    semanticTokens: {
      requests: {range: true, full: {delta: true}}, tokenTypes: [], tokenModifiers: [], formats: ['relative'],
      overlappingTokenSupport: false, multilineTokenSupport: false,
    },
    callHierarchy: {}, typeHierarchy: {}, selectionRange: {}, linkedEditingRange: {},
    inlayHint: {resolveSupport: {properties: ['tooltip']}},
  },
  window: {workDoneProgress: true, showMessage: {messageActionItem: {}}, showDocument: {support: true}},
  general: {positionEncodings: ['utf-16']},
};

const pulling = structuredClone(everything);
pulling.textDocument.diagnostic = {dynamicRegistration: false, relatedDocumentSupport: true};
pulling.general.positionEncodings = ['utf-8', 'utf-16'];

export const CLIENTS = {everything, nothing: {}, pulling};
