// SPDX-License-Identifier: Apache-2.0
// What a policy file is, told by its text.

/** The language id of policies. */
export const POLICY = 'tailnet-policy';

/** Names of which a policy has at least one at its top level. `tests` or `hosts` alone could be anything. */
const SECTIONS = /^(acls|grants|groups|tagowners|autoapprovers|nodeattrs|sshtests|ipsets|postures|derpmap)$/i;
const ENOUGH = 1 << 16;

/** Whether the text's outermost object has a section of a policy in its first 64 KiB. Takes broken text, too. */
export function looksLikePolicy(text: string): boolean {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:[^"\\\n]|\\.)*)"(\s*:)?|[{}[\]]/g;
  let depth = 0;
  for (const found of text.slice(0, ENOUGH).matchAll(token)) {
    if (found[0] === '{' || found[0] === '[') ++depth;
    else if (found[0] === '}' || found[0] === ']') --depth;
    else if (depth === 1 && found[2] && SECTIONS.test(found[1])) return true;
  }
  return false;
}
