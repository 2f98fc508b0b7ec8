// SPDX-License-Identifier: Apache-2.0
// Holds recorded messages to the types of vscode-languageserver-protocol: each becomes a literal with its declared type in a
// TypeScript file, so that the compiler also names members that the protocol does not know.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const require = createRequire(import.meta.url);
const protocol = require('vscode-languageserver-protocol');
const here = dirname(fileURLToPath(import.meta.url));

/** method -> name of its description in the library, for instance HoverRequest. */
const DESCRIPTIONS = new Map(Object.entries(protocol).filter(([, d]) => d?.method && d?.type).map(([name, d]) => [d.method, name]));

const ANSWERS = join(here, '../../../lsp/editors/vscode/src/answers.ts');
const COMMANDS = {
  'aclc.runTest': 'a.TestResults', 'aclc.runAllTests': 'a.TestResults', 'aclc.trace': 'a.TraceAnswer', 'aclc.showCompiled': 'a.CompiledAnswer',
  'aclc.showRule': 'a.RuleAnswer', 'aclc.diffAgainstSaved': 'a.DifferenceAnswer', 'aclc.showReferences': 'p.Location[]',
};

const PRELUDE = `// SPDX-License-Identifier: Apache-2.0
import * as p from 'vscode-languageserver-protocol';
import type * as a from '${ANSWERS}';
// void is null in JSON.
type Sent<R> = 0 extends 1 & R ? R : [R] extends [void] ? null : R;
type ResultOf<T> = T extends p.ProtocolRequestType<any, infer R, any, any, any> ? Sent<R> : T extends p.ProtocolRequestType0<infer R, any, any, any> ? Sent<R> : never;
type ParamsOf<T> = T extends p.ProtocolRequestType<infer P, any, any, any, any> ? P : T extends p.ProtocolNotificationType<infer P, any> ? P : undefined;
type Failure = {code: p.integer; message: string; data?: p.LSPAny};
// Registration options are declared as any; these are what they are for the methods that we register.
interface Registrations {registrations: ({id: string} & (
  {method: 'workspace/didChangeWatchedFiles'; registerOptions: p.DidChangeWatchedFilesRegistrationOptions} |
  {method: 'workspace/didChangeConfiguration'; registerOptions: p.DidChangeConfigurationRegistrationOptions}))[]}
`;

function typeOf({kind, method, params}) {
  if (kind === 'error') return 'Failure';
  // What a command answers is our own affair: the extension's description of it holds.
  if (kind === 'result' && method === 'workspace/executeCommand') return `${COMMANDS[params.command] ?? 'null'} | null`;
  if (method === '$/progress') return 'p.ProgressParams';
  if (method === 'client/registerCapability') return 'Registrations';
  const name = DESCRIPTIONS.get(method);
  if (!name) throw new Error(`the protocol has no method ${method}`);
  return `${kind === 'result' ? 'ResultOf' : 'ParamsOf'}<typeof p.${name}.type>`;
}

/** For each message that its type does not take: a text with the compiler's words. */
export function mismatches(messages) {
  const seen = new Map();
  for (const message of messages) {
    const literal = JSON.stringify(message.body) ?? 'undefined';
    const key = `${typeOf(message)} ${literal}`;
    if (!seen.has(key)) seen.set(key, {message, literal, type: typeOf(message)});
  }
  const list = [...seen.values()];
  const head = PRELUDE.split('\n').length - 1;
  // Inside this folder, so that the compiler finds the library.
  const folder = mkdtempSync(join(here, '.messages-'));
  try {
    writeFileSync(join(folder, 'messages.ts'),
      PRELUDE + list.map(({literal, type}, i) => `export const m${i}: ${type} = ${literal};\n`).join(''));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', types: [], exactOptionalPropertyTypes: true, allowImportingTsExtensions: true},
      files: ['messages.ts'],
    }));
    execFileSync(process.execPath, [require.resolve('typescript/package.json').replace('package.json', 'bin/tsc'), '-p', folder, '--pretty', 'false'],
                 {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26});
    return {faults: [], checked: list.length};
  } catch (e) {
    if (typeof e.stdout !== 'string') throw e;
    const faults = [];
    for (const found of e.stdout.matchAll(/messages\.ts\((\d+),\d+\): (.*(?:\n  .*)*)/g)) {
      const entry = list[Number(found[1]) - 1 - head];
      faults.push(entry ? `${entry.message.method} (${entry.message.kind}): ${found[2]}\n    ${entry.literal.slice(0, 400)}` : found[0]);
    }
    return {faults: faults.length ? faults : [`the compiler failed: ${e.stdout}`], checked: list.length};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
