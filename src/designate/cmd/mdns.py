# SPDX-License-Identifier: Apache-2.0
"""`designate-mdns`: the DNS server apart, over a database that other processes write."""

import contextlib
import dataclasses
import logging
import secrets
import sys
from collections.abc import Sequence

from designate import conf as configuration
from designate.cmd import heartbeat, service
from designate.conf import ConfigurationError, Settings
from designate.errors import ConfigurationError as BadConfiguration
from designate.mdns.server import MdnsServer
from designate.runtime import signals, workers
from designate.storage import engine as engines
from designate.storage import replica as replicas
from designate.storage import schema
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)
SERVICES = ("mdns",)
"""What a process reports itself as."""
_SECRET = 16


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:mdns] workers` processes on the same addresses; the exit status."""
    files = service.config_files("designate-mdns", __doc__, argv)
    service.start_logging()
    try:
        settings = configuration.settings(configuration.load(files))
    except ConfigurationError as error:
        return _fail(str(error))
    # A cookie of one process must be good for all that share the address.
    shared = settings.mdns.cookie_secret or (secrets.token_hex(_SECRET),)
    mdns = dataclasses.replace(settings.mdns, cookie_secret=shared)
    settings = dataclasses.replace(settings, mdns=mdns)
    return workers.run(
        mdns.workers or 1, lambda: _serve(settings), lambda: heartbeat.end(settings, SERVICES)
    )


def _serve(settings: Settings) -> int:
    with signals.EndSignal() as end, contextlib.ExitStack() as stack:
        try:
            server = _started(settings, stack, end)
        except (BadConfiguration, OSError) as error:
            return _fail(str(error))
        except signals.Ended:
            return 0
        at = ", ".join(f"{host} port {port}" for host, port in server.addresses)
        LOG.info("Answering at %s", at)
        end.wait()
    return 0


def _started(settings: Settings, stack: contextlib.ExitStack, end: signals.EndSignal) -> MdnsServer:
    engine = engines.configured(settings.storage)
    stack.callback(engine.dispose)
    engines.connect(engine, settings.storage, end.pause)
    schema.check(engine)
    replica = replicas.configured(engine, settings.storage)
    if replica:
        stack.callback(replica.engine.dispose)
    store = Store(engine, replica=replica)
    server = MdnsServer(store, settings.mdns)
    server.start()
    stack.callback(server.stop)
    alone = (settings.mdns.workers or 1) == 1
    heartbeat.begin(stack, store, settings, SERVICES, says_end=alone)
    return server


def _fail(problem: str) -> int:
    print(f"designate-mdns: {problem}", file=sys.stderr)
    return workers.CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
