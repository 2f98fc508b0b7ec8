// SPDX-License-Identifier: Apache-2.0
// What the server's commands answer, as its README describes it.

export interface Place {
  line: number;
  character: number;
}
export interface Stretch {
  start: Place;
  end: Place;
}

/** aclc.runTest, aclc.runAllTests */
export interface TestResults {
  ran: boolean;
  reason?: string;      // why not
  standIns?: boolean;   // no tailnet file: users and tags were stood in for
  passed: number;
  failed: number;
  tests: TestResult[];
}
export interface TestResult {
  section: string;      // tests or sshTests
  index: number;
  label: string;
  range: Stretch;
  passed: number;
  failed: number;
  assertions: Assertion[];
}
export interface Assertion {
  source: string;
  destination: string;
  user?: string;
  protocol?: string;
  expected: string;
  got: string;
  passed: boolean;
  message: string;
  range: Stretch;
  rule?: {range: Stretch; text: string};
}

/** aclc.trace */
export interface TraceAnswer {
  allowed: boolean;
  pairs: number;        // of a source and a destination node
  allowedPairs: number;
  source: string;
  destination: string;
  text: string;
  rule?: RuleAnswer;    // that allows it
  nearest?: RuleAnswer; // that nearly does
  missed?: string;      // what the nearest lacks
}
/** aclc.showCompiled */
export interface CompiledAnswer {
  node: string;
  table: Record<string, unknown>;
  text: string;
}
/** aclc.showRule */
export interface RuleAnswer {
  range: Stretch;
  text: string;
}
/** aclc.diffAgainstSaved */
export interface DifferenceAnswer {
  textChanged: boolean;
  same: number;
  changed: {node: string; added: string[]; removed: string[]}[];
}

export type Ask = (command: string, ...args: unknown[]) => Promise<unknown>;
