// SPDX-License-Identifier: Apache-2.0
// Answers that are too long for a message, as read-only documents beside the policy.
import * as vscode from 'vscode';

const SCHEME = 'aclc-answer';

export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registered: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor() {
    this.registered = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows the text under that name; the same name again replaces what was shown. */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({scheme: SCHEME, path: `/${name.replaceAll('/', '\u2215')}`});
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true});
  }

  dispose(): void {
    this.registered.forEach((r) => r.dispose());
    this.changed.dispose();
  }
}
