// SPDX-License-Identifier: Apache-2.0
// The texts of the session: good, faulty, broken off at many places, odd.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** name -> text; `office` has a tailnet file beside it where it is put. */
export function texts(samples) {
  const office = readFileSync(join(samples, 'office/policy.hujson'), 'utf8');
  const first = readFileSync(join(samples, 'first.hujson'), 'utf8');
  const out = {
    office,
    first,
    empty: '',
    comment: '// só um comentário 🐌 com link https://example.com/política\n',
    crlf: office.replaceAll('\n', '\r\n'),
    beyond: office.replaceAll('alice', 'ali\u00e7e\u{1F40C}').replaceAll('printer', 'impressora-\u00e9'),
    everywhere: EVERY_SECTION,
    array: '[1, 2, {"acls": []}]',
    garbage: '{"acls": [{"action": \u0000 "accept" }}}] , "ssh": {{{ \ud800'.toWellFormed?.() ?? '{"acls": [{',
    failing: office.replace('"accept": ["tag:web:443", "printer:631"]', '"accept": ["tag:web:443", "tag:db:22"]'),
  };
  // Somebody types: the text ends in the middle of things.
  for (let n = 1; n < 10; ++n) out[`broken${n}`] = first.slice(0, Math.floor((first.length * n) / 10));
  // Somebody deletes: a hole in the middle.
  for (let n = 1; n < 6; ++n) {
    const at = Math.floor((office.length * n) / 6);
    out[`hole${n}`] = office.slice(0, at) + office.slice(at + 17);
  }
  return out;
}

const EVERY_SECTION = `{
  // What each section may hold. See https://example.com/guide
  "groups": {"group:ops": ["ann@example.com", "ben@example.com"], "group:idle": []},
  "hosts": {"gate": "192.0.2.1", "lan": "192.0.2.0/24"},
  "ipsets": {"ipset:safe": ["add 192.0.2.0/24", "remove host:gate"]},
  "tagOwners": {"tag:app": ["group:ops"], "tag:unused": ["autogroup:admin"]},
  "postures": {"posture:modern": ["node:os IN ['linux', 'macos']", "node:tsVersion >= '1.60'"]},
  "acls": [
    {"action": "accept", "users": ["group:ops"], "ports": ["tag:app:22,443", "gate:*"]},
    {"action": "accept", "proto": "6", "src": ["autogroup:members", "*"], "dst": ["lan:1-65535"], "srcPosture": ["posture:modern"]},
  ],
  "grants": [
    {"src": ["group:ops"], "dst": ["ipset:safe"], "ip": ["tcp:443", "udp:53", "1:*"], "via": ["tag:app"]},
    {"src": ["ann@example.com"], "dst": ["tag:app"], "app": {"example.com/cap/x": [{"level": 3}]}},
  ],
  "autoApprovers": {"routes": {"10.0.0.0/8": ["tag:app"]}, "exitNode": ["group:ops"], "services": {"svc:wiki": ["tag:app"]}},
  "ssh": [
    {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot", "root"]},
    {"action": "accept", "src": ["group:ops"], "dst": ["tag:app"], "users": ["localpart:*@example.com"], "acceptEnv": ["LANG_*"]},
  ],
  "nodeAttrs": [{"target": ["*"], "attr": ["funnel", "drive:share"]}],
  "tests": [{"src": "ann@example.com", "accept": ["tag:app:22"], "deny": ["203.0.113.9:80"]}, {"user": "ben@example.com", "allow": ["gate:1"]}],
  "sshTests": [{"src": "ann@example.com", "dst": ["tag:app"], "accept": ["ann"], "deny": ["root"]}],
  "derpMap": {"OmitDefaultRegions": false, "Regions": {"900": {"RegionID": 900, "RegionCode": "own", "Nodes": [{"Name": "1", "RegionID": 900, "HostName": "derp.example.com"}]}}},
  "randomizeClientPort": true,
}
`;
