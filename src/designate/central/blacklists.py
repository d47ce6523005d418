# SPDX-License-Identifier: Apache-2.0
"""Blacklists: the names that no zone may have."""

from designate.central.registers import Register
from designate.errors import InvalidObject
from designate.model.blacklists import Blacklist, BlacklistChange, NewBlacklist
from designate.rules import patterns
from designate.storage import blacklists
from designate.storage.transaction import Transaction


class Blacklists(Register[Blacklist, NewBlacklist, BlacklistChange]):
    """See `contracts.blacklists.Blacklists`."""

    noun = "blacklist"
    rows = blacklists.REGISTER

    def admit(self, tx: Transaction, entry: Blacklist, before: Blacklist | None = None) -> None:
        """Raise InvalidObject for a pattern that could not be used."""
        if before is None or before.pattern != entry.pattern:
            try:
                patterns.compiled(entry.pattern)
            except patterns.BadPattern as error:
                raise InvalidObject(f"pattern {entry.pattern!r} is not valid: {error}") from None
