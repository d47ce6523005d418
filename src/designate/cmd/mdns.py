# SPDX-License-Identifier: Apache-2.0
"""`designate-mdns`: the DNS server apart, over a database that other processes write."""

import argparse
import dataclasses
import logging
import secrets
import sys
from collections.abc import Sequence

from designate import conf as configuration
from designate.conf import ConfigurationError, Settings
from designate.mdns.server import MdnsServer
from designate.runtime import signals, workers
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)
_SECRET = 16


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:mdns] workers` processes on the same addresses; the exit status."""
    parser = argparse.ArgumentParser(prog="designate-mdns", description=__doc__)
    parser.add_argument(
        "--config-file",
        action="append",
        default=[],
        metavar="FILE",
        help="designate.conf; may be repeated, a later file wins (default: the usual places)",
    )
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = configuration.settings(configuration.load(arguments.config_file))
    except ConfigurationError as error:
        return _fail(str(error))
    # A cookie of one process must be good for all that share the address.
    shared = settings.mdns.cookie_secret or (secrets.token_hex(_SECRET),)
    mdns = dataclasses.replace(settings.mdns, cookie_secret=shared)
    settings = dataclasses.replace(settings, mdns=mdns)
    return workers.run(mdns.workers or 1, lambda: _serve(settings))


def _serve(settings: Settings) -> int:
    with signals.EndSignal() as end:
        engine = open_engine(settings.storage.connection)
        try:
            if schema.current(engine) is None:
                return _fail("the database has no tables of designate yet")
            server = MdnsServer(Store(engine), settings.mdns)
            try:
                server.start()
            except OSError as error:
                return _fail(str(error))
            LOG.info(
                "Answering at %s",
                ", ".join(f"{host} port {port}" for host, port in server.addresses),
            )
            end.wait()
            server.stop()
        finally:
            engine.dispose()
    return 0


def _fail(problem: str) -> int:
    print(f"designate-mdns: {problem}", file=sys.stderr)
    return workers.CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
