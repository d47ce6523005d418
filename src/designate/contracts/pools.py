# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about pools."""

from typing import Protocol


class Pools(Protocol):
    """Operations on pools."""

    def run_next(self) -> bool:
        """Give some zones whose pool's NS records changed their new apex; False when none waits.

        Each zone is a version of its own, so that this may stop anywhere and go on later.
        """
