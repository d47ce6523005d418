# SPDX-License-Identifier: Apache-2.0
"""`[service:X] health_listen`: how a service is, and its metrics, over HTTP.

Of several processes the parent answers for all of them, so that one address tells the whole truth.
"""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Metric, generate_latest, make_wsgi_app
from prometheus_client.parser import text_string_to_metric_families

from designate.api.server import Server
from designate.conf.addresses import Endpoint
from designate.runtime.health import Health, Report, is_well
from designate.runtime.workers import Said

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 2
LIVE, READY, METRICS, IS_LIVE = "live", "ready", "metrics", "is_live"
"""What a process can be asked."""
_JSON = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
_SILENT = {"process": "no answer"}

Answers = Iterable[Said]
"""What each process answers."""


def answers_of(health: Health, registry: CollectorRegistry) -> Callable[[str], object]:
    """How a process answers its parent."""
    known: dict[str, Callable[[], object]] = {
        LIVE: health.live,
        READY: health.ready,
        IS_LIVE: lambda: health.is_live,
        METRICS: lambda: generate_latest(registry).decode(),
    }
    return lambda question: known[question]()


def serve(
    stack: contextlib.ExitStack,
    listen: Sequence[Endpoint],
    ask: Callable[[str], Answers],
    registry: CollectorRegistry,
) -> Callable[[], None]:
    """Answer /live, /ready and /metrics until `stack` ends; raises OSError.

    Returns what a process forked later calls, so that the addresses are free when this one is gone.
    """
    app = Told(ask, make_wsgi_app(registry))
    servers = []
    for at in listen:
        server = Server(app, at, THREADS)
        server.start()
        stack.callback(server.stop)
        servers.append(server)

    def let_go() -> None:
        for server in servers:
            server.let_go()

    return let_go


class Told:
    """The application: 200 when every process is well, else 503, with each one's checks."""

    def __init__(self, ask: Callable[[str], Answers], metrics: "WSGIApplication") -> None:
        self._ask = ask
        self._metrics = metrics

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"].strip("/")
        if path == METRICS:
            return self._metrics(environ, start_response)
        if path not in (LIVE, READY):
            start_response("404 Not Found", _JSON)
            return [b"{}"]
        reports = [(said.pid, _report(said)) for said in self._ask(path)]
        well = bool(reports) and all(is_well(report) for _, report in reports)
        start_response("200 OK" if well else "503 Service Unavailable", _JSON)
        processes = [{"pid": pid, "checks": report} for pid, report in reports]
        return [json.dumps({"status": "ok" if well else "failed", "processes": processes}).encode()]


def _report(said: Said) -> Report:
    return said.answer if isinstance(said.answer, dict) else _SILENT


class OfChildren:
    """What all children measure, as a collector: their samples with the label `process`.

    It is the place of a process among the others, 1 and up: a label of process ids would make new
    series with every restart.
    """

    def __init__(self, ask: Callable[[str], Answers]) -> None:
        self._ask = ask

    def collect(self) -> Iterator[Metric]:
        """The families of all of them, each once."""
        families: dict[str, Metric] = {}
        for said in self._ask(METRICS):
            for family in text_string_to_metric_families(str(said.answer or "")):
                merged = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    labels = {**sample.labels, "process": str(said.place)}
                    merged.add_sample(sample.name, labels, sample.value)
        yield from families.values()
