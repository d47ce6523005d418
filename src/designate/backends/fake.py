# SPDX-License-Identifier: Apache-2.0
"""A target that is told nothing but NOTIFY: its zones come some other way (SERVICES.md 10.9)."""

import logging

from designate.backends.base import ZoneRef
from designate.model.pools import Target

LOG = logging.getLogger(__name__)


class Fake:
    """Logs what a real backend would do."""

    needs_notify = True
    manages_zones = True

    def timeout(self, target: Target) -> float:
        """No call takes any time."""
        return 0.0

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Log it."""
        LOG.info("create zone %s on %s", zone.name, target.key)

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """Log it."""
        LOG.info("delete zone %s on %s", zone.name, target.key)

    def probe(self, target: Target) -> None:
        """There is always somebody to log to."""
