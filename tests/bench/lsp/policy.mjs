// SPDX-License-Identifier: Apache-2.0
// A policy of about so many lines, the same for the same number: comments, text outside of ASCII, tests that pass.

function random(seed) {
  let state = seed >>> 0;
  return n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

export function policy(lines) {
  const below = random(lines);
  const groups = Math.max(4, Math.floor(lines / 100));
  const tags = Math.max(4, Math.floor(lines / 200));
  const group = () => `group:team-${below(groups)}`;
  const tag = () => `tag:svc-${below(tags)}`;
  const out = ['// Wer darf was: größe 😀', '{', '  "groups": {'];
  for (let i = 0; i < groups; ++i)
    out.push(`    "group:team-${i}": ["u${i}@example.com", "u${i + 1}@example.com", "büro${below(50)}@example.com"],`);
  out.push('  },', '  "tagOwners": {');
  for (let i = 0; i < tags; ++i) out.push(`    "tag:svc-${i}": ["${group()}"],`);
  out.push('  },', '  "tests": [');
  const tests = Math.max(2, Math.floor(lines / 500));
  for (let i = 0; i < tests; ++i) out.push(`    {"src": "u${i}@example.com", "deny": ["tag:svc-${below(tags)}:1"]},`);
  out.push('  ],', '  "acls": [');
  const middle = [];
  while (out.length < lines - 2) {
    if (below(4) === 0) out.push('    // für das größere Büro');
    out.push('    {', '      "action": "accept",', `      "src": ["${group()}"],`);
    middle.push(out.length);
    out.push(`      "dst": ["${tag()}:${2 + below(60000)}"],`, '    },');
  }
  out.push('  ],', '}', '');
  // The line of a `dst` in the middle of the rules: where the typing goes on.
  return {text: out.join('\n'), line: middle[middle.length >> 1], lines: out.length - 1};
}

export const schema = {
  type: 'object',
  allowTrailingCommas: true,
  additionalProperties: false,
  properties: {
    groups: {type: 'object', additionalProperties: {type: 'array', items: {type: 'string'}}},
    tagOwners: {type: 'object', additionalProperties: {type: 'array', items: {type: 'string'}}},
    tests: {type: 'array', items: {type: 'object', required: ['src'], properties: {src: {type: 'string'}, deny: {type: 'array', items: {type: 'string'}}}}},
    acls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['action', 'src', 'dst'],
        additionalProperties: false,
        properties: {
          action: {enum: ['accept']},
          src: {type: 'array', items: {type: 'string'}},
          dst: {type: 'array', items: {type: 'string', pattern: '^.+:[0-9*,-]+$'}},
          proto: {type: 'string'},
        },
      },
    },
  },
};
