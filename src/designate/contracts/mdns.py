# SPDX-License-Identifier: Apache-2.0
"""What DNS servers are told: a hint only, since they remember nothing for longer than a second."""

from typing import Protocol


class Mdns(Protocol):
    """The DNS servers, as others see them."""

    def changed(self, names: frozenset[str]) -> None:
        """Tell that the zones of these (lower-case) names have changed; losing it is harmless."""
