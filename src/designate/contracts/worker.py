# SPDX-License-Identifier: Apache-2.0
"""What can be asked of the worker: a hint only, since the work itself is in the database."""

from typing import Protocol


class Worker(Protocol):
    """The worker, as others see it."""

    def wake(self, names: frozenset[str]) -> None:
        """Tell that the zones of these (lower-case) names have new work; losing it is harmless."""

    def seen(self, name_key: str, host: str) -> None:
        """Tell that a transfer of the zone to `host` has ended: a good moment to poll it."""
