// SPDX-License-Identifier: Apache-2.0
// A small tailnet with one of everything that rules tell apart.
#pragma once

#include <string>

#include "tests/support/compiled.h"

namespace aclc::testing {

inline const char* const kAcme = R"({
  "tailnet": "acme.test",
  "users": [
    {"login": "ada@acme.test", "role": "owner"}, {"login": "bo@acme.test"},
    {"login": "cy@acme.test", "role": "admin"}, {"login": "dee@other.test"}
  ],
  "nodes": [
    {"name": "ada1", "ipv4": "100.64.1.1", "ipv6": "fd7a:115c:a1e0::101", "user": "ada@acme.test",
     "posture": {"node:os": "linux", "node:tsVersion": "1.9.2", "custom:tier": 3}},
    {"name": "ada2", "ipv4": "100.64.1.2", "user": "ada@acme.test", "posture": {"node:os": "macos", "node:tsVersion": "1.80.0"}},
    {"name": "bo1", "ipv4": "100.64.2.1", "user": "bo@acme.test"},
    {"name": "cy1", "ipv4": "100.64.3.1", "user": "cy@acme.test"},
    {"name": "dee1", "ipv4": "100.64.4.1", "user": "dee@other.test"},
    {"name": "web1", "ipv4": "100.64.10.1", "tags": ["tag:web"]},
    {"name": "web2", "ipv4": "100.64.10.2", "tags": ["tag:web", "tag:db"]},
    {"name": "db1", "ipv6": "fd7a:115c:a1e0::d1", "tags": ["tag:db"]},
    {"name": "gate1", "ipv4": "100.64.20.1", "tags": ["tag:gate"], "created": "2026-03-01T00:00:00Z",
     "routable_ips": ["10.1.0.0/16"], "approved_routes": ["10.1.0.0/16"]},
    {"name": "gate2", "ipv4": "100.64.20.2", "tags": ["tag:gate"], "created": "2026-02-01T00:00:00Z",
     "routable_ips": ["10.1.0.0/16", "10.2.0.0/16"], "approved_routes": ["10.1.0.0/16"]},
    {"name": "exit1", "ipv4": "100.64.30.1", "tags": ["tag:exit"], "routable_ips": ["0.0.0.0/0", "::/0"]}
  ]
})";

/// A policy with these members of its top-level object; tags are defined.
inline std::string acme_policy(const std::string& members) {
  return R"({"tagOwners": {"tag:web": [], "tag:db": [], "tag:gate": [], "tag:exit": [], "tag:none": []},)" + members + "}";
}

inline Compiled acme(const std::string& members) { return Compiled(kAcme, acme_policy(members)); }

}  // namespace aclc::testing
