# SPDX-License-Identifier: Apache-2.0
"""The API apart: `designate-api`, and the application for other WSGI servers.

It embeds central over the configured database. Name servers are driven by workers elsewhere, which
find in the database what is to be done.
"""

import atexit
import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from designate import conf as configuration
from designate.api import tls
from designate.api.app import build as build_api
from designate.api.server import Server
from designate.cmd import central as central_root
from designate.cmd import heartbeat, service
from designate.conf import ConfigOpts, ConfigurationError, Settings
from designate.errors import ConfigurationError as BadConfiguration
from designate.policy.enforcer import Enforcer
from designate.runtime import signals, workers
from designate.storage import engine as engines
from designate.storage import replica as replicas
from designate.storage import schema
from designate.storage.unit_of_work import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
FOLDER = "OS_DESIGNATE_CONFIG_DIR"
"""The variable of the environment that says where designate.conf and api-paste.ini are."""
SERVICES = ("api", "central")
"""What a process reports itself as."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:api] workers` processes on the same addresses; the exit status."""
    files = service.config_files("designate-api", __doc__, argv)
    service.start_logging()
    try:
        conf = configuration.load(files)
        settings = configuration.settings(conf)
        secure = tls.configured(settings.tls)
    except ConfigurationError as error:
        return _fail(str(error))
    return workers.run(
        settings.api.workers or 1,
        lambda: _serve(conf, settings, secure),
        lambda: heartbeat.end(settings, SERVICES),
    )


def application(environ: Mapping[str, str] = os.environ) -> "WSGIApplication":
    """Return the application for a WSGI server; raises ConfigurationError.

    Processes may be forked from the one that has called this.
    """
    service.start_logging()
    files = []
    if folder := environ.get(FOLDER):
        files = [str(Path(folder) / configuration.FILE)]
    conf = configuration.load(files)
    settings = configuration.settings(conf)
    with contextlib.ExitStack() as unused:
        app, store = _build(conf, settings, unused, time.sleep)
    return _Reporting(app, store, settings)


class _Reporting:
    """Reports the process that serves, from its first request on; others may go on at its end.

    It may be a fork of the one that made this, where no thread would go on.
    """

    def __init__(self, app: "WSGIApplication", store: Store, settings: Settings) -> None:
        self._app, self._store, self._settings = app, store, settings
        self._reported = 0
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        if self._reported != os.getpid():
            with self._lock:
                self._begin()
        return self._app(environ, start_response)

    def _begin(self) -> None:
        if self._reported != os.getpid():
            self._reported = os.getpid()
            until = contextlib.ExitStack()
            heartbeat.begin(until, self._store, self._settings, SERVICES, says_end=False)
            atexit.register(until.close)


def _serve(conf: ConfigOpts, settings: Settings, secure: tls.Tls | None) -> int:
    several = (settings.api.workers or 1) > 1
    with signals.EndSignal() as end, contextlib.ExitStack() as stack:
        try:
            app, store = _build(conf, settings, stack, end.pause)
            for at in settings.api.listen:
                server = Server(
                    app,
                    at,
                    settings.api.threads,
                    backlog=settings.default.backlog,
                    tls=secure,
                    shared=several,
                )
                server.start()
                stack.callback(server.stop)
        except (ConfigurationError, BadConfiguration, OSError) as error:
            return _fail(str(error))
        except signals.Ended:
            return 0
        scheme = "https" if secure else "http"
        heartbeat.begin(stack, store, settings, SERVICES, says_end=not several)
        LOG.info("Serving %s", ", ".join(f"{scheme}://{at}" for at in settings.api.listen))
        end.wait()
    return 0


def _build(
    conf: ConfigOpts,
    settings: Settings,
    stack: contextlib.ExitStack,
    pause: Callable[[float], None],
) -> "tuple[WSGIApplication, Store]":
    """Put it together; when `stack` ends, no connection to the database is open."""
    engine = engines.configured(settings.storage)
    stack.callback(engine.dispose)
    engines.connect(engine, settings.storage, pause)
    schema.check(engine)
    enforcer = Enforcer(conf)
    replica = replicas.configured(engine, settings.storage)
    if replica:
        stack.callback(replica.engine.dispose)
    store = Store(engine, replica=replica)
    built = central_root.build(store, enforcer, settings, central_root.projects(conf))
    return build_api(built.central, settings, enforcer, CollectorRegistry(), conf), store


def _fail(problem: str) -> int:
    print(f"designate-api: {problem}", file=sys.stderr)
    return workers.CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
