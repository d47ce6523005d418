# SPDX-License-Identifier: Apache-2.0
"""Logging by the options of oslo.log; each in a process of its own, since logging is global."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import logging, sys
from pathlib import Path
from designate import conf
from designate.runtime import logs
file = Path(sys.argv[1])
file.write_text("[DEFAULT]\\n[service:api]\\nrate_limit_redis_url = redis://:hunter2@h/0\\n")
options = conf.read("designate-worker", ["--config-file", str(file), *sys.argv[2:]], None)
logs.start(options)
conf.check(options)
log = logging.getLogger("designate.x")
log.debug("one")
log.info("two")
file.write_text("[DEFAULT]\\ndebug = true\\n[service:api]\\nthreads = 3\\n")
logs.reload(options)
log.debug("three")
logs.show_options(options)
file.write_text("nonsense")
logs.reload(options)
log.debug("four")
"""


def run(folder: Path, *arguments: str) -> str:
    """What the script prints."""
    command = [sys.executable, "-c", SCRIPT, str(folder / "designate.conf"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def test_the_level_follows_the_file(tmp_path: Path) -> None:
    """A reload changes it; a broken file changes nothing; secrets are starred."""
    said = run(tmp_path)
    assert "x [-] one" not in said and "x [-] two" in said and "DEBUG designate.x [-] three" in said
    assert "left as it was" in said and "four" in said
    assert "Ignoring change to immutable option service:api.threads" in said
    assert "rate_limit_redis_url" in said and "hunter2" not in said


def test_flags_of_upstream_are_known(tmp_path: Path) -> None:
    """A file, a folder for it, JSON, and one that has no meaning any more."""
    arguments = ("--log-dir", str(tmp_path), "--log-file", "w.log", "--use-json")
    assert "two" not in run(tmp_path, "--watch-log-file", *arguments)
    lines = (tmp_path / "w.log").read_text("utf-8").splitlines()
    assert any('"message": "two"' in line and '"levelname": "INFO"' in line for line in lines)
