# SPDX-License-Identifier: Apache-2.0
"""The stories of `tests/api` hold for a server over HTTP, whose worker is at work meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers.designate import Designate

STORIES = Path(__file__).parents[1] / "api"
TIMEOUT = 120.0
# `designate up` would have none.
QUOTAS = """
[DEFAULT]
quota_zones = 10
quota_zone_recordsets = 500
quota_zone_records = 500
quota_recordset_records = 20
quota_api_export_size = 1000
"""


def test_every_story_holds_at_a_url(tmp_path: Path) -> None:
    """What is told of requests in one process is true of the program."""
    conf = tmp_path / "designate.conf"
    conf.write_text(QUOTAS, "utf-8")
    server = Designate(tmp_path / "designate", "--config-file", str(conf))
    server.start()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *sorted(map(str, STORIES.glob("*.yaml")))],
            cwd=STORIES.parents[1],
            env={**os.environ, "DESIGNATE_URL": server.api},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-9000:]
    finally:
        server.stop()
