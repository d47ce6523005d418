# SPDX-License-Identifier: Apache-2.0
"""What the programs of services have in common: their arguments, and where they log."""

import argparse
import logging
from collections.abc import Sequence


def config_files(program: str, about: str | None, argv: Sequence[str] | None) -> list[str]:
    """The configuration files that the command line names; none: the usual places."""
    parser = argparse.ArgumentParser(prog=program, description=about)
    parser.add_argument(
        "--config-file",
        action="append",
        default=[],
        metavar="FILE",
        help="designate.conf; may be repeated, a later file wins (default: the usual places)",
    )
    named: list[str] = parser.parse_args(argv).config_file
    return named


def start_logging() -> None:
    """Log to stderr, unless somebody has set up logging already."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
