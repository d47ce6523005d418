# SPDX-License-Identifier: Apache-2.0
"""The first requests of an API process that has just begun, over a real broker."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from designate import conf as configuration
from designate.cmd import central
from designate.cmd.service import Process
from designate.storage import schema
from designate.storage.engine import open_engine
from tests.contract.rpc.ends import WAITING
from tests.servers.rabbitmq import RabbitMq

ROOT = Path(__file__).parents[3]
ASK = """
import sys
from designate.cmd import wsgi
from tests.api.exchange import InProcess

api = InProcess(wsgi.application({wsgi.FOLDER: sys.argv[1]}))
reply = api.send("GET", "/v2/zones", {}, b"")
assert reply.status == 200, reply.text
"""


def test_the_first_request_finds_the_broker(rabbitmq: RabbitMq, tmp_path: Path) -> None:
    """Under a WSGI server it is what has the process begin."""
    url = f"sqlite:///{tmp_path}/dns.sqlite"
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    lines = [
        *("[DEFAULT]", f"transport_url = {rabbitmq.url}"),
        *("[service:api]", "auth_strategy = noauth", "[service:central]", "topic = first"),
        *("[storage:sqlalchemy]", f"connection = {url}", ""),
    ]
    file = tmp_path / "designate.conf"
    file.write_text("\n".join(lines), "utf-8")
    with contextlib.ExitStack() as stack:
        conf = configuration.load([str(file)])
        process = Process(conf, configuration.settings(conf), stack)
        central.start(process)
        process.health.begun()
        deadline = time.monotonic() + WAITING
        while set(process.health.ready().values()) != {"ok"}:
            assert time.monotonic() < deadline, process.health.ready()
            time.sleep(0.1)
        command = [sys.executable, "-c", ASK, str(tmp_path)]
        asked = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert asked.returncode == 0, asked.stderr
