# SPDX-License-Identifier: Apache-2.0
"""The API as an application for other WSGI servers, which own the process and its signals."""

import atexit
import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from designate import conf as configuration
from designate.cmd import api
from designate.cmd.service import Process
from designate.conf import ConfigOpts, Settings
from designate.conf.api import LOCAL
from designate.runtime import logs, reports

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
FOLDER = "OS_DESIGNATE_CONFIG_DIR"
"""The variable of the environment that says where designate.conf and api-paste.ini are."""
SHARED = 1
"""The place of a process among others, which nobody tells us: it does not say that all end."""


def application(environ: Mapping[str, str] = os.environ) -> "WSGIApplication":
    """Return the application for a WSGI server; raises ConfigurationError.

    Processes may be forked from the one that has called this: no thread goes on and no connection
    is open. Queues of central, such as imports, are left to `designate-central`.
    """
    arguments = []
    if folder := environ.get(FOLDER):
        arguments = ["--config-file", str(Path(folder) / configuration.FILE)]
    conf = configuration.read(api.PROGRAM.name, arguments, __doc__)
    logs.start(conf)
    configuration.check(conf)
    settings = api.place_central(conf, configuration.settings(conf))
    if settings.api.health_listen:
        LOG.warning("[service:api] health_listen: nobody listens there under this WSGI server")
    if settings.api.central == LOCAL:
        # What is wrong is told now, not to the first client.
        with contextlib.ExitStack() as unused:
            Process(conf, settings, unused).open_store()
    return _OfProcess(conf, settings)


class _OfProcess:
    """Made anew in each process, with its first request: it may be a fork.

    When that fails nothing is left of it, and the next request tries again.
    """

    def __init__(self, conf: ConfigOpts, settings: Settings) -> None:
        self._conf, self._settings = conf, settings
        self._app: WSGIApplication | None = None
        self._made_in = 0
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        if self._made_in != os.getpid():
            with self._lock:
                self._make()
        assert self._app is not None
        return self._app(environ, start_response)

    def _make(self) -> None:
        if self._made_in != os.getpid():
            with contextlib.ExitStack() as stack:
                # A database that is away meanwhile must not hold up every thread: requests say so.
                process = Process(self._conf, self._settings, stack, SHARED, checks=False)
                app = api.compose(process, works=False)
                reports.watch_file(self._conf, api.PROGRAM.name)
                atexit.register(stack.pop_all().close)
            self._app = app
            self._made_in = os.getpid()
