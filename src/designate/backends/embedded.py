# SPDX-License-Identifier: Apache-2.0
"""The name server is mdns in this very installation: it serves what the database holds."""

from designate.backends.base import ZoneRef
from designate.model.pools import Target


class Embedded:
    """There is nothing to create, to delete or to notify."""

    needs_notify = False
    manages_zones = False

    def timeout(self, target: Target) -> float:
        """No call takes any time."""
        return 0.0

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """The zone is served from the moment it is in the database."""

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """A deleting zone answers no queries."""

    def probe(self, target: Target) -> None:
        """The server is asked like any other by the poller."""
