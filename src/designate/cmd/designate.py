# SPDX-License-Identifier: Apache-2.0
"""The console script `designate`."""

import argparse
import sys
from collections.abc import Sequence

from designate import __version__
from designate.cmd import up


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 well, 1 failed, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="designate", description="DNS as a service.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up.add_parser(commands)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
