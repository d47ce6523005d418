# SPDX-License-Identifier: Apache-2.0
"""What a backend is: it makes a zone exist, or not exist, on one kind of name server.

Content never passes through a backend: servers transfer it from mdns.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from designate.model.pools import Target

GROUP = "designate.backend"
"""The entry-point group of backends from elsewhere: classes made without arguments."""

MAX_CALL = 20.0
"""Most seconds that a call may take: less than a worker's lease, so that it never outlives it."""

UNREACHABLE = "target_unreachable"
REFUSED = "target_refused"


class BackendError(Exception):
    """A server did not do as told: a stable code, and a short text without secrets.

    `target_unreachable` says that the server cannot be spoken to at all, so that other zones need
    not try either.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class ZoneRef:
    """A zone as servers tell it from others: absolute name and, between incarnations, the id."""

    id: str
    name: str


@runtime_checkable
class Backend(Protocol):
    """A kind of name server. Every call is idempotent and may come from several threads."""

    @property
    def needs_notify(self) -> bool:
        """Whether its servers learn of new versions by NOTIFY."""

    @property
    def manages_zones(self) -> bool:
        """Whether its servers must be told which zones exist; else no call below is made."""

    def timeout(self, target: Target) -> float:
        """The longest time in seconds that one of the calls below takes, at most MAX_CALL."""

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Make the target serve this incarnation of the zone from its masters.

        A zone of that name that is there already is compared and, where it differs, changed or
        replaced. Raises BackendError.
        """

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """Make the target forget the zone, with `hard` its files too; fine when it has none.

        Raises BackendError.
        """

    def probe(self, target: Target) -> None:
        """Find out whether the target can be spoken to; raises BackendError when not."""
