# SPDX-License-Identifier: Apache-2.0
"""`designate-manage`: the schema of the database, and the pools of pools.yaml.

It works on the configured database itself: no service has to run.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from designate import conf as configuration
from designate.backends import plugins
from designate.conf import ConfigurationError, Settings
from designate.errors import ConfigurationError as BadConfiguration
from designate.errors import DatabaseUnavailable
from designate.manage import database, pools
from designate.runtime import logs
from designate.storage import engine as engines
from designate.storage import schema
from designate.storage.clock import DatabaseClock
from designate.storage.unit_of_work import Store

PROGRAM = "designate-manage"
POOLS = Path("/etc/designate/pools.yaml")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command; returns the exit status: 0 well, 1 failed, 2 wrong use."""
    try:
        conf = configuration.read(PROGRAM, argv, __doc__, _add_commands)
        logs.start(conf)
        configuration.check(conf)
        conf.command.run(configuration.settings(conf), conf.command)
    except (ConfigurationError, BadConfiguration, DatabaseUnavailable) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0


def _add_commands(commands: Any) -> None:
    about = "the schema of the database"
    parser = commands.add_parser("database", help=about, description=about)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    sync = verbs.add_parser("sync", help="bring it to the newest step")
    sync.set_defaults(run=_upgrade, revision=database.NEWEST)
    upgrade = verbs.add_parser("upgrade", help="bring it to a step")
    upgrade.add_argument("revision", nargs="?", default=database.NEWEST, help="default: the newest")
    upgrade.set_defaults(run=_upgrade)
    version = verbs.add_parser("version", help="print the step it is at, and the newest one")
    version.set_defaults(run=_version)
    about = "the pools of name servers"
    parser = commands.add_parser("pool", help=about, description=about)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    update = verbs.add_parser("update", help="insert or replace the pools of a file")
    update.add_argument(
        "--file", type=Path, default=POOLS, metavar="PATH", help="default: %(default)s"
    )
    update.set_defaults(run=_update_pools)


def _upgrade(settings: Settings, arguments: argparse.Namespace) -> None:
    database.upgrade(settings.storage, arguments.revision)


def _version(settings: Settings, _arguments: argparse.Namespace) -> None:
    current, newest = database.version(settings.storage)
    print(f"Current: {current} Latest: {newest}")


def _update_pools(settings: Settings, arguments: argparse.Namespace) -> None:
    wanted = pools.read(arguments.file, plugins.installed(settings.default.root_helper))
    engine = engines.configured(settings.storage)
    try:
        schema.check(engine)
        clock = DatabaseClock(engine)
        clock.compare()
        pools.apply(Store(engine, clock), wanted, settings.central.default_pool_id)
    finally:
        engine.dispose()
    for pool in wanted:
        print(f"Updated pool {pool.name}")


if __name__ == "__main__":
    sys.exit(main())
