# SPDX-License-Identifier: Apache-2.0
"""What a master file is read to: records, or the reason why it cannot be."""

from collections.abc import Callable
from typing import NamedTuple


class Line(NamedTuple):
    """One record of a master file: absolute owner, TTL in seconds, type and canonical text."""

    name: str
    ttl: int
    type: str
    text: str


Accept = Callable[[str, Line], None]
"""Takes the origin of the zone and a record of it."""


class ZoneFileError(ValueError):
    """The text is not a zone file that can be imported."""


class OriginMissing(ZoneFileError):
    """A record stands before the first $ORIGIN."""

    def __init__(self) -> None:
        super().__init__("The $ORIGIN statement is required and must be the first")


class Malformed(ZoneFileError):
    """The text breaks the syntax of master files."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"Malformed zone file: {reason}")
