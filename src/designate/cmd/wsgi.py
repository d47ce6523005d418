# SPDX-License-Identifier: Apache-2.0
"""The API as an application for other WSGI servers, which own the process and its signals."""

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from designate import conf as configuration
from designate.api.app import build
from designate.cmd import central as central_root
from designate.cmd import heartbeat
from designate.cmd.api import SERVICES
from designate.cmd.service import Process
from designate.conf import Settings
from designate.policy.enforcer import Enforcer
from designate.runtime import logs
from designate.storage.unit_of_work import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = "OS_DESIGNATE_CONFIG_DIR"
"""The variable of the environment that says where designate.conf and api-paste.ini are."""


def application(environ: Mapping[str, str] = os.environ) -> "WSGIApplication":
    """Return the application for a WSGI server; raises ConfigurationError.

    Processes may be forked from the one that has called this: no thread goes on and no connection
    is open. So queues of central, such as imports, are worked on by `designate-central`.
    """
    arguments = []
    if folder := environ.get(FOLDER):
        arguments = ["--config-file", str(Path(folder) / configuration.FILE)]
    conf = configuration.read("designate-api", arguments, __doc__)
    logs.start(conf)
    configuration.check(conf)
    settings = configuration.settings(conf)
    enforcer = Enforcer(conf)
    with contextlib.ExitStack() as unused:
        process = Process(conf, settings, several=True, pause=time.sleep, stack=unused)
        store = process.open_store()
        built = central_root.build(store, enforcer, settings, central_root.projects(conf))
    app = build(built.central, settings, enforcer, process.registry, conf)
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
