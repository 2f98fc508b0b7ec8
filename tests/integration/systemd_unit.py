#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The systemd unit is one that systemd understands whole, and stays as closed as it is.

usage: systemd_unit.py UNIT ACLCD      exit 77 without systemd-analyze
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MOST_EXPOSED = 3.0  # of 10, as `systemd-analyze security` counts; a unit without any hardening has 9.6


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def main():
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is missing here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder) / "aclcd.service"
        text = pathlib.Path(sys.argv[1]).read_text()
        assert "ExecStart=/usr/sbin/aclcd " in text
        unit.write_text(text.replace("/usr/sbin/aclcd", sys.argv[2]))  # systemd looks whether the program is there
        code, said = analyze("verify", "--man=no", str(unit))
        complaints = [line for line in said.splitlines() if "aclcd.service" in line]
        assert not complaints and (code == 0 or not said), said
        unit.write_text(text.replace("NoNewPrivileges=", "NoNewPrivilege=").replace("/usr/sbin/aclcd", sys.argv[2]))
        assert "NoNewPrivilege" in analyze("verify", "--man=no", str(unit))[1], "a mistake in a unit is seen"
        unit.write_text(text)
        code, said = analyze("security", "--offline=true", str(unit))
        level = re.search(r"Overall exposure level for aclcd.service: ([0-9.]+)", said)
        if not level:
            print("systemd-analyze of this age does not judge files; only the syntax was looked at")
            return 0
        print(level[0])
        assert float(level[1]) <= MOST_EXPOSED, said
    return 0


if __name__ == "__main__":
    sys.exit(main())
