// SPDX-License-Identifier: Apache-2.0
// `aclc lsp` as a child process of the editor.
import * as vscode from 'vscode';
import {LanguageClient, type LanguageClientOptions, type ServerOptions, State} from 'vscode-languageclient/node';

import {POLICY} from './policy';

/** Runs a command in place of the server's own answer being dropped; `next` asks the server. */
export type OnCommand = (command: string, args: unknown[], next: (command: string, args: unknown[]) => Promise<unknown>) => Promise<unknown>;

export class PolicyServer implements vscode.Disposable {
  onCommand?: OnCommand;
  private client?: LanguageClient;

  async start(): Promise<void> {
    const program = vscode.workspace.getConfiguration('aclc').get<string>('path') || 'aclc';
    const run: ServerOptions = {command: program, args: ['lsp']};
    const options: LanguageClientOptions = {
      documentSelector: [{language: POLICY, scheme: 'file'}, {language: POLICY, scheme: 'untitled'}],
      synchronize: {fileEvents: vscode.workspace.createFileSystemWatcher('**/tailnet.json')},
      // What commands answer has views of its own here.
      initializationOptions: {...vscode.workspace.getConfiguration('aclc'), showsAnswers: true},
      middleware: {
        executeCommand: async (command, args, next) =>
          this.onCommand ? this.onCommand(command, args, async (c, a) => next(c, a)) : next(command, args),
      },
    };
    this.client = new LanguageClient('aclc', 'Tailnet policy (aclc)', run, options);
    try {
      await this.client.start();
    } catch (error) {
      const settings = 'Open Settings';
      void vscode.window.showErrorMessage(
        `The language server for tailnet policies did not start: \`${program} lsp\`: ${error instanceof Error ? error.message : error}. ` +
          'Install aclc, or say where it is in the setting aclc.path.', settings)
        .then((chosen) => chosen === settings && vscode.commands.executeCommand('workbench.action.openSettings', 'aclc.path'));
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** The server's data for one of its commands. */
  async ask(command: string, ...args: unknown[]): Promise<unknown> {
    if (!this.client || this.client.state !== State.Running) throw new Error('the language server is not running');
    return this.client.sendRequest('workspace/executeCommand', {command, arguments: args});
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // One that never started has nothing to stop.
    if (client && client.state === State.Running) await client.dispose();
  }

  dispose(): Promise<void> {
    return this.stop();
  }
}
