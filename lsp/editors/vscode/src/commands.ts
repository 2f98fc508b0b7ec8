// SPDX-License-Identifier: Apache-2.0
// Commands: those of lenses, whose data has to be shown somewhere, and those of the palette, which ask a person first.
import * as vscode from 'vscode';

import type {Ask, CompiledAnswer, DifferenceAnswer, RuleAnswer, TraceAnswer} from './answers';
import {POLICY} from './policy';
import type {PolicyServer} from './server';
import {type PolicyTests, toRange} from './testing';
import type {Texts} from './texts';

interface Located {
  uri: string;
  range: Parameters<typeof toRange>[0];
}

export class ServerCommands {
  constructor(private readonly ask: Ask, private readonly tests: PolicyTests, private readonly texts: Texts) {}

  /** A command that a lens or an action calls. What has no view of its own goes to the server as it is. */
  async run(command: string, args: unknown[], next: (command: string, args: unknown[]) => Promise<unknown>): Promise<unknown> {
    const uri = vscode.Uri.parse(String(args[0]));
    switch (command) {
      case 'aclc.runTest':
        return this.tests.run(uri, {section: String(args[1]), index: Number(args[2])});
      case 'aclc.runAllTests':
        return this.tests.run(uri);
      case 'aclc.showReferences':
        return this.references(uri, args[1] as {line: number; character: number}, (await next(command, args)) as Located[] | null);
      case 'aclc.showRule':
        return this.rule(uri, (await next(command, args)) as RuleAnswer | null);
      default:
        return next(command, args);
    }
  }

  private async references(uri: vscode.Uri, at: {line: number; character: number}, found: Located[] | null): Promise<void> {
    const locations = (found ?? []).map((l) => new vscode.Location(vscode.Uri.parse(l.uri), toRange(l.range)));
    await vscode.commands.executeCommand('editor.action.showReferences', uri, new vscode.Position(at.line, at.character), locations);
  }

  private async rule(uri: vscode.Uri, answer: RuleAnswer | null): Promise<void> {
    if (!answer) return;
    const range = toRange(answer.range);
    const editor = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString());
    editor?.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    await this.texts.show(`rule of line ${range.start.line + 1}`, answer.text);
  }

  async why(uri: vscode.Uri): Promise<void> {
    const src = await vscode.window.showInputBox({title: 'May A reach B? (1 of 2)', prompt: 'Who: a node, a user, a tag, an address or a host of the policy', placeHolder: 'alice@example.com'});
    if (!src) return;
    const dst = await vscode.window.showInputBox({title: 'May A reach B? (2 of 2)', prompt: 'What: the same, and a port after a colon if it matters', placeHolder: 'db1:5432'});
    if (!dst) return;
    const {host, port} = splitPort(dst);
    const answer = (await this.ask('aclc.trace', uri.toString(), src, host, ...(port === undefined ? [] : [port]))) as TraceAnswer;
    await this.texts.show(`${src} to ${dst}`, answer.text);
  }

  async node(uri: vscode.Uri): Promise<void> {
    const node = await vscode.window.showInputBox({title: 'Show what a node gets', prompt: 'The name of a node of the tailnet file', placeHolder: 'web1'});
    if (!node) return;
    const answer = (await this.ask('aclc.showCompiled', uri.toString(), node)) as CompiledAnswer;
    await this.texts.show(`${node}.json`, answer.text);
  }

  async difference(uri: vscode.Uri): Promise<void> {
    const answer = (await this.ask('aclc.diffAgainstSaved', uri.toString())) as DifferenceAnswer;
    if (answer.changed.length === 0) {
      void vscode.window.showInformationMessage(
        answer.textChanged ? `The edits change nothing for any of the ${answer.same} nodes.` : 'There are no unsaved edits.');
      return;
    }
    await this.texts.show('what the edits change.diff', differenceText(answer));
  }
}

/** `db1:5432`, `[fd7a::1]:22`; an IPv6 address without brackets has no port. */
export function splitPort(text: string): {host: string; port?: number} {
  const found = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+|tag:[^:]+|group:[^:]+|autogroup:[^:]+|ipset:[^:]+|svc:[^:]+))(?::(?<port>\d{1,5}))?$/.exec(text.trim());
  if (!found?.groups) return {host: text.trim()};
  const port = found.groups.port;
  return {host: found.groups.v6 ?? found.groups.name, ...(port === undefined ? {} : {port: Number(port)})};
}

export function differenceText({same, changed}: DifferenceAnswer): string {
  const parts = changed.map(({node, added, removed}) =>
    [`# ${node}`, ...removed.map((l) => `- ${l}`), ...added.map((l) => `+ ${l}`)].join('\n'));
  return `${parts.join('\n\n')}\n\n# ${same} nodes get what they got before\n`;
}

/** The palette's commands, on the policy of the active editor. */
export function registerCommands(commands: ServerCommands, server: PolicyServer): vscode.Disposable[] {
  const onPolicy = (name: string, what: (uri: vscode.Uri) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(name, async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document?.languageId !== POLICY) {
        void vscode.window.showWarningMessage('Open a tailnet policy first.');
        return;
      }
      try {
        await what(document.uri);
      } catch (error) {
        // The server's errors say what was wrong with the question.
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
    });
  return [
    onPolicy('aclc.ask.tests', (uri) => commands.run('aclc.runAllTests', [uri.toString()], async () => undefined)),
    onPolicy('aclc.ask.why', (uri) => commands.why(uri)),
    onPolicy('aclc.ask.node', (uri) => commands.node(uri)),
    onPolicy('aclc.ask.difference', (uri) => commands.difference(uri)),
    vscode.commands.registerCommand('aclc.restart', () => server.restart()),
  ];
}
