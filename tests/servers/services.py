# SPDX-License-Identifier: Apache-2.0
"""The programs of an installation apart, started from one designate.conf as a site has it."""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from designate.manage import pools as pool_file
from designate.model.pools import Endpoint, Nameserver, NsRecord, Pool, Target
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.program import Program
from tests.servers.rest import Rest

BIN = Path(sys.executable).parent
ALL = ("central", "worker", "mdns", "producer", "api")
POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
NS = "ns1.example.net."
WAITING = 60.0
CONFIGURATION = """\
[DEFAULT]
# An ordinary designate.conf of upstream's, with what deployment tools write.
debug = False
log_dir = {directory}/log
state_path = {directory}/state
quota_zone_recordsets = -1
quota_zone_records = -1
root_helper = sudo designate-rootwrap /etc/designate/rootwrap.conf
host = node-1
transport_url = {broker}

[oslo_reports]
log_dir = {directory}/reports

[oslo_messaging_rabbit]
rabbit_quorum_queue = true

[service:api]
listen = {api}
auth_strategy = noauth
api_base_uri = http://{api}/
enable_api_admin = True
enabled_extensions_admin = quotas, reports
pecan_debug = False

[service:central]
default_pool_id = {pool}

[service:worker]
notify = True

[service:mdns]
listen = {dns}

[heartbeat_emitter]
heartbeat_interval = 1.0

[storage:sqlalchemy]
connection = {database}
max_retries = -1
retry_interval = 1
{sections}
"""


class Services(Rest):
    """An installation over a database and a broker, whose pool is `servers`.

    `workers` says how many processes a program has. `own` are lines of a second file for one
    program. Sections of `conf` are added.
    """

    def __init__(
        self,
        directory: Path,
        *,
        database: str,
        broker: str,
        servers: Sequence[Bind9] = (),
        workers: Mapping[str, int] | None = None,
        conf: str = "",
    ) -> None:
        self.directory = directory
        self.database = database
        self.dns = (HOST, free_port())
        self.api = f"http://{HOST}:{free_port()}"
        self._health = {name: f"{HOST}:{free_port()}" for name in ALL}
        self._programs: dict[str, Program] = {}
        for folder in ("log", "reports", "state"):
            (directory / folder).mkdir(parents=True)
        sections = [
            f"[service:{name}]\nhealth_listen = {at}\nworkers = {(workers or {}).get(name, 1)}"
            for name, at in self._health.items()
        ]
        self.file = directory / "designate.conf"
        self.file.write_text(
            CONFIGURATION.format(
                directory=directory,
                broker=broker,
                api=self.api.removeprefix("http://"),
                pool=POOL,
                dns=f"{HOST}:{self.dns[1]}",
                database=database,
                sections="\n".join([*sections, conf]),
            ),
            "utf-8",
        )
        self.servers = list(servers)

    def prepare(self) -> None:
        """Make the tables and the pool, as an operator does first."""
        engine = open_engine(self.database)
        schema.upgrade(engine)
        pool_file.apply(Store(engine), [self.pool()], POOL)
        engine.dispose()

    def pool(self) -> Pool:
        """The pool of `servers`."""
        masters = [Endpoint(host=self.dns[0], port=self.dns[1])]
        return Pool(
            id=POOL,
            name="default",
            ns_records=[NsRecord(priority=1, hostname=NS)],
            nameservers=[Nameserver(host=each.host, port=each.port) for each in self.servers],
            targets=[
                Target(type="bind9", masters=masters, options=each.options())
                for each in self.servers
            ],
        )

    def begin(
        self, name: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start a program without waiting for it; `arguments` follow the file."""
        command = [str(BIN / f"designate-{name}"), "--config-file", str(self.file), *arguments]
        program = Program(command, self.directory / f"{name}.out", environment or {})
        self._programs[name] = program
        program.begin()

    def start(self, *names: str, arguments: Mapping[str, Sequence[str]] | None = None) -> None:
        """Start programs, all of them by default, and wait until each is ready."""
        for name in names or ALL:
            self.begin(name, *(arguments or {}).get(name, ()))
        for name in names or ALL:
            self.wait_ready(name)

    def pid(self, name: str) -> int:
        """The process of a program, of several the parent."""
        return self._programs[name].pid

    def processes(self, name: str) -> list[int]:
        """The processes that do a program's work."""
        pid = self.pid(name)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [int(child) for child in children] or [pid]

    @property
    def pids(self) -> list[int]:
        """All processes that do work."""
        return [pid for name in self._programs for pid in self.processes(name)]

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a program a signal."""
        os.kill(self.pid(name), number)

    def stop(self, *names: str) -> None:
        """End programs with SIGTERM, all of them by default; each has to end well."""
        gone = {name: self._programs.pop(name) for name in names or tuple(self._programs)}
        for program in gone.values():
            program.terminate()
        for name, program in gone.items():
            status = program.wait()
            assert status == 0, f"{name} ended with {status}:\n{self.log()[-5000:]}"

    def kill(self) -> None:
        """End all at once."""
        for program in self._programs.values():
            program.kill()

    def health(self, name: str, path: str) -> tuple[int, Any]:
        """The status of /live or /ready, and what it says; 0 where nobody listens."""
        try:
            with urllib.request.urlopen(f"http://{self._health[name]}/{path}", timeout=20) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, None

    def metrics(self, name: str) -> str:
        """The text for Prometheus."""
        with urllib.request.urlopen(f"http://{self._health[name]}/metrics", timeout=20) as reply:
            return str(reply.read().decode())

    def wait_ready(self, name: str, status: int = 200) -> Any:
        """Poll until /ready answers so, and return what it says."""
        deadline = time.monotonic() + WAITING
        while (found := self.health(name, "ready"))[0] != status:
            program = self._programs[name]
            assert program.runs and time.monotonic() < deadline, (
                f"{name}: {found}\n{program.log()[-3000:]}\n{self.log()[-5000:]}"
            )
            time.sleep(0.05)
        return found[1]

    def log(self, name: str = "*") -> str:
        """All that a program, or each of them, has logged."""
        files = sorted((self.directory / "log").glob(f"designate-{name}.log"))
        return "".join(file.read_text("utf-8", "replace") for file in files)
