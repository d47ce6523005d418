# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about blacklists (API.md section 18)."""

from typing import Protocol

from designate.contracts.registers import Register
from designate.model.blacklists import Blacklist, BlacklistChange, NewBlacklist


class Blacklists(Register[Blacklist, NewBlacklist, BlacklistChange], Protocol):
    """Operations on blacklists: BlacklistNotFound, and DuplicateBlacklist for the same pattern.

    A pattern that is none, or would cost too much, is an InvalidObject.
    """
