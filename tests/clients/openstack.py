# SPDX-License-Identifier: Apache-2.0
"""The `openstack` command as it is installed, in an interactive session."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).parent / "openstack")
COMMANDS = {entry.name.replace("_", " ") for entry in entry_points(group="openstack.dns.v2")}
"""Every DNS command that is installed."""
SILENT = {"abandon", "axfr", "delete", "move", "reset", "unset"}
"""Last words of the commands that show nothing when they succeed."""
LOUD = {"recordset delete", "zone delete"}
_END = "end of the command"


class Openstack:
    """One session of one user; `environment` says who he is, `walked` gathers the commands.

    It is started once, because that takes two seconds; a command then takes as long as its
    requests.
    """

    def __init__(self, environment: Mapping[str, str], walked: set[str]) -> None:
        self._walked = walked
        self._process = subprocess.Popen(
            [PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )

    def __call__(self, line: str) -> Any:
        """What a command shows, or None where it shows nothing; fails the test if it fails."""
        shows = self._shows(line)
        text = self._run(f"{line} -f json" if shows else line)
        if not shows:
            assert text == "", f"{line}: {text}"
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise AssertionError(f"{line}: {text}") from None

    def refused(self, line: str) -> str:
        """The message with which a command fails."""
        text = self._run(f"{line} -f json" if self._shows(line) else line)
        assert text, f"{line} was carried out"
        assert text[0] not in "[{", f"{line} was carried out: {text}"
        return text

    def close(self) -> None:
        """End the session."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()  # it has nothing to finish
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _shows(self, line: str) -> bool:
        words = line.split()
        name = next(
            name
            for name in (" ".join(words[:size]) for size in range(len(words), 0, -1))
            if name in COMMANDS
        )
        self._walked.add(name)
        return name in LOUD or name.rpartition(" ")[2] not in SILENT

    def _run(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        # A session splits what it reads twice. It keeps no quotes inside of words.
        words = (shlex.quote(word) for word in shlex.split(line))
        twice = " ".join(f'"{word}"' if word[0] == "'" else word for word in words)
        self._process.stdin.write(f"{twice}\n!echo {_END}\n")
        self._process.stdin.flush()
        found: list[str] = []
        for text in self._process.stdout:
            if text.strip() == _END:
                return "".join(found).strip()
            found.append(text)
        raise AssertionError(f"{line}: the session has ended: {''.join(found)}")
