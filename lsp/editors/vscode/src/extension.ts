// SPDX-License-Identifier: Apache-2.0
// What happens when a policy is opened: the language server starts, the Testing view fills, commands work.
import * as vscode from 'vscode';

import {registerCommands, ServerCommands} from './commands';
import {looksLikePolicy, POLICY} from './policy';
import {PolicyServer} from './server';
import {PolicyTests} from './testing';
import {Texts} from './texts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const texts = new Texts();
  const server = new PolicyServer();
  const tests = new PolicyTests((command, ...args) => server.ask(command, ...args));
  const commands = new ServerCommands((command, ...args) => server.ask(command, ...args), tests, texts);
  server.onCommand = (command, args, next) => commands.run(command, args, next);
  context.subscriptions.push(texts, server, tests, ...registerCommands(commands, server));

  // Not every .hujson file is a policy: what a file holds decides where its name does not.
  const claim = (document: vscode.TextDocument): void => {
    if (document.languageId === 'hujson' && looksLikePolicy(document.getText())) {
      void vscode.languages.setTextDocumentLanguage(document, POLICY);
    }
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(claim));
  vscode.workspace.textDocuments.forEach(claim);

  await server.start();
  tests.watch();
}
