// SPDX-License-Identifier: Apache-2.0
// What the protocol says in prose only: numbers are whole, ranges lie in the text, edits of one text do not overlap, tokens follow
// each other.

const isPosition = (v) => v && typeof v === 'object' && 'line' in v && 'character' in v && Object.keys(v).length === 2;
const isRange = (v) => v && typeof v === 'object' && isPosition(v.start) && isPosition(v.end);
const before = (a, b) => a.line < b.line || (a.line === b.line && a.character < b.character);

/** The faults of one message. `lengths[i]` is the length of line i in the session's unit; null where the message is about no text.  */
export function shapeFaults(message, lengths, legend) {
  const faults = [];
  const fault = (why) => faults.push(`${message.method}: ${why}`);
  const inside = (p) => p.line < lengths.length && p.character <= lengths[p.line];
  const walk = (value) => {
    if (Array.isArray(value)) {
      if (value.length > 1 && value.every((v) => v && typeof v.newText === 'string' && isRange(v.range))) edits(value);
      value.forEach(walk);
      return;
    }
    if (!value || typeof value !== 'object') return;
    if (isPosition(value)) {
      for (const n of [value.line, value.character]) if (!Number.isInteger(n) || n < 0) fault(`${n} is no place`);
      if (lengths && !inside(value)) fault(`${value.line}:${value.character} is outside of the text`);
    }
    if (isRange(value) && before(value.end, value.start)) fault(`the range ${JSON.stringify(value)} runs backwards`);
    if (isRange(value.range) && isRange(value.selectionRange)) {
      if (before(value.selectionRange.start, value.range.start) || before(value.range.end, value.selectionRange.end))
        fault(`selectionRange outside of range: ${JSON.stringify(value).slice(0, 200)}`);
    }
    if (isRange(value.range) && isRange(value.parent?.range)) {
      if (before(value.range.start, value.parent.range.start) || before(value.parent.range.end, value.range.end))
        fault(`a selection outside of its parent: ${JSON.stringify(value.range)}`);
    }
    for (const [key, child] of Object.entries(value)) if (key !== 'data' && key !== 'arguments') walk(child);
  };
  const edits = (list) => {
    const sorted = list.map((e) => e.range).sort((a, b) => (before(a.start, b.start) ? -1 : before(b.start, a.start) ? 1 : 0));
    sorted.forEach((r, i) => {
      if (i && before(r.start, sorted[i - 1].end)) fault(`edits overlap at ${JSON.stringify(r.start)}`);
    });
  };
  const tokens = (data) => {
    if (data.length % 5) return fault(`${data.length} numbers are no tokens`);
    const last = {line: 0, character: 0, end: 0};
    for (let i = 0; i < data.length; i += 5) {
      const [lines, characters, length, type, modifiers] = data.slice(i, i + 5);
      if (data.slice(i, i + 5).some((n) => !Number.isInteger(n) || n < 0) || !length) fault(`token ${data.slice(i, i + 5)}`);
      if (lines) last.end = 0;
      last.character = lines ? characters : last.character + characters;
      last.line += lines;
      if (last.character < last.end) fault(`tokens overlap at ${last.line}:${last.character}`);
      last.end = last.character + length;
      if (!inside({line: last.line, character: last.end})) fault(`a token leaves the text at ${last.line}:${last.character}`);
      if (type >= legend.tokenTypes.length || modifiers >= 1 << legend.tokenModifiers.length) fault(`token type ${type}, modifiers ${modifiers}`);
    }
  };
  if (message.kind === 'result') walk(message.body);
  if (message.kind === 'result' && lengths && /semanticTokens/.test(message.method) && message.body?.data) tokens(message.body.data);
  if (message.kind === 'error') {
    if (!Number.isInteger(message.body.code) || message.body.code > -32000) fault(`error code ${message.body.code}`);
    if (!message.body.message) fault('an error without words');
  }
  return faults;
}
