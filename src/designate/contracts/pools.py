# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about pools."""

from typing import Protocol

from designate.contracts.registers import Register
from designate.model.pools import NewPool, Pool, PoolChange


class Pools(Register[Pool, NewPool, PoolChange], Protocol):
    """Operations on pools: of no project and of the caller's, or of all with all-projects.

    PoolNotFound, and DuplicatePool for a name. An NS record is there once: DuplicatePoolNsRecord;
    the last ones stay: LastServerDeleteNotAllowed. Who has zones is not deleted: InvalidOperation.
    """

    def run_next(self) -> bool:
        """Give some zones what is new in their pools; False when none waits.

        Those whose pool has other NS records get a new apex, those whose pool has other servers are
        looked at by a worker.

        Each zone is a version of its own, so that this may stop anywhere and go on later.
        """
