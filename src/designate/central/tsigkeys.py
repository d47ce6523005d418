# SPDX-License-Identifier: Apache-2.0
"""TSIG keys: each for the zones of a pool, or for one zone."""

from designate.central.registers import Register
from designate.errors import InvalidTsigKey
from designate.model.tsigkeys import POOL, NewTsigKey, TsigKey, TsigKeyChange
from designate.storage import pools, tsigkeys, zones
from designate.storage.transaction import Transaction


class TsigKeys(Register[TsigKey, NewTsigKey, TsigKeyChange]):
    """See `contracts.tsigkeys.TsigKeys`."""

    noun = "tsigkey"
    rows = tsigkeys.REGISTER

    def admit(self, tx: Transaction, entry: TsigKey, before: TsigKey | None = None) -> None:
        """Raise InvalidTsigKey where the pool or zone does not exist."""
        place = (entry.scope, entry.resource_id)
        if before is not None and place == (before.scope, before.resource_id):
            return
        if entry.scope == POOL:
            there = pools.hold(tx, entry.resource_id, entry.name.lower())
        else:
            there = zones.get(tx.connection, entry.resource_id) is not None
        if not there:
            raise InvalidTsigKey(f"There is no {entry.scope.lower()} {entry.resource_id}")
