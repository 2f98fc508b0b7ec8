// SPDX-License-Identifier: Apache-2.0
// Policies without a fault, in the layouts that people keep: one rule a line, one value a line, no spaces at all.
#pragma once

#include <string_view>

namespace aclc {

inline constexpr std::string_view kGoodPolicies[] = {
    R"(// A small office: people, two kinds of servers, a printer in the office network behind a router.
{
	"groups": {
		"group:eng": ["alice@example.com", "bob@example.com"],
		"group:dba": ["bob@example.com"],
	},
	"tagOwners": {
		"tag:web":    ["group:eng"],
		"tag:db":     ["group:dba"],
		"tag:router": ["autogroup:admin"],
	},
	"hosts": {"printer": "192.168.7.9"},

	"grants": [
		{"src": ["group:eng"], "dst": ["tag:web"], "ip": ["tcp:80", "tcp:443"]},
		{"src": ["group:dba"], "dst": ["tag:db"], "ip": ["tcp:5432"]},
		{"src": ["autogroup:member"], "dst": ["autogroup:self"], "ip": ["*"]},
	],
	"ssh": [
		{"action": "check", "src": ["group:dba"], "dst": ["tag:db"], "users": ["postgres"]},
	],
	"autoApprovers": {"routes": {"192.168.0.0/16": ["tag:router"]}},

	"tests": [
		{"src": "alice@example.com", "accept": ["tag:web:443"], "deny": ["tag:db:5432"]},
		{"src": "bob@example.com", "accept": ["tag:db:5432"]},
	],
}
)",
    R"({
  // Who is who. "ops" is on call, [see the wiki], and "dev" isn't.
  "groups": {
    "group:ops": [
      "ann@example.com",
      "bob@example.com", // on leave: {until May}
    ],
    "group:dev": [
      "eve@example.com"
    ],
  },
  "tagOwners": {
    "tag:web": [
      "group:ops",
    ],
    "tag:db": [
      "group:ops",
      "autogroup:admin",
    ],
  },
  "hosts": {
    "printer": "192.168.7.9",
    "lab": "10.20.0.0/16",
  },
  "acls": [
    {
      // dashboards
      "action": "accept",
      "src": [
        "group:dev",
        "group:ops",
      ],
      "dst": [
        "tag:web:80,443",
        "lab:*",
      ],
    },
    {
      "action": "accept",
      "proto": "tcp",
      "src": ["group:ops"],
      "dst": ["tag:db:5432", "printer:631"],
    },
    /* {"action": "accept", "src": ["*"], "dst": ["*:*"]}, */
    {
      "action": "accept",
      "src": ["autogroup:member"],
      "dst": ["autogroup:self:*"],
    },
  ],
  "nodeAttrs": [
    {
      "target": ["tag:web"],
      "attr": ["funnel"],
    },
  ],
  "randomizeClientPort": true,
}
)",
    R"({
"groups":{"group:a":["ann@example.com","bob@example.com"],"group:b":[]},
"tagOwners":{"tag:x":["group:a"],"tag:y":["tag:x"]},
"acls":[
{"action":"accept","src":["group:a"],"dst":["tag:x:22","tag:y:443"]},
{"action":"accept","src":["group:b"],"dst":["*:53"],"proto":"udp"},
{"action":"accept","users":["*"],"ports":["tag:y:*"]}],
"grants":[
{"src":["group:a"],"dst":["tag:y"],"app":{"example.com/cap/x":[{"role":"admin","level":3}]}},
{"src":["*"],"dst":["tag:x"],"ip":["*"],"via":["tag:y"]}
],
"autoApprovers":{"routes":{"10.0.0.0/8":["tag:x"]},"exitNode":["tag:y"]},
"tests":[{"src":"ann@example.com","accept":["tag:x:22"]}]
}
)",
};

}  // namespace aclc
