// SPDX-License-Identifier: Apache-2.0
// The Testing view: a policy, its tests, and how each assertion fared, all from the server's data.
import * as vscode from 'vscode';

import type {Ask, Assertion, Stretch, TestResult, TestResults} from './answers';
import {POLICY} from './policy';

const QUIET_MS = 400;

export function toRange(r: Stretch): vscode.Range {
  return new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);
}

export interface Which {
  section: string;
  index: number;
}

const idOf = (t: Which): string => `${t.section}/${t.index}`;

export class PolicyTests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('aclc', 'Tailnet policy');
  private readonly registered: vscode.Disposable[] = [this.controller];
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly ask: Ask) {
    this.controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, (request, token) => this.runRequest(request, token), true);
    this.controller.refreshHandler = async () => {
      for (const document of vscode.workspace.textDocuments) if (document.languageId === POLICY) await this.find(document);
    };
  }

  /** Lists the tests of open policies from now on, and runs them when a policy is saved. */
  watch(): void {
    this.registered.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.soon(document)),
      vscode.workspace.onDidChangeTextDocument(({document}) => this.soon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (document.languageId === POLICY && vscode.workspace.getConfiguration('aclc', document.uri).get<boolean>('runTestsOnSave', true)) {
          this.run(document.uri).catch(() => undefined);
        }
      }));
    vscode.workspace.textDocuments.forEach((document) => this.soon(document));
  }

  private soon(document: vscode.TextDocument): void {
    if (document.languageId !== POLICY) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => {
      this.timers.delete(key);
      // A server that is gone says so elsewhere; the list stays as it was.
      this.find(document).catch(() => undefined);
    }, QUIET_MS));
  }

  private forget(uri: vscode.Uri): void {
    clearTimeout(this.timers.get(uri.toString()));
    this.timers.delete(uri.toString());
    this.controller.items.delete(uri.toString());
  }

  private async find(document: vscode.TextDocument): Promise<void> {
    this.list(document.uri, (await this.ask('aclc.runAllTests', document.uri.toString())) as TestResults);
  }

  /** Brings the view's items for a policy in line with what the server found in it. */
  private list(uri: vscode.Uri, results: TestResults): vscode.TestItem | undefined {
    const key = uri.toString();
    let policy = this.controller.items.get(key);
    if (results.ran && results.tests.length === 0) {
      this.controller.items.delete(key);
      return undefined;
    }
    if (!policy) {
      policy = this.controller.createTestItem(key, uri.path.split('/').pop() ?? key, uri);
      this.controller.items.add(policy);
    }
    policy.error = results.ran ? undefined : `tests did not run: ${results.reason ?? 'the policy has errors'}`;
    policy.description = results.standIns ? 'on stand-in nodes: no tailnet file' : undefined;
    if (!results.ran) return policy;
    policy.children.replace(results.tests.map((t) => {
      const item = this.controller.createTestItem(idOf(t), t.label, uri);
      item.range = toRange(t.range);
      item.sortText = `${t.section}${String(t.index).padStart(9, '0')}`;
      return item;
    }));
    return policy;
  }

  /** Runs all tests of a policy, or one. */
  async run(uri: vscode.Uri, only?: Which): Promise<TestResults> {
    return this.record(new vscode.TestRunRequest(), uri, only ? [only] : undefined);
  }

  private async runRequest(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const wanted = new Map<string, {uri: vscode.Uri; only?: Which[]}>();
    const all = request.include ?? [...this.controller.items].map(([, item]) => item);
    for (const item of all) {
      const policy = item.parent ?? item;
      if (!policy.uri) continue;
      if (item === policy) {
        wanted.set(policy.id, {uri: policy.uri});
      } else if (wanted.get(policy.id)?.only !== undefined || !wanted.has(policy.id)) {
        const [section, index] = item.id.split('/');
        const one = {section, index: Number(index)};
        wanted.set(policy.id, {uri: policy.uri, only: [...(wanted.get(policy.id)?.only ?? []), one]});
      }
    }
    for (const {uri, only} of wanted.values()) {
      if (token.isCancellationRequested) return;
      await this.record(request, uri, only);
    }
  }

  private async record(request: vscode.TestRunRequest, uri: vscode.Uri, only?: Which[]): Promise<TestResults> {
    const run = this.controller.createTestRun(request);
    try {
      const results = (await this.ask('aclc.runAllTests', uri.toString())) as TestResults;
      const policy = this.list(uri, results);
      if (!results.ran) {
        const why = `tests did not run: ${results.reason ?? 'the policy has errors'}`;
        if (policy) run.errored(policy, new vscode.TestMessage(why));
        run.appendOutput(`${why}\r\n`);
        return results;
      }
      const chosen = only && new Set(only.map(idOf));
      for (const result of results.tests) {
        const item = policy?.children.get(idOf(result));
        if (item && (!chosen || chosen.has(idOf(result)))) this.show(run, item, result, uri);
      }
      return results;
    } finally {
      run.end();
    }
  }

  private show(run: vscode.TestRun, item: vscode.TestItem, result: TestResult, uri: vscode.Uri): void {
    for (const a of result.assertions) run.appendOutput(`${a.passed ? 'ok  ' : 'FAIL'}  ${described(a)}  ${a.message}\r\n`, new vscode.Location(uri, toRange(a.range)), item);
    const failures = result.assertions.filter((a) => !a.passed).map((a) => {
      const message = vscode.TestMessage.diff(`${described(a)}: ${a.message}`, a.expected, a.got);
      message.location = new vscode.Location(uri, toRange(a.range));
      return message;
    });
    if (failures.length) run.failed(item, failures);
    else run.passed(item);
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.registered.forEach((r) => r.dispose());
  }
}

function described(a: Assertion): string {
  return `${a.source} -> ${a.destination}${a.user ? ` as ${a.user}` : ''}${a.protocol ? ` (${a.protocol})` : ''}`;
}
