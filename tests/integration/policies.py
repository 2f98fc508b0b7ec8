# SPDX-License-Identifier: Apache-2.0
"""Policies of the three nodes a, b and c, as HuJSON."""


def policy(*rules, more=""):
    lines = ",\n    ".join(rules)
    return f"""// of a test
{{
  "tagOwners": {{"tag:a": ["autogroup:admin"], "tag:b": ["autogroup:admin"], "tag:c": ["autogroup:admin"]}},
  "grants": [
    {lines}
  ]{more}
}}
"""


def grant(src, dst, *ip):
    return '{"src": ["%s"], "dst": ["%s"], "ip": [%s]}' % (src, dst, ", ".join(f'"{i}"' for i in ip))


def crowd(n):
    """So many hosts of no interest that a swap is a big one."""
    return '{"src": [%s], "dst": ["tag:b"], "ip": ["tcp:7000"]}' % ", ".join(f'"100.80.{i // 250}.{i % 250 + 1}"' for i in range(n))
